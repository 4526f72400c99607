"""A change of licenses is refused that leaves a service on without what it needs."""

from __future__ import annotations

from sandbox.cloud.answers import HTTP_BAD_REQUEST, Refusal
from sandbox.kernel.model import Organization
from sandbox.kernel.needs import Held, unmet
from sandbox.kernel.plans import PlanBook, SandboxService
from sandbox.kernel.skus import services_of


def check_needs(organization: Organization, before: Held, after: Held, plans: PlanBook) -> None:
    """Check that every service that is on has what it needs, in whatever license of the user.

    A license that was so before, and that nobody touches, is left as it is.

    Args:
        organization: Owner of the user.
        before: What the user has now.
        after: What the user would have.
        plans: The price book.

    Raises:
        Refusal: It has not; the text names the service and those of which one is needed.
    """
    broken = unmet(organization, after, plans)
    if not broken:
        return
    known = {service.service_plan_id for service, _ in unmet(organization, before, plans)}
    for service, needed in broken:
        if service.service_plan_id not in known or _is_touched(organization, service, before, after, plans):
            raise Refusal(
                HTTP_BAD_REQUEST,
                "Request_BadRequest",
                f"License assignment failed because service plan {service.service_plan_id} depends on the "
                f"service plan(s) {', '.join(needed)}",
            )


def _is_touched(
    organization: Organization, service: SandboxService, before: Held, after: Held, plans: PlanBook
) -> bool:
    """Return whether the change gives the service, or a license that has it."""
    return any(
        before.get(plan_id) is None or set(before[plan_id]) != set(off)
        for plan_id, off in after.items()
        if plan_id in plans and service in services_of(organization, plans[plan_id])
    )
