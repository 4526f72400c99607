"""Kind of fault: a step or a run that does not know of a pause, because a reset has dropped it.

The record has it: whoever would act waits, and `resume` ends it.
"""

from __future__ import annotations

from temporalio.testing import WorkflowEnvironment

from activities.contract import START_LICENSE_MOVE
from domain.switch.control_events import SwitchResumed
from tests.support.controls.forgotten import approve, forgotten
from tests.support.controls.half_moved import recorded
from tests.support.controls.pausing import pause, resume
from tests.support.worlds.world import SwitchHandle, World, until


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


async def _waits(handle: SwitchHandle, step: str) -> bool:
    pending = (await handle.describe()).raw_description.pending_activities
    return any(each.activity_type.name == step and each.attempt > 1 for each in pending)
