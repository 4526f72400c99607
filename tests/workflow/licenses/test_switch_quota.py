"""The license move follows the directory's write quota (performance#how-the-quota-is-kept)."""

from __future__ import annotations

import time

from activities.base.write_quotas import OrganizationQuota
from domain.licenses.write_quota import Allowance
from tests.support.worlds.world import CLEAN, World

USERS = 3_000
WRITES, SPEED = 600, 60.0
WINDOW_SECONDS = 150.0 / SPEED


async def test_move_follows_the_quota_and_nobody_is_refused_twice_in_a_row(world: World) -> None:
    """With a quota for a fifth of the users at once, everybody is moved once, and the history stays small."""
    world.sandbox.settings(is_quota_on=True, quota_writes=WRITES, quota_speed=SPEED)
    organization = world.organization(USERS)
    order = world.order(organization)
    allowance = Allowance(writes=WRITES, window_seconds=WINDOW_SECONDS)
    quotas = world.toolbox.write_quotas
    quotas._quotas[order.organization_id] = OrganizationQuota([allowance], time.monotonic)
    began = time.monotonic()
    handle, _ = await world.start(order)
    result = await world.result(handle)
    seconds = time.monotonic() - began

    counts = world.sandbox.quota(order.organization_id)
    assert (result.outcome, result.moved) == ("completed", USERS)
    assert world.failings(order) == CLEAN
    # Each user was written to once; what was refused on the way was repeated once.
    assert counts["allowed"] == USERS
    assert counts["throttled_again"] == 0
    assert counts["throttled"] <= USERS // 20
    # The quota was kept: more than its burst and its rate allow can't have got through.
    assert seconds >= allowance.seconds_for(USERS)
    children = world.client.get_workflow_handle(f"licenses:{order.switch_id}:1")
    assert len((await children.fetch_history()).events) < 60


async def test_groups_write_within_the_same_quota(world: World) -> None:
    """Changes of a group and members tried again take their turns at the quota."""
    world.sandbox.settings(is_quota_on=True, quota_writes=4, quota_speed=SPEED)
    order = world.order(world.organization(10, group_licensed=10))
    for user in world.users_left(order):
        world.sandbox.edit(order.organization_id, kind="group_error", user_id=user, error="Other")
    quotas = world.toolbox.write_quotas
    # A little less than there is: a burst that is cut close is refused now and then, and repeated.
    allowance = Allowance(writes=3, window_seconds=WINDOW_SECONDS)
    quotas._quotas[order.organization_id] = OrganizationQuota([allowance], time.monotonic)
    result = await world.complete(order)

    counts = world.sandbox.quota(order.organization_id)
    assert (result.outcome, result.moved) == ("completed", 10)
    # The group gets the new plan and gives up the old one, and each of its members was tried again.
    assert (counts["allowed"], counts["throttled"]) == (12, 0)
    assert world.failings(order) == CLEAN


async def test_move_without_a_setting_learns_from_refusals(world: World) -> None:
    """Where the setting says nothing, Retry-After and reading back alone move everybody once."""
    world.sandbox.settings(is_quota_on=True, quota_writes=WRITES // 2, quota_speed=SPEED)
    order = world.order(world.organization(700))
    handle, _ = await world.start(order)
    result = await world.result(handle)

    counts = world.sandbox.quota(order.organization_id)
    assert (result.outcome, result.moved) == ("completed", 700)
    assert counts["allowed"] == 700
    assert counts["throttled"] > 0
    assert world.failings(order) == CLEAN
