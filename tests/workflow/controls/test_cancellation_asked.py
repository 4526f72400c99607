"""Once the seller is asked to cancel the source there is no way back, unless he refuses (ADR 16)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from activities.contract import SwitchOrder
from domain.kernel.recorded import Meta
from domain.operator.operator_commands import TOO_LATE, operator_commands
from domain.switch.move_events import (
    LicenseMoveFinished,
    LicenseMoveHeld,
    SourceCancellationBegun,
    SourceCancellationRefused,
    SourceCancellationUnanswered,
)
from domain.switch.return_events import ROLL_BACK, RollBackStarted
from tests.support.controls.cancellation import lost, refusing, source_of
from tests.support.controls.taken_back import assert_taken_back
from tests.support.licenses.moving import add_user, events_of
from tests.support.switches.reassessment import cancellable_until, ordered, stopped
from tests.support.worlds.world import CLEAN, SwitchHandle, World

ASKING = "cancellation.cancel_source:call:cancel_subscription"
PATCH = "PATCH /v1/customers/{}/subscriptions/"
NAME = "Nora New"
# The switch waits, and the operator asks, before the effect lands, also on a machine that is busy.
LATE_SECONDS = 8.0


def join_without_location(world: World, order: SwitchOrder) -> str:
    """Give the old plan to a new user whom the directory can't move, and return who that is."""
    before = set(world.users(order))
    add_user(world, order, NAME)
    (user,) = set(world.users(order)) - before
    world.sandbox.edit(order.organization_id, kind="user", user_id=user, usage_location=None)
    return user


def locate(world: World, order: SwitchOrder, user: str) -> None:
    """Mend the user."""
    world.sandbox.edit(order.organization_id, kind="user", user_id=user, usage_location="DE")


def hold(world: World, order: SwitchOrder) -> None:
    """Let the record say that the switch holds, as the attempt after a lost one would."""
    source = source_of(world, order)
    finished = source.switch(order.switch_id).recorded[LicenseMoveFinished.TOPIC]
    meta = Meta(**finished.meta)
    source.advance(LicenseMoveHeld, at=world.now(), meta=meta, code="LICENSES_UNRESOLVED", message="Held.")
    world.store.save(source)


def advised_way_back(world: World, order: SwitchOrder) -> str:
    """Return why the record says that there is no way back."""
    advice = operator_commands(source_of(world, order).switch(order.switch_id))
    return next(each.why_not for each in advice if each.command == ROLL_BACK)


async def asked_to_cancel(world: World, kind: str) -> tuple[SwitchOrder, SwitchHandle, str]:
    """Return a switch whose cancellation is not answered, and a user who came then and can't be moved."""
    world.sandbox.settings(late_seconds=LATE_SECONDS)
    order, handle = await ordered(world, ASKING)
    world.sandbox.fault(PATCH.format(order.organization_id), kind)
    user = join_without_location(world, order)
    world.ambushes.go_on(order.switch_id)
    return order, handle, user


def shown_status(world: World, order: SwitchOrder) -> str:
    """Return the source's status as the seller shows it."""
    found = world.sandbox.cloud.seller.subscription(order.organization_id, order.source_subscription_id)
    return found.status


async def test_a_lost_answer_of_the_cancellation_leaves_no_way_back(world: World) -> None:
    """It was carried out: no hold, no roll-back; the switch goes on forward.

    See reliability#the-cancellation.
    """
    order, handle, user = await asked_to_cancel(world, "lost_answer")
    await world.until_waiting(handle)

    refused = await world.roll_back(handle)
    advised = advised_way_back(world, order)
    locate(world, order, user)
    await world.retry(handle)
    result = await world.result(handle)

    assert (refused.accepted, refused.stage) == (False, "cancelling")
    assert advised == TOO_LATE
    assert result.outcome == "completed"
    assert events_of(world, order, LicenseMoveHeld) == []
    assert world.verdict(order)["cancellations"] == 1


async def test_a_cancellation_that_lands_late_leaves_no_way_back(world: World) -> None:
    """The seller still shows the plan as active; the request on its way may end it at any moment."""
    order, handle, user = await asked_to_cancel(world, "late")
    await world.until_waiting(handle)
    shown = shown_status(world, order)

    refused = await world.roll_back(handle)
    await world.until(lambda: shown_status(world, order) != "active")
    locate(world, order, user)
    await world.retry(handle)
    result = await world.result(handle)

    assert shown == "active"
    assert (refused.accepted, result.outcome) == (False, "completed")
    assert events_of(world, order, LicenseMoveHeld) == []
    assert world.verdict(order)["cancellations"] == 1


async def test_who_joins_while_the_answer_is_lost_is_moved_at_once(world: World) -> None:
    """A repetition that finds the plan gone looks for late users before anything else.

    See reliability#the-cancellation.
    """
    order, handle = await ordered(world, ASKING)
    world.sandbox.fault(PATCH.format(order.organization_id), "lost_answer")
    add_user(world, order, NAME)
    world.ambushes.go_on(order.switch_id)
    result = await world.result(handle)

    assert (result.outcome, result.moved) == ("completed", 26)
    assert world.failings(order) == CLEAN


async def test_a_refused_cancellation_opens_the_way_back_again(world: World) -> None:
    """What the seller refused has not happened: the switch holds, and everyone can return.

    See reliability#the-cancellation.
    """
    order, handle = await ordered(world, "cancellation.cancel_source:save:begun")
    cancellable_until(world, order, datetime.now(UTC) - timedelta(days=1))
    world.ambushes.go_on(order.switch_id)
    await world.until_stage(handle, "held")
    (refused,) = events_of(world, order, SourceCancellationRefused)

    answer = await world.roll_back(handle)
    result = await world.result(handle)

    assert refused.code == "900117"
    assert (answer.accepted, result.outcome) == (True, "rolled_back")
    assert len(events_of(world, order, SourceCancellationBegun)) == 1
    assert_taken_back(world, order)


async def test_a_refusal_that_is_mended_is_asked_again(world: World) -> None:
    """Every request after a refusal begins anew in the record, with a key of its own."""
    order, handle = await ordered(world, "cancellation.cancel_source:save:begun")
    cancellable_until(world, order, datetime.now(UTC) - timedelta(days=1))
    world.ambushes.go_on(order.switch_id)
    await world.until_stage(handle, "held")

    cancellable_until(world, order, datetime.now(UTC) + timedelta(days=1))
    await world.retry(handle)
    result = await world.result(handle)

    assert result.outcome == "completed"
    assert len(events_of(world, order, SourceCancellationBegun)) == 2
    assert world.verdict(order)["cancellations"] == 1
    assert world.failings(order) == CLEAN


async def test_an_attempt_that_slept_does_not_cancel_a_held_switch(world: World) -> None:
    """The record refuses its beginning by its version, right before the seller would be asked.

    See reliability#the-cancellation.
    """
    order, handle = await ordered(world, "cancellation.cancel_source:save:begun")
    hold(world, order)
    world.ambushes.go_on(order.switch_id)
    await world.until_stage(handle, "held")

    await world.roll_back(handle)
    result = await world.result(handle)

    assert result.outcome == "rolled_back"
    assert events_of(world, order, SourceCancellationBegun) == []
    assert world.verdict(order)["cancellations"] == 0
    assert_taken_back(world, order)


async def test_a_refusal_beside_an_attempt_that_sleeps_leaves_no_way_back(world: World) -> None:
    """It may wake up and ask at any moment, and no row tells of it (reliability#the-cancellation)."""
    order, handle, sleeper = await stopped(world, "cancellation.cancel_source:saved:begun")
    refusing(world)
    again = await lost(world, order, handle)
    await world.until_waiting(again)
    refused = await world.roll_back(again)

    world.change_cloud = lambda cloud: cloud
    sleeper.is_over.set()
    await world.until(lambda: shown_status(world, order) != "active")
    await world.retry(again)
    result = await world.result(again)

    assert (refused.accepted, result.outcome) == (False, "completed")
    assert events_of(world, order, SourceCancellationRefused) == []
    assert len(events_of(world, order, SourceCancellationUnanswered)) == 1
    assert world.verdict(order)["cancellations"] == 1
    assert world.failings(order) == CLEAN


async def test_a_refusal_after_an_effect_leaves_no_way_back(world: World) -> None:
    """A request of the same attempt that may have acted makes the refusal no proof of anything."""
    refusing(world, after_the_effect=True)
    order = world.order(world.organization())
    handle, _ = await world.start(order)
    await world.until_waiting(handle)
    refused = await world.roll_back(handle)

    world.change_cloud = lambda cloud: cloud
    await world.retry(handle)
    result = await world.result(handle)

    assert (refused.accepted, result.outcome) == (False, "completed")
    assert events_of(world, order, SourceCancellationRefused) == []
    assert world.verdict(order)["cancellations"] == 1


async def test_what_is_refused_after_a_lost_request_is_ended_by_hand(world: World) -> None:
    """No rule blocks the repetition; the seller does, and a cancellation at his own desk is seen."""
    order, handle = await ordered(world, ASKING)
    world.sandbox.fault(PATCH.format(order.organization_id), "unavailable")
    cancellable_until(world, order, datetime.now(UTC) - timedelta(days=1))
    world.ambushes.go_on(order.switch_id)
    await world.until_waiting(handle)
    refused = await world.roll_back(handle)

    world.sandbox.edit(
        order.organization_id,
        kind="subscription",
        subscription_id=order.source_subscription_id,
        changes={"status": "deleted"},
    )
    await world.retry(handle)
    result = await world.result(handle)

    assert (refused.accepted, result.outcome) == (False, "completed")
    assert len(events_of(world, order, SourceCancellationBegun)) == 1


async def test_a_way_back_that_meets_a_cancellation_goes_forward(world: World) -> None:
    """An attempt of a lost run has cancelled while the next run still verifies.

    See reliability#the-cancellation.
    """
    order, handle, sleeper = await stopped(world, "cancellation.cancel_source:save:begun")
    verifying = world.ambushes.lay(order.switch_id, "verification.verify_move:begin")
    again = await lost(world, order, handle)
    await asyncio.to_thread(verifying.is_reached.wait, 30)
    sleeper.is_over.set()
    await world.until(lambda: "cancelled" in world.source_topics(order))

    answer = await world.roll_back(again)
    verifying.is_over.set()
    result = await world.result(again)

    assert (answer.accepted, result.outcome, result.moved) == (True, "completed", 25)
    assert events_of(world, order, RollBackStarted) == []
    assert world.verdict(order)["cancellations"] == 1
    assert world.failings(order) == CLEAN
