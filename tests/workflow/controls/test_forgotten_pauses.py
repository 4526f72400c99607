"""Kind of fault: a step or a run that does not know of a pause, because a reset has dropped it.

The record has it: whoever would act waits, and `resume` ends it.
"""

from __future__ import annotations

from temporalio.api.enums.v1 import EventType
from temporalio.testing import WorkflowEnvironment

from activities.contract import START_LICENSE_MOVE, SwitchOrder
from domain.switch.control_events import SwitchResumed
from tests.support.worlds.credit import waiting_case
from tests.support.worlds.lost import newest_run
from tests.support.worlds.temporal_command import temporal
from tests.support.worlds.world import OPERATOR, SwitchHandle, World, until
from tests.workflow.controls.test_roll_back import recorded
from tests.workflow.controls.test_switch_pause import pause, resume
from workflows.base.messages import CreditDecision
from workflows.switch.plan_switch import PlanSwitch

TASK_COMPLETED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED


async def test_a_reset_that_drops_a_pause_moves_nobody_and_locks_nothing_up(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """The move waits for the pause that the record has, and `resume` asks the record."""
    order, again = await forgotten(world, temporal_env)
    await approve(again)
    await until(lambda: _waits(again, START_LICENSE_MOVE.name), "the move never waited for the pause")
    before = world.source_topics(order)

    answer = await resume(again)
    repeated = await resume(again, "resume-2")
    result = await world.result(again)

    assert "license-move-started" not in before
    assert (answer.accepted, repeated.accepted, result.outcome) == (True, False, "completed")
    assert len(recorded(world, order, SwitchResumed)) == 1


async def test_a_start_that_was_asked_for_before_the_pause_is_carried_out(world: World) -> None:
    """It has a day, which no pause may use up: it locks, moves nobody, and the switch goes on later."""
    order = world.order(world.organization())
    ambush = world.ambushes.lay(order.switch_id, f"{START_LICENSE_MOVE.name}:begin")
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)
    users = world.users_left(order)
    await pause(handle)
    ambush.is_over.set()
    await world.until(lambda: "license-move-started" in world.source_topics(order))
    left = world.users_left(order)

    answer = await resume(handle)
    result = await world.result(handle)

    assert (left, answer.accepted, result.outcome) == (users, True, "completed")


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


async def _waits(handle: SwitchHandle, step: str) -> bool:
    pending = (await handle.describe()).raw_description.pending_activities
    return any(each.activity_type.name == step and each.attempt > 1 for each in pending)


async def _newest_task(handle: SwitchHandle) -> int:
    events = (await handle.fetch_history()).events
    return max(each.event_id for each in events if each.event_type == TASK_COMPLETED)
