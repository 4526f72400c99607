"""Which service the directory gives only beside another one, as the sandbox knows it.

The table is deliberately not the catalog's: the directory must not inherit the mistakes of whoever asks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from sandbox.kernel.model import Organization, User
from sandbox.kernel.plans import PlanBook, SandboxPlan, SandboxService
from sandbox.kernel.skus import services_of

_MAILBOXES = (
    "EXCHANGE_S_DESKLESS",
    "EXCHANGE_L_STANDARD",
    "EXCHANGE_S_STANDARD",
    "EXCHANGE_S_STANDARD_MIDMARKET",
    "EXCHANGE_S_ENTERPRISE",
)
_SITES = (
    "SHAREPOINTDESKLESS",
    "SHAREPOINTLITE",
    "SHAREPOINTSTANDARD",
    "SHAREPOINTSTANDARD_EDU",
    "SHAREPOINTENTERPRISE_MIDMARKET",
    "SHAREPOINTENTERPRISE",
    "SHAREPOINTENTERPRISE_EDU",
)
_CALLS = ("MCOSTANDARD", "MCOSTANDARD_MIDMARKET", "TEAMS1")
#: Name of a service -> names of which one has to be on beside it.
NEEDS: Mapping[str, tuple[str, ...]] = {
    "MCOEV": _CALLS,
    "MCOMEETADV": _CALLS,
    "SHAREPOINTWAC": _SITES,
    "SHAREPOINTWAC_EDU": _SITES,
    "SHAREPOINT_PROJECT": ("SHAREPOINTENTERPRISE", "SHAREPOINTENTERPRISE_EDU"),
    "PROJECT_O365_P3": (
        "SHAREPOINTSTANDARD",
        "SHAREPOINTSTANDARD_EDU",
        "SHAREPOINTENTERPRISE",
        "SHAREPOINTENTERPRISE_EDU",
    ),
    "THREAT_INTELLIGENCE": ("ATP_ENTERPRISE",),
    "EXCHANGE_ANALYTICS": ("EXCHANGE_S_ENTERPRISE", "EXCHANGE_S_STANDARD"),
    "LOCKBOX_ENTERPRISE": ("EXCHANGE_S_ENTERPRISE",),
    "EXCHANGE_S_ARCHIVE_ADDON": _MAILBOXES,
    "O365_SB_Relationship_Management": ("EXCHANGE_S_ENTERPRISE", "EXCHANGE_S_STANDARD"),
    "RMS_S_PREMIUM": ("RMS_S_ENTERPRISE",),
    "RMS_S_PREMIUM2": ("RMS_S_ENTERPRISE",),
}

#: Plan id -> ids of services switched off.
Held = Mapping[str, Iterable[str]]


def unmet(
    organization: Organization, held: Held, plans: PlanBook
) -> list[tuple[SandboxService, tuple[str, ...]]]:
    """Return the services that are on while nothing that they need is on, with the ids of what they need."""
    on = [
        service
        for plan_id, off in held.items()
        if plan_id in plans
        for service in _on(services_of(organization, plans[plan_id]), frozenset(off))
    ]
    names = {service.name for service in on}
    return [
        (service, _ids(plans, NEEDS[service.name]))
        for service in on
        if service.name in NEEDS and names.isdisjoint(NEEDS[service.name])
    ]


def licenses_of(user: User) -> dict[str, tuple[str, ...]]:
    """Return plan -> services switched off of a user."""
    return {plan_id: tuple(held.disabled) for plan_id, held in user.licenses.items()}


def without_unmet(plan: SandboxPlan, off: Iterable[str]) -> list[str]:
    """Return what is off when everything goes off that lacks what it needs, in the order of the plan."""
    gone = set(off)
    while True:
        names = {each.name for each in plan.services if each.service_plan_id not in gone}
        failing = {
            each.service_plan_id
            for each in plan.services
            if each.name in NEEDS and each.service_plan_id not in gone and names.isdisjoint(NEEDS[each.name])
        }
        if not failing:
            return [each.service_plan_id for each in plan.services if each.service_plan_id in gone]
        gone |= failing


@lru_cache(maxsize=4096)
def _on(services: tuple[SandboxService, ...], off: frozenset[str]) -> tuple[SandboxService, ...]:
    return tuple(service for service in services if service.service_plan_id not in off)


def _ids(plans: PlanBook, names: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of services by name."""
    wanted = set(names)
    known = {
        service.name: service.service_plan_id
        for plan in plans.values()
        for service in plan.services
        if service.name in wanted
    }
    return tuple(known[name] for name in names if name in known)
