"""Who joins the old plan after the roster was frozen raises the total, and is named.

See switch#the-outcome-of-each-user.
"""

from __future__ import annotations

from activities.contract import SwitchOrder
from audit.story.holdings import Users
from audit.story.show import audit_of, events_of
from projections.board.fold import fold
from projections.board.rows import BoardRow, Rows
from tests.support.licenses.drift_users import listed, seen
from tests.support.licenses.groups import first_fed
from tests.support.licenses.moving import MOVE_USERS, add_user, assert_all_on_target, moving_switch
from tests.support.worlds.ambush import Ambush
from tests.support.worlds.world import SOURCE_PLAN, SwitchHandle, World

USERS = 20
CANCEL = "cancellation.cancel_source"
#: Nobody has been read on the old plan for the last time; and the old subscription is cancelled.
BEFORE, CANCELLED = f"{CANCEL}:begin", f"{CANCEL}:called:cancel_subscription"


async def joining(world: World, order: SwitchOrder, ambush: Ambush, name: str) -> None:
    """Let somebody join the old plan while the switch stands at a point."""
    await world.until(ambush.is_reached.is_set)
    add_user(world, order, name)


def boards(world: World, order: SwitchOrder) -> list[BoardRow]:
    """Return the switch's row on the board after each of its events."""
    rows, found = Rows(), []
    for event in events_of(world.store, order.switch_id):
        folded = fold(rows, [event])
        rows = Rows(
            switches={**rows.switches, **folded.switches},
            subscriptions={**rows.subscriptions, **folded.subscriptions},
        )
        found.append(rows.switches[order.switch_id])
    return found


def roster_ids(world: World, order: SwitchOrder) -> set[str]:
    """Return the directory ids of those on the frozen roster."""
    rows = world.store.roster_slice(order.switch_id, 0, USERS)
    names = world.store.vault.directory_ids(order.organization_id, [row.user_key for row in rows])
    return set(names.values())


def figures(of: BoardRow | Users) -> tuple[int | None, int, int, int]:
    """Return total, moved, failed and joined late."""
    return of.total, of.moved, of.failed, of.joined_late


async def assert_figures(world: World, order: SwitchOrder, handle: SwitchHandle, late: int) -> None:
    """Check that all figures of a switch count who joined late, at every instant, and that they are named."""
    result = await world.result(handle)
    rows = boards(world, order)
    named = [user for user in listed(world, order) if user.drift == "new_users"]
    told = seen(world, order)

    assert (result.outcome, result.moved) == ("completed", USERS + late)
    assert figures(rows[-1]) == (USERS + late, USERS + late, 0, late)
    assert figures(audit_of(world.store, order.switch_id).users) == figures(rows[-1])
    assert all(row.moved + row.failed + row.skipped <= row.total for row in rows)
    assert len(named) == late
    assert len(listed(world, order)) == USERS + late
    assert told is not None
    assert [(each.name, each.count) for each in told.counts] == [("new_users", late)]
    assert_all_on_target(world, order)


async def test_who_joins_before_and_after_the_cancellation_raises_the_total(world: World) -> None:
    """One whom the verification finds, one at the last read, and a straggler: 23 of 23, never 23 of 20."""
    order = world.order(world.organization(users=USERS), quantity=2 * USERS)
    world.block(MOVE_USERS)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "moving")
    add_user(world, order, "Vera Verified")
    before = world.ambushes.lay(order.switch_id, BEFORE)
    world.block()
    await joining(world, order, before, "Nora New")
    cancelled = world.ambushes.lay(order.switch_id, CANCELLED)
    before.is_over.set()
    await joining(world, order, cancelled, "Stella Straggler")
    cancelled.is_over.set()

    await assert_figures(world, order, handle, 3)


async def test_who_joins_a_licensing_group_raises_the_total(world: World) -> None:
    """Whom a group gives the old plan after the freeze is moved by the group, counted once and named."""
    order, handle = await moving_switch(world, users=USERS, group_licensed=6)
    add_user(world, order, "Gina Grouped")
    (late,) = [each for each in world.users(order) if each not in roster_ids(world, order)]
    world.sandbox.edit(order.organization_id, kind="group_license", user_id=late, plan_id=SOURCE_PLAN)
    world.block()

    await assert_figures(world, order, handle, 1)


async def test_a_user_of_the_roster_who_gets_a_license_by_hand_raises_nothing(world: World) -> None:
    """Whom a group gave the old plan and who has it by hand as well is on the roster already."""
    order, handle = await moving_switch(world, users=USERS, group_licensed=6)
    user = first_fed(world, order)
    direct = [{"skuId": SOURCE_PLAN, "disabledPlans": []}]
    world.sandbox.edit(order.organization_id, kind="licenses", user_id=user, add=direct)
    world.block()
    result = await world.result(handle)

    assert (result.outcome, result.moved) == ("completed", USERS)
    assert figures(boards(world, order)[-1]) == (USERS, USERS, 0, 0)
    assert figures(audit_of(world.store, order.switch_id).users) == (USERS, USERS, 0, 0)
    assert seen(world, order) is None
