"""An edit by the vendor's hand: other services of a plan for one organization."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sandbox.billing.billing import read_text
from sandbox.cloud.answers import HTTP_NOT_FOUND, Refusal
from sandbox.cloud.bounds import invalid
from sandbox.kernel.model import Json, Organization
from sandbox.kernel.plans import PlanBook, SandboxPlan


def plan_sku(_organization: Organization, wanted: Json, plans: PlanBook) -> Json:
    """Return an edit that changes the services of a plan for one organization (plan_id, without, add).

    Raises:
        Refusal: There is no such plan, or a service can't be read.
    """
    plan = plans.get(read_text(wanted, "plan_id").lower())
    if plan is None:
        raise Refusal(HTTP_NOT_FOUND, "UNKNOWN_PLAN", f"There is no plan {wanted['plan_id']}.")
    gone = {_known(plan, each) for each in _listed(wanted, "without")}
    kept = [[each.service_plan_id, each.name] for each in plan.services if each.service_plan_id not in gone]
    added = [_added(each) for each in _listed(wanted, "add")]
    # Whole, so that the journal alone tells it; every edit begins with the published list.
    return {"plan_id": plan.plan_id, "services": [*kept, *added]}


def _listed(wanted: Json, name: str) -> Iterable[Any]:
    value = wanted.get(name, [])
    if not isinstance(value, list):
        raise invalid(f"{name} must be a list.")
    return value


def _known(plan: SandboxPlan, value: Any) -> str:
    for service in plan.services:
        if str(value).lower() in {service.service_plan_id, service.name.lower()}:
            return service.service_plan_id
    raise invalid(f"{plan.part_number} has no service {value}.")


def _added(value: Any) -> list[str]:
    if not isinstance(value, dict) or not {"service_plan_id", "name"} <= value.keys():
        raise invalid("add must list objects with service_plan_id and name.")
    return [read_text(value, "service_plan_id").lower(), read_text(value, "name")]
