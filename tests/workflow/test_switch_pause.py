"""Pausing and resuming a switch (rules section 7)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from time import monotonic

from activities.contract import SwitchOrder
from domain.control_events import SwitchPaused, SwitchResumed
from domain.return_events import OperatorCommanded
from tests.workflow.test_roll_back import recorded
from tests.workflow.test_switch_cancel import assert_taken_back
from tests.workflow.world import CLEAN, OPERATOR, SOURCE_PLAN, SwitchHandle, World
from workflows.messages import CommandAnswer, OperatorCommand
from workflows.plan_switch import PlanSwitch

#: A pause takes effect within so long (issue 5).
EFFECT_SECONDS = 2.0


async def pause(handle: SwitchHandle, request_id: str = "pause-1") -> CommandAnswer:
    """Send the operator's pause."""
    command = OperatorCommand(request_id=request_id, actor=OPERATOR, reason="phones ring")
    return await handle.execute_update(PlanSwitch.pause, command)


async def resume(handle: SwitchHandle, request_id: str = "resume-1") -> CommandAnswer:
    """Send the operator's resume."""
    command = OperatorCommand(request_id=request_id, actor=OPERATOR, reason="calm again")
    return await handle.execute_update(PlanSwitch.resume, command)


async def moving_switch(
    world: World, users: int = 2500, latency_ms: int = 200
) -> tuple[SwitchOrder, SwitchHandle]:
    """Return a switch some of whose users are moved, and the others not yet."""
    order = world.order(world.organization(users))
    world.sandbox.settings(latency_ms=latency_ms)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "moving")
    await world.until(lambda: len(world.users_left(order)) < users * 0.8)
    return order, handle


async def test_a_pause_stops_the_move_within_two_seconds_and_a_resume_ends_it(world: World) -> None:
    """No further batch is sent; nobody is moved twice, and everyone keeps their services (issue 5)."""
    order, handle = await moving_switch(world)
    began = monotonic()
    answer = await pause(handle)
    again = await pause(handle)
    await asyncio.sleep(max(0.0, EFFECT_SECONDS - (monotonic() - began)))
    left = len(world.users_left(order))
    status = await handle.query(PlanSwitch.status)
    await asyncio.sleep(1.0)

    assert (answer.accepted, again) == (True, answer)
    assert (status.stage, status.waits_for) == ("paused", "operator")
    assert 0 < left == len(world.users_left(order))
    world.calm()
    resumed = await resume(handle)
    result = await world.result(handle)
    assert resumed.accepted
    assert (result.outcome, result.moved) == ("completed", 2500)
    assert world.failings(order) == CLEAN
    (paused,), (ended,) = recorded(world, order, SwitchPaused), recorded(world, order, SwitchResumed)
    assert (paused.code, paused.message, paused.meta["actor"]) == ("OPERATOR", "phones ring", OPERATOR)
    assert (ended.stage, ended.meta["reason"]) == ("moving", "calm again")
    assert [each.command for each in recorded(world, order, OperatorCommanded)] == ["pause", "resume"]


async def test_a_pause_while_the_seller_provisions_stops_before_the_first_license(world: World) -> None:
    """What was asked for is awaited and recorded; nothing new is begun (rules section 7)."""
    world.sandbox.settings(provisioning_delay_seconds=1)
    order = world.order(world.organization())
    handle, _ = await world.start(order)
    await world.until_stage(handle, "provisioning")

    assert (await pause(handle)).accepted
    await world.until(lambda: "replacement-ready" in world.source_topics(order))
    await asyncio.sleep(0.5)
    topics = world.source_topics(order)
    await resume(handle)
    result = await world.result(handle)

    assert "license-move-started" not in topics
    assert result.outcome == "completed"
    assert world.failings(order) == CLEAN


async def test_a_held_switch_that_is_paused_takes_its_retry_and_goes_on_when_resumed(world: World) -> None:
    """A pause outlasts a retry: the retry counts, and begins once somebody resumes (rules section 7)."""
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


async def test_a_paused_switch_can_be_led_back(world: World) -> None:
    """Everyone moved returns while it is paused, with the services they had (rules section 7)."""
    users = 1500
    order = world.order(world.organization(users))
    before = world.users(order)
    world.sandbox.settings(latency_ms=200)
    handle, _ = await world.start(order)
    await world.until(lambda: len(world.users_left(order)) < users * 0.8)
    await pause(handle)
    world.calm()

    answer = await world.roll_back(handle)
    result = await world.result(handle)

    assert (answer.accepted, result.outcome) == (True, "rolled_back")
    assert world.users(order) == before
    assert_taken_back(world, order)


async def test_a_pause_is_refused_after_the_point_of_no_return(world: World) -> None:
    """After the old plan's cancellation a switch only rolls forward (rules section 7)."""
    from tests.workflow.test_switch_holds import refuse_stop

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


async def test_a_paused_switch_that_lost_its_workflow_stays_paused(world: World) -> None:
    """A run that begins anew from the record moves nobody before somebody resumes (architecture 5)."""
    order, handle = await moving_switch(world, users=1500)
    await pause(handle)
    # A writer that no cancel reaches stops at its next look at the record.
    await handle.terminate("lost")
    await asyncio.sleep(EFFECT_SECONDS + 0.5)
    world.calm()
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
