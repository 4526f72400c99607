"""Plans as the catalog describes them, and the comparison of two: services, data-service tiers, direction.

Which way a switch goes is in rules#which-plans-are-offered. Service-plan ids and names change between
editions (`FLOW_O365_P1`, `FLOW_O365_P2` ...), services do not: two plans are compared, and services that a
user switched off are matched, by the name of the service (switch#services).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files

import domain.catalog
from domain.kernel.memo import by_identity
from domain.kernel.money import Money

#: Kind, family and segment of a product that only the vendor's list has.
UNKNOWN = "unknown"
#: Service inside skype/teams whose data (channels, chats) no tier of Skype replaces.
TEAMS = "teams"
#: Tier of a service that comes in one version only.
SINGLE_TIER = 1

SERVICES_FILE = "data/services.json"
#: Pairs of plans whose comparison is kept: each assessment compares the same few, or one with all others.
_PAIRS_MAX = 4_096
FRONTLINE_ENDING = re.compile(r"_(K|S\d|F\d|FIRSTLINE\d?)$")
NUMBERED_ENDING = re.compile(r"(\d)$")


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
    #: Day and origin of the imported list that it comes from; None and "" for a price of the program.
    as_of: date | None = None
    source: str = ""


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

    def price_in(self, currency: str) -> Price | None:
        """Return its price in a currency, or None."""
        return next((price for price in self.prices if price.unit_price.currency == currency), None)

    @property
    def has_known_services(self) -> bool:
        """Return whether the plan's content is known; that of some placeholders is not."""
        return bool(self.service_plans)

    @property
    def service_plan_ids(self) -> frozenset[str]:
        """Return the ids of its service plans."""
        return frozenset(service_plan.service_plan_id for service_plan in self.service_plans)


class Direction(StrEnum):
    """Which way a switch goes; never by price, never by service-plan ids."""

    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"
    CROSSGRADE = "crossgrade"


class SwitchKind(StrEnum):
    """Where a switch leads; other_family needs two acknowledgments (rules#acknowledgments)."""

    SAME_FAMILY = "same_family"
    FROM_STANDALONE = "from_standalone"
    OTHER_FAMILY = "other_family"


@dataclass(frozen=True, kw_only=True, slots=True)
class LoweredService:
    """A data service that the target lacks or has in a lower version."""

    #: exchange, sharepoint, skype_teams, teams or yammer.
    family: str
    source_tier: int
    #: 0 when the target lacks it.
    target_tier: int


def data_levels(service_plans: Iterable[ServicePlan]) -> dict[str, int]:
    """Return the highest tier per data family, and `teams` of its own.

    Args:
        service_plans: The services of a plan, or those a user has switched on.
    """
    levels: dict[str, int] = {}
    for service_plan in service_plans:
        if service_plan.is_data_service:
            levels[service_plan.family] = max(levels.get(service_plan.family, 0), service_plan.tier)
            if service_plan.service == TEAMS:
                levels[TEAMS] = service_plan.tier
    return levels


def lowered_levels(source: dict[str, int], target: dict[str, int]) -> tuple[LoweredService, ...]:
    """List the data families in which `target` is lower than `source`, by name."""
    return tuple(
        LoweredService(family=family, source_tier=tier, target_tier=target.get(family, 0))
        for family, tier in sorted(source.items())
        if target.get(family, 0) < tier
    )


@by_identity(_PAIRS_MAX)
def data_services_lowered(source: Plan, target: Plan) -> tuple[LoweredService, ...]:
    """List the data services users would lose, whole or in version (TARGET_LACKS_DATA_SERVICES).

    Empty means that every data service is kept. Of placeholders without known services nothing is known:
    ask `has_known_services` first.
    """
    return lowered_levels(data_levels(source.service_plans), data_levels(target.service_plans))


@by_identity(_PAIRS_MAX)
def direction_of(source: Plan, target: Plan) -> Direction:
    """Compare data-service tiers, then the family rank (rules#which-plans-are-offered).

    Where the services of a placeholder are not known, its rank alone decides.
    """
    pairs: list[tuple[int, int]] = []
    if source.has_known_services and target.has_known_services:
        pairs = list(zip(source.tiers.as_tuple(), target.tiers.as_tuple(), strict=True))
    rises = any(after > before for before, after in pairs)
    falls = any(after < before for before, after in pairs)
    if rises and falls:
        return Direction.CROSSGRADE
    if not rises and not falls:
        rises = target.family_rank > source.family_rank
        falls = target.family_rank < source.family_rank
    if rises:
        return Direction.UPGRADE
    return Direction.DOWNGRADE if falls else Direction.CROSSGRADE


@by_identity(_PAIRS_MAX)
def kind_of(source: Plan, target: Plan) -> SwitchKind:
    """Return where the switch leads; every switch from a standalone plan is `from_standalone`."""
    if source.family == "standalone":
        return SwitchKind.FROM_STANDALONE
    if source.service_family == target.service_family != UNKNOWN:
        return SwitchKind.SAME_FAMILY
    return SwitchKind.OTHER_FAMILY


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanComparison:
    """What users gain and lose, by name of service."""

    gained: tuple[str, ...]
    lost: tuple[str, ...]
    #: In both, in the same version.
    same: tuple[str, ...]
    #: In both, higher in the target.
    higher: tuple[str, ...]
    #: In both, lower in the target.
    lower: tuple[str, ...]


@by_identity(_PAIRS_MAX)
def compare_plans(source: Plan, target: Plan) -> PlanComparison:
    """Compare two plans by service and by the highest version of each.

    A data service that another one of its family stands in for (chat that moved into Teams) is not lost.
    """
    before, after = _versions(source), _versions(target)
    both = sorted(before.keys() & after.keys())
    return PlanComparison(
        gained=_only_in(target, source),
        lost=_only_in(source, target),
        same=tuple(service for service in both if after[service] == before[service]),
        higher=tuple(service for service in both if after[service] > before[service]),
        lower=tuple(service for service in both if after[service] < before[service]),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceComparison:
    """What one license of each of two plans costs for one month."""

    currency: str
    #: None: the plan has no price in this currency.
    source: Price | None
    target: Price | None
    #: Target less source; None where one has no price.
    difference: Money | None


def compare_prices(source: Plan, target: Plan) -> tuple[PriceComparison, ...]:
    """Compare the prices of two plans, in order of currency."""
    prices = (*source.prices, *target.prices)
    currencies = sorted({price.unit_price.currency for price in prices})
    return tuple(
        _compared_price(currency, source.price_in(currency), target.price_in(currency))
        for currency in currencies
    )


def _compared_price(currency: str, source: Price | None, target: Price | None) -> PriceComparison:
    difference = target.unit_price - source.unit_price if source and target else None
    return PriceComparison(currency=currency, source=source, target=target, difference=difference)


def _only_in(plan: Plan, other: Plan) -> tuple[str, ...]:
    """Return the services of `plan` that `other` has neither itself nor by their family."""
    services, levels = {each.service for each in other.service_plans}, data_levels(other.service_plans)
    return tuple(
        sorted(
            {
                each.service
                for each in plan.service_plans
                if each.service not in services and not _is_covered(each, levels)
            }
        )
    )


def _is_covered(service_plan: ServicePlan, levels: dict[str, int]) -> bool:
    key = TEAMS if service_plan.service == TEAMS else service_plan.family
    return service_plan.is_data_service and levels.get(key, 0) >= service_plan.tier


def _versions(plan: Plan) -> dict[str, int]:
    versions: dict[str, int] = {}
    for service_plan in plan.service_plans:
        versions[service_plan.service] = max(versions.get(service_plan.service, 0), service_plan.tier)
    return versions


def service_names(*plans: Plan) -> dict[str, str]:
    """Return the vendor's name of each service of some plans, in order of service.

    A service has one name for each version. The highest version that the plans have gives it.

    Args:
        plans: Plans of the same catalog.
    """
    highest: dict[str, ServicePlan] = {}
    for each in (service_plan for plan in plans for service_plan in plan.service_plans):
        if each.service not in highest or each.tier > highest[each.service].tier:
            highest[each.service] = each
    return {service: highest[service].friendly_name for service in sorted(highest)}


def listed_services(services: Iterable[str], names: Mapping[str, str]) -> str:
    """Return services by their names for people to read, or `none`.

    Args:
        services: Services of a comparison, such as `sharepoint`.
        names: Service -> the vendor's name; a service without one stands as it is.
    """
    return ", ".join(names.get(service, service) for service in services) or "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceName:
    """What a vendor's service plan stands for."""

    #: Service by which plans are compared, such as `flow`.
    service: str
    #: Data family, or the service itself when it holds no data of users.
    family: str
    #: Version inside the family; only tiers of one family compare.
    tier: int
    is_data_service: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _KnownNames:
    """Names of service plans; those that are nowhere here have tiers of display only."""

    #: Name -> service, family and tier.
    data_services: Mapping[str, tuple[str, str, int]]
    #: Name that does not tell the service or the tier by rule -> both.
    named_services: Mapping[str, tuple[str, int]]
    #: Beginning of a name -> service; the tier is read from the name's end.
    prefixes: Mapping[str, str]


def name_service(service_plan_name: str) -> ServiceName:
    """Return the service that a vendor's service plan stands for (switch#services).

    Args:
        service_plan_name: The vendor's name, such as `SHAREPOINTSTANDARD`; case does not matter. A name that
            is not known is a service of its own.
    """
    name, known = service_plan_name.upper(), _known_names()
    if name in known.data_services:
        service, family, tier = known.data_services[name]
        return ServiceName(service=service, family=family, tier=tier, is_data_service=True)
    service, tier = known.named_services.get(name) or _service_by_prefix(name, known.prefixes)
    return ServiceName(service=service, family=service, tier=tier, is_data_service=False)


def _service_by_prefix(name: str, prefixes: Mapping[str, str]) -> tuple[str, int]:
    for prefix, service in prefixes.items():
        if name.startswith(prefix):
            return service, _tier_by_ending(name)
    return name.lower(), SINGLE_TIER


@cache
def _known_names() -> _KnownNames:
    return _KnownNames(**json.loads(files(domain.catalog).joinpath(SERVICES_FILE).read_bytes()))


def _tier_by_ending(name: str) -> int:
    numbered = NUMBERED_ENDING.search(name)
    if numbered is None or FRONTLINE_ENDING.search(name):
        return SINGLE_TIER
    return SINGLE_TIER + int(numbered[1])
