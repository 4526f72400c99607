"""Users whose license comes from a group are moved by their group, nobody ever without.

See rules#licensing-groups.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from activities import contract as steps
from activities.contract import SwitchOrder
from domain.catalog.catalog import load_catalog
from domain.switch.group_events import (
    LicensingGroupHeld,
    LicensingGroupMoved,
    LicensingGroupMoveStarted,
    LicensingGroupReturned,
)
from domain.switch.move_events import LicenseMoveHeld
from domain.switch.return_events import RollBackFinished
from sandbox.cloud.state import named_id
from sandbox.organizations.organizations import FEEDING_GROUP
from tests.support.controls.pausing import pause, resume
from tests.support.controls.taken_back import assert_taken_back
from tests.support.licenses.failed_users import skip
from tests.support.licenses.groups import first_fed
from tests.support.worlds.ambush import Ambushes
from tests.support.worlds.steps import WHOLE_SWITCH, StepRunner
from tests.support.worlds.world import CLEAN, SOURCE_PLAN, TARGET_PLAN, SwitchHandle, World

TARGET_ID = load_catalog().find(TARGET_PLAN).plan_id
#: Members follow each other through so many seconds.
DELAY_SECONDS = 1.0
CHANGE_GROUP = "POST /v1.0/groups/"
EMS = "efccb6f7-5641-4e0e-bd10-b4976e1bf68e"


def recorded(world: World, order: SwitchOrder, event_class: type[Any]) -> list[Any]:
    """Return the events of a class in the source's stream."""
    return [each.event for each in world.source_events(order) if isinstance(each.event, event_class)]


def feeding_group(order: SwitchOrder) -> str:
    """Return the id of the group that gives the licenses."""
    return named_id(order.organization_id, FEEDING_GROUP)


async def held_by_members(world: World, **options: Any) -> tuple[SwitchOrder, SwitchHandle, str]:
    """Return a switch that holds because a group could not give one member the new plan, and that member."""
    order = world.order(world.organization(group_licensed=10, **options))
    user = first_fed(world, order)
    error = "ProhibitedInUsageLocationViolation"
    world.sandbox.edit(order.organization_id, kind="group_error", user_id=user, error=error, times=1000)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    return order, handle, user


async def test_everybody_is_moved_by_the_group(world: World) -> None:
    """The new plan comes, every member has it, then the old one goes; services stay off."""
    world.sandbox.settings(group_delay_seconds=DELAY_SECONDS)
    order = world.order(world.organization(group_licensed=25, group_services_off="SWAY YAMMER"))
    result = await world.complete(order)

    assert (result.outcome, result.moved) == ("completed", 25)
    assert world.users_left(order) == []
    assert world.failings(order) == CLEAN
    (started,) = recorded(world, order, LicensingGroupMoveStarted)
    (moved,) = recorded(world, order, LicensingGroupMoved)
    assert (started.group_id, started.members, moved.members) == (feeding_group(order), 25, 25)
    assert len(started.old_disabled) == len(started.new_disabled) == 2
    assert {tuple(plans[TARGET_ID]) for plans in world.users(order).values()} == {tuple(started.new_disabled)}
    rows = world.store.license_rows(order.switch_id, "groups-1")
    assert ([row.outcome for row in rows], len(rows[0].kept)) == (["moved"] * 25, 2)


@pytest.mark.long
async def test_users_with_both_are_moved_by_both(world: World) -> None:
    """A direct license is moved by the batch, a group's by the group; each user counts once."""
    organization = world.organization(60, group_licensed=20)
    order = world.order(organization)
    user = first_fed(world, order)
    direct = [{"skuId": SOURCE_PLAN, "disabledPlans": []}]
    world.sandbox.edit(order.organization_id, kind="licenses", user_id=user, add=direct)
    world.sandbox.settings(group_delay_seconds=DELAY_SECONDS)
    result = await world.complete(order)

    assert (result.outcome, result.moved) == ("completed", 60)
    assert (world.users_left(order), world.failings(order)) == ([], CLEAN)
    (both,) = world.sandbox.cloud.directory.users(order.organization_id, [user])
    assert both.has_direct(TARGET_ID)
    assert both.is_fed(TARGET_ID, feeding_group(order))
    assert len(world.store.license_rows(order.switch_id, "move")) == 41


async def test_a_member_in_error_holds_the_switch_and_loses_nothing(world: World) -> None:
    """The group keeps the old plan until every member has the new one; the word and remedy are told."""
    order, handle, user = await held_by_members(world)
    (held,) = recorded(world, order, LicenseMoveHeld)
    (why,) = recorded(world, order, LicensingGroupHeld)
    (row,) = world.store.license_rows(order.switch_id, "group-errors-1")
    left = world.users_left(order)
    skipped = await skip(handle, str(row.user_key), "skip-1", accept=True)
    world.sandbox.edit(order.organization_id, kind="group_error", user_id=user, error=None)
    await world.retry(handle)
    result = await world.result(handle)

    assert len(left) == 10
    assert (skipped.accepted, "gives all its members the same" in skipped.message) == (False, True)
    assert (held.code, why.code) == ("LICENSES_UNRESOLVED", "GROUP_MEMBERS_FAILED")
    assert why.message in held.message
    assert "1 of 10 members" in why.message
    assert "usage location" in why.remedy
    assert (row.outcome, row.error) == ("failed", "LOCATION_NOT_SERVED")
    assert (result.outcome, result.moved) == ("completed", 25)
    assert world.failings(order) == CLEAN


@pytest.mark.long
@pytest.mark.parametrize("errors", [[], ["Other"]])
async def test_a_member_whose_new_plan_is_disabled_is_waited_for(world: World, errors: list[str]) -> None:
    """The group keeps the old plan while a member can't work with the new one, and no longer (rules 4).

    That holds as well for a member whom the directory failed first and took up again.
    """
    order = world.order(world.organization(group_licensed=10))
    user = first_fed(world, order)
    state = {"kind": "license_state", "user_id": user, "plan_id": TARGET_ID}
    world.sandbox.edit(order.organization_id, **state, is_active=False)
    for error in errors:
        world.sandbox.edit(order.organization_id, kind="group_error", user_id=user, error=error)
    handle, _ = await world.start(order)
    await world.until(lambda: sum(TARGET_ID in plans for plans in world.users(order).values()) == 25)
    await asyncio.sleep(2.0)
    left = world.users_left(order)
    gives = world.sandbox.cloud.groups.feeding(order.organization_id, SOURCE_PLAN)
    world.sandbox.edit(order.organization_id, **state, is_active=True)
    result = await world.result(handle)

    assert (len(left), user in left) == (10, True)
    assert [group.group_id for group in gives] == [feeding_group(order)]
    assert (result.outcome, result.moved) == ("completed", 25)
    assert (world.users_left(order), world.failings(order)) == ([], CLEAN)
    assert recorded(world, order, LicensingGroupHeld) == []


async def test_what_fails_once_is_mended_by_itself(world: World) -> None:
    """A member whom the directory failed is tried again once before anybody is asked."""
    order = world.order(world.organization(group_licensed=10))
    user = first_fed(world, order)
    world.sandbox.edit(order.organization_id, kind="group_error", user_id=user, error="Other")
    result = await world.complete(order)

    assert (result.outcome, result.moved) == ("completed", 25)
    assert recorded(world, order, LicensingGroupHeld) == []
    assert world.failings(order) == CLEAN


async def test_licenses_that_are_short_hold_before_anything_changes(world: World) -> None:
    """A group whose members can't all get a license at once is not touched (rules#licensing-groups)."""
    order = world.order(world.organization(group_licensed=25))
    ambush = world.ambushes.lay(order.switch_id, "verification.verify_move:begin")
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)
    added = {"kind": "add_user", "plan_id": TARGET_ID}
    for number in range(3):
        world.sandbox.edit(order.organization_id, display_name=f"Sam Squatter {number}", **added)
    world.ambushes.go_on(order.switch_id)
    await world.until_stage(handle, "held")
    (why,) = recorded(world, order, LicensingGroupHeld)
    groups = world.sandbox.cloud.groups.feeding(order.organization_id, SOURCE_PLAN)
    for user in world.sandbox.cloud.directory.users_page(order.organization_id, TARGET_ID, None).users:
        world.sandbox.edit(order.organization_id, kind="delete_user", user_id=user.directory_id)
    await world.retry(handle)
    result = await world.result(handle)

    assert why.code == "GROUP_LICENSES_SHORT"
    assert why.remedy.startswith(("Free 2 of the plan", "Free 3 of the plan"))
    assert [plan.plan_id for plan in groups[0].plans] == [SOURCE_PLAN]
    assert (result.outcome, result.moved) == ("completed", 25)
    assert world.failings(order) == CLEAN


async def test_plans_that_exclude_each_other_are_swapped_at_one_instant(world: World) -> None:
    """Where nobody can hold both plans the group changes in one call, if licenses cover all (rules 4)."""
    world.sandbox.settings(is_exclusive=True)
    order = world.order(world.organization(group_licensed=12))
    result = await world.complete(order)

    assert (result.outcome, result.moved) == ("completed", 25)
    assert (world.users_left(order), world.failings(order)) == ([], CLEAN)


async def test_a_group_that_gives_other_plans_is_refused(world: World) -> None:
    """What other plans a group gives is not ours to change: the switch is refused, with what to do."""
    order = world.order(world.organization(group_licensed=10))
    other = [{"skuId": EMS, "disabledPlans": []}]
    world.sandbox.edit(order.organization_id, kind="group_licenses", add=other)
    _, answer = await world.start(order)

    assert (answer.accepted, answer.code) == (False, "GROUP_FEEDS_OTHER_PLANS")
    assert EMS in answer.message
    assert "a group of its own" in answer.remedy
    assert world.verdict(order)["orders"] == 0


async def test_a_pause_takes_no_old_plan_from_a_group(world: World) -> None:
    """What the directory was told goes on; nothing more is asked of it until somebody resumes (rules 7)."""
    world.sandbox.settings(group_delay_seconds=3.0)
    order = world.order(world.organization(group_licensed=15))
    told = world.ambushes.lay(order.switch_id, "verification.verify_move:called:change_group")
    handle, _ = await world.start(order)
    await world.until(told.is_reached.is_set)
    await pause(handle)
    world.ambushes.go_on(order.switch_id)
    await world.until(lambda: sum(TARGET_ID in plans for plans in world.users(order).values()) == 25)
    await asyncio.sleep(1.0)
    left = len(world.users_left(order))
    await resume(handle)
    result = await world.result(handle)

    assert left == 15
    assert (result.outcome, result.moved) == ("completed", 25)
    assert world.failings(order) == CLEAN


@pytest.mark.long
@pytest.mark.parametrize("kind", ["lost_answer", "unavailable", "late"])
async def test_lost_answers_change_a_group_once(world: World, kind: str) -> None:
    """A change whose answer was lost is looked for at the directory, and goes on from there."""
    order = world.order(world.organization(group_licensed=15))
    world.sandbox.settings(faults=[{"match": CHANGE_GROUP, "kind": kind, "count": 2}])
    result = await world.complete(order)

    assert (result.outcome, result.moved) == ("completed", 25)
    assert (world.users_left(order), world.failings(order)) == ([], CLEAN)


class Killed(BaseException):
    """A worker that dies at a point of a step."""


class DeadlyPoints(Ambushes):
    """Points at the n-th of which the attempt of one switch dies."""

    def __init__(self) -> None:
        super().__init__()
        self.left = 0

    def reached(self, switch_id: str, organization_id: str, point: str) -> None:
        """Count a point down."""
        self.left -= 1
        if self.left == 0:
            raise Killed(point)


async def test_a_worker_killed_anywhere_leaves_nobody_without(world: World) -> None:
    """Attempts that die at the first point, the second and so on end as one that does not.

    See architecture#the-shape-of-a-step.
    """
    points = DeadlyPoints()
    mortal = replace(world, toolbox=replace(world.toolbox, points=points))
    order = world.order(world.organization(group_licensed=8))
    runner = StepRunner(mortal, order)
    for spec, fields in WHOLE_SWITCH[:6]:
        await runner.run(spec, **fields)
    deaths, result = 0, None
    for number in range(1, 200):
        points.left = number
        try:
            result = await runner.run(steps.VERIFY_MOVE, attempt=number, round_number=1)
        except Killed:
            deaths += 1
        if result is not None and result.clear:
            break
    points.left = 0
    for spec, fields in WHOLE_SWITCH[9:]:
        await runner.run(spec, **fields)

    assert deaths > 15
    assert result is not None
    assert (result.clear, result.moved) == (True, 25)
    assert world.verdict(order)["cancellations"] == 1
    assert world.failings(order) == CLEAN
    assert len(recorded(world, order, LicensingGroupMoved)) == 1


async def test_a_roll_back_gives_groups_their_old_plan_again(world: World) -> None:
    """Members return by their group, with its original services, before the order is void (rules 7)."""
    organization = world.organization(60, missing_usage_location=2, group_services_off="SWAY")
    organization_id = organization["organization_id"]
    order = world.order(organization)
    users = [user for user, plans in world.users(order).items() if SOURCE_PLAN in plans]
    located = world.sandbox.cloud.directory.users_page(organization_id, SOURCE_PLAN, None).users
    whole = [user.directory_id for user in located if not user.lacks_location]
    for user in whole[:10]:
        world.sandbox.edit(organization_id, kind="group_license", user_id=user, plan_id=SOURCE_PLAN)
    before = world.users(order)
    world.sandbox.settings(group_delay_seconds=DELAY_SECONDS)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    moved = recorded(world, order, LicensingGroupMoved)
    await world.roll_back(handle)
    result = await world.result(handle)

    assert (len(users), [each.members for each in moved]) == (60, [10])
    assert result.outcome == "rolled_back"
    assert world.users(order) == before
    assert world.sandbox.cloud.groups.feeding(organization_id, TARGET_ID) == ()
    (back,) = recorded(world, order, LicensingGroupReturned)
    (finished,) = recorded(world, order, RollBackFinished)
    assert (back.members, finished.returned) == (10, 58)
    assert_taken_back(world, order)
    assert world.failings(order) == CLEAN


@pytest.mark.long
async def test_a_roll_back_of_a_group_that_holds_leaves_everybody_as_they_were(world: World) -> None:
    """A group that got the new plan and never gave up the old one loses the new one again (rules 7)."""
    order, handle, _ = await held_by_members(world)
    await world.roll_back(handle)
    result = await world.result(handle)

    assert result.outcome == "rolled_back"
    assert len(world.users_left(order)) == 25
    assert world.sandbox.cloud.groups.feeding(order.organization_id, TARGET_ID) == ()
    assert_taken_back(world, order)
    assert world.failings(order) == CLEAN


async def test_a_direct_license_beside_a_group_of_excluding_plans_holds_the_switch(world: World) -> None:
    """Who has the old plan directly too would be in the way of the swap: nobody loses anything (rules 4)."""
    world.sandbox.settings(is_exclusive=True)
    order = world.order(world.organization(group_licensed=12))
    user = first_fed(world, order)
    direct = [{"skuId": SOURCE_PLAN, "disabledPlans": []}]
    world.sandbox.edit(order.organization_id, kind="licenses", user_id=user, add=direct)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    (why,) = recorded(world, order, LicensingGroupHeld)
    left = world.users_left(order)
    world.sandbox.edit(order.organization_id, kind="licenses", user_id=user, remove=[SOURCE_PLAN])
    await world.retry(handle)
    result = await world.result(handle)

    assert (why.code, len(left), user in left) == ("GROUP_PLANS_EXCLUDE", 12, True)
    assert "Take the direct licenses away" in why.remedy
    assert (result.outcome, result.moved) == ("completed", 25)
    assert (world.users_left(order), world.failings(order)) == ([], CLEAN)


async def test_excluding_plans_are_not_swapped_when_licenses_are_short(world: World) -> None:
    """A swap needs a license for each member at once: the group is left as it is (rules#licensing-groups)."""
    world.sandbox.settings(is_exclusive=True)
    order = world.order(world.organization(group_licensed=25))
    ambush = world.ambushes.lay(order.switch_id, "verification.verify_move:begin")
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)
    for number in range(3):
        name = f"Sam Squatter {number}"
        world.sandbox.edit(order.organization_id, kind="add_user", plan_id=TARGET_ID, display_name=name)
    world.ambushes.go_on(order.switch_id)
    await world.until_stage(handle, "held")
    (why,) = recorded(world, order, LicensingGroupHeld)

    assert why.code == "GROUP_LICENSES_SHORT"
    assert len(world.users_left(order)) == 25
    assert world.sandbox.cloud.groups.feeding(order.organization_id, TARGET_ID) == ()
    assert world.failings(order) == CLEAN
