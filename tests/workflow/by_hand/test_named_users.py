"""Starts of `reassign` for named users: the rules of any other move hold for them (manual#steps)."""

from __future__ import annotations

from typing import Any

import pytest

from activities.contract import SwitchOrder
from activities.manual import manual_moves
from activities.manual.manual_contract import MOVE_SELECTION
from domain.operator.manual_events import ManualStepDoneOutside
from domain.switch.move_events import LicenseMoveHeld, LicensesReassigned
from tests.support.controls.by_hand import (
    go_through,
    manual_switch,
    partial_switch,
    select,
    state_of,
    take,
    until_awaited,
)
from tests.support.controls.pausing import resume
from tests.support.licenses.moving import MOVE_USERS, add_user, events_of
from tests.support.worlds.world import CLEAN, OPERATOR, SOURCE_PLAN, TARGET_PLAN, SwitchHandle, World
from workflows.base.messages import OperatorCommand
from workflows.switch.plan_switch import PlanSwitch


async def test_too_many_who_fail_hold_the_switch(world: World) -> None:
    """Six of ten can't be moved: it holds, and after a retry each counts once (rules#operator-controls)."""
    order, handle = await _ready(world, 10, missing_usage_location=6)
    selection, _ = select(world, {"organization_id": order.organization_id}, 9)
    await take(handle, "reassign", selection=selection, users=9)
    await world.until_stage(handle, "held")
    held = events_of(world, order, LicenseMoveHeld)[-1]
    for user in world.users_left(order):
        world.sandbox.edit(order.organization_id, kind="user", user_id=user, usage_location="DE")
    await world.retry(handle)
    await until_awaited(world, order, "reassign")
    between = state_of(world, order)
    await take(handle, "reassign", request_id="reassign-2")
    await go_through(world, order, handle, "cancel")
    result = await world.result(handle)

    assert held.code == "FAILURE_RATE"
    assert (between.moved, between.failed) == (9, 0)
    assert (result.outcome, result.moved) == ("completed", 10)
    assert world.failings(order) == CLEAN


async def test_a_failed_user_who_is_moved_with_everyone_counts_once(world: World) -> None:
    """What a pass over named users could not move is no failure once a later pass has moved it."""
    order, handle = await _ready(world, 10, missing_usage_location=1)
    selection, _ = select(world, {"organization_id": order.organization_id}, 10)
    await take(handle, "reassign", selection=selection, users=10)
    await until_awaited(world, order, "reassign")
    failed = state_of(world, order).failed
    for user in world.users_left(order):
        world.sandbox.edit(order.organization_id, kind="user", user_id=user, usage_location="DE")
    await take(handle, "reassign", request_id="reassign-2")
    await go_through(world, order, handle, "cancel")
    await world.result(handle)

    state = state_of(world, order)
    assert (failed, state.failed, state.moved) == (1, 0, 10)


async def test_many_named_users_move_in_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part is an activity of its own, and has a pass of its own."""
    monkeypatch.setattr(manual_moves, "PART_USERS", 4)
    order, handle = await _ready(world, 12)
    selection, _ = select(world, {"organization_id": order.organization_id}, 10)
    await take(handle, "reassign", selection=selection, users=10)
    await until_awaited(world, order, "reassign")

    passes = [(each.pass_name, each.moved) for each in events_of(world, order, LicensesReassigned)]
    assert passes == [("reassign-1", 4), ("reassign-2", 4), ("reassign-3", 2)]
    assert state_of(world, order).moved == 10


async def test_named_users_do_not_move_before_the_pilot(world: World) -> None:
    """The pilot moves first, so that somebody can look at it (rules#operator-controls)."""
    order, handle = await _ready(world, 10, pilot=3)
    selection, _ = select(world, {"organization_id": order.organization_id}, 5)
    refused = await take(handle, "reassign", selection=selection, users=5)

    assert not refused.accepted
    assert "The switch has a pilot" in refused.message
    assert state_of(world, order).awaited_step == "reassign"


async def test_users_who_came_later_can_not_be_named(world: World) -> None:
    """They are not of the frozen roster: they move once everyone else is moved, and are not left silently."""
    order, handle = await _ready(world, 10)
    selection, _ = select(world, {"organization_id": order.organization_id}, 3)
    await take(handle, "reassign", selection=selection, users=3)
    await until_awaited(world, order, "reassign")
    add_user(world, order, "Nora New")
    everyone, users = select(world, {"organization_id": order.organization_id}, 20)
    refused = await take(handle, "reassign", selection=everyone, users=len(users), request_id="reassign-2")

    assert not refused.accepted
    assert "1 of the named users came onto the old plan" in refused.message


async def test_who_stays_can_not_be_named(world: World) -> None:
    """Some users move: nobody else can be added to them by a start (manual#some-users)."""
    order, handle = await partial_switch(world, world.organization(10), 4)
    await go_through(world, order, handle, "buy", "verify")
    await until_awaited(world, order, "reassign")
    selection, _ = select(world, {"organization_id": order.organization_id}, 6)
    refused = await take(handle, "reassign", selection=selection, users=6)

    assert not refused.accepted
    assert "2 of the named users are none of those" in refused.message


async def test_users_of_a_paused_start_are_not_told_as_moved_outside(world: World) -> None:
    """What the start itself has asked before the pause may have moved them (manual#done-outside)."""
    order, handle = await _ready(world, 10)
    selection, users = select(world, {"organization_id": order.organization_id}, 5)
    world.block(MOVE_USERS)
    await take(handle, "reassign", selection=selection, users=5)
    await world.until(lambda: bool(world.store.step_calls(order.switch_id, MOVE_SELECTION.name)))
    await _pause(handle)
    world.sandbox.edit(
        order.organization_id,
        kind="licenses",
        user_id=users[0],
        add=[{"skuId": TARGET_PLAN, "disabledPlans": []}],
        remove=[SOURCE_PLAN],
    )
    world.block()
    await resume(handle)
    await until_awaited(world, order, "reassign")

    assert events_of(world, order, ManualStepDoneOutside) == []
    assert not set(users) & set(world.users_left(order))


async def test_a_partial_switch_promises_for_those_who_move(world: World) -> None:
    """Its end and its alarm are computed from the five who move, not from all of the plan."""
    organization = world.organization(25)
    selection, _ = select(world, organization, 5)
    order = world.order(organization, mode="manual", selection=selection, selected=5, quantity=5)
    handle, answer = await world.start(order)
    await world.cancel(handle)
    await world.result(handle)

    assert (answer.accepted, answer.users) == (True, 5)


async def _ready(world: World, users: int, *, pilot: int = 0, **options: Any) -> tuple[SwitchOrder, Any]:
    """Return a manual switch whose new plan is ready, and whose users move next."""
    changes: dict[str, Any] = {"pilot": pilot} if pilot else {}
    order, handle = await manual_switch(world, world.organization(users, **options), **changes)
    await go_through(world, order, handle, "buy", "verify")
    await until_awaited(world, order, "reassign")
    return order, handle


async def _pause(handle: SwitchHandle) -> None:
    command = OperatorCommand(request_id="pause-1", actor=OPERATOR, reason="wait")
    await handle.execute_update(PlanSwitch.pause, command)
