"""A switch by hand on real parts: failures, lost runs, done outside, some users (manual#steps)."""

from __future__ import annotations

import pytest

from domain.operator.manual_events import ManualStepAwaited, ManualStepDoneOutside
from domain.ports.seller_port import OrderLine
from domain.switch.events import SwitchRequested
from domain.switch.move_events import LicensesReduced
from tests.support.controls.by_hand import (
    STEPS,
    begin_beside,
    bought,
    go_through,
    manual_switch,
    partial_switch,
    select,
    state_of,
    take,
    until_awaited,
)
from tests.support.controls.cancellation import refusing, stopping
from tests.support.controls.taken_back import assert_taken_back, refuse_always
from tests.support.switches.addons import EXTRA_STORAGE, buy
from tests.support.worlds.lost import forget, newest_run, reconcile
from tests.support.worlds.world import CLEAN, SOURCE_PLAN, TARGET_PLAN, World


async def test_a_refused_order_waits_for_the_operator(world: World) -> None:
    """Nothing is taken back behind the operator: the step says why, and is started again (manual#steps)."""
    order, handle = await manual_switch(world, world.organization())
    world.change_cloud = refuse_always("place_order")
    await take(handle, "buy")
    await world.until(lambda: len(_awaited(world, order)) == 2)
    world.calm()
    refused = _awaited(world, order)[-1]
    again = await take(handle, "buy", request_id="buy-2")
    await go_through(world, order, handle, "verify", "reassign", "cancel")
    result = await world.result(handle)

    assert (refused.step, refused.code) == ("buy", "UNKNOWN_REASON")
    assert again.accepted
    assert (result.outcome, result.moved) == ("completed", 25)
    assert world.failings(order) == CLEAN


@pytest.mark.parametrize("step", ["buy", "verify", "reassign", "cancel"])
async def test_a_lost_run_waits_at_the_same_step(world: World, step: str) -> None:
    """The record says what is awaited: no step is done again, and none by itself (manual#steps)."""
    order, handle = await manual_switch(world, world.organization())
    steps = (*STEPS, "cancel")
    await go_through(world, order, handle, *steps[: steps.index(step)])
    await until_awaited(world, order, step)
    await forget(world, handle)
    await reconcile(world, order)
    handle = newest_run(world, order)
    await world.until_waiting(handle)
    awaited = state_of(world, order).awaited_step
    await go_through(world, order, handle, *steps[steps.index(step) :])
    result = await world.result(handle)

    assert awaited == step
    assert (result.outcome, result.moved) == ("completed", 25)
    assert world.failings(order) == CLEAN
    assert (world.verdict(order)["orders"], world.verdict(order)["cancellations"]) == (1, 1)


@pytest.mark.long
@pytest.mark.parametrize("step", ["buy", "verify", "reassign", "cancel"])
async def test_a_run_that_is_lost_once_a_step_is_started_goes_on_with_it(world: World, step: str) -> None:
    """Step `cancel` is no command to turn back: what was started is carried out (manual#steps)."""
    order, handle = await manual_switch(world, world.organization())
    steps = (*STEPS, "cancel")
    await go_through(world, order, handle, *steps[: steps.index(step)])
    await until_awaited(world, order, step)
    await forget(world, handle)
    await begin_beside(world, order, step)
    await reconcile(world, order)
    handle = newest_run(world, order)
    await go_through(world, order, handle, *steps[steps.index(step) + 1 :])
    result = await world.result(handle)

    assert (result.outcome, result.moved) == ("completed", 25)
    assert world.failings(order) == CLEAN
    assert (world.verdict(order)["orders"], world.verdict(order)["cancellations"]) == (1, 1)


@pytest.mark.long
async def test_a_run_that_is_lost_while_step_cancel_holds_turns_nobody_back(world: World) -> None:
    """The seller refuses to cancel; the next run goes forward once somebody has tried again."""
    order, handle = await manual_switch(world, world.organization())
    await go_through(world, order, handle, *STEPS)
    await until_awaited(world, order, "cancel")
    refusing(world)
    await take(handle, "cancel")
    await world.until_stage(handle, "held")
    await forget(world, handle)
    await reconcile(world, order)
    handle = newest_run(world, order)
    await world.until_stage(handle, "held")
    world.calm()
    await world.retry(handle)
    result = await world.result(handle)

    assert (result.outcome, result.moved) == ("completed", 25)
    assert "roll-back-started" not in world.source_topics(order)
    assert world.failings(order) == CLEAN


@pytest.mark.parametrize("step", ["buy", "reassign"])
async def test_a_start_whose_answer_was_lost_is_carried_out(world: World, step: str) -> None:
    """The record has the start, and the next attempt of it begins the step: nobody waits (manual#steps)."""
    order, handle = await manual_switch(world, world.organization())
    steps = (*STEPS, "cancel")
    await go_through(world, order, handle, *steps[: steps.index(step)])
    await until_awaited(world, order, step)
    await world.until_waiting(handle)
    lost = await begin_beside(world, order, step)
    answer = await take(handle, step)
    await go_through(world, order, handle, *steps[steps.index(step) + 1 :])
    result = await world.result(handle)

    assert (lost.accepted, lost.is_new, answer.accepted) == (True, True, True)
    assert (result.outcome, result.moved) == ("completed", 25)
    assert world.failings(order) == CLEAN


async def test_a_cancel_before_the_order_orders_nothing(world: World) -> None:
    """Also a run that was lost knows that nobody has bought: it sends no order to void it (manual#steps)."""
    order, handle = await manual_switch(world, world.organization())
    await forget(world, handle)
    await reconcile(world, order)
    handle = newest_run(world, order)
    await world.until_waiting(handle)
    await world.cancel(handle)
    result = await world.result(handle)

    assert result.outcome == "cancelled"
    assert_taken_back(world, order, orders=0)


async def test_users_who_were_moved_outside_are_told(world: World) -> None:
    """Licenses that somebody has changed in the vendor's pages are done (manual#done-outside)."""
    order, handle = await manual_switch(world, world.organization())
    selection, users = select(world, {"organization_id": order.organization_id}, 5)
    await go_through(world, order, handle, "buy", "verify")
    await until_awaited(world, order, "reassign")
    for user in users[:2]:
        world.sandbox.edit(
            order.organization_id,
            kind="licenses",
            user_id=user,
            add=[{"skuId": TARGET_PLAN, "disabledPlans": []}],
            remove=[SOURCE_PLAN],
        )
    await take(handle, "reassign", selection=selection, users=5)
    await world.until(lambda: state_of(world, order).moved >= 3)
    await until_awaited(world, order, "reassign")
    await take(handle, "reassign", request_id="reassign-2")
    await go_through(world, order, handle, "cancel")
    result = await world.result(handle)

    outside = [each for each in _events(world, order) if isinstance(each, ManualStepDoneOutside)]
    assert [(each.step, each.users) for each in outside] == [("reassign", 2)]
    assert result.outcome == "completed"
    assert world.users_left(order) == []
    assert world.failings(order) == CLEAN


async def test_an_old_plan_that_was_cancelled_outside_is_left(world: World) -> None:
    """The seller shows it cancelled: that is recorded, billed and completed (manual#done-outside)."""
    order, handle = await manual_switch(world, world.organization())
    await go_through(world, order, handle, *STEPS)
    await until_awaited(world, order, "cancel")
    seller = world.sandbox.cloud.seller
    seller.cancel_subscription(order.organization_id, order.source_subscription_id, key="by-hand")
    await take(handle, "cancel")
    result = await world.result(handle)

    outside = [each for each in _events(world, order) if isinstance(each, ManualStepDoneOutside)]
    assert [each.step for each in outside] == ["cancel"]
    assert result.outcome == "completed"
    assert world.failings(order) == CLEAN
    assert world.verdict(order)["cancellations"] == 1


async def test_an_old_plan_that_the_seller_has_stopped_is_not_cancelled_outside(world: World) -> None:
    """Once the bill is paid it serves again: the switch holds, then cancels it (manual#done-outside)."""
    order, handle = await manual_switch(world, world.organization())
    await go_through(world, order, handle, *STEPS)
    await until_awaited(world, order, "cancel")
    stopping(world, order)
    await take(handle, "cancel")
    await world.until_stage(handle, "held")
    world.calm()
    await world.retry(handle)
    result = await world.result(handle)

    assert not [each for each in _events(world, order) if isinstance(each, ManualStepDoneOutside)]
    assert result.outcome == "completed"
    assert world.failings(order) == CLEAN
    assert world.verdict(order)["cancellations"] == 1


async def test_a_purchase_of_another_size_is_refused(world: World) -> None:
    """The accepted quote is what is billed: the operator sets the number, and starts again."""
    order, handle = await manual_switch(world, world.organization())
    quoted = state_of(world, order).require(SwitchRequested).quantity
    line = _line(quoted + 1)
    seller = world.sandbox.cloud.seller
    own = bought(world, order.organization_id, line)
    refused = await take(handle, "buy")
    seller.change_quantity(order.organization_id, own, quantity=quoted, key="as-quoted")
    await take(handle, "buy", request_id="buy-2")
    await go_through(world, order, handle, "verify", "reassign", "cancel")
    result = await world.result(handle)

    assert not refused.accepted
    assert f"{quoted + 1} licenses, and the accepted quote has {quoted}" in refused.message
    assert result.outcome == "completed"
    assert world.failings(order) == CLEAN
    assert world.verdict(order)["orders"] == 1


async def test_a_purchase_outside_stays_when_the_switch_is_turned_back(world: World) -> None:
    """The switch voids only what it has ordered (manual#done-outside)."""
    order, handle = await manual_switch(world, world.organization())
    line = _line(state_of(world, order).require(SwitchRequested).quantity)
    seller = world.sandbox.cloud.seller
    own = bought(world, order.organization_id, line)
    await go_through(world, order, handle, "buy")
    await until_awaited(world, order, "verify")
    await world.cancel(handle)
    result = await world.result(handle)

    assert result.outcome == "cancelled"
    assert seller.subscription(order.organization_id, own).status == "active"


async def test_a_reduction_that_the_seller_refuses_can_be_turned_back(world: World) -> None:
    """Only an answered no leads back: the switch holds, and everyone returns (manual#some-users)."""
    order, handle = await partial_switch(world, world.organization(), 5)
    await go_through(world, order, handle, *STEPS)
    await until_awaited(world, order, "reduce")
    world.change_cloud = refuse_always("change_quantity")
    await take(handle, "reduce")
    await world.until_stage(handle, "held")
    world.calm()
    await world.roll_back(handle)
    result = await world.result(handle)

    assert result.outcome == "rolled_back"
    assert "reduction-refused" in world.source_topics(order)
    assert_taken_back(world, order)


async def test_an_addon_with_a_license_for_each_user_follows(world: World) -> None:
    """The new plan gets one for each who moves, and the old one is left to who stays (manual#some-users)."""
    organization = world.organization(20)
    held = world.sandbox.cloud.seller.subscription(
        organization["organization_id"], organization["subscription_id"]
    )
    buy(world, organization, EXTRA_STORAGE, held.quantity)
    order, handle = await partial_switch(world, organization, 8)
    await go_through(world, order, handle, *STEPS, "reduce")
    result = await world.result(handle)

    addons = {
        each.parent_subscription_id: each.quantity
        for each in world.sandbox.cloud.seller.subscriptions(order.organization_id)
        if each.plan_id == EXTRA_STORAGE
    }
    reduced = next(each for each in _events(world, order) if isinstance(each, LicensesReduced))
    assert result.outcome == "completed"
    assert reduced.quantity == 12
    assert sorted(addons.values()) == [8, 12]
    assert addons[organization["subscription_id"]] == 12
    assert world.failings(order) == CLEAN


def _line(licenses: int) -> OrderLine:
    return OrderLine(
        plan_id=TARGET_PLAN, quantity=licenses, term="P1M", billing_cycle="monthly", currency="EUR"
    )


def _events(world: World, order: object) -> list[object]:
    return [each.event for each in world.source_events(order)]  # type: ignore[arg-type]


def _awaited(world: World, order: object) -> list[ManualStepAwaited]:
    return [each for each in _events(world, order) if isinstance(each, ManualStepAwaited)]
