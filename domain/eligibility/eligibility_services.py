"""Checks of the source's services: all set up, none with an open incident (rules#service_not_provisioned)."""

from __future__ import annotations

from domain.catalog.spoken_services import spoken_service
from domain.eligibility.eligibility_input import Case, Grounds
from domain.kernel.awaited import named_list
from domain.licenses.provisioning import is_set_up


def service_not_provisioned(case: Case) -> Grounds | None:
    """Find services of the source that are not fully set up (SERVICE_NOT_PROVISIONED)."""
    if case.pool is None:
        waiting = [f"no licenses of {case.source.name} in the directory"]
    else:
        waiting = [
            f"{spoken_service(case.catalog, service)} ({service.vendor_status})"
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
        f"{each.service} ({each.vendor_status})"
        for each in case.input.health
        if not each.is_healthy and _concerns(case, each.concerned)
    ]
    if not open_incidents:
        return None
    return Grounds(evidence={"source": case.source.name, "services": named_list(open_incidents)})


def _concerns(case: Case, concerned: tuple[str, ...] | None) -> bool:
    return concerned is None or any(each.service in concerned for each in case.source.service_plans)
