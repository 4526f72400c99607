"""A switch of some thousand users stopped at half of them, as the sandbox's journal alone tells it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from activities.contract import SwitchOrder
from sandbox.referee.assignments import Assignments, read_assignments
from tests.support.controls.pausing import EFFECT_SECONDS, pause, resume
from tests.support.controls.taken_back import assert_taken_back
from tests.support.worlds.world import CLEAN, SOURCE_PLAN, SwitchHandle, World

#: Longer than a fast test may take.
pytestmark = pytest.mark.chaos

USERS = 3000
#: So slow that half of the users are found between two looks.
LATENCY_MS = 150


def journal_of(world: World, order: SwitchOrder) -> Assignments:
    """Return what the journal says of the organization's users."""
    return read_assignments(world.sandbox.journal, order.organization_id)


def moved_in(assignments: Assignments) -> int:
    """Count the users who left the old plan."""
    return sum(SOURCE_PLAN not in held for held in assignments.now.values())


async def half_moved(world: World) -> tuple[SwitchOrder, SwitchHandle]:
    """Return a switch that has moved half of its users and goes on."""
    order = world.order(world.organization(USERS))
    world.sandbox.settings(latency_ms=LATENCY_MS)
    handle, _ = await world.start(order)
    await world.until(lambda: moved_in(journal_of(world, order)) >= USERS / 2)
    return order, handle


async def test_a_pause_at_half_sends_no_batch_after_two_seconds(world: World) -> None:
    """The journal has no change later than two seconds after the pause was asked for (issue 5)."""
    order, handle = await half_moved(world)
    asked_at = datetime.now(UTC)

    await pause(handle)
    await asyncio.sleep(EFFECT_SECONDS + 1.0)
    paused = journal_of(world, order)
    world.calm()
    await resume(handle)
    result = await world.result(handle)

    assert paused.changed_after(asked_at + timedelta(seconds=EFFECT_SECONDS)) == 0
    assert USERS / 2 <= moved_in(paused) < USERS
    assert (result.outcome, result.moved) == ("completed", USERS)
    final = journal_of(world, order)
    # Nobody was changed a second time: one effect for each user, whatever stopped the move.
    assert sum(users for _, users in final.changes) == USERS
    assert world.failings(order) == CLEAN


async def test_a_roll_back_at_half_gives_everyone_exactly_what_they_had(world: World) -> None:
    """Plan and switched-off services of each user are those of the journal at the start (issue 5)."""
    order, handle = await half_moved(world)
    world.calm()

    await world.roll_back(handle)
    result = await world.result(handle)
    final = journal_of(world, order)

    assert result.outcome == "rolled_back"
    assert final.now == final.at_start
    assert final.restored == USERS
    assert any(off for held in final.at_start.values() for off in held.values())
    assert_taken_back(world, order)
