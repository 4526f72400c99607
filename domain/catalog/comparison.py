"""Comparison of two plans by service: ids change between editions, services do not (switch#services)."""

from __future__ import annotations

from dataclasses import dataclass

from domain.catalog.plans import Plan, ServicePlan
from domain.catalog.tiers import TEAMS, data_levels


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
