"""Users who can't be moved: skipped, tried again one by one, or so many that the move holds early."""

from __future__ import annotations

from typing import Any

from domain.switch.move_events import LicenseMoveHeld, UserSkipped
from domain.switch.return_events import OperatorCommanded
from tests.support.controls.half_moved import recorded
from tests.support.licenses.failed_users import key_of, retry_users, skip
from tests.support.licenses.held import held_switch
from tests.support.worlds.world import CLEAN, SOURCE_PLAN, World
from workflows.switch.plan_switch import PlanSwitch


async def test_a_skipped_user_stays_behind_once_the_loss_is_accepted(world: World) -> None:
    """Who would lose the old plan is skipped only knowingly; everyone else completes.

    See rules#operator-controls.
    """
    order, handle = await held_switch(world, missing_usage_location=1)
    (user,) = world.users_left(order)
    key = key_of(world, order, user)

    refused = await skip(handle, key, "skip-1")
    accepted = await skip(handle, key, "skip-2", accept=True)
    again = await skip(handle, key, "skip-2", accept=True)
    await world.retry(handle)
    result = await world.result(handle)

    assert (refused.accepted, accepted.accepted, again) == (False, True, accepted)
    assert "--accept-loss" in refused.message
    assert "Nobody is left to wait for" in accepted.message
    assert (result.outcome, result.moved, result.skipped) == ("completed", 24, 1)
    (event,) = recorded(world, order, UserSkipped)
    assert (event.meta["causation"], user in str(event)) == ("command:skip-2", False)
    assert (event.user_key, event.error) == (key, "LOCATION_NOT_SERVED")
    assert (event.is_loss_accepted, event.meta["reason"]) == (True, "leaves")
    assert world.users_left(order) in ([user], [])


async def test_a_user_with_another_plan_that_keeps_the_data_is_skipped_without_a_loss(world: World) -> None:
    """Another license that has every data service is enough, and the record names it.

    See rules#operator-controls.
    """
    organization = world.organization(missing_usage_location=1)
    order = world.order(organization)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    (user,) = world.users_left(order)
    target = order.target_plan_id
    held: list[dict[str, Any]] = [{"skuId": target, "disabledPlans": []}]
    world.sandbox.edit(order.organization_id, kind="licenses", user_id=user, add=held, remove=[])

    answer = await skip(handle, key_of(world, order, user), "skip-1")
    await world.retry(handle)
    result = await world.result(handle)

    assert answer.accepted
    (event,) = recorded(world, order, UserSkipped)
    assert (event.kept_plan_id, event.is_loss_accepted) == (target, False)
    assert (result.outcome, result.skipped) == ("completed", 1)
    assert world.failings(order) == CLEAN


async def test_only_a_user_who_failed_can_be_skipped_or_tried_alone(world: World) -> None:
    """Nobody else is touched by a command on single users (rules#operator-controls)."""
    order, handle = await held_switch(world, missing_usage_location=1)
    moved = next(user for user, plans in world.users(order).items() if SOURCE_PLAN not in plans)
    key = key_of(world, order, moved)

    answers = [await skip(handle, key, "skip-1", accept=True), await retry_users(handle, key)]

    assert [each.accepted for each in answers] == [False, False]
    assert all("not among those" in each.message for each in answers)
    assert not recorded(world, order, UserSkipped)
    await world.roll_back(handle)
    await world.result(handle)


async def test_single_users_are_tried_again_while_the_switch_holds(world: World) -> None:
    """Who was mended moves alone, counts once, and the switch holds for the others (issue 5)."""
    order, handle = await held_switch(world, missing_usage_location=2)
    mended, other = world.users_left(order)
    world.sandbox.edit(order.organization_id, kind="user", user_id=mended, usage_location="DE")

    answer = await retry_users(handle, key_of(world, order, mended))
    again = await retry_users(handle, key_of(world, order, mended))
    left = world.users_left(order)
    stage = (await handle.query(PlanSwitch.status)).stage
    in_vain = await retry_users(handle, key_of(world, order, other), request_id="users-2")
    await skip(handle, key_of(world, order, other), "skip-1", accept=True)
    await world.retry(handle)
    result = await world.result(handle)

    assert (answer.accepted, again, left, stage) == (True, answer, [other], "held")
    assert "1 moved, 0 failed again" in answer.message
    assert "0 moved, 1 failed again" in in_vain.message
    assert (result.outcome, result.moved, result.skipped) == ("completed", 24, 1)
    commands = [each.command for each in recorded(world, order, OperatorCommanded)]
    assert commands == ["retry_users", "retry_users", "skip", "retry"]


async def test_too_many_failures_hold_the_move_before_the_others_are_tried(world: World) -> None:
    """More than 2 % of the users tried stop the move; a retry goes on with the others.

    See rules#operator-controls.
    """
    users = 900
    order, handle = await held_switch(world, users=users, missing_usage_location=users - 1)
    (held,) = recorded(world, order, LicenseMoveHeld)
    rows = world.store.chunks(order.switch_id, "move")
    edits = [{"kind": "user", "user_id": user, "usage_location": "DE"} for user in world.users(order)]
    world.sandbox.edit(order.organization_id, edits=edits)
    await world.retry(handle)
    result = await world.result(handle)

    assert (held.code, [group.group_number for group in rows]) == ("FAILURE_RATE", [0])
    assert " of 500 users tried could not be moved" in held.message
    assert (result.outcome, result.moved) == ("completed", users)
    assert world.failings(order) == CLEAN
