"""Which feature needs which permission, and which of them a token lacks (permissions#features)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from providers.access.profiles import Access
from providers.microsoft.tenancy.vendor_calls import CALLS, Party
from providers.transport.operations import OPERATIONS


@dataclass(frozen=True, kw_only=True, slots=True)
class Feature:
    """What this product does at the vendor, and the calls for it."""

    #: An infinitive.
    name: str
    operations: tuple[str, ...]
    #: It is done in the partner's own tenant, and never in the organization's.
    is_of_partner: bool = False
    #: What does not work without it, as a sentence; "": no switch works without it.
    without: str = ""

    @property
    def party(self) -> Party:
        """Return who answers its calls."""
        return CALLS[self.operations[0]].party

    @property
    def access(self) -> Access:
        """Return what the installation has to be allowed."""
        needs = {OPERATIONS[each] for each in self.operations}
        return Access.WRITE if Access.WRITE in needs else Access.READ

    def lacking(self, granted: Collection[str]) -> tuple[tuple[str, ...], ...]:
        """Return, for each call that the granted permissions do not let through, those that would.

        Args:
            granted: Names of permissions, as a token has them.
        """
        known = frozenset(granted)
        needs = {CALLS[each].permissions for each in self.operations}
        return tuple(sorted(each for each in needs if each and not known.intersection(each)))

    @property
    def narrowest(self) -> tuple[str, ...]:
        """Return one permission for each of its calls, the narrowest; none for those of the seller."""
        named = (CALLS[each].permissions for each in self.operations)
        return tuple(sorted({each[0] for each in named if each}))


#: Every feature, those that only read first.
FEATURES = (
    Feature(
        name="see plans, licenses and purchases", operations=("subscribed_plans", "purchases", "organization")
    ),
    Feature(name="see who holds which license", operations=("users_page", "users", "department_page")),
    Feature(
        name="preview a switch user by user, and read files of users",
        operations=("named_users_page", "users_by_name"),
        without="`switch preview` and files of users are refused.",
    ),
    Feature(
        name="see groups that give licenses",
        operations=("licensing_groups", "group_members", "group_sign", "failed_members"),
    ),
    Feature(name="see incidents of services", operations=("service_health",)),
    Feature(name="see the role of who commands", operations=("roles",)),
    Feature(
        name="find the organizations of a partner, and when its relationships end",
        operations=("administered", "relationships"),
        is_of_partner=True,
        without="`report tenants` needs the organizations by name, and nobody is warned before a "
        "relationship ends.",
    ),
    Feature(name="move licenses of users", operations=("change_licenses",)),
    Feature(
        name="give a usage location to users who have none",
        operations=("set_locations",),
        without="`--set-usage-location` does not work, and users who have no usage location can't be moved.",
    ),
    Feature(
        name="move licenses of groups",
        operations=("change_group", "reprocess_user"),
        without="A switch holds before users whose license a group gives.",
    ),
    Feature(
        name="see subscriptions, orders and what the seller allows",
        operations=(
            "subscriptions",
            "subscription",
            "provisioning",
            "seller_transitions",
            "seller_upgrades",
            "orders",
            "order",
            "cart",
        ),
    ),
    Feature(name="find the customers of a partner", operations=("customers",)),
    Feature(name="see whether the customer agreement is accepted", operations=("agreements",)),
    Feature(name="see whom orders are sold and billed to", operations=("read_sold_to", "read_billed_to")),
    Feature(
        name="order, cancel and change subscriptions",
        operations=(
            "create_cart",
            "checkout",
            "void_order",
            "cancel_subscription",
            "change_quantity",
            "change_settings",
            "reactivate_subscription",
            "stop_renewal",
            "convert_trial",
        ),
    ),
    Feature(
        name="change whom orders are sold and billed to", operations=("change_sold_to", "change_billed_to")
    ),
)
