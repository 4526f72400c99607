"""A new plan that was bought outside: its add-ons and its own billing (manual#done-outside)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from activities.contract import SwitchOrder
from domain.kernel.errors import InvalidInput
from domain.kernel.money import Money
from domain.kernel.recorded import Meta
from domain.organizations.organization import Organization
from domain.ports.product_port import ProductAct
from domain.ports.seller_port import AddonLine, OrderLine, PlacedOrder
from domain.products.act_terms import no_money
from domain.products.product_acts import ActQuestion, begin_act, end_act, note_order
from domain.switch.events import QuoteFixed, SwitchRequested
from domain.switch.move_events import AddOnCarried, BillingCutOver, SourceCancelled
from tests.support.controls.by_hand import (
    bought,
    go_through,
    manual_switch,
    partial_switch,
    select,
    state_of,
    take,
    until_awaited,
)
from tests.support.switches.addons import EXTRA_STORAGE, buy
from tests.support.worlds.world import OPERATOR, TARGET_PLAN, World

LATER = ("verify", "reassign", "cancel")


async def test_a_purchase_without_the_addons_that_go_on_is_refused(world: World) -> None:
    """The add-on would end, and the cutover find nothing in its place (rules#addon_incompatible)."""
    organization = world.organization()
    buy(world, organization, EXTRA_STORAGE, 7)
    order, handle = await manual_switch(world, organization)
    own = bought(world, order.organization_id, _line(state_of(world, order).require(SwitchRequested)))
    refused = await take(handle, "buy")

    assert not refused.accepted
    assert f"Subscription {own} lacks add-ons" in refused.message
    assert "with 7 licenses" in refused.message
    assert state_of(world, order).awaited_step == "buy"


async def test_an_addon_that_was_bought_with_the_plan_takes_its_place(world: World) -> None:
    """It is billed from the cutover on, and the old one ends (manual#done-outside)."""
    organization = world.organization()
    buy(world, organization, EXTRA_STORAGE, 7)
    order, handle = await manual_switch(world, organization)
    addon = AddonLine(plan_id=EXTRA_STORAGE, quantity=7, term="P1M", billing_cycle="monthly")
    line = dataclasses.replace(_line(state_of(world, order).require(SwitchRequested)), addons=(addon,))
    own = bought(world, order.organization_id, line)
    await go_through(world, order, handle, "buy", *LATER)
    result = await world.result(handle)

    events = [each.event for each in world.source_events(order)]
    (carried,) = [each for each in events if isinstance(each, AddOnCarried)]
    (held,) = [
        each
        for each in world.sandbox.cloud.seller.subscriptions(order.organization_id)
        if each.parent_subscription_id == own
    ]
    assert result.outcome == "completed"
    assert (carried.replacement_subscription_id, carried.charge_id != "") == (held.subscription_id, True)


async def test_a_target_is_known_by_its_id_in_any_case(world: World) -> None:
    """One of another plan is refused however its id is written."""
    organization = world.organization()

    with pytest.raises(InvalidInput, match="target_subscription_id"):
        world.prepare(
            organization, mode="manual", target_subscription_id=organization["subscription_id"].upper()
        )


async def test_who_has_the_new_plan_needs_no_license_of_it(world: World) -> None:
    """Five move, of whom two hold the new plan already: its three free licenses suffice (manual#steps)."""
    order, handle = await partial_switch(world, world.organization(10), 5)
    own = bought(world, order.organization_id, _line(state_of(world, order).require(SwitchRequested)))
    seller = world.sandbox.cloud.seller
    await world.until(lambda: seller.provisioning(order.organization_id, own).status == "success")
    _, movers = select(world, {"organization_id": order.organization_id}, 5)
    for user in movers[:2]:
        world.sandbox.edit(
            order.organization_id,
            kind="licenses",
            user_id=user,
            add=[{"skuId": TARGET_PLAN, "disabledPlans": []}],
            remove=[],
        )
    await go_through(world, order, handle, "buy", "verify", "reassign", "reduce")
    result = await world.result(handle)

    assert (result.outcome, result.moved) == ("completed", 5)


async def test_what_an_act_on_a_product_buys_is_not_taken_as_bought_outside(world: World) -> None:
    """The act bills it next: the step waits for its end, so that nothing is charged twice (products#acts)."""
    order, handle = await manual_switch(world, world.organization())
    _begin_purchase(world, order)
    own = bought(world, order.organization_id, _line(state_of(world, order).require(SwitchRequested)))
    unnamed = await take(handle, "buy")
    placed = world.sandbox.cloud.seller.subscription(order.organization_id, own).order_id
    _note(world, order, lambda each, at, meta: note_order(each, "p-1", _placed(placed), at=at, meta=meta))
    ordered = await take(handle, "buy", request_id="buy-2")
    _note(world, order, lambda each, at, meta: end_act(each, "p-1", at=at, meta=meta, result={}))
    ended = await take(handle, "buy", request_id="buy-3")
    await world.cancel(handle)
    await world.result(handle)

    assert [each.accepted for each in (unnamed, ordered, ended)] == [False, False, True]
    for refused in (unnamed, ordered):
        assert f"Subscription {own} is being bought by `planswitch product buy`" in refused.message


async def test_a_purchase_that_is_billed_already_needs_another_quote(world: World) -> None:
    """The accepted quote would charge it a second time (manual#done-outside)."""
    order, handle = await manual_switch(world, world.organization())
    world.sandbox.edit(
        order.organization_id,
        kind="purchase",
        plan_id=TARGET_PLAN,
        quantity=state_of(world, order).require(SwitchRequested).quantity,
        is_billed=True,
    )
    refused = await take(handle, "buy")

    assert not refused.accepted
    assert "is billed already, and the accepted quote charges it" in refused.message
    assert "--target-subscription" in refused.message


async def test_a_purchase_that_is_billed_before_the_cutover_is_charged_once(world: World) -> None:
    """Billing takes its charge back, then the switch goes on: nobody pays twice (manual#done-outside)."""
    order, handle = await manual_switch(world, world.organization())
    requested = state_of(world, order).require(SwitchRequested)
    own = bought(world, order.organization_id, _line(requested))
    await go_through(world, order, handle, "buy", "verify", "reassign")
    await until_awaited(world, order, "cancel")
    billing, terms = world.sandbox.cloud.billing, state_of(world, order).require(QuoteFixed).quote["input"]
    month = billing.period(order.organization_id, order.source_subscription_id)
    billing.start(
        order.organization_id,
        own,
        effective_on=month.period_start_on,
        period_end_on=month.period_end_on,
        quantity=requested.quantity,
        unit_price=Money(**terms["target_unit_price"]),
        amount=Money(minor_units=100, currency="EUR"),
        key="billed-outside",
    )
    await take(handle, "cancel")
    await world.until(lambda: state_of(world, order).has(SourceCancelled))
    await world.until_waiting(handle)
    waiting = [each.event for each in world.source_events(order)]
    billing.stop(order.organization_id, own, effective_on=month.period_start_on, key="stopped-outside")
    await world.retry(handle)
    result = await world.result(handle)

    assert not any(isinstance(each, BillingCutOver) for each in waiting)
    assert result.outcome == "completed"


def _line(requested: SwitchRequested) -> OrderLine:
    return OrderLine(
        plan_id=TARGET_PLAN,
        quantity=requested.quantity,
        term="P1M",
        billing_cycle="monthly",
        currency="EUR",
    )


def _begin_purchase(world: World, order: SwitchOrder) -> None:
    """Record that somebody buys a product of the new plan, as its act does first."""
    question = ActQuestion(act=ProductAct.BUY, request_id="p-1", plan_id=TARGET_PLAN, quantity=1)
    terms = no_money(1, "EUR")
    _note(world, order, lambda each, at, meta: begin_act(each, question, terms, at=at, meta=meta))


def _placed(order_id: str) -> PlacedOrder:
    return PlacedOrder(
        order_id=order_id,
        status="pending",
        subscription_id=None,
        ordered_at=datetime.now(UTC),
        credit_check=None,
    )


def _note(world: World, order: SwitchOrder, change: Callable[[Organization, datetime, Meta], None]) -> None:
    """Record something in the organization's stream."""
    organization = world.store.organization(order.organization_id)
    assert organization is not None
    meta = Meta(
        switch_id="",
        organization_id=order.organization_id,
        actor=OPERATOR,
        reason="due",
        causation="request:p-1",
    )
    change(organization, datetime.now(UTC), meta)
    world.store.save(organization)
