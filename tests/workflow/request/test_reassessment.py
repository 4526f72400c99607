"""Eligibility inside a running switch: own locks do not count, each look is recorded (switch#assessment)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.contract import SwitchOrder
from domain.switch.move_events import LicenseMoveHeld
from tests.support.clouds.cloud_server import SOURCE_PLAN
from tests.support.controls.taken_back import assert_taken_back
from tests.support.switches.reassessment import (
    BEFORE_CANCELLATION,
    BEFORE_MOVE,
    BROKEN,
    WELL,
    cancellable_until,
    ordered,
)
from tests.support.worlds.forward import forward
from tests.support.worlds.world import CLEAN, SwitchHandle, World
from workflows.base.messages import SwitchResult

SERVICE = "Exchange Online"


def health(world: World, order: SwitchOrder, status: str) -> None:
    """Let a service of the organization break, or be well again."""
    world.sandbox.edit(order.organization_id, kind="health", service=SERVICE, status=status)


async def test_an_incident_before_the_first_license_is_waited_for(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """SERVICE_UNHEALTHY clears by itself, so nobody has to do anything (rules#service_unhealthy)."""
    order, handle = await ordered(world, BEFORE_MOVE)
    health(world, order, BROKEN)
    world.ambushes.go_on(order.switch_id)
    await world.until(lambda: world.ambushes.seen[order.switch_id][-1].endswith("start_license_move:end"))
    assert len(world.users_left(order)) == 25

    health(world, order, WELL)
    await forward(temporal_env, handle, timedelta(minutes=6))
    result = await world.result(handle)

    assert (result.outcome, result.moved) == ("completed", 25)
    assert world.failings(order) == CLEAN


async def test_what_does_not_clear_takes_the_switch_back(world: World) -> None:
    """Before the first license a reason that stays compensates the switch fully (switch#ways-back)."""
    order, handle = await ordered(world, BEFORE_MOVE)
    cancellable_until(world, order, datetime.now(UTC) - timedelta(days=1))
    world.ambushes.go_on(order.switch_id)

    result = await world.result(handle)

    assert (result.outcome, result.code) == ("failed", "NOT_ELIGIBLE_FOR_SWITCH")
    assert_taken_back(world, order)


async def test_a_reason_before_the_cancellation_holds_the_switch(world: World) -> None:
    """After the first move a reason holds the switch, it never fails it (switch#assessment)."""
    order, handle = await ordered(world, BEFORE_CANCELLATION)
    cancellable_until(world, order, datetime.now(UTC) - timedelta(days=1))
    world.ambushes.go_on(order.switch_id)
    await world.until_stage(handle, "held")
    held = next(each.event for each in world.source_events(order) if isinstance(each.event, LicenseMoveHeld))
    assert isinstance(held, LicenseMoveHeld)

    cancellable_until(world, order, datetime.now(UTC) + timedelta(days=1))
    await world.retry(handle)
    result = await world.result(handle)

    assert held.code == "NOT_ELIGIBLE_FOR_SWITCH"
    assert "took cancellations of the subscription until" in held.message
    assert (result.outcome, result.moved) == ("completed", 25)
    assert world.failings(order) == CLEAN


@pytest.mark.parametrize("point", ["called:cancel_subscription", "save"])
async def test_a_cancellation_whose_worker_was_lost_is_our_own(world: World, point: str) -> None:
    """A source that was cancelled by a lost run is no reason to hold the next one.

    See reliability#lost-workflows-and-lost-stores.
    """
    order, handle = await ordered(world, f"cancellation.cancel_source:{point}")
    await handle.terminate("lost")
    again: SwitchHandle = await world.client.start_workflow(
        "PlanSwitch", order, id=handle.id, task_queue=world.task_queue, result_type=SwitchResult
    )
    result = await world.result(again)
    world.ambushes.go_on(order.switch_id)

    assert (result.outcome, result.moved) == ("completed", 25)
    assert world.verdict(order)["cancellations"] == 1
    assert world.failings(order) == CLEAN


def another_seller(world: World, order: SwitchOrder, before: set[str]) -> str:
    """Let the directory list the old plan of another seller too, and return the subscription's id."""
    bought = {"plan_id": SOURCE_PLAN, "quantity": 10, "is_sold_elsewhere": True}
    world.sandbox.edit(order.organization_id, kind="purchase", **bought)
    (added,) = listed(world, order) - before
    return added


def listed(world: World, order: SwitchOrder) -> set[str]:
    """Return the ids of all that the directory lists, whoever sold it."""
    purchases = world.sandbox.cloud.inquiries.purchases(order.organization_id)
    return {each.subscription_id for each in purchases}


async def test_another_seller_before_the_first_license_takes_the_switch_back(world: World) -> None:
    """MULTIPLE_SUBSCRIPTIONS_SAME_PRODUCT: nobody can tell whose users are whose.

    See rules#multiple_subscriptions_same_product.
    """
    order, handle = await ordered(world, BEFORE_MOVE)
    another_seller(world, order, listed(world, order))
    world.ambushes.go_on(order.switch_id)

    result = await world.result(handle)

    assert (result.outcome, result.code) == ("failed", "NOT_ELIGIBLE_FOR_SWITCH")
    assert_taken_back(world, order)


async def test_another_seller_before_the_cancellation_holds_the_switch(world: World) -> None:
    """A second seller who appears while licenses move holds it; once that is mended it completes."""
    order, handle = await ordered(world, BEFORE_CANCELLATION)
    added = another_seller(world, order, listed(world, order))
    world.ambushes.go_on(order.switch_id)
    await world.until_stage(handle, "held")
    held = next(each.event for each in world.source_events(order) if isinstance(each.event, LicenseMoveHeld))
    cancelled = world.verdict(order)["cancellations"]

    ended = {"subscription_id": added, "changes": {"status": "deleted"}}
    world.sandbox.edit(order.organization_id, kind="subscription", **ended)
    await world.retry(handle)
    result = await world.result(handle)

    assert cancelled == 0
    assert "has 2 subscriptions of" in held.message
    assert (result.outcome, result.moved) == ("completed", 25)
    assert world.failings(order) == CLEAN
