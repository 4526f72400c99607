"""Requests whose effect comes after their client has given them up (reliability#late-writers)."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.client import Client

from activities.base.turns import FENCE_SECONDS
from tests.support.controls.taken_back import assert_taken_back
from tests.support.worlds.world import CLEAN, World, open_world

#: Beginnings of requests that order, cancel and bill.
MONEY = (
    "POST /v1/customers/{}/carts",
    "PATCH /v1/customers/{}/subscriptions",
    "POST /billing/v1/customers/{}",
)
#: Time from a batch to its effect.
LATE_SECONDS = 2.5
#: The last batch passes the fence, has its effect, and a busy machine is slow.
SETTLE_SECONDS = FENCE_SECONDS + LATE_SECONDS + 4


@pytest.mark.long
async def test_nobody_ends_on_the_void_plan_by_a_late_request(
    world: World, temporal_client: Client, database_url: str, tmp_path: Path
) -> None:
    """A batch that is carried out after the roll-back began is found and taken back."""
    async with open_world(
        temporal_client, database_url, world.sandbox, tmp_path, settle_seconds=SETTLE_SECONDS
    ) as patient:
        patient.share_seeds_of(world)
        order = patient.order(patient.organization(60))
        before = patient.users(order)
        patient.block("POST /v1.0/$batch", kind="late")
        patient.sandbox.settings(late_seconds=LATE_SECONDS)
        handle, _ = await patient.start(order)
        await patient.until_stage(handle, "moving")

        await patient.roll_back(handle)
        patient.block()
        result = await patient.result(handle)

        assert result.outcome == "rolled_back"
        assert patient.users(order) == before
        assert_taken_back(patient, order)


@pytest.mark.parametrize("path", MONEY)
async def test_a_late_request_for_money_has_its_effect_once(world: World, path: str) -> None:
    """The same key again while the first request is on its way: one effect.

    See architecture#the-shape-of-a-step.
    """
    order = world.order(world.organization())
    match = path.format(order.organization_id)
    world.sandbox.settings(late_seconds=2.0, faults=[{"match": match, "kind": "late", "count": 1}])

    result = await world.complete(order)

    verdict = world.verdict(order)
    assert result.outcome == "completed"
    assert {name: verdict[name] for name in CLEAN} == CLEAN
    assert (verdict["orders"], verdict["cancellations"]) == (1, 1)


async def test_an_order_that_lands_after_its_cancel_is_voided(world: World) -> None:
    """An order on its way when the switch is cancelled is found by its key, and voided."""
    order = world.order(world.organization())
    world.block(f"POST /v1/customers/{order.organization_id}/carts/", kind="late")
    handle, _ = await world.start(order)
    await world.until(lambda: len(world.store.calls(order.switch_id)) > 10)

    await world.cancel(handle)
    world.block()
    result = await world.result(handle)

    assert result.outcome == "cancelled"
    assert_taken_back(world, order)
