"""The record says of every user where they ended, answered or not (switch#ways-back)."""

from __future__ import annotations

from domain.switch.return_events import RollBackFinished
from tests.support.controls.cancellation import source_of
from tests.support.controls.half_moved import half_moved_switch, recorded
from tests.support.controls.taken_back import assert_taken_back
from tests.support.worlds.world import World


async def test_users_whose_return_was_not_answered_are_recorded_as_found_back(world: World) -> None:
    """The directory returned a batch and its answer was lost: the next attempt finds nobody to return."""
    order, handle, before = await half_moved_switch(world)
    world.sandbox.fault("POST /v1.0/$batch", "lost_answer", count=3)

    await world.roll_back(handle)
    result = await world.result(handle)

    assert result.outcome == "rolled_back"
    assert world.users(order) == before
    assert_taken_back(world, order)
    (finished,) = recorded(world, order, RollBackFinished)
    assert (finished.returned, finished.left) == (0, 0)
    source = source_of(world, order)
    passes = [name for name in source.switch(order.switch_id).chunks if name.startswith("return-")]
    rows = [row for name in passes for row in world.store.license_rows(order.switch_id, name)]
    assert len(rows) == len({row.user_key for row in rows}) == 58
    assert {(row.outcome, row.to_plan) for row in rows} == {("found_back", source.plan_id)}
