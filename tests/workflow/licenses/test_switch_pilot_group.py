"""The members of a named group move first, exactly they, and everybody else later (rules#pilot-group)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from activities.contract import SwitchOrder
from audit.story.show import audit_of
from domain.switch.control_events import SwitchPaused
from domain.switch.events import SwitchRequested
from domain.switch.move_events import LicenseMoveStarted, SourceCancelled
from tests.support.acts.pilot_groups import empty_group, make_group, pilot_order, users_of
from tests.support.controls.half_moved import recorded
from tests.support.controls.pausing import resume
from tests.support.controls.taken_back import assert_taken_back
from tests.support.licenses.failed_users import key_of, skip
from tests.support.worlds.lost import newest_run, reconcile
from tests.support.worlds.world import CLEAN, PROVISIONING, SOURCE_PLAN, SwitchHandle, World

#: Places of the members in the directory's order: not the first ones, and not in a row.
PLACES = (37, 3, 21, 5, 44)


async def paused(world: World, order: SwitchOrder) -> SwitchHandle:
    """Return a switch that has paused after its pilot."""
    handle, answer = await world.start(order)
    assert answer.accepted, answer
    await world.until_stage(handle, "paused")
    await world.until(lambda: bool(recorded(world, order, SwitchPaused)))
    return handle


def moved(world: World, order: SwitchOrder, pass_name: str) -> list[str]:
    """Return the keys of the users of a pass, in the order of the roster."""
    return [str(row.user_key) for row in world.store.license_rows(order.switch_id, pass_name)]


async def test_exactly_the_members_move_and_everyone_else_after_a_resume(world: World) -> None:
    """At the pause the members have moved and nobody else; then all others, each once, in order."""
    order, members = pilot_order(world, world.organization(60), PLACES)
    keys = {key_of(world, order, member) for member in members}
    everyone = [
        key_of(world, order, each.directory_id) for each in users_of(world.sandbox, order.organization_id)
    ]
    handle = await paused(world, order)
    left = world.users_left(order)
    await resume(handle)
    result = await world.result(handle)

    assert len(left) == 55
    assert not set(left) & set(members)
    assert set(moved(world, order, "pilot")) == keys
    assert moved(world, order, "move") == [each for each in everyone if each not in keys]
    assert (result.outcome, result.moved, world.failings(order)) == ("completed", 60, CLEAN)
    assert world.users_left(order) == []


async def test_the_record_names_the_group_and_nobody_in_it(world: World) -> None:
    """Request, start, pause and audit tell the group and how many; no event has a member's directory id."""
    order, members = pilot_order(world, world.organization(20), (2, 4))
    handle = await paused(world, order)
    await world.roll_back(handle)
    await world.result(handle)

    (requested,) = recorded(world, order, SwitchRequested)
    (started,) = recorded(world, order, LicenseMoveStarted)
    (pause,) = recorded(world, order, SwitchPaused)
    group_id = order.pilot_group_id
    assert requested.order["pilot_group_id"] == group_id
    assert (started.pilot, started.pilot_group_id, started.total) == (2, group_id, 20)
    assert pause.message == f"Pilot of group {group_id}: 2 of 2 users moved, 0 could not be moved."
    effects = " ".join(each.effect for each in audit_of(world.store, order.switch_id).events)
    assert f"group {group_id} first" in effects
    assert f"roster frozen: 20 users; 2 of group {group_id} move first" in effects
    states = [each.state for each in (*world.source_events(order), *world.target_events(order))]
    assert not any(member.encode() in state for member in members for state in states)


async def test_a_pilot_rolls_back_alone(world: World) -> None:
    """After the pilot everybody is on the old plan again, and nothing is charged."""
    order, members = pilot_order(world, world.organization(30), (9, 1, 17))
    before = world.users(order)
    handle = await paused(world, order)
    away = set(before) - set(world.users_left(order))
    await world.roll_back(handle)
    result = await world.result(handle)

    assert away == set(members)
    assert result.outcome == "rolled_back"
    assert world.users(order) == before
    assert_taken_back(world, order)


async def test_a_member_who_fails_keeps_the_pilot_paused_and_is_skipped(world: World) -> None:
    """With a failure no soak goes on by itself; later the member is skipped, and the others complete."""
    order, members = pilot_order(world, world.organization(30), (4, 8), pilot_soak_seconds=1)
    world.sandbox.edit(
        order.organization_id,
        kind="refusal",
        user_id=members[0],
        status=400,
        code="Request_BadRequest",
        text="License assignment failed because of usage location.",
        times=1_000,
    )
    handle = await paused(world, order)
    (pause,) = recorded(world, order, SwitchPaused)
    await resume(handle)
    await world.until_stage(handle, "held")
    skipped = await skip(handle, key_of(world, order, members[0]), "skip-1", accept=True)
    await world.retry(handle)
    result = await world.result(handle)

    assert pause.until is None
    assert pause.message.endswith("1 of 2 users moved, 1 could not be moved.")
    assert skipped.accepted
    assert (result.outcome, result.moved, result.skipped) == ("completed", 29, 1)


async def test_too_many_failures_stop_the_pilot_early(world: World) -> None:
    """The failure rate holds in a pilot: the others of it are not tried before somebody looked."""
    organization = world.organization(620, missing_usage_location=620)
    order = world.order(organization)
    users = users_of(world.sandbox, order.organization_id)
    # One who could be moved, so that the request is not hopeless, and is no member.
    world.sandbox.edit(order.organization_id, kind="user", user_id=users[0].directory_id, usage_location="DE")
    group_id = make_group(world.sandbox, order.organization_id, [each.directory_id for each in users[1:611]])
    order = replace(order, pilot_group_id=group_id, pilot_soak_seconds=1)
    handle = await paused(world, order)
    (pause,) = recorded(world, order, SwitchPaused)
    await world.roll_back(handle)
    result = await world.result(handle)

    assert pause.until is None
    assert "the others of the pilot were not tried" in pause.message
    assert len(moved(world, order, "pilot")) == 500
    assert result.outcome == "rolled_back"


async def test_a_pilot_that_is_lost_at_its_pause_goes_on_paused(world: World) -> None:
    """A workflow that is started again from the record moves no member twice, and nobody before a resume."""
    order, members = pilot_order(world, world.organization(40), PLACES[:3])
    handle = await paused(world, order)
    await handle.terminate(reason="an operator's mistake")
    (finding,) = await reconcile(world, order)
    again = newest_run(world, order)
    await world.until_stage(again, "paused")
    left = world.users_left(order)
    await resume(again)
    result = await world.result(again)

    assert finding.done == "restarted"
    assert len(left) == 37
    assert not set(left) & set(members)
    assert (result.outcome, result.moved, world.failings(order)) == ("completed", 40, CLEAN)
    assert len(moved(world, order, "pilot")) == 3
    assert len(moved(world, order, "move")) == 37


async def test_a_pilot_that_is_lost_while_it_moves_is_finished_first(world: World) -> None:
    """A workflow lost in the middle of its pilot finishes the same members, and pauses then."""
    order, members = pilot_order(world, world.organization(70), range(5, 65))
    world.sandbox.settings(latency_ms=150)
    handle, _ = await world.start(order)
    await world.until(lambda: len(world.users_left(order)) < 70)
    await handle.terminate(reason="an operator's mistake")
    await reconcile(world, order)
    world.sandbox.settings(latency_ms=0)
    again = newest_run(world, order)
    await world.until_stage(again, "paused")
    left = world.users_left(order)
    await world.until(lambda: bool(recorded(world, order, SwitchPaused)))
    await resume(again)
    result = await world.result(again)

    assert set(world.users(order)) - set(left) == set(members)
    assert (result.outcome, result.moved, world.failings(order)) == ("completed", 70, CLEAN)
    assert len(moved(world, order, "pilot")) == 60


async def test_a_good_pilot_goes_on_by_itself_after_its_time(world: World) -> None:
    """A soak works for a group as for a number."""
    order, _ = pilot_order(world, world.organization(20), (11, 12), pilot_soak_seconds=1)
    result = await world.complete(order)

    (pause,) = recorded(world, order, SwitchPaused)
    (left,) = recorded(world, order, SourceCancelled)
    assert (result.outcome, result.moved) == ("completed", 20)
    assert pause.until == pause.timestamp + timedelta(seconds=1) < left.timestamp


async def test_members_whom_a_licensing_group_feeds_move_with_that_group(world: World) -> None:
    """They are counted out of the pilot: a licensing group moves all its members at once, later."""
    organization = world.organization(30, group_licensed=10)
    users = users_of(world.sandbox, organization["organization_id"])
    fed = [number for number, user in enumerate(users) if not user.has_direct(SOURCE_PLAN)]
    direct = [number for number in range(30) if number not in fed]
    order, members = pilot_order(world, organization, [fed[0], direct[-1], fed[1], direct[4]])
    handle = await paused(world, order)
    away = set(world.users(order)) - set(world.users_left(order))
    await resume(handle)
    result = await world.result(handle)

    (started,) = recorded(world, order, LicenseMoveStarted)
    assert started.pilot == 2
    assert away == {members[1], members[3]}
    assert (result.outcome, result.moved, world.failings(order)) == ("completed", 30, CLEAN)


async def refusal(world: World, order: SwitchOrder) -> str:
    """Return the refusal of an order after which nothing is ordered, recorded or locked."""
    handle, answer = await world.start(order)
    result = await world.result(handle)
    assert (answer.accepted, answer.code, result.outcome) == (False, "INVALID_INPUT", "refused")
    assert world.verdict(order)["orders"] == 0
    assert world.source_events(order) == []
    assert world.is_free(order)
    return f"{answer.message} {answer.remedy}"


async def test_a_group_that_is_no_pilot_is_refused_before_the_order(world: World) -> None:
    """Unknown, empty, without the plan, fed alone, or beside a number: told with field, value and remedy."""
    order, members = pilot_order(world, world.organization(20, group_licensed=5), [0])
    organization_id = order.organization_id
    empty_group(world.sandbox, organization_id, members)
    user = users_of(world.sandbox, organization_id)[1].directory_id
    fed = [each.directory_id for each in users_of(world.sandbox, organization_id) if each.is_fed(SOURCE_PLAN)]
    cases = {
        "00000000-0000-4000-8000-000000000000": "the id of a group of the directory",
        "pilots": "the id of a group of the directory",
        order.pilot_group_id: "a group with members",
        make_group(world.sandbox, organization_id, fed, "fed"): "from a licensing group",
    }
    for number, (group_id, told) in enumerate(cases.items()):
        asked = world.order(
            {"organization_id": organization_id, "subscription_id": order.source_subscription_id},
            request_id=f"{order.request_id}-{number}",
        )
        text = await refusal(world, replace(asked, pilot_group_id=group_id))
        assert f"pilot_group_id is '{group_id}'" in text
        assert told in text
        assert "`--pilot-group`" in text
    both = make_group(world.sandbox, organization_id, [user], "both")
    text = await refusal(world, replace(order, pilot=5, pilot_group_id=both))
    assert "Give one of the two" in text


@pytest.mark.parametrize("ends", ["resume", "cancel", "roll_back"])
async def test_a_group_that_empties_after_the_order_moves_nobody_unseen(world: World, ends: str) -> None:
    """Nobody of it is left when the roster is frozen: the switch pauses with nobody moved."""
    order, members = pilot_order(world, world.organization(20), (3, 4), pilot_soak_seconds=1)
    provisioning = world.ambushes.lay(order.switch_id, PROVISIONING)
    handle, answer = await world.start(order)
    await world.until(provisioning.is_reached.is_set)
    empty_group(world.sandbox, order.organization_id, members)
    world.ambushes.go_on(order.switch_id)
    await world.until_stage(handle, "paused")
    await world.until(lambda: bool(recorded(world, order, SwitchPaused)))
    await asyncio.sleep(1.5)
    left = world.users_left(order)
    (pause,) = recorded(world, order, SwitchPaused)
    await {"resume": resume, "cancel": world.cancel, "roll_back": world.roll_back}[ends](handle)
    result = await world.result(handle)

    assert answer.accepted
    assert (len(left), pause.until, pause.code) == (20, None, "PILOT")
    assert "no user left who can move first, so nobody was moved" in pause.message
    outcome, moved_count = ("completed", 20) if ends == "resume" else ("rolled_back", 0)
    assert (result.outcome, result.moved) == (outcome, moved_count)
    (started,) = recorded(world, order, LicenseMoveStarted)
    assert (started.pilot, order.pilot_group_id) == (0, started.pilot_group_id)
    assert world.failings(order) == CLEAN
