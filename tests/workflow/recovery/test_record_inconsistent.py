"""A record that lacks an event holds the switch for an operator, and no step is tried for ever.

See reliability#lost-workflows-and-lost-stores.
"""

from __future__ import annotations

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from activities.assessment.circumstances import seen_organization
from activities.contract import SwitchOrder
from domain.kernel.errors import CODES, RecordInconsistent
from domain.switch.move_events import LicenseMoveHeld
from domain.switch.return_events import CompensationStuck
from domain.switch.waiting_events import WaitNoted
from projections.board.fold import fold
from projections.board.rows import BoardRow, Rows
from services.recovery.reconciler import FAILED, RESTARTED
from services.recovery.workflow_troubles import WORKFLOW_LOST
from tests.support.acts.told import sent
from tests.support.controls.taken_back import retry_in_vain
from tests.support.switches.alarms import alarms
from tests.support.switches.troubles import found
from tests.support.worlds.lost import Overwritten, lose_user, newest_run, overwrite, reconcile, reconciler_of
from tests.support.worlds.temporal_command import temporal
from tests.support.worlds.world import CLEAN, PROVISIONING, SwitchHandle, World
from workflows.switch.plan_switch import PlanSwitch

INCONSISTENT = "RECORD_INCONSISTENT"
REQUEST, QUOTE = "subscription.switch-requested", "subscription.quote-fixed"
ORDER = "purchase.order_replacement"
CUT_OVER = "billing_cutover.cut_over_billing"


async def without_quote(world: World, step: str) -> tuple[SwitchOrder, SwitchHandle, Overwritten]:
    """Return a switch whose record loses its quote while a step begins, and which waits for an operator."""
    order = world.order(world.organization())
    ambush = world.ambushes.lay(order.switch_id, f"{step}:begin")
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)
    lost = overwrite(world, order, QUOTE, by=REQUEST)
    ambush.is_over.set()
    await world.until_waiting(handle)
    return order, handle, lost


async def without_request(world: World, place: str) -> tuple[SwitchOrder, SwitchHandle, Overwritten]:
    """Return a switch that stands at a place, and whose source can't be built any more."""
    order = world.order(world.organization())
    ambush = world.ambushes.lay(order.switch_id, place)
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)
    lost = overwrite(world, order, REQUEST, by="subscription.replacement-ordered")
    return order, handle, lost


def board(world: World, order: SwitchOrder) -> BoardRow:
    """Return the board's row from the events of the source."""
    return fold(Rows(), world.source_events(order)).switches[order.switch_id]


def notes(world: World, order: SwitchOrder) -> list[tuple[str, str]]:
    """Return step and code of each wait for good that is noted."""
    events = [each.event for each in world.source_events(order)]
    return [(each.step, each.code) for each in events if isinstance(each, WaitNoted) and each.is_for_good]


def test_the_code_is_of_a_record_that_no_retry_mends() -> None:
    """Exit code 9, as for everything that is not what was recorded; Temporal does not try it again."""
    assert (CODES[INCONSISTENT].exit_code, CODES[INCONSISTENT].is_retryable) == (9, False)


async def test_before_the_first_license_it_holds_and_takes_nothing_back(world: World) -> None:
    """The operator is told what lacks and what to do, is called once, and a retry looks again."""
    order, handle, lost = await without_quote(world, ORDER)
    await world.until(lambda: alarms(world, order) == [("no_way_on", 1)])
    row = board(world, order)
    await world.retry(handle)
    await world.until_waiting(handle)
    again = notes(world, order)
    lost.mend()
    answer = await world.retry(handle, "retry-2")
    result = await world.result(handle)

    assert row.stage == "requested"
    assert row.waits_for.startswith(f"an operator to mend what the switch fails for: {INCONSISTENT}")
    assert "lacks quote-fixed" in row.waits_for
    assert "`planswitch audit show SWITCH`" in row.wait_remedy
    assert "`planswitch switch retry SWITCH --reason …`" in row.wait_remedy
    assert "`planswitch switch cancel SWITCH --reason …` takes the switch back." in row.wait_remedy
    assert again == [(ORDER, INCONSISTENT)], "noted once, however often it is looked at"
    assert len(sent(world, order, "alarms")) == 1
    assert (answer.accepted, result.outcome) == (True, "completed")
    assert world.failings(order) == CLEAN
    assert board(world, order).alarms == []


async def test_before_the_first_license_a_cancel_ends_it_once_the_record_is_whole(world: World) -> None:
    """An order that may be placed is found by the quote alone: until then the way back is stuck, once."""
    order, handle, lost = await without_quote(world, ORDER)
    answer = await world.cancel(handle)
    await world.until_stage(handle, "stuck")
    await retry_in_vain(world, handle)
    lost.mend()
    await world.retry(handle, "retry-2")
    result = await world.result(handle)

    events = [each.event for each in world.source_events(order)]
    codes = [each.code for each in events if isinstance(each, CompensationStuck)]
    assert codes == [INCONSISTENT]
    assert (answer.accepted, result.outcome) == (True, "cancelled")
    assert world.verdict(order)["orphan_orders"] == 0
    assert world.is_free(order)


@pytest.mark.parametrize("place", ["credit_check.check_credit:begin", PROVISIONING])
async def test_an_order_that_the_record_has_lost_is_not_left_behind(world: World, place: str) -> None:
    """Where nothing came after it, it is found at the seller and voided; else the way back waits for it."""
    order = world.order(world.organization())
    ambush = world.ambushes.lay(order.switch_id, place)
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)
    lost = overwrite(world, order, "subscription.replacement-ordered", by=QUOTE)
    answer = await world.cancel(handle)
    ambush.is_over.set()
    if place == PROVISIONING:
        await world.until_stage(handle, "stuck")
        lost.mend()
        await world.retry(handle)
    result = await world.result(handle)

    assert (answer.accepted, result.outcome) == (True, "cancelled")
    assert (world.verdict(order)["orders"], world.verdict(order)["orphan_orders"]) == (1, 0)
    assert world.is_free(order)


async def test_a_roster_that_lacks_a_user_moves_nobody_of_the_slice(world: World) -> None:
    """Whoever is missing there would be found late, and moved without the settings that were frozen."""
    order = world.order(world.organization())
    ambush = world.ambushes.lay(order.switch_id, "license_reassignment.move_slice:begin")
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)
    lose_user(world, order, 7)
    ambush.is_over.set()
    await world.until_stage(handle, "held")
    users = world.users_left(order)
    await world.roll_back(handle)
    result = await world.result(handle)

    (held,) = [each.event for each in world.source_events(order) if isinstance(each.event, LicenseMoveHeld)]
    assert held.code == INCONSISTENT
    assert "lacks 1 of the users 0 to before 25 of its roster" in held.message
    assert len(users) == 25
    assert result.outcome == "rolled_back"


async def test_before_the_cancellation_it_is_held_and_can_be_rolled_back(world: World) -> None:
    """What can't be billed is not cancelled: the hold is recorded, and the way back needs no quote."""
    order, handle, _ = await without_quote(world, "cancellation.cancel_source")
    row = board(world, order)
    answer = await world.roll_back(handle)
    result = await world.result(handle)

    (held,) = [each.event for each in world.source_events(order) if isinstance(each.event, LicenseMoveHeld)]
    assert (row.stage, held.code) == ("held", INCONSISTENT)
    assert "lacks quote-fixed" in held.message
    assert (answer.accepted, result.outcome) == (True, "rolled_back")
    assert world.verdict(order)["cancellations"] == 0
    assert world.failings(order) == CLEAN


async def test_after_the_point_of_no_return_it_holds_until_it_is_mended(world: World) -> None:
    """There is no way back: it is called out once, noted once, and completes once the record is whole."""
    order, handle, lost = await without_quote(world, CUT_OVER)
    await world.until(lambda: alarms(world, order) == [("no_way_on", 1)])
    row = board(world, order)
    refused = await world.cancel(handle)
    await world.retry(handle)
    await world.until_waiting(handle)
    again = notes(world, order)
    lost.mend()
    await world.retry(handle, "retry-2")
    result = await world.result(handle)

    assert row.stage == "source_cancelled"
    assert row.waits_for.startswith(f"an operator to mend what the billing cutover fails for: {INCONSISTENT}")
    assert "switch cancel" not in row.wait_remedy
    assert not refused.accepted
    assert again == [(CUT_OVER, INCONSISTENT)]
    assert len(sent(world, order, "alarms")) == 1
    assert result.outcome == "completed"
    assert world.failings(order) == CLEAN


async def test_on_the_way_back_it_is_stuck_until_it_is_mended(world: World) -> None:
    """A stream without its request can't be read at all: nobody is left behind, an operator is waited for."""
    order = world.order(world.organization())
    verifying = world.ambushes.lay(order.switch_id, "verification.verify_move:begin")
    handle, _ = await world.start(order)
    await world.until(verifying.is_reached.is_set)
    back = world.ambushes.lay(order.switch_id, "roll_back.start_roll_back:begin")
    # It is recorded before the check ends: after that it may be too late for it.
    await world.roll_back(handle)
    verifying.is_over.set()
    await world.until(back.is_reached.is_set)
    lost = overwrite(world, order, REQUEST, by="subscription.replacement-ordered")
    back.is_over.set()
    await world.until_stage(handle, "stuck")
    with pytest.raises(RecordInconsistent, match="lacks an event"):
        world.store.subscription(lost.event.stream_id)
    lost.mend()
    await world.retry(handle)
    result = await world.result(handle)

    stuck = [each for each in world.source_events(order) if isinstance(each.event, CompensationStuck)]
    assert stuck == [], "a record that can't be read takes no event either"
    assert result.outcome == "rolled_back"
    assert world.failings(order) == CLEAN


@pytest.mark.parametrize("place", [PROVISIONING, f"{CUT_OVER}:begin"])
async def test_a_run_begun_again_waits_until_its_request_can_be_read(world: World, place: str) -> None:
    """Reset to its first task it takes nothing back by guess, and goes on once the record is whole."""
    order, handle, lost = await without_request(world, place)
    again = await begun_again(world, order, handle)
    with pytest.raises(WorkflowUpdateFailedError) as told:
        await again.execute_update(PlanSwitch.await_request, order)
    lost.mend()
    await world.retry(again)
    answer = await again.execute_update(PlanSwitch.await_request, order)
    result = await world.result(again)

    assert isinstance(told.value.cause, ApplicationError)
    assert told.value.cause.type == INCONSISTENT
    assert "lacks an event" in told.value.cause.message
    assert answer.accepted
    assert result.outcome == "completed"
    assert world.failings(order) == CLEAN


@pytest.mark.parametrize(
    ("place", "outcome"), [(PROVISIONING, "cancelled"), (f"{CUT_OVER}:begin", "completed")]
)
async def test_a_cancel_of_a_run_begun_again_counts_once_the_record_tells_whether_it_may(
    world: World, place: str, outcome: str
) -> None:
    """The record alone knows on which side of the point of no return the switch is (switch#ways-back)."""
    order, handle, lost = await without_request(world, place)
    again = await begun_again(world, order, handle)
    with pytest.raises(WorkflowUpdateFailedError):
        await world.cancel(again)
    await world.until_waiting(again)
    lost.mend()
    await world.retry(again)
    result = await world.result(again)

    assert result.outcome == outcome
    assert world.failings(order) == CLEAN
    assert world.is_free(order)


async def test_one_record_that_cannot_be_read_stops_no_round(world: World) -> None:
    """The reconciler starts the lost workflows of all others, and the watch tells them."""
    order, handle, lost = await without_request(world, PROVISIONING)
    await handle.terminate()
    other = world.order(world.organization())
    stopped = world.ambushes.lay(other.switch_id, PROVISIONING)
    healthy, _ = await world.start(other)
    await world.until(stopped.is_reached.is_set)
    await healthy.terminate()
    for each in (order, other):
        world.ambushes.go_on(each.switch_id)

    holder = seen_organization(world.store, order.organization_id, now=world.now())
    for each in (order, other):
        await found(world, each, lambda told: [trouble.code for trouble in told] == [WORKFLOW_LOST])
    done = await reconciler_of(world).run_once()
    lost.mend()
    (mended,) = await reconcile(world, order)

    assert holder is not None
    assert holder.live_switch is not None
    assert [each.done for each in done.findings if each.switch_id == other.switch_id] == [RESTARTED]
    assert {each.done for each in done.findings if each.switch_id == order.switch_id} <= {FAILED}
    assert mended.done == RESTARTED
    for each in (order, other):
        assert (await world.result(newest_run(world, each))).outcome == "completed"


async def begun_again(world: World, order: SwitchOrder, handle: SwitchHandle) -> SwitchHandle:
    """Reset a run to its first task, and return the new one, which waits for an operator."""
    told = await temporal(
        world, "workflow", "reset", "-w", handle.id, "--type", "FirstWorkflowTask", "--reason", "by hand"
    )
    assert told.code == 0, told.text
    world.ambushes.go_on(order.switch_id)
    again = newest_run(world, order)
    await world.until_waiting(again)
    return again
