"""Kind of fault: a run that is set back. `temporal workflow reset` goes on at once, wherever it was set."""

from __future__ import annotations

import pytest

from domain.switch.recovery_events import WorkflowRestarted
from tests.support.outside.messages import failed_tasks
from tests.support.outside.resets import tasks_before_child
from tests.support.worlds.lost import newest_run
from tests.support.worlds.temporal_command import temporal
from tests.support.worlds.world import CLEAN, World


@pytest.mark.parametrize("place", [0, 1, -1], ids=["just_before", "earlier", "first_task"])
async def test_a_reset_to_before_the_child_goes_on_at_once(world: World, place: int) -> None:
    """While users move: the new run replaces the child that runs on, and completes without a reconciler."""
    order = world.order(world.organization(60))
    ambush = world.ambushes.lay(order.switch_id, "license_reassignment.move_slice:begin")
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)
    event_id = (await tasks_before_child(handle))[place]

    told = await temporal(
        world, "workflow", "reset", "-w", handle.id, "--event-id", str(event_id), "--reason", "by hand"
    )
    ambush.is_over.set()

    assert told.code == 0, told.text
    again = newest_run(world, order)
    result = await world.result(again)
    assert (result.outcome, result.moved) == ("completed", 60)
    assert world.failings(order) == CLEAN
    assert await failed_tasks(world, again) == 1  # the reset itself stands in the history as one
    assert not any(isinstance(each.event, WorkflowRestarted) for each in world.source_events(order))


async def test_a_reset_of_the_child_goes_on(world: World) -> None:
    """A pass that is set back itself walks its slices again, and its switch takes the result."""
    order = world.order(world.organization(60))
    ambush = world.ambushes.lay(order.switch_id, "license_reassignment.move_slice:begin")
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)

    child = f"licenses:{order.switch_id}:1"
    told = await temporal(
        world, "workflow", "reset", "-w", child, "--type", "FirstWorkflowTask", "--reason", "by hand"
    )
    ambush.is_over.set()

    assert told.code == 0, told.text
    assert (await world.result(handle)).outcome == "completed"
    assert world.failings(order) == CLEAN


async def test_a_reset_after_the_order_places_none_anew(world: World) -> None:
    """Set back to its first task after the licenses have moved: each step answers from the record."""
    order = world.order(world.organization(6, missing_usage_location=1))
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")

    told = await temporal(
        world, "workflow", "reset", "-w", handle.id, "--type", "FirstWorkflowTask", "--reason", "by hand"
    )

    assert told.code == 0, told.text
    again = newest_run(world, order)
    await world.until_stage(again, "held")
    for user in world.users_left(order):
        world.sandbox.edit(order.organization_id, kind="user", user_id=user, usage_location="DE")
    assert (await world.retry(again, "retry-2")).accepted
    assert (await world.result(again)).outcome == "completed"
    assert world.failings(order) == CLEAN
