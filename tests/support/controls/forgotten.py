"""A run that was reset and has forgotten a pause."""

from __future__ import annotations

from temporalio.api.enums.v1 import EventType
from temporalio.testing import WorkflowEnvironment

from activities.contract import SwitchOrder
from tests.support.controls.pausing import pause
from tests.support.worlds.credit import waiting_case
from tests.support.worlds.lost import newest_run
from tests.support.worlds.temporal_command import temporal
from tests.support.worlds.world import OPERATOR, SwitchHandle, World
from workflows.base.messages import CreditDecision
from workflows.switch.plan_switch import PlanSwitch

TASK_COMPLETED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED


async def forgotten(world: World, environment: WorkflowEnvironment) -> tuple[SwitchOrder, SwitchHandle]:
    """Return a switch that waits for its credit check, and the run that has forgotten its pause."""
    case = await waiting_case(world, environment)
    order, handle = case.order, case.handle
    at = await _newest_task(handle)
    await pause(handle)
    told = await temporal(
        world,
        *("workflow", "reset", "-w", handle.id, "--event-id", str(at), "--reapply-exclude", "All"),
        *("--reason", "by hand"),
    )
    assert told.code == 0, told.text
    again = newest_run(world, order)
    await world.until_stage(again, "credit_check")
    return order, again


async def approve(handle: SwitchHandle) -> None:
    """Answer the credit check."""
    decision = CreditDecision(
        decision_id="d-1", verdict="approved", decided_by="operator", actor=OPERATOR, reason="known"
    )
    await handle.execute_update(PlanSwitch.decide_credit, decision)


async def _newest_task(handle: SwitchHandle) -> int:
    events = (await handle.fetch_history()).events
    return max(each.event_id for each in events if each.event_type == TASK_COMPLETED)
