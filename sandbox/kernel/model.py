"""What the sandbox holds in memory; everything here is rebuilt from the journal."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.kernel.plans import SandboxService

#: Object as it stands in JSON.
Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class License:
    """One license of a user: assigned directly, by groups, or both."""

    #: Services switched off by the direct assignment; None: there is none.
    own: tuple[str, ...] | None
    #: Pairs of group and the services that it switches off, in order of the groups.
    feeds: tuple[tuple[str, tuple[str, ...]], ...] = ()
    #: Instant of the last change, as the directory shows it.
    updated_at: str

    @property
    def is_direct(self) -> bool:
        """Return whether it is assigned to the user themselves."""
        return self.own is not None

    @property
    def disabled(self) -> tuple[str, ...]:
        """Return the services that are off: those that every assignment switches off."""
        sets = ([] if self.own is None else [self.own]) + [off for _group, off in self.feeds]
        if len(sets) == 1:
            return sets[0]
        return tuple(one for one in sets[0] if all(one in off for off in sets[1:]))

    def fed(self, group_id: str, disabled: tuple[str, ...] | None, at: str) -> License | None:
        """Return the license when a group gives it with services off, or no more (None); None: it is gone."""
        others = tuple(feed for feed in self.feeds if feed[0] != group_id)
        feeds = others if disabled is None else tuple(sorted((*others, (group_id, disabled))))
        if self.own is None and not feeds:
            return None
        return replace(self, feeds=feeds, updated_at=at)


@dataclass(kw_only=True, slots=True)
class Group:
    """A group of the directory; it may give its members licenses."""

    group_id: str
    display_name: str
    #: Plan id -> services that are off for every member.
    licenses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: User ids, in the order in which they joined.
    members: dict[str, None] = field(default_factory=dict)
    #: Ids of the groups in it; what it gives, it gives to its own members alone.
    groups: dict[str, None] = field(default_factory=dict)


@dataclass(kw_only=True, slots=True)
class User:
    """A user of the directory."""

    user_id: str
    display_name: str
    principal_name: str
    department: str
    is_enabled: bool
    usage_location: str | None
    #: Plan id -> license.
    licenses: dict[str, License] = field(default_factory=dict)
    #: Id of a plan -> state in which its licenses are shown as they don't work, now or once they come.
    inactive_plans: dict[str, str] = field(default_factory=dict)
    #: Planted refusals: what the directory answers to the next license changes of this user.
    refusals: list[Json] = field(default_factory=list)
    #: (plan id, group id, the vendor's word): what a group could not give.
    license_errors: tuple[tuple[str, str, str], ...] = ()
    #: Planted: what goes wrong when a group gives this user a license the next times (word, times).
    group_error: tuple[str, int] | None = None
    #: None: the principal name is the mail too.
    mail: str | None = None


@dataclass(kw_only=True, slots=True)
class Subscription:
    """N licenses of one plan, as seller and billing know it."""

    subscription_id: str
    order_id: str
    plan_id: str
    plan_name: str
    quantity: int
    currency: str
    term: str
    billing_cycle: str
    created_at: datetime
    #: Until then the order does not name the subscription and there are no seats.
    visible_at: datetime
    #: Until then its services are being set up.
    ready_at: datetime
    #: End of the seller's cancellation window; None: may be cancelled at any time (legacy terms).
    cancellable_until: datetime | None
    #: active, suspended or deleted; pending and expired are computed.
    status: str = "active"
    contract_type: str = "subscription"
    is_trial: bool = False
    is_auto_renewed: bool = True
    friendly_name: str = ""
    #: What the seller does with the next term, in the words of its resource; None: nothing is scheduled.
    scheduled: Json | None = None
    #: End of the grace in which the licenses of a cancelled subscription go on working.
    grace_ends_at: datetime | None = None
    cancelled_at: datetime | None = None
    version: int = 1
    #: primary, side (another product next to it, also one that was bought so), ordered (through a cart in
    #: place of another) or addon (ordered with one).
    role: str = "ordered"
    #: Planted provisioning statuses by service plan id.
    service_statuses: dict[str, str] = field(default_factory=dict)
    unit_price_minor_units: int = 0
    #: Subscription that it is an add-on of, or "".
    parent_subscription_id: str = ""
    #: Bought from another seller: the directory lists it, this seller and its billing do not.
    is_sold_elsewhere: bool = False
    #: Current billing period; None until billing has started.
    billing: Json | None = None

    @property
    def etag(self) -> str:
        """Return the version tag of the seller's resource."""
        return f"{self.subscription_id[:8]}-{self.version}"

    def is_visible(self, now: datetime) -> bool:
        """Return whether the seller lists it yet."""
        return now >= self.visible_at

    def is_ready(self, now: datetime) -> bool:
        """Return whether its services are set up."""
        return now >= self.ready_at

    def capability(self, now: datetime) -> str:
        """Return the directory's word for the state of its seats."""
        if self.status == "active":
            return "Enabled"
        if self.grace_ends_at is not None and now < self.grace_ends_at:
            return "Warning"
        return "Suspended" if self.status == "suspended" else "LockedOut"


@dataclass(kw_only=True, slots=True)
class Organization:
    """One customer of the emulated cloud."""

    organization_id: str
    #: Billing profile as `GET /billing/v1/customers/{c}` answers it.
    profile: Json
    #: The request that made it, to recognize a repeated one.
    request: Json
    users: dict[str, User] = field(default_factory=dict)
    #: User ids in the directory's stable order.
    user_order: list[str] = field(default_factory=list)
    principal_names: dict[str, str] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    #: Changes of groups' licenses that have not reached every member, see groups.py.
    group_work: list[Json] = field(default_factory=list)
    #: Plan id -> users who hold it.
    consumed: dict[str, int] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    carts: dict[str, Json] = field(default_factory=dict)
    orders: dict[str, Json] = field(default_factory=dict)
    #: Credit checks of the bureau by id.
    checks: dict[str, Json] = field(default_factory=dict)
    ledger: list[Json] = field(default_factory=list)
    notices: list[Json] = field(default_factory=list)
    #: Calls to whoever runs the installation, about switches of this organization.
    alarms: list[Json] = field(default_factory=list)
    #: Service id -> health status word, where it is not operational.
    health: dict[str, str] = field(default_factory=dict)
    #: company and billing -> profile with names and addresses, where it was changed.
    parties: dict[str, Json] = field(default_factory=dict)
    #: Products beside the licenses, as the seller shows them.
    products: list[Json] = field(default_factory=list)
    #: Plan id -> its services, where the organization has others than the published list.
    skus: dict[str, tuple[SandboxService, ...]] = field(default_factory=dict)
    #: User id -> names of the roles in the directory.
    roles: dict[str, list[str]] = field(default_factory=dict)
    #: What the seller says on every upgrade; an empty list: no without a reason; None: it decides by itself.
    planted_refusals: list[Json] | None = None
    #: Client id of an application -> what it may do here; an application that is missing may do all it asks.
    consents: dict[str, Json] = field(default_factory=dict)
    #: Delegated administration by a partner, as the directory shows it; None: nobody has said anything of it.
    relationships: list[Json] | None = None
    #: Agreements that the customer accepted; None: nobody has said anything of them, and all is accepted.
    agreements: list[Json] | None = None
    #: Tenant of the partner that sells to it; "" nobody, None every one that asks.
    partner_tenant_id: str | None = None
    #: "METHOD path key" -> recorded answer.
    answers: dict[str, Json] = field(default_factory=dict)
    #: Counter behind the ids of carts, orders, ledger entries and notices.
    sequence: int = 0

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone in which billing days are counted."""
        return ZoneInfo(self.profile["time_zone"])

    def is_customer_of(self, tenant_id: str) -> bool:
        """Return whether the partner of a tenant sells to it."""
        return self.partner_tenant_id in (None, tenant_id)

    def seats(self, plan_id: str, now: datetime) -> dict[str, int]:
        """Return the license units of a plan by the directory's words."""
        units = {"enabled": 0, "warning": 0, "suspended": 0, "lockedOut": 0}
        for owned in self.subscriptions.values():
            if owned.plan_id == plan_id and owned.is_visible(now):
                word = owned.capability(now)
                units[word[0].lower() + word[1:]] += owned.quantity
        return units

    def free_seats(self, plan_id: str, now: datetime) -> int:
        """Return how many more users can get `plan_id`; negative when too many hold it."""
        units = self.seats(plan_id, now)
        return units["enabled"] + units["warning"] - self.consumed.get(plan_id, 0)


def seconds(value: float) -> timedelta:
    """Return `value` seconds as a duration."""
    return timedelta(seconds=value)
