"""Promises of a whole switch: kept, missed, put off by a credit check (rules#promises)."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import WorkflowExecutionStatus
from temporalio.testing import WorkflowEnvironment

from activities.contract import SYSTEM_ACTOR, SwitchOrder
from domain.switch.events import PromiseMissed
from domain.switch.move_events import BillingCutOver, LicenseMoveHeld, LicenseMoveResumed
from tests.support.worlds.credit import waiting_case
from tests.support.worlds.forward import forward
from tests.support.worlds.world import CLEAN, OPERATOR, World

#: A switch of one slice, without what its child does.
ACTIVITIES_MAX = 10


def missed(world: World, order: SwitchOrder) -> list[str]:
    """Return the names of the missed promises."""
    events = [each.event for each in world.source_events(order)]
    return [event.promise for event in events if isinstance(event, PromiseMissed)]


async def test_quick_switch_keeps_every_promise(world: World) -> None:
    """Nothing is missed, and a watch over the invoice goes on when the switch has ended."""
    order = world.order(world.organization())
    handle, _ = await world.start(order)
    result = await world.result(handle)

    watch = world.client.get_workflow_handle(f"invoice:{order.switch_id}")
    billed = next(each.event for each in world.source_events(order) if isinstance(each.event, BillingCutOver))
    events = (await handle.fetch_history()).events
    asked = [event for event in events if event.HasField("activity_task_scheduled_event_attributes")]
    assert (result.outcome, missed(world, order)) == ("completed", [])
    assert (await watch.describe()).status == WorkflowExecutionStatus.RUNNING
    assert billed.invoice_promised_at is not None
    assert billed.invoice_promised_at - billed.timestamp > timedelta(days=29, hours=22)
    assert len(asked) <= ACTIVITIES_MAX


async def test_slow_switch_misses_its_promises_and_completes(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """A seller that is slow for over an hour costs two promises and an alarm, never the switch."""
    order = world.order(world.organization(users=5))
    world.block(f"GET /v1/customers/{order.organization_id}/orders")
    handle, _ = await world.start(order)
    await forward(temporal_env, handle, timedelta(minutes=9))
    early = missed(world, order)
    await forward(temporal_env, handle, timedelta(minutes=3))
    await world.until(lambda: "whole_switch" in missed(world, order))
    between = missed(world, order)
    await forward(temporal_env, handle, timedelta(minutes=50))
    await world.until(lambda: "still_switching" in missed(world, order))

    world.block()
    await temporal_env.fast_forward(handle)

    assert (await handle.result()).outcome == "completed"
    assert (early, between) == ([], ["whole_switch"])
    assert missed(world, order) == ["whole_switch", "still_switching"]
    assert world.failings(order) == CLEAN


async def test_held_switch_misses_move_and_lock(world: World, temporal_env: WorkflowEnvironment) -> None:
    """While an operator is waited for the license part and the lock take longer than promised."""
    order = world.order(world.organization(missing_usage_location=1))
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    await forward(temporal_env, handle, timedelta(minutes=62))
    await world.until(lambda: "administration_lock" in missed(world, order))
    user = next(iter(world.users_left(order)))
    world.sandbox.edit(order.organization_id, kind="user", user_id=user, usage_location="DE")

    await world.retry(handle)

    assert (await world.result(handle)).outcome == "completed"
    assert set(missed(world, order)) == {
        "license_move",
        "whole_switch",
        "still_switching",
        "administration_lock",
    }
    assert len(missed(world, order)) == 4
    events = [each.event for each in world.source_events(order)]
    own = [each for each in events if isinstance(each, PromiseMissed | LicenseMoveHeld)]
    assert {each.meta["actor"] for each in own} == {SYSTEM_ACTOR}, "nobody commanded them"
    assert all(each.meta["reason"] != order.reason for each in own)
    assert {each.meta["actor"] for each in events if isinstance(each, LicenseMoveResumed)} == {OPERATOR}


async def test_credit_check_puts_the_whole_switch_off(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """A check that takes an hour costs the switch none of its ten minutes."""
    case = await waiting_case(world, temporal_env)
    await forward(temporal_env, case.handle, timedelta(hours=1))

    await case.decide("approved")

    assert (await case.result()).outcome == "completed"
    assert missed(world, case.order) == []
