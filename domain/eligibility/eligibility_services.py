"""Checks of the source's services: all set up, none with an open incident (rules#service_not_provisioned)."""

from __future__ import annotations

from domain.catalog.spoken_services import spoken_service
from domain.eligibility.eligibility_input import Case, Grounds
from domain.kernel.awaited import named_list
from domain.licenses.provisioning import is_set_up

#: Name on the health board (lower case) -> services of the catalog that it stands for.
BOARD_SERVICES: dict[str, frozenset[str]] = {
    "exchange online": frozenset({"exchange"}),
    "sharepoint online": frozenset({"sharepoint"}),
    "onedrive for business": frozenset({"onedrive", "sharepoint"}),
    "microsoft teams": frozenset({"teams"}),
    "skype for business": frozenset({"skype"}),
    "skype for business online": frozenset({"skype"}),
    "yammer enterprise": frozenset({"yammer", "viva_engage"}),
    "microsoft viva engage": frozenset({"yammer", "viva_engage"}),
    "office for the web": frozenset({"office_web"}),
    "microsoft 365 for the web": frozenset({"office_web"}),
    "microsoft 365 apps": frozenset({"office_apps"}),
    "microsoft intune": frozenset({"intune", "mobile_device_management"}),
    "power apps in microsoft 365": frozenset({"powerapps"}),
    "microsoft power automate in microsoft 365": frozenset({"flow"}),
    "microsoft bookings": frozenset({"bookings"}),
    "microsoft forms": frozenset({"forms"}),
    "microsoft stream": frozenset({"stream"}),
    "planner": frozenset({"planner"}),
    "sway": frozenset({"sway"}),
}
#: Names on the health board on which every service rests.
BOARD_FOUNDATIONS = frozenset(
    {"microsoft 365 suite", "identity service", "microsoft entra", "microsoft entra id"}
)


def service_not_provisioned(case: Case) -> Grounds | None:
    """Find services of the source that are not fully set up (SERVICE_NOT_PROVISIONED)."""
    if case.pool is None:
        waiting = [f"no licenses of {case.source.name} in the directory"]
    else:
        waiting = [
            f"{spoken_service(case.catalog, service)} ({service.provisioning_status})"
            for service in case.pool.services
            if not is_set_up(service)
        ]
    if not waiting:
        return None
    return Grounds(
        evidence={"source": case.source.name, "count": len(waiting), "services": named_list(waiting)}
    )


def service_unhealthy(case: Case) -> Grounds | None:
    """Find open incidents of services that the source has (SERVICE_UNHEALTHY)."""
    open_incidents = [
        f"{each.service} ({each.status})"
        for each in case.input.health
        if not each.is_healthy and _concerns(case, each.service)
    ]
    if not open_incidents:
        return None
    return Grounds(evidence={"source": case.source.name, "services": named_list(open_incidents)})


def _concerns(case: Case, board_name: str) -> bool:
    name = board_name.strip().lower()
    if name in BOARD_FOUNDATIONS:
        return True
    services = {service_plan.service for service_plan in case.source.service_plans}
    own_name = name.removeprefix("microsoft ").removesuffix(" online").replace(" ", "_")
    return bool(services & BOARD_SERVICES.get(name, frozenset({own_name})))
