"""Who was changed by hand is named beside the moves, and counts as no move (rules#drift)."""

from __future__ import annotations

import dataclasses
from typing import Any

from activities.contract import SwitchOrder
from audit.users.user_outcomes import unresolved_users
from domain.event_table.event_table import effect_of
from domain.ports.cloud import Cloud
from domain.subscriptions.subscription import Subscription
from domain.switch.move_events import DriftFound, LicenseMoveHeld, SourceCancellationRefused
from tests.support.acts.written import written_for
from tests.support.chaos.invariants import Ended
from tests.support.clouds.cloud_server import SERVICE
from tests.support.controls.cancellation import lost, refusing, source_of
from tests.support.licenses.drift_users import listed, seen
from tests.support.licenses.moving import READ_USERS, add_user, events_of, moving_switch
from tests.support.worlds.world import CLEAN, TARGET_PLAN, SwitchHandle, World

USERS = 25
BEGINS, BEGUN = "cancellation.cancel_source:save:begun", "cancellation.cancel_source:saved:begun"
ENDED = "cancellation.cancel_source:end"


async def verifying(world: World) -> tuple[SwitchOrder, SwitchHandle]:
    """Return a switch that has moved everybody and can't verify it yet."""
    order, handle = await moving_switch(world)
    world.block(READ_USERS)
    await world.until_stage(handle, "verifying")
    return order, handle


def take_licenses(world: World, order: SwitchOrder, user: str) -> None:
    """Take the new plan from a user by hand."""
    world.sandbox.edit(order.organization_id, kind="licenses", user_id=user, add=[], remove=[TARGET_PLAN])


def give_license(world: World, order: SwitchOrder, user: str) -> None:
    """Give the new plan to a user by hand, with all its services."""
    license_of_new = [{"skuId": TARGET_PLAN, "disabledPlans": []}]
    world.sandbox.edit(order.organization_id, kind="licenses", user_id=user, add=license_of_new, remove=[])


def change_by_hand(world: World, order: SwitchOrder) -> dict[str, str]:
    """Delete a user, take a license, and change services; return directory id -> name of the count."""
    gone, bare, changed, *_ = world.users(order)
    world.sandbox.edit(order.organization_id, kind="delete_user", user_id=gone)
    take_licenses(world, order, bare)
    services = [{"skuId": TARGET_PLAN, "disabledPlans": [SERVICE]}]
    world.sandbox.edit(order.organization_id, kind="licenses", user_id=changed, add=services, remove=[])
    return {gone: "users_gone", bare: "licenses_removed", changed: "settings_changed"}


def drift_rows(world: World, order: SwitchOrder, found: DriftFound) -> list[str]:
    """Return the outcomes of the rows that stand beside an event of drift."""
    name = f"drift-{found.originator_version}"
    return [row.outcome for row in world.store.license_rows(order.switch_id, name)]


def failed_of(world: World, order: SwitchOrder, source: Subscription) -> int:
    """Return how many users the switch waits for."""
    return len(unresolved_users(world.store, source, order.switch_id))


async def test_each_user_who_was_changed_by_hand_is_named(world: World) -> None:
    """Who has no license any more stands beside the event, and is no move of any kind (rules#drift)."""
    order, handle = await verifying(world)
    before = world.users(order)
    by_hand = change_by_hand(world, order)
    world.block()
    result = await world.result(handle)

    users, source = listed(world, order), source_of(world, order)
    (found,) = events_of(world, order, DriftFound)
    assert {user.directory_id: user.drift for user in users if user.drift} == by_hand
    removed = [user.drift_remedy for user in users if user.drift == "licenses_removed"]
    assert removed
    assert all(remedy.startswith("The switch leaves them so.") for remedy in removed)
    assert [user.outcome for user in users] == ["moved"] * USERS
    assert len({user.user_key for user in users}) == USERS
    assert sorted(drift_rows(world, order, found)) == sorted(by_hand.values())
    assert [(each.name, each.count) for each in seen(world, order).counts] == [  # type: ignore[union-attr]
        ("users_gone", 1),
        ("licenses_removed", 1),
        ("settings_changed", 1),
    ]
    state = source.switch(order.switch_id)
    assert set(state.chunks) == {"move"}
    assert (state.moved, state.failed, failed_of(world, order, source)) == (USERS, 0, 0)
    assert (result.outcome, result.moved) == ("completed", USERS)
    ended = Ended(world=world, order=order, result=result, before=before)
    assert ended.problems() == []


async def test_a_user_who_came_late_and_one_who_was_moved_back_are_named(world: World) -> None:
    """Whom the verification moves forward is told as well, each under what it was (rules#drift)."""
    order, handle = await moving_switch(world)
    add_user(world, order, "Nora New")
    world.block()
    result = await world.result(handle)

    users = listed(world, order)
    (new,) = [user for user in users if user.drift]
    (found,) = events_of(world, order, DriftFound)
    assert (new.drift, new.outcome, new.pass_name) == ("new_users", "moved", "verify-1")
    assert (new.error, new.drift_remedy[:8]) == ("", "Nothing:")
    assert drift_rows(world, order, found) == ["new_users"]
    assert (len(users), result.moved) == (USERS + 1, USERS + 1)


async def test_an_attempt_that_died_after_its_save_writes_no_second_row(world: World) -> None:
    """Rows stand or fall with their event, so the next attempt meets both or neither.

    See architecture#the-shape-of-a-step.
    """
    order, handle = await verifying(world)
    world.ambushes.lay(order.switch_id, BEGUN)
    by_hand = change_by_hand(world, order)
    world.block()
    await world.until(lambda: BEGUN in world.ambushes.seen[order.switch_id])
    again = await lost(world, order, handle)
    world.ambushes.go_on(order.switch_id)
    await again.result()

    (found,) = events_of(world, order, DriftFound)
    assert sorted(drift_rows(world, order, found)) == sorted(by_hand.values())
    assert {user.directory_id: user.drift for user in listed(world, order) if user.drift} == by_hand
    assert world.failings(order) == CLEAN


async def test_an_attempt_that_slept_before_its_save_writes_no_rows(world: World) -> None:
    """Two attempts that found the same write it once: the later save is refused whole.

    See architecture#the-shape-of-a-step.
    """
    order, handle = await verifying(world)
    world.ambushes.lay(order.switch_id, BEGINS)
    by_hand = change_by_hand(world, order)
    world.block()
    await world.until(lambda: BEGINS in world.ambushes.seen[order.switch_id])
    again = await lost(world, order, handle)
    await again.result()
    before = world.store.max_notification_id()
    world.ambushes.go_on(order.switch_id)
    await world.until(lambda: world.ambushes.seen[order.switch_id][-1] == ENDED)

    (found,) = events_of(world, order, DriftFound)
    assert world.ambushes.seen[order.switch_id].count(BEGINS) == 2
    assert not written_for(world.store, order.switch_id, before)
    assert sorted(drift_rows(world, order, found)) == sorted(by_hand.values())
    assert world.failings(order) == CLEAN


async def test_what_is_mended_after_a_refusal_is_told_no_more(world: World) -> None:
    """The comparison before each cancellation begins anew; the newest finding is the one that is told."""
    order, handle = await verifying(world)
    bare, *_ = [user for user, plans in world.users(order).items() if not plans.get(TARGET_PLAN)]
    take_licenses(world, order, bare)
    refusing(world)
    world.block()
    await world.until(lambda: bool(events_of(world, order, SourceCancellationRefused)))
    told = [user.drift for user in listed(world, order) if user.drift]
    await world.until_waiting(handle)
    give_license(world, order, bare)
    world.change_cloud = lambda cloud: cloud
    await world.retry(handle)
    await world.result(handle)

    first, second = events_of(world, order, DriftFound)[0], events_of(world, order, DriftFound)[-1]
    assert told == ["licenses_removed"]
    assert (first.licenses_removed, effect_of(second)) == (1, "drift: nothing")
    assert seen(world, order) is None
    assert [user.drift for user in listed(world, order) if user.drift] == []


def showing_more(world: World, order: SwitchOrder, *, more: int) -> None:
    """Let the seller show other licenses of the old plan than billing has booked."""

    def changed(cloud: Cloud) -> Cloud:
        real: Any = cloud.seller

        class Showing:
            def __getattr__(self, name: str) -> Any:
                return getattr(real, name)

            def subscriptions(self, *arguments: Any, **named: Any) -> Any:
                return [
                    dataclasses.replace(each, quantity=each.quantity + more)
                    if each.subscription_id == order.source_subscription_id
                    else each
                    for each in real.subscriptions(*arguments, **named)
                ]

        seller: Any = Showing()
        return dataclasses.replace(cloud, seller=seller)

    world.change_cloud = changed


async def test_another_quantity_of_the_old_plan_is_found_and_told(world: World) -> None:
    """Licenses of the old plan that were changed at the seller are told with the sign (rules#drift)."""
    order, handle = await verifying(world)
    showing_more(world, order, more=-1)
    world.block()
    result = await world.result(handle)

    (found,) = events_of(world, order, DriftFound)
    assert (found.source_licenses, found.target_licenses) == (-1, 0)
    assert effect_of(found) == "drift: -1 licenses of the old plan"
    told = seen(world, order)
    assert told is not None
    (count,) = told.counts
    assert count.message == "the seller shows 1 license of the old plan fewer than was requested"
    assert "ends with the switch" in count.remedy
    assert (told.has_users, drift_rows(world, order, found)) == (False, [])
    assert (result.outcome, world.failings(order)) == ("completed", CLEAN)


async def test_a_quantity_of_the_old_plan_that_billing_booked_holds_the_switch(world: World) -> None:
    """What the accepted quote does not bill is held before the cancellation, and tells both numbers."""
    order, handle = await verifying(world)
    before = source_of(world, order).quantity
    fewer = {"quantity": before - 1}
    world.sandbox.edit(
        order.organization_id,
        kind="subscription",
        subscription_id=order.source_subscription_id,
        changes=fewer,
    )
    world.block()
    await world.until_stage(handle, "held")
    (held,) = events_of(world, order, LicenseMoveHeld)

    world.sandbox.edit(
        order.organization_id,
        kind="subscription",
        subscription_id=order.source_subscription_id,
        changes={"quantity": before},
    )
    await world.retry(handle)
    result = await world.result(handle)

    assert held.code == "AUDIT_MISMATCH"
    assert f"quantity {before - 1}" in held.message
    assert f"quote has {before}" in held.message
    assert events_of(world, order, DriftFound) == []
    assert result.outcome == "completed"
