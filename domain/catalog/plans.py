"""Plans as the catalog describes them: services, data-service tiers, caps and prices."""

from __future__ import annotations

from dataclasses import dataclass

from domain.kernel.money import Money

#: Kind, family and segment of a product that only the vendor's list has.
UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class ServicePlan:
    """One service inside a plan, in one version; what is switched on and off per user."""

    #: GUID, lower case.
    service_plan_id: str
    #: The vendor's name, such as `SHAREPOINTSTANDARD`.
    name: str
    friendly_name: str
    #: Service by which editions are matched, such as `sharepoint` (switch#services).
    service: str
    #: Data family, or the service itself.
    family: str
    #: Version inside the family; only tiers of one family compare.
    tier: int
    #: Whether users lose data when they lose it.
    is_data_service: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """What one license costs for one month."""

    unit_price: Money
    #: No list price is known: the figure is made up and must be shown as such.
    is_invented: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class DataServiceTiers:
    """Versions of the data-related services of a plan, 0 (none) to 3 (rules#target_lacks_data_services)."""

    exchange: int
    sharepoint: int
    skype_teams: int

    def as_tuple(self) -> tuple[int, int, int]:
        """Return the tiers in the order exchange, sharepoint, skype_teams."""
        return self.exchange, self.sharepoint, self.skype_teams


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """One plan or product that an organization can hold."""

    #: GUID, lower case; made up for placeholders.
    plan_id: str
    #: The vendor's code of the product, such as `STANDARDPACK`.
    product_code: str
    #: Name in the vendor's list today.
    name: str
    #: Name in the 2014 table, or "".
    name_2014: str
    aliases: tuple[str, ...]
    #: `plan` can be switched; `addon` and `other` are held next to one; of `unknown` nobody has said.
    kind: str
    family: str
    #: Family across which there is no way back; frontline and enterprise are one (rules#no_way_back).
    service_family: str
    #: Order of plans whose data-service tiers tie.
    family_rank: int
    #: commercial or education.
    segment: str
    #: Most users it may have, or None.
    user_cap: int | None
    is_retired: bool
    #: The vendor's list does not have it; its id is made up.
    is_placeholder: bool
    tiers: DataServiceTiers
    prices: tuple[Price, ...]
    service_plans: tuple[ServicePlan, ...]
    #: Unknown facts, such as `prices`; a plan with any is never offered.
    unknown: tuple[str, ...] = ()

    @property
    def has_known_services(self) -> bool:
        """Return whether the plan's content is known; that of some placeholders is not."""
        return bool(self.service_plans)

    @property
    def service_plan_ids(self) -> frozenset[str]:
        """Return the ids of its service plans."""
        return frozenset(service_plan.service_plan_id for service_plan in self.service_plans)
