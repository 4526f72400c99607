"""A switch back of those alone whom it restores; the others stay as they are (rules#leaving-the-others)."""

from __future__ import annotations

from typing import Any

from activities.contract import SwitchOrder
from domain.catalog.catalog import load_catalog
from domain.event_table.event_table import effect_of
from domain.switch.move_events import LicenseMoveStarted, LicensesReduced
from domain.switch.preflight_events import PreflightChecked
from sandbox.referee.assignments import Assignments, read_assignments
from tests.support.acts.switching_back import back_order
from tests.support.controls.by_hand import go_through, state_of, until_awaited
from tests.support.licenses.moving import events_of
from tests.support.worlds.world import CLEAN, TARGET_PLAN, SwitchHandle, World

USERS = 12
BACKUP = ("backup_done",)


def journal(world: World, organization_id: str) -> Assignments:
    """Return what the sandbox's own journal says of everyone's licenses."""
    return read_assignments(world.sandbox.journal, organization_id)


def change_by_hand(world: World, organization_id: str, user: str) -> None:
    """Let somebody switch a service of a user off."""
    services = load_catalog().plan(TARGET_PLAN).service_plans
    sway = next(each.service_plan_id for each in services if each.name == "SWAY")
    off = {"skuId": TARGET_PLAN, "disabledPlans": [sway]}
    world.sandbox.edit(organization_id, kind="licenses", user_id=user, add=[off], remove=[])


async def switched(world: World) -> SwitchOrder:
    """Return a completed switch of everyone to E3, which granted every service."""
    first = world.order(world.organization(USERS), service_settings="grant_all")
    assert (await world.complete(first)).outcome == "completed"
    return first


async def begun(
    world: World, first: SwitchOrder, users: list[str], **changes: Any
) -> tuple[SwitchOrder, SwitchHandle]:
    """Start the switch back of some users by hand, and return it once `buy` is awaited."""
    order = of_some(world, first, users, **changes)
    handle, answer = await world.start(order)
    assert answer.accepted, answer
    await until_awaited(world, order, "buy")
    return order, handle


def of_some(world: World, first: SwitchOrder, users: list[str], **changes: Any) -> SwitchOrder:
    """Return the order of a switch back of some users."""
    keys = world.store.vault.keys_for(first.organization_id, users)
    selection = world.store.write_selection(first.organization_id, keys)
    terms: dict[str, Any] = {"acknowledgments": BACKUP, "mode": "manual", "quantity": len(users)}
    return back_order(world, first, **{**terms, "selection": selection, "selected": len(users), **changes})


def looks(world: World, order: SwitchOrder) -> list[dict[str, int]]:
    """Return code -> users of each look at the users that the switch back has recorded, oldest first."""
    found: list[PreflightChecked] = events_of(world, order, PreflightChecked)
    return [{each["code"]: each["users"] for each in one.findings} for one in found]


async def test_who_is_changed_before_the_roster_is_frozen_stays(world: World) -> None:
    """Nobody is asked: they are listed by the second look, keep what they have, and keep a license."""
    first = await switched(world)
    everyone = sorted(journal(world, first.organization_id).at_start)
    early, late, *others = everyone
    change_by_hand(world, first.organization_id, early)
    order, handle = await begun(world, first, [late, *others])
    await go_through(world, order, handle, "buy", "verify")
    change_by_hand(world, first.organization_id, late)
    between = journal(world, first.organization_id)
    await go_through(world, order, handle, "reassign", "reduce")
    result = await world.result(handle)

    after = journal(world, first.organization_id)
    (reduced,) = events_of(world, order, LicensesReduced)
    (started,) = events_of(world, order, LicenseMoveStarted)
    assert (result.outcome, result.moved, started.total) == ("completed", len(others), len(others))
    assert {user: after.now[user] for user in others} == {user: after.at_start[user] for user in others}
    assert {user: after.now[user] for user in (early, late)} == {
        user: between.now[user] for user in (early, late)
    }
    assert looks(world, order) == [{"CHANGED_STAYS": 1}, {"CHANGED_STAYS": 2}]
    newest = events_of(world, order, PreflightChecked)[-1]
    assert effect_of(newest).endswith("2 were changed by hand and stay")
    assert reduced.quantity == 2
    assert world.failings(order) == CLEAN


async def test_a_selection_with_somebody_who_cannot_be_restored_is_refused(world: World) -> None:
    """Who was changed after the quote is not moved undecided, and nothing is ordered."""
    first = await switched(world)
    changed, *others = sorted(journal(world, first.organization_id).at_start)
    change_by_hand(world, first.organization_id, changed)

    _, answer = await world.start(of_some(world, first, [changed, *others[:5]]))

    assert (answer.accepted, answer.code) == (False, "RULE_VIOLATED")
    assert "users_not_restored" in answer.message
    assert world.verdict(first)["orders"] == 1


async def test_where_nobody_can_be_restored_any_more_nothing_moves(world: World) -> None:
    """The step says so, and the switch can be turned back."""
    first = await switched(world)
    user = min(journal(world, first.organization_id).at_start)
    order, handle = await begun(world, first, [user])
    await go_through(world, order, handle, "buy", "verify")
    change_by_hand(world, first.organization_id, user)
    between = journal(world, first.organization_id).now
    await go_through(world, order, handle, "reassign")
    await until_awaited(world, order, "reassign")
    refused = state_of(world, order)
    await world.cancel(handle)
    result = await world.result(handle)

    assert not refused.has(LicenseMoveStarted)
    assert result.outcome == "cancelled"
    assert journal(world, first.organization_id).now == between
    assert world.failings(order) == CLEAN
