"""Somebody changes licenses by hand while a switch moves them: found and put right (rules#drift)."""

from __future__ import annotations

from dataclasses import fields

from domain.event_table.event_table import effect_of
from domain.licenses.drift import Drift
from domain.switch.events import ReplacementOrdered, ReplacementReady
from domain.switch.move_events import DriftFound, DriftReconciled, StragglersMoved
from tests.support.clouds.cloud_server import SERVICE
from tests.support.licenses.moving import (
    MOVE_USERS,
    READ_USERS,
    add_user,
    assert_all_on_target,
    events_of,
    moving_switch,
)
from tests.support.worlds.world import CLEAN, SOURCE_PLAN, TARGET_PLAN, World

#: The seller has cancelled the old plan, and the step goes on to look for stragglers.
CANCELLED = "cancellation.cancel_source:called:cancel_subscription"
#: What an event of drift counts.
DRIFT = tuple(each.name for each in fields(Drift))


async def test_a_user_who_joins_the_old_plan_meanwhile_is_moved_too(world: World) -> None:
    """The frozen roster does not know them; the verification does (rules#drift)."""
    order, handle = await moving_switch(world)

    add_user(world, order, "Nora New")
    world.block()
    result = await world.result(handle)

    (found,) = events_of(world, order, DriftFound)
    (reconciled,) = events_of(world, order, DriftReconciled)
    assert (found.new_users, found.moved_by_hand, reconciled.moved) == (1, 0, 1)
    assert (result.outcome, result.moved) == ("completed", 26)
    assert_all_on_target(world, order)


async def moved_back_by_hand(world: World, *, had_services_off: bool) -> Drift:
    """Return a switch one of whose users got the old plan back with all its services, and all its drift."""
    order = world.order(world.organization())
    back = next(
        user for user, plans in world.users(order).items() if bool(plans[SOURCE_PLAN]) is had_services_off
    )
    world.block(MOVE_USERS)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "moving")
    world.block(READ_USERS)
    await world.until_stage(handle, "verifying")

    license_of_old = [{"skuId": SOURCE_PLAN, "disabledPlans": []}]
    world.sandbox.edit(
        order.organization_id, kind="licenses", user_id=back, add=license_of_old, remove=[TARGET_PLAN]
    )
    world.block()
    result = await world.result(handle)

    assert (result.outcome, result.moved) == ("completed", 25)
    assert_all_on_target(world, order)
    found = events_of(world, order, DriftFound)
    counts = (sum(getattr(each, name) for each in found) for name in DRIFT)
    return Drift(**dict(zip(DRIFT, counts, strict=True)))


async def test_a_user_who_is_moved_back_by_hand_is_moved_again_and_counted_once(world: World) -> None:
    """Nobody reassigns licenses by hand during a switch: it is found and put right (rules#drift)."""
    drift = await moved_back_by_hand(world, had_services_off=False)

    assert drift == Drift(moved_by_hand=1)


async def test_services_that_the_hand_switched_on_stay_on_and_are_told(world: World) -> None:
    """Whoever gave the old plan back with all services decided on them: kept, and counted (rules#drift)."""
    drift = await moved_back_by_hand(world, had_services_off=True)

    assert drift == Drift(moved_by_hand=1, settings_changed=1)


async def test_a_user_who_moved_by_hand_beforehand_counts_as_moved(world: World) -> None:
    """A license that was moved already is nothing to do, and nothing to fail for (switch#licenses)."""
    order, handle = await moving_switch(world)

    world.sandbox.edit(
        order.organization_id,
        kind="licenses",
        user_id=next(user for user, plans in world.users(order).items() if not plans[SOURCE_PLAN]),
        add=[{"skuId": TARGET_PLAN, "disabledPlans": []}],
        remove=[SOURCE_PLAN],
    )
    world.block()
    result = await world.result(handle)

    assert (result.outcome, result.moved) == ("completed", 25)
    assert_all_on_target(world, order)


async def test_a_user_who_is_deleted_meanwhile_holds_nothing(world: World) -> None:
    """Somebody who is gone is written down as gone, and the others move (rules#drift)."""
    order, handle = await moving_switch(world)
    gone = next(iter(world.users(order)))

    world.sandbox.edit(order.organization_id, kind="delete_user", user_id=gone)
    world.block()
    result = await world.result(handle)

    rows = world.store.license_rows(order.switch_id, "move", unmoved_only=True)
    assert [(row.outcome, row.error) for row in rows] == [("gone", "USER_GONE")]
    assert (result.outcome, result.moved) == ("completed", 24)
    assert_all_on_target(world, order)


async def test_a_straggler_of_the_cancellation_is_moved_at_once(world: World) -> None:
    """Who comes onto the old plan around its cancellation is moved before billing (switch#steps)."""
    order, handle = await moving_switch(world)
    ambush = world.ambushes.lay(order.switch_id, CANCELLED)
    world.block()

    await world.until(ambush.is_reached.is_set)
    add_user(world, order, "Lara Late")
    ambush.is_over.set()
    result = await world.result(handle)

    (moved,) = events_of(world, order, StragglersMoved)
    assert (moved.moved, result.outcome, result.moved) == (1, "completed", 26)
    assert_all_on_target(world, order)


async def test_what_was_changed_by_hand_on_moved_users_is_told(world: World) -> None:
    """Gone, unlicensed, other services, other quantities: told in one event before the cancellation."""
    order, handle = await moving_switch(world)
    world.block(READ_USERS)
    await world.until_stage(handle, "verifying")
    organization_id = order.organization_id
    gone, bare, changed, *_ = world.users(order)
    world.sandbox.edit(organization_id, kind="delete_user", user_id=gone)
    world.sandbox.edit(organization_id, kind="licenses", user_id=bare, add=[], remove=[TARGET_PLAN])
    services = [{"skuId": TARGET_PLAN, "disabledPlans": [SERVICE]}]
    world.sandbox.edit(organization_id, kind="licenses", user_id=changed, add=services, remove=[])
    (ready,) = events_of(world, order, ReplacementReady)
    (ordered,) = events_of(world, order, ReplacementOrdered)
    more = {"quantity": ordered.quantity + 7}
    world.sandbox.edit(
        organization_id, kind="subscription", subscription_id=ready.subscription_id, changes=more
    )
    world.block()
    result = await world.result(handle)

    (found,) = events_of(world, order, DriftFound)
    assert (found.users_gone, found.licenses_removed, found.settings_changed) == (1, 1, 1)
    assert (found.source_licenses, found.target_licenses) == (0, 7)
    assert (found.new_users, found.moved_by_hand) == (0, 0)
    assert effect_of(found) == (
        "drift: 1 gone, 1 without a license by hand, 1 with other services by hand, "
        "+7 licenses of the new plan"
    )
    assert result.outcome == "completed"
    assert world.users(order)[changed][TARGET_PLAN] == [SERVICE]
    assert world.failings(order) == CLEAN


async def test_a_straggler_who_cannot_be_moved_keeps_the_switch_open(world: World) -> None:
    """After the point of no return nobody is left behind silently: tried again with an alarm.

    See switch#ways-back.
    """
    order, handle = await moving_switch(world)
    ambush = world.ambushes.lay(order.switch_id, CANCELLED)
    world.block()
    await world.until(ambush.is_reached.is_set)
    add_user(world, order, "Stella Stuck")
    world.sandbox.edit(
        order.organization_id, kind="user", user_id=world.users_left(order)[0], usage_location=None
    )
    ambush.is_over.set()
    await world.until_waiting(handle)

    assert world.ledger(order, "invoice") == []
    world.sandbox.edit(
        order.organization_id, kind="user", user_id=world.users_left(order)[0], usage_location="DE"
    )
    await world.retry(handle)
    result = await world.result(handle)

    assert result.outcome == "completed"
    assert_all_on_target(world, order)


async def test_users_of_a_look_that_failed_half_way_are_in_the_record(world: World) -> None:
    """Who was moved before a look failed is not there any more at the next one, but counts (rules#drift)."""
    organization = world.organization()
    order = world.order(organization, quantity=80)
    world.block(MOVE_USERS)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "moving")
    world.block(READ_USERS)
    await world.until_stage(handle, "verifying")

    for number in range(30):
        add_user(world, order, f"Nora New {number}")
    world.sandbox.settings(faults=[{"match": MOVE_USERS, "kind": "unavailable", "count": 1}])
    result = await world.result(handle)

    assert (result.outcome, result.moved) == ("completed", 55)
    assert_all_on_target(world, order)
