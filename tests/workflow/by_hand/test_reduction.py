"""The old plan is reduced to who stays: its window, its users, its add-ons (manual#some-users)."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activities.contract import SwitchOrder
from domain.operator.manual_events import AddOnReduced, SourceReductionBegun
from domain.ports.cloud import Cloud
from domain.switch.move_events import LicensesReduced
from tests.support.controls.by_hand import (
    STEPS,
    go_through,
    partial_switch,
    select,
    state_of,
    take,
    until_awaited,
)
from tests.support.controls.taken_back import assert_taken_back
from tests.support.licenses.moving import add_user, events_of
from tests.support.switches.addons import EXTRA_STORAGE, buy
from tests.support.switches.reassessment import cancellable_until
from tests.support.worlds.world import CLEAN, SOURCE_PLAN, World

PAST = timedelta(days=-1)


async def test_a_window_that_has_passed_refuses_the_request(world: World) -> None:
    """The old licenses would be paid for beside the new ones: that is told before anything is ordered."""
    organization = world.organization()
    selection, _ = select(world, organization, 5)
    terms: dict[str, Any] = {"mode": "manual", "selection": selection, "selected": 5, "quantity": 5}
    order = world.order(organization, **terms)
    cancellable_until(world, order, datetime.now(UTC) + PAST)
    _, answer = await world.start(order)

    assert (answer.accepted, answer.code) == (False, "RULE_VIOLATED")
    assert "back until" in answer.message


async def test_a_window_that_passes_before_the_order_refuses_to_buy(world: World) -> None:
    """Nothing is ordered, and the switch can be cancelled without a trace."""
    order, handle = await partial_switch(world, world.organization(), 5)
    cancellable_until(world, order, datetime.now(UTC) + PAST)
    refused = await take(handle, "buy")
    await world.cancel(handle)
    result = await world.result(handle)

    assert not refused.accepted
    assert "nothing is ordered yet" in refused.message
    assert result.outcome == "cancelled"
    assert_taken_back(world, order, orders=0)


@pytest.mark.long
async def test_a_window_that_passes_before_the_reduction_can_be_turned_back(world: World) -> None:
    """It is seen before the point of no return: the seller is not asked (ADR 16)."""
    order, handle = await partial_switch(world, world.organization(), 5)
    await go_through(world, order, handle, *STEPS)
    await until_awaited(world, order, "reduce")
    cancellable_until(world, order, datetime.now(UTC) + PAST)
    await take(handle, "reduce")
    await world.until_stage(handle, "held")
    await world.roll_back(handle)
    result = await world.result(handle)

    assert events_of(world, order, SourceReductionBegun) == []
    assert result.outcome == "rolled_back"
    assert_taken_back(world, order)


async def test_who_comes_while_the_seller_is_asked_keeps_a_license(world: World) -> None:
    """The directory is read again after the answer, and the seller gives one license back."""
    order, handle = await partial_switch(world, world.organization(20), 8)
    await go_through(world, order, handle, *STEPS)
    await until_awaited(world, order, "reduce")
    _join_before_the_answer(world, order)
    await take(handle, "reduce")
    result = await world.result(handle)

    (begun,) = events_of(world, order, SourceReductionBegun)
    (reduced,) = events_of(world, order, LicensesReduced)
    shown = world.sandbox.cloud.seller.subscription(order.organization_id, order.source_subscription_id)
    on_old_plan = [plans for plans in world.users(order).values() if SOURCE_PLAN in plans]
    assert result.outcome == "completed"
    assert (begun.quantity, reduced.quantity, shown.quantity, len(on_old_plan)) == (12, 13, 13, 13)


async def test_each_reduced_addon_is_recorded(world: World) -> None:
    """How many licenses it had and has is in the record, once."""
    organization = world.organization(20)
    held = world.sandbox.cloud.seller.subscription(
        organization["organization_id"], organization["subscription_id"]
    )
    buy(world, organization, EXTRA_STORAGE, held.quantity)
    order, handle = await partial_switch(world, organization, 8)
    await go_through(world, order, handle, *STEPS, "reduce")
    await world.result(handle)

    (reduced,) = events_of(world, order, AddOnReduced)
    left = state_of(world, order).require(LicensesReduced).quantity
    assert (reduced.plan_id, reduced.quantity_before, reduced.quantity) == (
        EXTRA_STORAGE,
        held.quantity,
        left,
    )
    assert world.failings(order) == CLEAN


def _join_before_the_answer(world: World, order: SwitchOrder) -> None:
    """Let a user get the old plan between the count and the seller's first answer."""
    joined: list[str] = []

    def change(cloud: Cloud) -> Cloud:
        real: Any = cloud.seller

        class Joining:
            def __getattr__(self, name: str) -> Any:
                return getattr(real, name)

            def change_quantity(self, *arguments: Any, **named: Any) -> Any:
                if not joined:
                    joined.append("Nora New")
                    add_user(world, order, joined[0])
                return real.change_quantity(*arguments, **named)

        seller: Any = Joining()
        return dataclasses.replace(cloud, seller=seller)

    world.change_cloud = change
