"""A plan as one organization has it: the vendor adds services and takes some away, here before there."""

from __future__ import annotations

from sandbox.kernel.model import Json, Organization
from sandbox.kernel.plans import SandboxPlan, SandboxService, service_named


def services_of(organization: Organization, plan: SandboxPlan) -> tuple[SandboxService, ...]:
    """Return the services that an organization has of a plan."""
    return organization.skus.get(plan.plan_id, plan.services)


def edit_sku(organization: Organization, edit: Json, _at: str) -> None:
    """Change the services of a plan for an organization."""
    organization.skus[edit["plan_id"]] = tuple(service_named(*each) for each in edit["services"])
