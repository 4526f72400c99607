"""Users who can't be moved hold the switch before its point of no return (rules#operator-controls)."""

from __future__ import annotations

from domain.switch.move_events import LicenseMoveHeld, LicenseMoveResumed
from tests.support.licenses.held import held_switch, refuse_stop
from tests.support.worlds.world import CLEAN, OPERATOR, SOURCE_PLAN, World, meta_of


async def test_a_user_without_a_location_holds_the_switch_until_it_is_mended(world: World) -> None:
    """One user's failure stops nobody else, and nothing is cancelled meanwhile (rules#operator-controls)."""
    order, handle = await held_switch(world, missing_usage_location=2)
    left = world.users_left(order)

    assert len(left) == 2
    assert world.verdict(order)["cancellations"] == 0
    held = next(each.event for each in world.source_events(order) if isinstance(each.event, LicenseMoveHeld))
    assert isinstance(held, LicenseMoveHeld)
    assert (held.code, held.message[:31]) == ("LICENSES_UNRESOLVED", "2 users could not be moved; `pl")

    for user in left:
        world.sandbox.edit(order.organization_id, kind="user", user_id=user, usage_location="DE")
    answer = await world.retry(handle)
    again = await world.retry(handle)
    result = await world.result(handle)

    assert (answer.accepted, again) == (True, answer)
    assert (result.outcome, result.moved) == ("completed", 25)
    assert world.failings(order) == CLEAN
    resumed = next(each for each in world.source_events(order) if each.topic.endswith("move-resumed"))
    assert (meta_of(resumed)["actor"], meta_of(resumed)["reason"]) == (OPERATOR, "fixed it")
    assert isinstance(resumed.event, LicenseMoveResumed)
    assert resumed.event.stage == "moving"


async def test_a_retry_that_mends_nothing_holds_again(world: World) -> None:
    """A retry answers one hold: the next failure waits for the next retry (rules#operator-controls)."""
    order, handle = await held_switch(world, missing_usage_location=1)

    await world.retry(handle, "retry-1")
    await world.until(lambda: world.source_topics(order).count("license-move-held") == 2)
    await world.until_stage(handle, "held")
    (user,) = world.users_left(order)
    world.sandbox.edit(order.organization_id, kind="user", user_id=user, usage_location="DE")
    await world.retry(handle, "retry-2")
    result = await world.result(handle)

    assert (result.outcome, result.moved) == ("completed", 25)
    topics = world.source_topics(order)
    assert (topics.count("license-move-held"), topics.count("license-move-resumed")) == (2, 2)
    assert world.failings(order) == CLEAN


async def test_a_license_that_a_group_gives_holds_until_somebody_acts(world: World) -> None:
    """A group that can't give the new plan holds; here its member leaves meanwhile.

    See rules#licensing-groups.
    """
    order = world.order(world.organization(group_licensed=1))
    (user,) = [
        each.directory_id
        for each in world.sandbox.cloud.directory.users_page(order.organization_id, SOURCE_PLAN, None).users
        if each.is_fed(SOURCE_PLAN)
    ]
    world.sandbox.edit(
        order.organization_id, kind="group_error", user_id=user, error="CountViolation", times=1000
    )
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    (row,) = world.store.license_rows(order.switch_id, "group-errors-1", unmoved_only=True)

    world.sandbox.edit(order.organization_id, kind="delete_user", user_id=user)
    await world.retry(handle)
    result = await world.result(handle)

    assert (row.outcome, row.error) == ("failed", "NO_LICENSE_FREE")
    assert (result.outcome, result.moved) == ("completed", 24)
    assert world.failings(order) == CLEAN


async def test_after_the_point_of_no_return_a_refusal_waits_and_goes_on(world: World) -> None:
    """After the cancellation the switch only rolls forward, one try for each retry (switch#ways-back)."""
    refusals = ["begin"]
    order = world.order(world.organization())
    world.change_cloud = refuse_stop(refusals)
    handle, _ = await world.start(order)
    await world.until_waiting(handle)
    answer = await world.retry(handle, "retry-1")
    await world.until(lambda: len(refusals) == 3)
    await world.until_waiting(handle)
    await handle.cancel()

    assert answer.accepted
    assert refusals == ["begin", "asked", "asked"]
    refusals.clear()
    await world.retry(handle, "retry-2")
    result = await world.result(handle)
    assert result.outcome == "completed"
    assert world.failings(order) == CLEAN


async def test_a_retry_is_refused_when_nothing_waits_for_it(world: World) -> None:
    """A command that nothing waits for is answered with the reason."""
    world.sandbox.settings(provisioning_delay_seconds=600)
    order = world.order(world.organization())
    handle, _ = await world.start(order)
    await world.until_stage(handle, "provisioning")

    answer = await world.retry(handle)

    assert (answer.accepted, answer.message) == (False, "Nothing waits for a retry.")
    await world.cancel(handle)
    assert (await world.result(handle)).outcome == "cancelled"


async def test_users_of_several_groups_who_are_retried_count_once(world: World) -> None:
    """More users than a group holds fail and are mended: everybody is counted once."""
    users = 520
    order, handle = await held_switch(world, users=users, missing_usage_location=users - 1)
    edits = [{"kind": "user", "user_id": user, "usage_location": "DE"} for user in world.users(order)]
    world.sandbox.edit(order.organization_id, edits=edits)

    await world.retry(handle)
    result = await world.result(handle)

    assert (result.outcome, result.moved) == ("completed", users)
    assert world.failings(order) == CLEAN
