"""What is asked of licensing groups before the order, and again before the first license moves."""

from __future__ import annotations

from activities.base.step import Step
from domain.licenses.group_licenses import require_movable


def require_movable_groups(step: Step, source_plan_id: str) -> None:
    """Refuse a switch whose licensing groups give other plans as well (rules#licensing-groups).

    Raises:
        LicensingGroupRefused: GROUP_FEEDS_OTHER_PLANS.
    """
    require_movable(step.cloud.groups.feeding(step.order.organization_id, source_plan_id), source_plan_id)
