"""An edit by the vendor's hand: other services of a plan for one organization."""

from __future__ import annotations

from pydantic import Field

from sandbox.cloud.answers import invalid
from sandbox.cloud.edit_body import Place, PlanEdit
from sandbox.kernel.bodies import OpenBody, Text
from sandbox.kernel.model import Json
from sandbox.kernel.plans import SandboxPlan


class _Service(OpenBody):
    """A service that is added."""

    service_plan_id: Text
    name: Text


class SkuEdit(PlanEdit):
    """The organization has other services of a plan than the published list."""

    #: Names or ids of services.
    without: list[str] = Field(default_factory=list)
    add: list[_Service] = Field(default_factory=list)

    def facts(self, place: Place) -> Json:
        """Return all services, so that the journal alone has them; the base is the published list."""
        plan = place.plan(self.plan_id)
        gone = {_service_id(plan, name) for name in self.without}
        kept = [[one.service_plan_id, one.name] for one in plan.services if one.service_plan_id not in gone]
        added = [[one.service_plan_id.lower(), one.name] for one in self.add]
        return {"plan_id": plan.plan_id, "services": [*kept, *added]}


def _service_id(plan: SandboxPlan, name: str) -> str:
    for service in plan.services:
        if name.lower() in {service.service_plan_id, service.name.lower()}:
            return service.service_plan_id
    raise invalid(f"{plan.part_number} has no service {name}.")
