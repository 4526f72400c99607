"""Some users first, then a look at how they fare (rules#operator-controls)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from activities.contract import SYSTEM_ACTOR
from domain.switch.control_events import SwitchPaused, SwitchResumed
from domain.switch.return_events import OperatorCommanded
from tests.support.controls.half_moved import recorded
from tests.support.controls.pausing import resume
from tests.support.worlds.world import CLEAN, World


async def test_a_pilot_moves_first_and_the_others_after_a_resume(world: World) -> None:
    """Nobody but the pilot is moved before somebody resumes; everyone counts once."""
    order = replace(world.order(world.organization(60)), pilot=20)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "paused")
    await world.until(lambda: bool(recorded(world, order, SwitchPaused)))
    left = len(world.users_left(order))

    await resume(handle)
    result = await world.result(handle)

    assert left == 40
    (paused,) = recorded(world, order, SwitchPaused)
    assert (paused.code, paused.until, paused.meta["actor"]) == ("PILOT", None, SYSTEM_ACTOR)
    assert paused.message == "Pilot: 20 of 20 users moved, 0 could not be moved."
    assert (result.outcome, result.moved) == ("completed", 60)
    rows = [world.store.license_rows(order.switch_id, name) for name in ("pilot", "move")]
    assert [[row.position for row in each] for each in rows] == [list(range(20)), list(range(20, 60))]
    assert world.failings(order) == CLEAN


@pytest.mark.parametrize("point", ["controls.record_pause:begin", "controls.record_pause:saved"])
async def test_a_roll_back_while_the_pilots_pause_is_recorded_moves_nobody_else(
    world: World, point: str
) -> None:
    """The step ends well although it was cancelled; the way back begins all the same (switch#ways-back)."""
    order = replace(world.order(world.organization(12)), pilot=4)
    ambush = world.ambushes.lay(order.switch_id, point)
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)

    sent = asyncio.create_task(world.roll_back(handle))
    await world.until(lambda: bool(recorded(world, order, OperatorCommanded)))
    world.ambushes.go_on(order.switch_id)
    result = await world.result(handle)

    assert (await sent).accepted
    assert result.outcome == "rolled_back"
    assert list(world.store.license_rows(order.switch_id, "move")) == []
    assert world.failings(order) == CLEAN


async def test_a_pilot_that_fared_well_goes_on_by_itself_after_its_time(world: World) -> None:
    """A soak time ends the pause, unless somebody of the pilot could not be moved."""
    well = replace(world.order(world.organization(30)), pilot=5, pilot_soak_seconds=1)
    ill = replace(
        world.order(world.organization(30, missing_usage_location=1)), pilot=30, pilot_soak_seconds=1
    )

    result = await world.complete(well)
    handle, _ = await world.start(ill)
    await world.until_stage(handle, "paused")
    await world.until(lambda: bool(recorded(world, ill, SwitchPaused)))
    (waits,) = recorded(world, ill, SwitchPaused)
    await world.roll_back(handle)
    back = await world.result(handle)

    assert (result.outcome, result.moved) == ("completed", 30)
    (paused,), (ended,) = recorded(world, well, SwitchPaused), recorded(world, well, SwitchResumed)
    assert paused.until == paused.timestamp + timedelta(seconds=1)
    assert ended.timestamp >= paused.until
    # Nobody commanded either.
    assert [each.meta["actor"] for each in (paused, ended)] == [SYSTEM_ACTOR] * 2
    assert (waits.until, waits.message) == (None, "Pilot: 29 of 30 users moved, 1 could not be moved.")
    assert back.outcome == "rolled_back"
