"""Sellers and directories in trouble: what the switch does about each (rules#operator-controls)."""

from __future__ import annotations

import asyncio

import pytest

from domain.subscriptions.subscription import Provisioned
from tests.support.controls.taken_back import assert_taken_back
from tests.support.licenses.pending_services import shorten
from tests.support.worlds.world import CLEAN, World

READY = "purchase.confirm_provisioning:end"


async def test_a_plan_that_is_never_ready_is_given_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An order that the seller never provisions is voided at the end of its wait.

    See rules#waiting-for-the-new-subscription.
    """
    shorten(monkeypatch, asks=1, voids=6)
    world.sandbox.settings(provisioning_delay_seconds=10_000_000)
    order = world.order(world.organization())
    handle, _ = await world.start(order)

    result = await world.result(handle)

    assert (result.outcome, result.code) == ("failed", "PROVISIONING_EXPIRED")
    assert_taken_back(world, order)
    assert world.ending_topics(order)[-1] == "switch-failed"


async def test_too_few_licenses_hold_the_switch_until_there_are_enough(world: World) -> None:
    """Who finds no license left stays on the old plan; the switch holds, nobody is without one (rules 4)."""
    order = world.order(world.organization(60))
    ambush = world.ambushes.lay(order.switch_id, READY)
    handle, _ = await world.start(order)
    assert await asyncio.to_thread(ambush.is_reached.wait, 30)
    ready = next(each.event for each in world.target_events(order) if isinstance(each.event, Provisioned))
    assert isinstance(ready, Provisioned)
    bought = ready.quantity

    def licenses(quantity: int) -> None:
        world.sandbox.edit(
            order.organization_id,
            kind="subscription",
            subscription_id=ready.subscription_id,
            changes={"quantity": quantity},
        )

    licenses(50)
    ambush.is_over.set()
    await world.until_waiting(handle)
    left = world.users_left(order)
    licenses(bought)
    await world.retry(handle)
    result = await world.result(handle)

    assert len(left) == 10
    assert (result.outcome, result.moved) == ("completed", 60)
    assert world.failings(order) == CLEAN
