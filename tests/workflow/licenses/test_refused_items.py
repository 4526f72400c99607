"""Users whom the directory goes on to refuse with 409 or 5xx: waited for, then listed.

See rules#license-failures.
"""

from __future__ import annotations

from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities import contract as steps
from domain.licenses.license_failures import PATIENT_ATTEMPTS
from domain.switch.move_events import LicenseMoveHeld
from domain.switch.return_events import CompensationStuck
from tests.support.acts.refusing import conflicting
from tests.support.acts.written import written_for
from tests.support.controls.half_moved import half_moved_switch, recorded
from tests.support.licenses.failed_users import key_of, retry_users, skip
from tests.support.licenses.refused_items import listed, plant
from tests.support.worlds.steps import WHOLE_SWITCH, StepRunner
from tests.support.worlds.world import CLEAN, SOURCE_PLAN, World

USERS = 5
#: The first attempt that does not wait any more.
DECIDING = PATIENT_ATTEMPTS + 1


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeat a step at once; how often is what the tests are about."""
    monkeypatch.setattr("activities.licenses.license_batches.REPEAT_SECONDS", 0.05)


async def ready_to_move(world: World, users: int = USERS) -> StepRunner:
    """Return a switch whose next step moves its users."""
    runner = StepRunner(world, world.order(world.organization(users)))
    for spec, fields in WHOLE_SWITCH[:5]:
        await runner.run(spec, **fields)
    return runner


async def move(runner: StepRunner, *, attempt: int) -> steps.MoveSliceResult:
    """Run one attempt of the move."""
    result: steps.MoveSliceResult = await runner.run(
        steps.MOVE_SLICE, attempt=attempt, pass_name="move", start=0, stop=USERS
    )
    return result


async def test_a_user_in_conflict_for_good_is_listed_while_the_others_move(world: World) -> None:
    """A 409 that stays is told with its remedy, holds the switch, and a retry goes on."""
    order = world.order(world.organization())
    user = sorted(world.users(order))[3]
    world.change_cloud = conflicting(user)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    left, told = world.users_left(order), listed(world, order)
    (group,) = world.store.chunks(order.switch_id, "move")
    in_vain = await retry_users(handle, key_of(world, order, user))
    world.calm()
    await world.retry(handle)
    result = await world.result(handle)

    assert (left, [each.directory_id for each in told]) == ([user], [user])
    assert (told[0].error, told[0].is_retryable) == ("USER_BUSY", True)
    assert told[0].remedy == "Stop whoever else changes licenses, then retry."
    assert (group.moved, group.failed) == (24, 1)
    assert [each.code for each in recorded(world, order, LicenseMoveHeld)] == ["LICENSES_UNRESOLVED"]
    assert "0 moved, 1 failed again" in in_vain.message
    assert (result.outcome, result.moved) == ("completed", 25)
    assert world.failings(order) == CLEAN


@pytest.mark.long
async def test_a_server_error_of_every_user_that_stays_holds_the_switch(world: World) -> None:
    """Items that answer 503 for good are listed as UNAVAILABLE, and complete once they work (rules 4)."""
    order = world.order(world.organization(USERS))
    plant(world, order, {"fault": "item_failed", "rate": 1})
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    told = listed(world, order)
    plant(world, order)
    skipped = await skip(handle, told[0].user_key, "skip-1", accept=True)
    await world.retry(handle)
    result = await world.result(handle)

    assert [each.error for each in told] == ["UNAVAILABLE"] * USERS
    assert skipped.accepted
    assert (result.outcome, result.moved, result.skipped) == ("completed", USERS - 1, 1)


async def test_a_refused_user_fails_only_after_the_patient_attempts_and_is_saved_once(world: World) -> None:
    """The group is recorded whole by the deciding attempt; one more writes nothing (architecture 4)."""
    runner = await ready_to_move(world)
    order = runner.order
    user = min(world.users(order))
    world.change_cloud = conflicting(user)
    for attempt in range(1, DECIDING):
        with pytest.raises(ApplicationError) as waiting:
            await move(runner, attempt=attempt)
        assert (waiting.value.type, waiting.value.non_retryable) == ("NOT_READY_YET", False)
        assert "refused 1 user: USER_BUSY" in waiting.value.message
    assert not world.store.chunks(order.switch_id, "move")

    first = await move(runner, attempt=DECIDING)
    before = world.store.max_notification_id()
    world.calm()
    second = await move(runner, attempt=DECIDING + 1)

    assert (first.moved, first.failed, first.failed_now) == (second.moved, second.failed, 1) == (4, 1, 1)
    assert not written_for(world.store, order.switch_id, before)
    (row,) = world.store.license_rows(order.switch_id, "move", unmoved_only=True)
    assert (row.outcome, row.error) == ("failed", "USER_BUSY")
    assert SOURCE_PLAN in world.users(order)[user]


async def test_a_directory_in_trouble_is_over_the_failure_rate(world: World) -> None:
    """Users who fail so count for the rate that holds a move early (rules#operator-controls)."""
    runner = await ready_to_move(world)
    plant(world, runner.order, {"fault": "item_failed", "rate": 1})

    result = await move(runner, attempt=DECIDING)

    assert (result.failed_now, result.is_over_rate) == (USERS, True)


async def test_a_long_wait_that_a_conflict_names_does_not_keep_a_user_for_ever(world: World) -> None:
    """A wait longer than a step sleeps is heeded by the patient attempts, and by no other (rules 4)."""
    runner = await ready_to_move(world)
    user = min(world.users(runner.order))
    world.change_cloud = conflicting(user, retry_after_seconds=300)
    with pytest.raises(ApplicationError) as waiting:
        await move(runner, attempt=DECIDING - 1)
    delay = waiting.value.next_retry_delay

    result = await move(runner, attempt=DECIDING)

    assert delay is not None
    assert (delay.total_seconds(), result.moved, result.failed) == (300, 4, 1)


async def test_users_who_are_put_off_are_waited_for_without_an_end(world: World) -> None:
    """A 429 tells of the directory and not of the user, who never fails for it (rules#license-failures)."""
    runner = await ready_to_move(world)
    plant(world, runner.order, {"fault": "item_throttled", "rate": 1, "retry_after_seconds": 0})

    with pytest.raises(ApplicationError) as waiting:
        await move(runner, attempt=DECIDING + 100)

    assert waiting.value.type == "PROVIDER_THROTTLED"
    assert not world.store.chunks(runner.order.switch_id, "move")


async def test_a_refused_user_who_was_moved_all_the_same_is_told_as_moved(world: World) -> None:
    """Users are read back before they fail: an answer of 503 says nothing of the effect."""
    runner = await ready_to_move(world)
    plant(world, runner.order, {"fault": "item_failed", "rate": 1, "is_carried_out": True})

    result = await move(runner, attempt=DECIDING)

    assert (result.moved, result.failed) == (USERS, 0)


@pytest.mark.parametrize("is_carried_out", [True, False])
async def test_users_who_are_put_off_are_read_back_before_a_repetition(
    world: World, *, is_carried_out: bool
) -> None:
    """What a 429 was carried out for is not written again; the rest is (rules#license-failures)."""
    runner = await ready_to_move(world)
    order = runner.order
    put_off = {"fault": "item_throttled", "hits": [1], "retry_after_seconds": 0.2}
    plant(world, order, put_off | {"is_carried_out": is_carried_out})
    before = len(world.store.calls(order.switch_id))

    result = await move(runner, attempt=1)

    calls = [each.call.operation for each in world.store.calls(order.switch_id)[before:]]
    again = [] if is_carried_out else ["change_licenses", "users"]
    # What the plans are here is read once, before the first change.
    assert calls == ["subscribed_plans", "change_licenses", "users", *again]
    assert (result.moved, result.failed) == (USERS, 0)


@pytest.mark.long
async def test_a_user_in_conflict_on_the_way_back_is_told_and_tried_again(world: World) -> None:
    """The others return, an operator is told, and the way back ends once he is free (switch#ways-back)."""
    order, handle, before = await half_moved_switch(world, users=25)
    user = min(set(before) - set(world.users_left(order)))
    world.change_cloud = conflicting(user)
    await world.roll_back(handle)
    await world.until_stage(handle, "stuck")
    away = [each for each, plans in world.users(order).items() if SOURCE_PLAN not in plans]
    world.calm()
    await world.retry(handle)
    result = await world.result(handle)

    assert away == [user]
    (stuck,) = recorded(world, order, CompensationStuck)
    assert (stuck.code, stuck.message[:6]) == ("LICENSES_UNRESOLVED", "1 user")
    assert (result.outcome, world.users(order)) == ("rolled_back", before)


async def test_who_comes_late_and_stays_in_conflict_stops_the_cancellation(world: World) -> None:
    """Nobody on the old plan is hidden: the seller is not asked while one is left (switch#licenses)."""
    runner = await ready_to_move(world)
    order = runner.order
    await move(runner, attempt=1)
    await runner.run(steps.VERIFY_MOVE, round_number=1)
    user = min(world.users(order))
    license_of_old: list[dict[str, Any]] = [{"skuId": SOURCE_PLAN, "disabledPlans": []}]
    world.sandbox.edit(order.organization_id, kind="licenses", user_id=user, add=license_of_old, remove=[])
    world.change_cloud = conflicting(user)

    with pytest.raises(ApplicationError) as refused:
        await runner.run(steps.CANCEL_SOURCE, attempt=DECIDING)

    assert (refused.value.type, refused.value.non_retryable) == ("LICENSES_UNRESOLVED", True)
    assert [each.directory_id for each in listed(world, order)] == [user]
    assert world.verdict(order)["cancellations"] == 0
