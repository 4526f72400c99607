"""Services that stay off: what a user had off goes over to the new plan, and what needs it (switch#services).

The directory refuses a license with a service that is on while nothing that it needs is on
(rules#dependent_service_off). What needs what is data of the catalog, by the vendor's names of services,
which change less between editions than their ids.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

import domain.catalog
from domain.catalog.plans import Plan, ServicePlan

GRANT_ALL = "grant_all"
DATA_FILE = "service_dependencies.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceNeed:
    """One need of a service: any of several others suffices."""

    service: str
    #: Names of services in capitals.
    one_of: frozenset[str]
    #: Where the vendor says so.
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceRules:
    """Needs and exclusions, by the vendor's names of services in capitals."""

    needs: Mapping[str, tuple[ServiceNeed, ...]]
    #: Of each set nobody has two on at once.
    exclusions: tuple[frozenset[str], ...]

    @property
    def needed(self) -> frozenset[str]:
        """Return every service that another one needs."""
        return frozenset(name for needs in self.needs.values() for need in needs for name in need.one_of)

    def unmet(self, service: str, on: Collection[str]) -> ServiceNeed | None:
        """Return the first need of a service that nothing of `on` meets; None where all are met.

        Args:
            service: Name of the service.
            on: Names of services in capitals that are on.
        """
        needs = self.needs.get(service.upper(), ())
        return next((need for need in needs if need.one_of.isdisjoint(on)), None)

    def excluded(self, some: Iterable[str], others: Iterable[str]) -> tuple[str, str] | None:
        """Return the first two services that exclude each other; None if there are none.

        Args:
            some: Names of services that are on in one license.
            others: Names of those that are on in another.
        """
        left, right = {name.upper() for name in some}, {name.upper() for name in others}
        pairs = (
            (one, other)
            for exclusion in self.exclusions
            for one in sorted(left & exclusion)
            for other in sorted(right & exclusion)
            if one != other
        )
        return next(pairs, None)


@dataclass(frozen=True, kw_only=True, slots=True)
class DependentService:
    """A service that can't be on, as nothing that it needs is on."""

    service_plan_id: str
    name: str
    #: Names of the services, sorted; any one of them is enough.
    one_of: tuple[str, ...]


@lru_cache(maxsize=1)
def service_rules() -> ServiceRules:
    """Return the packaged rules; they are read once per process."""
    text = files(domain.catalog).joinpath("data", DATA_FILE).read_text(encoding="utf-8")
    return rules_of(json.loads(text))


def rules_of(document: Mapping[str, Any]) -> ServiceRules:
    """Make the rules of their document.

    Args:
        document: Families of services, needs and exclusions, each with its source.

    Raises:
        KeyError: A need names a family or a source that is not there.
    """
    needs: dict[str, tuple[ServiceNeed, ...]] = {}
    for row in document["needs"]:
        need = ServiceNeed(
            service=row["service"],
            one_of=frozenset(name.upper() for name in document["families"][row["one_of"]]),
            source=document["sources"][row["source"]],
        )
        name = need.service.upper()
        needs[name] = (*needs.get(name, ()), need)
    exclusions = (row["services"] for row in document["exclusions"])
    return ServiceRules(
        needs=needs, exclusions=tuple(frozenset(name.upper() for name in names) for names in exclusions)
    )


def dependents_off(
    services: Iterable[ServicePlan],
    off: Collection[str],
    *,
    beside: Collection[str] = (),
    rules: ServiceRules | None = None,
) -> tuple[DependentService, ...]:
    """Return the services that have to go off with those that are off, in the order of the chain.

    Args:
        services: All services of a plan.
        off: Ids of those that are switched off.
        beside: Names of services that other licenses of the user have on.
        rules: Needs of services; the packaged ones by default.
    """
    known = rules or service_rules()
    on = {each.service_plan_id: each for each in services if each.service_plan_id not in off}
    others = {name.upper() for name in beside}
    dependents: list[DependentService] = []
    while True:
        names = others | {each.name.upper() for each in on.values()}
        failing = [
            (each, need)
            for each in sorted(on.values(), key=lambda service: service.service_plan_id)
            if (need := known.unmet(each.name, names)) is not None
        ]
        if not failing:
            return tuple(dependents)
        for each, need in failing:
            del on[each.service_plan_id]
            dependents.append(
                DependentService(
                    service_plan_id=each.service_plan_id, name=each.name, one_of=tuple(sorted(need.one_of))
                )
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class DisabledMapping:
    """What becomes of the services that a user had switched off; every list is sorted."""

    #: Service plans of the target to switch off.
    new_disabled: tuple[str, ...]
    #: Service plans that were off and stay off, under the same or another id.
    kept: tuple[str, ...]
    #: Service plans that were off and that the target has nothing to switch off for.
    no_counterpart: tuple[str, ...]
    #: Service plans of the target that are on and whose service the user did not have.
    newly_granted: tuple[str, ...]
    #: Service plans of the target that go off with others, as nothing that they need is on.
    dependents: tuple[str, ...] = ()


def map_disabled(
    source: Plan,
    target: Plan,
    disabled_ids: Iterable[str],
    *,
    beside: Collection[str] = (),
) -> DisabledMapping:
    """Map the services that are switched off on `source` to those to switch off on `target`.

    A service plan of the target is matched by id, else by exact name, else by service. By service it goes
    off only when all of that service was off: what the user had on ends off only where the directory would
    not give it, as nothing that it needs is on.

    Args:
        source: The plan the user leaves.
        target: The plan the user gets.
        disabled_ids: What the user has switched off on `source`; ids that the catalog does not
            list under it (the vendor adds services) still match by id.
        beside: Names of services that other licenses of the user have on.
    """
    disabled = frozenset(service_plan_id.lower() for service_plan_id in disabled_ids)
    counterparts = _Counterparts.of(source)
    reasons = {
        service_plan.service_plan_id: counterparts.reasons_to_disable(service_plan, disabled)
        for service_plan in target.service_plans
    }
    kept = frozenset[str]().union(*reasons.values())
    services_on = {
        service_plan.service
        for service_plan in source.service_plans
        if service_plan.service_plan_id not in disabled
    }
    mapped = DisabledMapping(
        new_disabled=tuple(sorted(identity for identity, because in reasons.items() if because)),
        kept=tuple(sorted(kept)),
        no_counterpart=tuple(sorted(disabled - kept)),
        newly_granted=tuple(
            sorted(
                service_plan.service_plan_id
                for service_plan in target.service_plans
                if not reasons[service_plan.service_plan_id] and service_plan.service not in services_on
            )
        ),
    )
    return with_dependents(target, mapped, beside=beside)


def carried_settings(
    source: Plan,
    target: Plan,
    disabled_ids: Iterable[str],
    *,
    service_settings: str,
    beside: Collection[str] = (),
) -> DisabledMapping:
    """Return what a switch does with one user's switched-off services (switch#services).

    Args:
        source: The plan the user leaves.
        target: The plan the user gets.
        disabled_ids: What the user has switched off on `source`.
        service_settings: keep, or grant_all: everyone gets every service.
        beside: Names of services that other licenses of the user have on.
    """
    mapped = map_disabled(source, target, disabled_ids, beside=beside)
    if service_settings != GRANT_ALL:
        return mapped
    granted = set(mapped.newly_granted) | set(mapped.new_disabled)
    everything = DisabledMapping(
        new_disabled=(),
        kept=(),
        no_counterpart=mapped.no_counterpart,
        newly_granted=tuple(sorted(granted)),
    )
    return with_dependents(target, everything, beside=beside)


def chosen_settings(
    source: Plan,
    target: Plan,
    disabled_ids: Iterable[str],
    *,
    chosen_off: Iterable[str],
    beside: Collection[str] = (),
) -> DisabledMapping:
    """Return what becomes of one user's services where an operator has chosen which are off.

    Args:
        source: The plan the user leaves.
        target: The plan the user gets.
        disabled_ids: What the user has switched off on `source`.
        chosen_off: Ids of services of `target` that are to be off, and no others.
        beside: Names of services that other licenses of the user have on.
    """
    disabled = frozenset(each.lower() for each in disabled_ids)
    off, counterparts = {each.lower() for each in chosen_off}, _Counterparts.of(source)
    reasons = {
        each.service_plan_id: counterparts.reasons_to_disable(each, disabled) for each in target.service_plans
    }
    known = frozenset[str]().union(*reasons.values())
    had = {each.service for each in source.service_plans if each.service_plan_id not in disabled}
    chosen = DisabledMapping(
        new_disabled=tuple(sorted(off)),
        kept=tuple(sorted(frozenset[str]().union(*(reasons.get(each, frozenset()) for each in off)))),
        no_counterpart=tuple(sorted(disabled - known)),
        newly_granted=tuple(
            sorted(
                each.service_plan_id
                for each in target.service_plans
                if each.service_plan_id not in off and each.service not in had
            )
        ),
    )
    return with_dependents(target, chosen, beside=beside)


def with_dependents(
    target: Plan, mapped: DisabledMapping, *, beside: Collection[str] = ()
) -> DisabledMapping:
    """Return settings that the directory can give: what lacks a service that it needs goes off too.

    Args:
        target: The plan the user gets, with the services that the organization has of it.
        mapped: Services that should be off otherwise; ids that the plan does not have are left out.
        beside: Names of services that other licenses of the user have on.
    """
    off, services = assignable(target, mapped.new_disabled, beside=beside)
    dependents = frozenset(each.service_plan_id for each in services)
    return replace(
        mapped,
        new_disabled=off,
        newly_granted=tuple(each for each in mapped.newly_granted if each not in dependents),
        dependents=tuple(sorted(dependents)),
    )


def assignable(
    plan: Plan, wanted_off: Iterable[str], *, beside: Collection[str] = ()
) -> tuple[tuple[str, ...], tuple[DependentService, ...]]:
    """Return what to switch off so that the directory gives the plan, and what of it goes off with others.

    The same for every license that is given: forward, back, by hand and by groups (switch#services).

    Args:
        plan: With the services that the organization has of it; of a plan without any, nothing is known and
            all that is wanted is asked for.
        wanted_off: Ids of services that should be off.
        beside: Names of services that other licenses of the user have on.
    """
    wanted = sorted({each.lower() for each in wanted_off})
    if not plan.service_plans:
        return tuple(wanted), ()
    off = [each for each in wanted if each in plan.service_plan_ids]
    dependents = dependents_off(plan.service_plans, frozenset(off), beside=beside)
    return tuple(sorted({*off, *(each.service_plan_id for each in dependents)})), dependents


def settings_beside_held(
    source: Plan,
    target: Plan,
    disabled_ids: Iterable[str],
    *,
    held_disabled: Iterable[str],
    service_settings: str,
    beside: Collection[str] = (),
) -> DisabledMapping:
    """Return what happens to the services of a user who has the target already (switch#services).

    What either plan gave the user stays on; only what is off under both goes on to be off, and is kept.

    Args:
        source: The plan the user leaves.
        target: The plan the user has as well.
        disabled_ids: What the user has switched off on `source`.
        held_disabled: What the user has switched off on `target`.
        service_settings: keep, or grant_all: everyone gets every service.
        beside: Names of services that other licenses of the user have on.
    """
    disabled = frozenset(each.lower() for each in disabled_ids)
    held_off = frozenset(each.lower() for each in held_disabled) & target.service_plan_ids
    mapped = carried_settings(source, target, disabled, service_settings=service_settings, beside=beside)
    if service_settings == GRANT_ALL:
        return replace(mapped, newly_granted=tuple(sorted(held_off & set(mapped.newly_granted))))
    off = held_off & {*mapped.new_disabled, *mapped.newly_granted}
    counterparts = _Counterparts.of(source)
    reasons = {
        each.service_plan_id: counterparts.reasons_to_disable(each, disabled) or {each.service_plan_id}
        for each in target.service_plans
    }
    held = DisabledMapping(
        new_disabled=tuple(sorted(off)),
        kept=tuple(sorted(frozenset[str]().union(*(reasons[each] for each in off)))),
        no_counterpart=mapped.no_counterpart,
        newly_granted=(),
    )
    return with_dependents(target, held, beside=beside)


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceCounts:
    """Service plan id -> users for whom it is so."""

    kept: Mapping[str, int]
    no_counterpart: Mapping[str, int]
    newly_granted: Mapping[str, int]
    dependents: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class UserServices:
    """What decides the settings of a user under a new plan; many users share the same."""

    #: Ids of service plans that are off under the old plan, sorted.
    disabled: tuple[str, ...] = ()
    #: Names of services that others may need and that other licenses of the user have on, sorted.
    beside: tuple[str, ...] = ()
    #: Ids that are off under the new plan, for a user who can work with it already; None for the others.
    held_disabled: tuple[str, ...] | None = None


def settings_of_user(
    source: Plan, target: Plan, services: UserServices, *, service_settings: str
) -> DisabledMapping:
    """Return what a switch does with the services of a user, who may have the new plan already."""
    if services.held_disabled is None:
        return carried_settings(
            source, target, services.disabled, service_settings=service_settings, beside=services.beside
        )
    return settings_beside_held(
        source,
        target,
        services.disabled,
        held_disabled=services.held_disabled,
        service_settings=service_settings,
        beside=services.beside,
    )


def count_settings(
    source: Plan, target: Plan, combinations: Mapping[UserServices, int], *, service_settings: str
) -> ServiceCounts:
    """Count what a switch does with the services of many users (switch#services).

    Args:
        source: The plan the users leave.
        target: The plan they get.
        combinations: What users have off, and beside the plan -> users who have just that.
        service_settings: keep or grant_all.
    """
    mappings: Counter[DisabledMapping] = Counter()
    for services, users in combinations.items():
        mappings[settings_of_user(source, target, services, service_settings=service_settings)] += users
    return count_mappings(mappings)


def count_mappings(mappings: Mapping[DisabledMapping, int]) -> ServiceCounts:
    """Count what becomes of the services of many users.

    Args:
        mappings: What becomes of a user's services -> users who have just that.
    """
    names = tuple(ServiceCounts.__dataclass_fields__)
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    for mapped, users in mappings.items():
        for name in names:
            counts[name].update(dict.fromkeys(getattr(mapped, name), users))
    return ServiceCounts(**counts)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Counterparts:
    """The service plans of the source by id, by name and by service; built once per user."""

    ids: frozenset[str]
    by_name: dict[str, set[str]]
    by_service: dict[str, set[str]]

    @classmethod
    def of(cls, source: Plan) -> _Counterparts:
        by_name: dict[str, set[str]] = {}
        by_service: dict[str, set[str]] = {}
        for service_plan in source.service_plans:
            by_name.setdefault(service_plan.name.lower(), set()).add(service_plan.service_plan_id)
            by_service.setdefault(service_plan.service, set()).add(service_plan.service_plan_id)
        return cls(ids=source.service_plan_ids, by_name=by_name, by_service=by_service)

    def reasons_to_disable(self, service_plan: ServicePlan, disabled: frozenset[str]) -> frozenset[str]:
        """Return the switched-off service plans for which `service_plan` goes off; empty leaves it on."""
        identity = service_plan.service_plan_id
        if identity in self.ids or identity in disabled:
            return disabled & {identity}
        by_service = self.by_service.get(service_plan.service, set())
        counterparts = self.by_name.get(service_plan.name.lower(), by_service)
        return frozenset(counterparts) if counterparts <= disabled else frozenset()
