"""Pausing and resuming a switch (rules#operator-controls)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from activities.contract import SwitchOrder
from domain.switch.control_events import SwitchPaused, SwitchResumed
from domain.switch.return_events import OperatorCommanded
from tests.support.controls.half_moved import recorded
from tests.support.controls.paced_moves import PacedMoves
from tests.support.controls.pausing import pause, resume
from tests.support.controls.taken_back import assert_taken_back
from tests.support.worlds.world import CLEAN, OPERATOR, PROVISIONING, SOURCE_PLAN, SwitchHandle, World, until
from workflows.switch.plan_switch import PlanSwitch

#: Longer than a writer's look at the record counts, and a request takes.
STILL_SECONDS = 4.5
#: Of each batch of users: what is watched takes seconds, so that a busy machine can watch it.
BATCH_SECONDS = 1.0
USERS = 1500


async def moving_switch(
    world: World, organization: dict[str, Any] | None = None
) -> tuple[SwitchOrder, SwitchHandle, PacedMoves]:
    """Return a switch some of whose users are moved, and the others not yet, and the pace of the moves."""
    pace = PacedMoves(world, seconds=BATCH_SECONDS)
    order = world.order(organization or world.organization(USERS))
    handle, _ = await world.start(order)
    await world.until(lambda: len(world.users_left(order)) < USERS * 0.9)
    return order, handle, pace


async def until_idle(world: World, order: SwitchOrder) -> None:
    """Wait until no slice of users is being moved."""
    moving = world.client.get_workflow_handle(f"licenses:{order.switch_id}:1")

    async def is_idle() -> bool:
        return not (await moving.describe()).raw_description.pending_activities

    await until(is_idle, "the slices never ended")


async def until_still(world: World, order: SwitchOrder) -> None:
    """Wait until nobody was moved for longer than a writer goes on without a look at the record."""
    seen: list[int] = []

    async def is_still() -> bool:
        seen.append(len(world.users_left(order)))
        await asyncio.sleep(STILL_SECONDS)
        return seen[-1] == len(world.users_left(order))

    await until(is_still, "users were moved on and on")


async def test_a_pause_stops_the_move_and_a_resume_ends_it(world: World) -> None:
    """No further batch is sent; nobody is moved twice, and everyone keeps their services (issue 5)."""
    order, handle, pace = await moving_switch(world)
    answer = await pause(handle)
    again, other = await pause(handle), await pause(handle, "pause-other")
    await until_idle(world, order)
    left = len(world.users_left(order))
    status = await handle.query(PlanSwitch.status)
    await asyncio.sleep(1.0)

    assert (answer.accepted, again) == (True, answer)
    assert (other.accepted, other.message) == (False, "It is paused already.")
    assert (status.stage, status.waits_for) == ("paused", "operator")
    assert 0 < left == len(world.users_left(order))
    pace.seconds = 0
    resumed = await resume(handle)
    result = await world.result(handle)
    assert resumed.accepted
    assert (result.outcome, result.moved) == ("completed", USERS)
    assert world.failings(order) == CLEAN
    (paused,), (ended,) = recorded(world, order, SwitchPaused), recorded(world, order, SwitchResumed)
    assert (paused.code, paused.message, paused.meta["actor"]) == ("OPERATOR", "phones ring", OPERATOR)
    assert (ended.stage, ended.meta["reason"]) == ("moving", "calm again")
    assert [each.command for each in recorded(world, order, OperatorCommanded)] == ["pause", "resume"]


async def test_a_pause_while_the_seller_provisions_stops_before_the_first_license(world: World) -> None:
    """What was asked for is awaited and recorded; nothing new is begun (rules#operator-controls)."""
    order = world.order(world.organization())
    provisioning = world.ambushes.lay(order.switch_id, PROVISIONING)
    handle, _ = await world.start(order)
    await world.until(provisioning.is_reached.is_set)

    assert (await pause(handle)).accepted
    world.ambushes.go_on(order.switch_id)
    await world.until(lambda: "replacement-ready" in world.source_topics(order))
    await asyncio.sleep(0.5)
    topics = world.source_topics(order)
    await resume(handle)
    result = await world.result(handle)

    assert "license-move-started" not in topics
    assert result.outcome == "completed"
    assert world.failings(order) == CLEAN


async def test_a_held_switch_that_is_paused_takes_its_retry_and_goes_on_when_resumed(world: World) -> None:
    """A pause outlasts a retry: the retry counts, and begins once somebody resumes."""
    order = world.order(world.organization(missing_usage_location=1))
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    await pause(handle)
    (user,) = world.users_left(order)
    world.sandbox.edit(order.organization_id, kind="user", user_id=user, usage_location="DE")

    retried = await world.retry(handle)
    await asyncio.sleep(0.5)
    left = world.users_left(order)
    await resume(handle)
    result = await world.result(handle)

    assert (retried.accepted, left) == (True, [user])
    assert result.outcome == "completed"


@pytest.mark.long
async def test_a_paused_switch_can_be_led_back(world: World) -> None:
    """Everyone moved returns while it is paused, with the services they had (rules#operator-controls)."""
    organization = world.organization(USERS)
    before = world.users(world.order(organization))
    order, handle, pace = await moving_switch(world, organization)
    await pause(handle)
    pace.seconds = 0

    answer = await world.roll_back(handle)
    result = await world.result(handle)

    assert (answer.accepted, result.outcome) == (True, "rolled_back")
    assert world.users(order) == before
    assert_taken_back(world, order)


async def test_a_pause_is_refused_after_the_point_of_no_return(world: World) -> None:
    """After the old plan's cancellation a switch only rolls forward (switch#ways-back)."""
    from tests.support.licenses.held import refuse_stop

    refusals = ["begin"]
    world.change_cloud = refuse_stop(refusals)
    order = world.order(world.organization())
    handle, _ = await world.start(order)
    await world.until_waiting(handle)

    answer = await pause(handle)
    not_paused = await resume(handle)

    assert (answer.accepted, not_paused.accepted) == (False, False)
    assert "cancelled" in answer.message
    refusals.clear()
    await world.retry(handle)
    assert (await world.result(handle)).outcome == "completed"
    assert not recorded(world, order, SwitchPaused)


@pytest.mark.long
async def test_a_paused_switch_that_lost_its_workflow_stays_paused(world: World) -> None:
    """A run that begins anew from the record moves nobody before somebody resumes (architecture 5)."""
    order, handle, pace = await moving_switch(world)
    await pause(handle)
    # A writer that no cancel reaches stops at its next look at the record.
    await handle.terminate("lost")
    pace.seconds = 2 * BATCH_SECONDS
    await until_still(world, order)
    pace.seconds = 0
    again = await world.client.start_workflow(
        PlanSwitch.run, replace(order), id=handle.id, task_queue=world.task_queue
    )
    await world.until_stage(again, "paused")
    await asyncio.sleep(1.0)
    left = world.users_left(order)
    await asyncio.sleep(0.5)

    assert left == world.users_left(order) != []
    await resume(again)
    assert (await world.result(again)).outcome == "completed"
    assert all(SOURCE_PLAN not in plans for plans in world.users(order).values())
