"""The catalog of plans: lookup, offers in their order, prices, what people call services (cli#the-catalog).

The packaged data is read once; everything else is a pure function of it.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any

import domain.catalog
from domain.catalog.plans import (
    DataServiceTiers,
    Direction,
    Plan,
    Price,
    ServicePlan,
    SwitchKind,
    data_services_lowered,
    direction_of,
    kind_of,
)
from domain.catalog.rule_sets import TABLE_2014
from domain.catalog.rule_sets import rule_set as rule_set_named
from domain.kernel.errors import InvalidInput, PlanSwitchError
from domain.kernel.money import Money
from domain.ports.directory_port import ServiceStatus

CATALOG_FILE = "catalog.json"
PATHS_FILE = "paths_2014.json"
LIST_REMEDY = "See the plans with `planswitch catalog list`."
PRICE_REMEDY = "Import a list with prices in this currency: `planswitch catalog import-prices`."
#: Names offered when a plan is not found.
SUGGESTIONS_MAX = 3
SUGGESTION_CUTOFF = 0.5
#: (source plan id, target plan id) pairs of a published offer table.
Paths = frozenset[tuple[str, str]]

#: Names of the tiers, in the order of DataServiceTiers.
TIER_WORDS = ("exchange", "sharepoint", "skype/teams")
KIND_ORDER = {SwitchKind.SAME_FAMILY: 0, SwitchKind.FROM_STANDALONE: 0, SwitchKind.OTHER_FAMILY: 1}
DIRECTION_ORDER = {Direction.UPGRADE: 0, Direction.CROSSGRADE: 1, Direction.DOWNGRADE: 2}
KIND_WORDS = {
    SwitchKind.SAME_FAMILY: "in the same family",
    SwitchKind.FROM_STANDALONE: "from a standalone plan",
    SwitchKind.OTHER_FAMILY: "in another family, with no way back",
}


class UnknownPlan(PlanSwitchError):
    """No plan of the catalog has this id or name."""

    code = "UNKNOWN_PLAN"


class UnknownCatalog(PlanSwitchError):
    """No version of the catalog has this name."""

    code = "UNKNOWN_CATALOG"


class AmbiguousPlan(PlanSwitchError):
    """Several plans of the catalog have this name."""

    code = "AMBIGUOUS_PLAN"


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferedTarget:
    """One plan to switch to, and why it stands where it stands in the list."""

    plan: Plan
    kind: SwitchKind
    direction: Direction
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalog:
    """Every plan of one version of the catalog."""

    version: str
    plans: tuple[Plan, ...]
    #: The 2014 table as (source plan id, target plan id).
    paths_2014: Paths
    _by_id: Mapping[str, Plan] = field(init=False, repr=False, compare=False)
    _by_name: Mapping[str, tuple[Plan, ...]] = field(init=False, repr=False, compare=False)
    _services: Mapping[str, ServicePlan] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the plans by id and by every name they have, and their services by id."""
        services = {each.service_plan_id: each for plan in self.plans for each in plan.service_plans}
        object.__setattr__(self, "_services", services)
        object.__setattr__(self, "_by_id", {plan.plan_id: plan for plan in self.plans})
        object.__setattr__(self, "_by_name", _index_names(self.plans))

    def plan(self, plan_id: str) -> Plan:
        """Return the plan with this id, in any case.

        Raises:
            UnknownPlan: No plan has it.
        """
        plan = self._by_id.get(plan_id.lower())
        if plan is None:
            raise self._unknown(plan_id)
        return plan

    def service_plan(self, service_plan_id: str) -> ServicePlan | None:
        """Return the service plan with this id, in any case, whatever plan has it; None where none has."""
        return self._services.get(service_plan_id.lower())

    def name_of(self, text: str) -> str:
        """Return the name of the plan or service plan with this id, in any case; "" where none has it."""
        plan = self._by_id.get(text.lower())
        if plan is not None:
            return plan.name
        service = self.service_plan(text)
        return (service.friendly_name or service.name) if service else ""

    def find(self, text: str) -> Plan:
        """Return the plan with this id, part number, name, 2014 name or alias, in any case.

        Raises:
            UnknownPlan: No plan has it; the message names the closest.
            AmbiguousPlan: Several plans have it.
        """
        wanted = _normal(text)
        if wanted in self._by_id:
            return self._by_id[wanted]
        plans = self._by_name.get(wanted, ())
        if not plans:
            raise self._unknown(text)
        # A product that only the vendor's list has does not hide one that we know.
        plans = tuple(plan for plan in plans if not plan.unknown) or plans
        if len(plans) > 1:
            names = ", ".join(f"{plan.name} ({plan.product_code})" for plan in plans)
            raise AmbiguousPlan(
                f"{text!r} names several plans: {names}.",
                remedy="Give the part number or the plan id.",
                candidates=[plan.plan_id for plan in plans],
            )
        return plans[0]

    def offered_2014(self, source_plan_id: str, target_plan_id: str) -> bool:
        """Return whether the 2014 table has this pair."""
        return (source_plan_id.lower(), target_plan_id.lower()) in self.paths_2014

    def is_offered(self, source_plan_id: str, target_plan_id: str, rule_set: str) -> bool:
        """Return whether a rule set offers the switch (rules#no_path).

        Under `2014` its table decides, whatever the tiers say. Under the others the table or the data-service
        rule decides, among plans that are still sold in the source's segment.

        Raises:
            UnknownPlan: The catalog has no such plan.
            InvalidInput: There is no such rule set.
        """
        source, target = self.plan(source_plan_id), self.plan(target_plan_id)
        is_in_table = self.offered_2014(source_plan_id, target_plan_id)
        if rule_set_named(rule_set).offers == TABLE_2014:
            return is_in_table
        return _is_sold_to(source, target) and (is_in_table or _keeps_data_services(source, target))

    def offered_targets(self, plan_id: str, rule_set: str) -> tuple[OfferedTarget, ...]:
        """Return the plans to which `plan_id` may be switched, each with its reason.

        Same family comes first, then upgrades, then the nearest.

        Args:
            plan_id: The plan to switch from.
            rule_set: `2014`, `2020` or `current`.

        Raises:
            UnknownPlan: The catalog has no such plan.
            InvalidInput: There is no such rule set.
        """
        source = self.plan(plan_id)
        offered = [plan for plan in self.plans if self.is_offered(plan_id, plan.plan_id, rule_set)]
        return tuple(
            OfferedTarget(
                plan=plan,
                kind=kind_of(source, plan),
                direction=direction_of(source, plan),
                reason=_reason(source, plan),
            )
            for plan in sorted(offered, key=lambda plan: _rank(source, plan))
        )

    def price(self, plan_id: str, currency: str) -> Price:
        """Return what one license of the plan costs for one month.

        Raises:
            UnknownPlan: The catalog has no such plan.
            InvalidInput: It has no price in this currency.
        """
        plan = self.plan(plan_id)
        price = plan.price_in(currency)
        if price is not None:
            return price
        if not plan.prices:
            raise InvalidInput(
                field="target_plan", value=plan.name, allowed="a plan with a price", remedy=LIST_REMEDY
            )
        allowed = ", ".join(price.unit_price.currency for price in plan.prices)
        raise InvalidInput(field="currency", value=currency, allowed=allowed, remedy=PRICE_REMEDY)

    def _unknown(self, text: str) -> UnknownPlan:
        close = difflib.get_close_matches(
            _normal(text), self._by_name, n=SUGGESTIONS_MAX, cutoff=SUGGESTION_CUTOFF
        )
        names = list(dict.fromkeys(plan.name for name in close for plan in self._by_name[name]))
        hint = f" Closest: {', '.join(names)}." if names else ""
        return UnknownPlan(
            f"No plan of catalog {self.version} is called {text!r}.{hint}", remedy=LIST_REMEDY, closest=names
        )


@lru_cache(maxsize=1)
def load_catalog() -> Catalog:
    """Return the packaged catalog; it is read once per process."""
    return catalog_from_documents(*packaged_documents())


def packaged_documents() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the two packaged documents, `catalog.json` and `paths_2014.json`."""
    return _packaged(CATALOG_FILE), _packaged(PATHS_FILE)


def catalog_from_documents(catalog: Mapping[str, Any], paths: Mapping[str, Any]) -> Catalog:
    """Make a catalog of its two documents, `catalog.json` and `paths_2014.json`."""
    service_plans = {row["service_plan_id"]: ServicePlan(**row) for row in catalog["service_plans"]}
    plans = tuple(_plan(row, service_plans) for row in catalog["plans"])
    ids = {plan.name_2014: plan.plan_id for plan in plans if plan.name_2014}
    return Catalog(
        version=catalog["version"],
        plans=plans,
        paths_2014=frozenset((ids[source], ids[target]) for source, target in paths["paths"]),
    )


def _packaged(name: str) -> Any:
    return json.loads(resources.files(domain.catalog).joinpath("data", name).read_text(encoding="utf-8"))


def _plan(row: Mapping[str, Any], service_plans: Mapping[str, ServicePlan]) -> Plan:
    return Plan(
        plan_id=row["plan_id"],
        product_code=row["part_number"],
        name=row["name"],
        name_2014=row["name_2014"],
        aliases=tuple(row["aliases"]),
        kind=row["kind"],
        family=row["family"],
        service_family=row["service_family"],
        family_rank=row["family_rank"],
        segment=row["segment"],
        user_cap=row["user_cap"],
        is_retired=row["retired"],
        is_placeholder=row["placeholder"],
        tiers=DataServiceTiers(**row["tiers"]),
        prices=tuple(_price(price) for price in row["prices"]),
        service_plans=tuple(service_plans[service_plan_id] for service_plan_id in row["service_plan_ids"]),
        unknown=tuple(row.get("unknown", ())),
    )


def _price(row: Mapping[str, Any]) -> Price:
    return Price(
        unit_price=Money(minor_units=row["unit_price_minor_units"], currency=row["currency"]),
        is_invented=row["invented"],
        as_of=date.fromisoformat(row["as_of"]) if "as_of" in row else None,
        source=row.get("source", ""),
    )


def _index_names(plans: Iterable[Plan]) -> dict[str, tuple[Plan, ...]]:
    index: dict[str, dict[str, Plan]] = {}
    for plan in plans:
        for name in (plan.product_code, plan.name, plan.name_2014, *plan.aliases):
            if name:
                index.setdefault(_normal(name), {})[plan.plan_id] = plan
    return {name: tuple(plans_of_name.values()) for name, plans_of_name in index.items()}


def _normal(text: str) -> str:
    return " ".join(text.lower().split())


def spoken_service(catalog: Catalog, service: ServiceStatus) -> str:
    """Return what people call a service; the vendor's word where the catalog does not know it."""
    known = catalog.service_plan(service.service_id)
    return (known.friendly_name if known else "") or service.name


def spoken_services(
    catalog: Catalog,
    services: Iterable[ServiceStatus],
    is_meant: Callable[[ServiceStatus], bool],
) -> tuple[str, ...]:
    """Return what people call the services that are meant, sorted."""
    return tuple(sorted(spoken_service(catalog, each) for each in services if is_meant(each)))


def _is_sold_to(source: Plan, target: Plan) -> bool:
    return (
        source.kind == target.kind == "plan"
        and source.plan_id != target.plan_id
        and source.segment == target.segment
        and not target.is_retired
    )


def _keeps_data_services(source: Plan, target: Plan) -> bool:
    return source.has_known_services and not data_services_lowered(source, target)


def _rank(source: Plan, target: Plan) -> tuple[int, int, int, int, str]:
    tier_steps = sum(target.tiers.as_tuple()) - sum(source.tiers.as_tuple())
    return (
        KIND_ORDER[kind_of(source, target)],
        DIRECTION_ORDER[direction_of(source, target)],
        tier_steps,
        abs(target.family_rank - source.family_rank),
        target.plan_id,
    )


def _reason(source: Plan, target: Plan) -> str:
    way = f"{direction_of(source, target)} {KIND_WORDS[kind_of(source, target)]}"
    if not (source.has_known_services and target.has_known_services):
        return f"{way}; in the published table; services are not known: make a backup"
    pairs = zip(TIER_WORDS, source.tiers.as_tuple(), target.tiers.as_tuple(), strict=True)
    rises = [word for word, before, after in pairs if after > before]
    gain = f"higher in {', '.join(rises)}" if rises else "same data-service versions"
    lowered = data_services_lowered(source, target)
    loss = f"but lower in {', '.join(service.family for service in lowered)}" if lowered else "keeps all data"
    return f"{way}; {gain}; {loss}"
