"""A license counts only where it works: one that is Disabled moves nobody (switch#licenses)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from activities.contract import SwitchOrder
from activities.operator.manual_licenses import LicenseRequest, edit_license
from domain.kernel.errors import ProviderRefused
from domain.ports.directory_port import LicenseFailureCode
from domain.ports.seller_port import OrderLine
from domain.switch.move_events import LicenseMoveHeld, SourceCancelled
from tests.support.controls.half_moved import recorded
from tests.support.licenses.failed_users import key_of, skip
from tests.support.licenses.refused_items import listed
from tests.support.worlds.world import SOURCE_PLAN, TARGET_PLAN, SwitchHandle, World

USERS = 20
#: EXCHANGE_S_STANDARD of the old plan.
MAILBOX = "9aaf7827-d63c-4b61-89c3-182f06f82e5c"
#: Longest time for which a user may be without a working license until the old one is given back.
GIVEN_BACK_SECONDS_MAX = 5.0


def set_state(
    world: World,
    order: SwitchOrder,
    user: str,
    *,
    is_active: bool,
    plan: str = TARGET_PLAN,
    state: str = "Disabled",
) -> None:
    """Let the directory make a plan of a user work, or not work."""
    told = {"user_id": user, "plan_id": plan, "is_active": is_active, "state": state}
    world.sandbox.edit(order.organization_id, kind="license_state", **told)


def unlicensed_seconds(world: World, order: SwitchOrder) -> float:
    """Return for how long users were without a license that works."""
    seconds: float = world.verdict(order)["unlicensed_user_seconds"]
    return seconds


async def is_growing(world: World, order: SwitchOrder) -> bool:
    """Tell whether somebody is without a working license at this moment."""
    before = unlicensed_seconds(world, order)
    await asyncio.sleep(0.3)
    return unlicensed_seconds(world, order) > before


async def until_held(world: World, order: SwitchOrder, handle: SwitchHandle, *, times: int) -> None:
    """Wait until a move has been held so often and takes a retry, which is a moment after the record."""
    await world.until(lambda: len(recorded(world, order, LicenseMoveHeld)) >= times)
    await world.until_waiting(handle)


@pytest.mark.parametrize("state", ["Disabled", "Error"])
async def test_a_new_license_that_does_not_work_fails_the_user_who_gets_the_old_one_back(
    world: World, state: str
) -> None:
    """Disabled or in error: the old license returns at once as it was; the switch holds until it works."""
    order = world.order(world.organization(USERS))
    user = sorted(world.users(order))[7]
    off = {"skuId": SOURCE_PLAN, "disabledPlans": [MAILBOX]}
    world.sandbox.edit(order.organization_id, kind="licenses", user_id=user, add=[off], remove=[])
    set_state(world, order, user, is_active=False, state=state)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    held, told = world.users(order)[user], listed(world, order)
    grows, gap = await is_growing(world, order), unlicensed_seconds(world, order)
    set_state(world, order, user, is_active=True)
    await world.retry(handle)
    result = await world.result(handle)

    assert held[SOURCE_PLAN] == [MAILBOX]
    assert [(each.directory_id, each.error, each.is_retryable) for each in told] == [
        (user, LicenseFailureCode.LICENSE_INACTIVE, True)
    ]
    assert "mend it there" in told[0].remedy
    assert (grows, gap < GIVEN_BACK_SECONDS_MAX) == (False, True)
    assert [each.code for each in recorded(world, order, LicenseMoveHeld)] == ["LICENSES_UNRESOLVED"]
    assert (result.outcome, result.moved) == ("completed", USERS)
    assert (world.users_left(order), await is_growing(world, order)) == ([], False)


async def test_a_retry_of_a_license_that_stays_disabled_takes_nothing_away(world: World) -> None:
    """Each further pass reads first: the gap of the first change is the only one (switch#licenses)."""
    order = world.order(world.organization(USERS))
    user = min(world.users(order))
    set_state(world, order, user, is_active=False)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    before = unlicensed_seconds(world, order)
    for number in range(2):
        await world.retry(handle, request_id=f"retry-{number}")
        await until_held(world, order, handle, times=number + 2)
    refused = await skip(handle, key_of(world, order, user), "skip-1")
    skipped = await skip(handle, key_of(world, order, user), "skip-2", accept=True)
    after = unlicensed_seconds(world, order)
    await world.retry(handle, request_id="retry-last")
    result = await world.result(handle)

    assert (refused.accepted, skipped.accepted) == (False, True)
    assert after == before
    assert (result.outcome, result.moved, result.skipped) == ("completed", USERS - 1, 1)


async def test_who_held_the_new_plan_disabled_before_keeps_the_old_one(world: World) -> None:
    """Holding both plans is no move done: the new one must work before the old one goes (switch#licenses)."""
    organization = world.organization(USERS)
    organization_id = organization["organization_id"]
    world.sandbox.cloud.seller.place_order(
        organization_id,
        OrderLine(plan_id=TARGET_PLAN, quantity=3, term="P1M", billing_cycle="monthly", currency="EUR"),
        cart_key="pilot-cart",
        checkout_key="pilot-checkout",
    )
    order = world.order(organization)
    user = min(world.users(order))
    both: list[dict[str, Any]] = [{"skuId": TARGET_PLAN, "disabledPlans": []}]
    world.sandbox.edit(organization_id, kind="licenses", user_id=user, add=both, remove=[])
    set_state(world, order, user, is_active=False)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    told = listed(world, order)
    set_state(world, order, user, is_active=True)
    await world.retry(handle)
    result = await world.result(handle)

    assert [(each.directory_id, each.error) for each in told] == [(user, LicenseFailureCode.LICENSE_INACTIVE)]
    assert (result.outcome, result.moved) == ("completed", USERS)
    assert unlicensed_seconds(world, order) == 0


async def test_a_license_that_ends_disabled_after_the_move_holds_the_cancellation(world: World) -> None:
    """Whoever was moved and can't work any more is found before the old plan goes (switch#licenses)."""
    order = world.order(world.organization(USERS))
    user = min(world.users(order))
    ambush = world.ambushes.lay(order.switch_id, "cancellation.cancel_source:begin")
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)
    set_state(world, order, user, is_active=False)
    world.ambushes.go_on(order.switch_id)
    await world.until_stage(handle, "held")
    held, told = world.users(order)[user], listed(world, order)
    set_state(world, order, user, is_active=True)
    await world.retry(handle)
    result = await world.result(handle)

    assert SOURCE_PLAN in held
    assert [(each.directory_id, each.error) for each in told] == [(user, LicenseFailureCode.LICENSE_INACTIVE)]
    assert len(recorded(world, order, SourceCancelled)) == 1
    assert (result.outcome, result.moved) == ("completed", USERS)


async def test_a_way_back_onto_a_license_that_does_not_work_leaves_the_new_one(world: World) -> None:
    """A roll-back counts a user as back only where the old license works.

    See switch#licenses, switch#ways-back.
    """
    order = world.order(world.organization(USERS))
    users = sorted(world.users(order))
    set_state(world, order, users[0], is_active=False)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    set_state(world, order, users[1], is_active=False, plan=SOURCE_PLAN)
    await world.roll_back(handle)
    await world.until_waiting(handle)
    held, grows = world.users(order)[users[1]], await is_growing(world, order)
    set_state(world, order, users[1], is_active=True, plan=SOURCE_PLAN)
    await world.retry(handle)
    result = await world.result(handle)

    assert (TARGET_PLAN in held, grows) == (True, False)
    assert result.outcome == "rolled_back"
    assert sorted(world.users_left(order)) == users


async def test_an_old_license_that_is_not_free_any_more_is_told_as_no_working_license(world: World) -> None:
    """Where nothing can be given back the user is listed so, and every pass tries again (switch#licenses)."""
    order = world.order(world.organization(USERS))
    user = min(world.users(order))
    set_state(world, order, user, is_active=False)
    set_state(world, order, user, is_active=False, plan=SOURCE_PLAN)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    told = listed(world, order)
    set_state(world, order, user, is_active=True, plan=SOURCE_PLAN)
    await world.retry(handle)
    await until_held(world, order, handle, times=2)
    told_then = listed(world, order)
    set_state(world, order, user, is_active=True)
    await world.retry(handle, request_id="retry-2")
    result = await world.result(handle)

    assert [each.error for each in told] == [LicenseFailureCode.NO_WORKING_LICENSE]
    assert [each.error for each in told_then] == [LicenseFailureCode.LICENSE_INACTIVE]
    assert (result.outcome, result.moved) == ("completed", USERS)


def test_a_license_given_by_hand_that_does_not_work_is_told_as_not_given(world: World) -> None:
    """A license command answers by what the directory shows, not by its 200 (switch#licenses)."""
    order = world.order(world.organization(USERS))
    user = min(world.users(order))
    world.sandbox.edit(order.organization_id, kind="licenses", user_id=user, add=[], remove=[SOURCE_PLAN])
    set_state(world, order, user, is_active=False, plan=SOURCE_PLAN)

    given = LicenseRequest(
        organization_id=order.organization_id,
        user=user,
        plan_id=SOURCE_PLAN,
        is_assigned=True,
        is_loss_accepted=False,
        actor="olga",
        reason="is back",
        request_id="edit-1",
    )
    cloud_factory, catalogs = world.toolbox.cloud_factory, world.toolbox.catalogs

    with pytest.raises(ProviderRefused, match="does not work"):
        edit_license(world.store, cloud_factory, catalogs.current(), given)

    organization = world.store.organization(order.organization_id)
    assert organization is not None
    assert organization.license_edit_errors == {"edit-1": LicenseFailureCode.LICENSE_INACTIVE}
