"""Carry a user's switched-off services from the old plan to the new one (rules section 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from domain.plans import Plan, ServicePlan

GRANT_ALL = "grant_all"


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


def map_disabled(source: Plan, target: Plan, disabled_service_plan_ids: Iterable[str]) -> DisabledMapping:
    """Map the services that are switched off on `source` to those to switch off on `target`.

    A service plan of the target is matched by id, else by exact name, else by service. By service it goes
    off only when all of that service was off: what the user had on never ends off.

    Args:
        source: The plan the user leaves.
        target: The plan the user gets.
        disabled_service_plan_ids: What the user has switched off on `source`; ids that the catalog does not
            list under it (the vendor adds services) still match by id.
    """
    disabled = frozenset(service_plan_id.lower() for service_plan_id in disabled_service_plan_ids)
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
    return DisabledMapping(
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


def carried_settings(
    source: Plan, target: Plan, disabled_service_plan_ids: Iterable[str], *, service_settings: str
) -> DisabledMapping:
    """Return what a switch does with one user's switched-off services (rules section 4).

    Args:
        source: The plan the user leaves.
        target: The plan the user gets.
        disabled_service_plan_ids: What the user has switched off on `source`.
        service_settings: keep, or grant_all: everyone gets every service.
    """
    mapped = map_disabled(source, target, disabled_service_plan_ids)
    if service_settings != GRANT_ALL:
        return mapped
    granted = set(mapped.newly_granted) | set(mapped.new_disabled)
    return DisabledMapping(
        new_disabled=(),
        kept=(),
        no_counterpart=mapped.no_counterpart,
        newly_granted=tuple(sorted(granted)),
    )


def settings_beside_held(
    source: Plan,
    target: Plan,
    disabled_service_plan_ids: Iterable[str],
    *,
    held_disabled: Iterable[str],
    service_settings: str,
) -> DisabledMapping:
    """Return what becomes of the services of a user who has the target already (rules section 4).

    What either plan gave the user stays on; only what is off under both goes on to be off, and is kept.

    Args:
        source: The plan the user leaves.
        target: The plan the user has as well.
        disabled_service_plan_ids: What the user has switched off on `source`.
        held_disabled: What the user has switched off on `target`.
        service_settings: keep, or grant_all: everyone gets every service.
    """
    disabled = frozenset(each.lower() for each in disabled_service_plan_ids)
    held_off = frozenset(each.lower() for each in held_disabled) & target.service_plan_ids
    mapped = carried_settings(source, target, disabled, service_settings=service_settings)
    if service_settings == GRANT_ALL:
        return replace(mapped, newly_granted=tuple(sorted(held_off & set(mapped.newly_granted))))
    off = held_off & {*mapped.new_disabled, *mapped.newly_granted}
    counterparts = _Counterparts.of(source)
    reasons = {
        each.service_plan_id: counterparts.reasons_to_disable(each, disabled) or {each.service_plan_id}
        for each in target.service_plans
    }
    return DisabledMapping(
        new_disabled=tuple(sorted(off)),
        kept=tuple(sorted(frozenset[str]().union(*(reasons[each] for each in off)))),
        no_counterpart=mapped.no_counterpart,
        newly_granted=(),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceCounts:
    """Service plan id -> users for whom it is so."""

    kept: Mapping[str, int]
    no_counterpart: Mapping[str, int]
    newly_granted: Mapping[str, int]


def count_settings(
    source: Plan, target: Plan, combinations: Mapping[tuple[str, ...], int], *, service_settings: str
) -> ServiceCounts:
    """Count what a switch does with the services of many users (rules section 4).

    Args:
        source: The plan the users leave.
        target: The plan they get.
        combinations: What is switched off -> users who have just that switched off.
        service_settings: keep or grant_all.
    """
    kept, no_counterpart, newly_granted = Counter[str](), Counter[str](), Counter[str]()
    for disabled, users in combinations.items():
        mapped = carried_settings(source, target, disabled, service_settings=service_settings)
        for counts, found in (
            (kept, mapped.kept),
            (no_counterpart, mapped.no_counterpart),
            (newly_granted, mapped.newly_granted),
        ):
            counts.update(dict.fromkeys(found, users))
    return ServiceCounts(kept=kept, no_counterpart=no_counterpart, newly_granted=newly_granted)


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
