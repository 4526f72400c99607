"""Taking a switch back before the first license moves (switch#ways-back)."""

from __future__ import annotations

import pytest

from domain.kernel.ids import workflow_id_of
from tests.support.controls.taken_back import assert_taken_back, provisioning_switch, refuse_always
from tests.support.worlds.world import CLEAN, OPERATOR, SwitchHandle, World, meta_of
from workflows.base.messages import SwitchResult


async def test_a_cancel_while_the_seller_provisions_takes_everything_back(world: World) -> None:
    """The order is voided, the locks are released, and who cancelled is in the record (switch#ways-back)."""
    order, handle = await provisioning_switch(world)

    answer = await world.cancel(handle)
    again = await world.cancel(handle)
    result = await world.result(handle)

    assert (answer.accepted, again) == (True, answer)
    assert (result.outcome, result.code, result.message) == ("cancelled", "CANCEL_REQUESTED", "wrong plan")
    assert_taken_back(world, order)
    assert world.ending_topics(order)[-2:] == ["replacement-voided", "switch-cancelled"]
    cancelled = meta_of(world.ending(order)[-1])
    assert (cancelled["actor"], cancelled["reason"]) == (OPERATOR, "wrong plan")
    assert [each.topic for each in world.target_events(order)][-1] == "subscription.voided"


async def test_a_cancel_by_temporals_own_means_takes_everything_back(world: World) -> None:
    """`temporal workflow cancel` is the same as our command (switch#ways-back)."""
    order, handle = await provisioning_switch(world)

    await handle.cancel()
    result = await world.result(handle)

    assert (result.outcome, result.code) == ("cancelled", "CANCEL_REQUESTED")
    assert_taken_back(world, order)


async def test_a_second_cancel_does_not_end_the_way_back(world: World) -> None:
    """What was begun to take back is taken back to its end, whoever cancels meanwhile (switch#ways-back)."""
    order, handle = await provisioning_switch(world)
    world.block(f"PATCH /v1/customers/{order.organization_id}/orders/")

    await world.cancel(handle)
    await world.until_stage(handle, "ending")
    await handle.cancel()
    world.block()
    result = await world.result(handle)

    assert result.outcome == "cancelled"
    assert_taken_back(world, order)


async def test_a_cancel_before_the_order_is_placed_orders_nothing(world: World) -> None:
    """A request whose facts can't be read yet may be cancelled as well (switch#ways-back)."""
    order = world.order(world.organization())
    world.block(f"GET /billing/v1/customers/{order.organization_id}")
    workflow_id = workflow_id_of(order.organization_id, order.request_id)
    handle = await world.client.start_workflow(
        "PlanSwitch", order, id=workflow_id, task_queue=world.task_queue
    )
    switch: SwitchHandle = world.client.get_workflow_handle(handle.id, result_type=SwitchResult)

    answer = await world.cancel(switch)
    world.block()
    result = await world.result(switch)

    assert (answer.accepted, answer.stage, result.outcome) == (True, "requested", "cancelled")
    assert_taken_back(world, order, orders=0)


@pytest.mark.parametrize("path", ["carts/", "carts"])
async def test_an_order_whose_answer_was_lost_is_voided_too(world: World, path: str) -> None:
    """A cancel between an order and its answer leaves no order behind (switch#ways-back)."""
    order = world.order(world.organization())
    world.block(f"POST /v1/customers/{order.organization_id}/{path}", kind="lost_answer")
    handle, _ = await world.start(order)
    await world.until(lambda: len(world.store.calls(order.switch_id)) > 10)

    answer = await world.cancel(handle)
    world.block()
    result = await world.result(handle)

    assert (answer.accepted, result.outcome) == (True, "cancelled")
    assert answer.message.startswith("Going back: nobody was moved;")
    assert_taken_back(world, order)


async def test_a_cancel_is_too_late_when_the_source_is_being_cancelled(world: World) -> None:
    """From the cancellation of the old plan on a switch only goes forward, and says so (switch#ways-back)."""
    order = world.order(world.organization())
    world.block(f"POST /billing/v1/customers/{order.organization_id}/subscriptions")
    handle, _ = await world.start(order)
    await world.until_stage(handle, "cutting_over")

    answer = await world.cancel(handle)
    await handle.cancel()
    world.block()
    result = await world.result(handle)

    assert (answer.accepted, answer.stage) == (False, "cutting_over")
    assert answer.message == "It is too late: the old subscription is cancelled, or being cancelled."
    assert (result.outcome, result.moved) == ("completed", 25)
    assert world.failings(order) == CLEAN


@pytest.mark.parametrize(
    ("method", "orders", "code"),
    [("place_order", 0, "UNKNOWN_REASON"), ("provisioning", 1, "PROVIDER_REFUSED")],
)
async def test_a_seller_who_refuses_fails_the_switch_and_nothing_is_left(
    world: World, method: str, orders: int, code: str
) -> None:
    """Any failure before the first license moves is taken back (switch#ways-back)."""
    order = world.order(world.organization())
    world.change_cloud = refuse_always(method)

    result = await world.complete(order)

    assert (result.outcome, result.code) == ("failed", code)
    assert "The seller" in result.message
    assert_taken_back(world, order, orders=orders)
    assert world.ending_topics(order)[-1] == "switch-failed"


async def test_an_organization_may_switch_again_after_a_cancelled_switch(world: World) -> None:
    """A switch that was taken back leaves the organization free (switch#ways-back)."""
    world.sandbox.settings(provisioning_delay_seconds=600)
    organization = world.organization()
    first = world.order(organization)
    handle, _ = await world.start(first)
    await world.until_stage(handle, "provisioning")
    await world.cancel(handle)
    await world.result(handle)
    world.sandbox.settings(provisioning_delay_seconds=0)

    second = world.order(organization)
    result = await world.complete(second)

    assert (result.outcome, result.moved) == ("completed", 25)
    assert world.failings(second) == CLEAN
