"""Records histories of runs that somebody has handled from outside; run by tools/record_histories.py.

A history is what Temporal kept of a run; tests/replay/ plays each against today's workflows.
"""

from __future__ import annotations

from temporalio.testing import WorkflowEnvironment

from tests.support.worlds.world import World
from tests.workflow.record_histories import record


async def test_record_reset(world: World) -> None:
    """A switch whose run is set back to before its pass, whose child runs on and is replaced."""
    from tests.support.outside.resets import tasks_before_child
    from tests.support.worlds.lost import newest_run
    from tests.support.worlds.temporal_command import temporal

    order = world.order(world.organization(60))
    ambush = world.ambushes.lay(order.switch_id, "license_reassignment.move_slice:begin")
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)
    event_id = str((await tasks_before_child(handle))[0])
    await temporal(world, "workflow", "reset", "-w", handle.id, "--event-id", event_id, "--reason", "back")
    ambush.is_over.set()
    again = newest_run(world, order)
    await world.result(again)
    await record(world, again, "reset-while-moving")


async def test_record_forged(world: World) -> None:
    """A switch one of whose steps is answered by an impossible result, and another by no result at all."""
    from activities.contract import START_LICENSE_MOVE, VERIFY_MOVE
    from tests.support.outside.forged_results import FORGED, forge, stopped

    order, handle, ambush = await stopped(world, f"{START_LICENSE_MOVE.name}:end")
    verifying = world.ambushes.lay(order.switch_id, f"{VERIFY_MOVE.name}:begin")
    await forge(world, handle.id, FORGED[-1])
    ambush.is_over.set()
    await world.until(verifying.is_reached.is_set)
    await forge(world, handle.id, "nonsense")
    verifying.is_over.set()
    await world.result(handle)
    await record(world, handle, "results-forged")


async def test_record_resumed_after_reset(world: World, temporal_env: WorkflowEnvironment) -> None:
    """A switch whose run has forgotten its pause by a reset, and is resumed as the record has it."""
    from tests.support.controls.forgotten import approve, forgotten
    from tests.support.controls.pausing import resume

    _, again = await forgotten(world, temporal_env)
    await approve(again)
    await resume(again)
    await resume(again, "resume-2")
    await world.result(again)
    await record(world, again, "resumed-after-reset")
