"""Rolling a switch back while licenses move: everyone returns as they were (switch#ways-back)."""

from __future__ import annotations

import pytest

from domain.catalog.catalog import load_catalog
from domain.ports.seller_port import OrderLine
from domain.switch.move_events import LicenseMoveStarted
from domain.switch.return_events import (
    CompensationStuck,
    LicensesReturned,
    OperatorCommanded,
    RollBackFinished,
)
from tests.support.controls.half_moved import half_moved_switch, recorded
from tests.support.controls.taken_back import assert_taken_back, refuse_always, retry_in_vain
from tests.support.worlds.world import CLEAN, OPERATOR, SOURCE_PLAN, TARGET_PLAN, World, meta_of

TARGET_ID = load_catalog().find(TARGET_PLAN).plan_id


async def test_everyone_moved_returns_with_the_original_services(world: World) -> None:
    """Who was moved is back on the old plan with the same services; the order is void (switch#ways-back)."""
    order, handle, before = await half_moved_switch(world)
    assert len(world.users_left(order)) == 2

    answer = await world.roll_back(handle)
    again = await world.roll_back(handle)
    result = await world.result(handle)

    assert (answer.accepted, again) == (True, answer)
    assert (result.outcome, result.message) == ("rolled_back", "too many calls")
    assert world.users(order) == before
    assert_taken_back(world, order)
    assert world.ending_topics(order)[-3:] == ["replacement-voided", "notice-sent", "switch-rolled-back"]
    (finished,) = recorded(world, order, RollBackFinished)
    assert (finished.returned, finished.left) == (58, 0)
    way_back = [*recorded(world, order, LicensesReturned), finished]
    way_back += [group for name in ("return-1",) for group in world.store.chunks(order.switch_id, name)]
    assert len(way_back) == 3
    assert {(each.meta["actor"], each.meta["reason"]) for each in way_back} == {(OPERATOR, "too many calls")}
    (command,) = recorded(world, order, OperatorCommanded)
    assert (command.command, command.meta["actor"], command.meta["causation"]) == (
        "roll_back",
        OPERATOR,
        "command:back-1",
    )
    ended = meta_of(world.ending(order)[-1])
    assert (ended["actor"], ended["reason"]) == (OPERATOR, "too many calls")


async def test_a_cancel_while_licenses_move_rolls_back(world: World) -> None:
    """A cancel in the license step leads back to the old plan as well, whoever sends it."""
    order = world.order(world.organization(60))
    before = world.users(order)
    world.block("POST /v1.0/$batch")
    handle, _ = await world.start(order)
    await world.until_stage(handle, "moving")

    await handle.cancel()
    world.block()
    result = await world.result(handle)

    assert result.outcome == "rolled_back"
    assert world.users(order) == before
    assert_taken_back(world, order)
    assert recorded(world, order, LicenseMoveStarted)


async def test_a_user_whose_license_moved_by_hand_is_left_where_they_are(world: World) -> None:
    """Who holds neither plan, or only the old one, is not touched by the way back (switch#licenses)."""
    order, handle, before = await half_moved_switch(world)
    moved = sorted(set(before) - set(world.users_left(order)))
    world.sandbox.edit(
        order.organization_id,
        kind="licenses",
        user_id=moved[0],
        add=[{"skuId": SOURCE_PLAN, "disabledPlans": []}],
        remove=[TARGET_ID],
    )

    await world.roll_back(handle)
    result = await world.result(handle)

    assert result.outcome == "rolled_back"
    assert all(set(plans) >= {SOURCE_PLAN} for plans in world.users(order).values())
    (finished,) = recorded(world, order, RollBackFinished)
    assert finished.returned == 57


async def test_users_who_can_not_return_keep_the_new_plan_until_they_can(world: World) -> None:
    """A way back that is stuck voids nothing, names what to do, and goes on by a retry (switch#ways-back)."""
    order, handle, before = await half_moved_switch(world)
    (user, *_) = sorted(set(before) - set(world.users_left(order)))
    world.sandbox.edit(order.organization_id, kind="refusal", user_id=user, text="No.")

    await world.roll_back(handle)
    await world.until_stage(handle, "stuck")
    (stuck,) = recorded(world, order, CompensationStuck)
    orders = world.verdict(order)["orders"]
    await world.retry(handle)
    result = await world.result(handle)

    assert (stuck.code, stuck.step) == ("LICENSES_UNRESOLVED", "roll_back.return_users")
    assert "1 user could not return" in stuck.message
    assert "planswitch switch retry" in stuck.what_to_do
    assert orders == 1
    assert result.outcome == "rolled_back"
    assert world.users(order) == before
    assert_taken_back(world, order)


@pytest.mark.parametrize("command", ["cancel", "roll_back"])
async def test_a_seller_who_does_not_void_leaves_the_switch_stuck_until_he_does(
    world: World, command: str
) -> None:
    """An order that can't be voided is an operator's state of its own, told once (switch#ways-back)."""
    if command == "cancel":
        world.sandbox.settings(provisioning_delay_seconds=600)
        order = world.order(world.organization())
        handle, _ = await world.start(order)
        await world.until_stage(handle, "provisioning")
        world.change_cloud = refuse_always("void_order")
        await world.cancel(handle)
    else:
        order, handle, _ = await half_moved_switch(world)
        world.change_cloud = refuse_always("void_order")
        await world.roll_back(handle)

    await world.until_stage(handle, "stuck")
    (stuck,) = recorded(world, order, CompensationStuck)
    await retry_in_vain(world, handle)
    world.change_cloud = lambda cloud: cloud
    await world.retry(handle, "retry-2")
    result = await world.result(handle)

    assert (stuck.code, stuck.step) == ("PROVIDER_REFUSED", "administration.end_switch")
    assert len(recorded(world, order, CompensationStuck)) == 1
    assert result.outcome == ("cancelled" if command == "cancel" else "rolled_back")
    assert_taken_back(world, order)
    assert world.failings(order) == CLEAN


async def test_an_organization_that_had_the_new_plan_before_keeps_it(world: World) -> None:
    """Licenses of the new plan from another subscription stay with whoever holds them (switch#licenses)."""
    organization = world.organization(60, missing_usage_location=2)
    organization_id = organization["organization_id"]
    line = OrderLine(plan_id=TARGET_ID, quantity=5, term="P1M", billing_cycle="monthly", currency="EUR")
    world.sandbox.cloud.seller.place_order(organization_id, line, cart_key="k1", checkout_key="k2")
    order = world.order(organization)
    (holder, *_) = world.users(order)
    added = [{"skuId": TARGET_ID, "disabledPlans": []}]
    world.sandbox.edit(organization_id, kind="licenses", user_id=holder, add=added, remove=[])
    world.sandbox.edit(organization_id, kind="add_user", display_name="Nia New", plan_id=TARGET_ID)
    order = world.order(organization)
    before = world.users(order)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")

    await world.roll_back(handle)
    result = await world.result(handle)

    assert result.outcome == "rolled_back"
    assert world.users(order) == before
    assert TARGET_ID in before[holder]
