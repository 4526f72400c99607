"""Alarms reach the installation's contact, board and metrics (workflow; waits#who-gets-an-alarm)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from temporalio.testing import WorkflowEnvironment

from activities.contract import CANCEL_SOURCE, SYSTEM_ACTOR, SwitchOrder
from domain.kernel.errors import ProviderRefused
from domain.operator.alarms import AlarmRaised
from domain.operator.operator_commands import is_waiting_for_retry
from domain.ports.cloud import Cloud
from projections.board.fold import fold
from projections.board.rows import BoardRow, Rows
from providers.transport.meanings import failed_answer
from tests.support.acts.told import sent
from tests.support.controls.cancellation import source_of
from tests.support.licenses.held import held_switch, refuse_stop
from tests.support.switches.alarms import alarms
from tests.support.worlds.credit import waiting_case
from tests.support.worlds.forward import forward
from tests.support.worlds.world import World, meta_of


def board(world: World, order: SwitchOrder) -> BoardRow:
    """Return the board's row from the events of the source."""
    return fold(Rows(), world.source_events(order)).switches[order.switch_id]


async def test_a_switch_that_still_runs_calls_after_an_hour_and_once_a_day(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """The contact is called once for the promise, once more a day later, and not when it has ended."""
    order, handle = await held_switch(world, missing_usage_location=1)
    await forward(temporal_env, handle, timedelta(minutes=62))
    await world.until(lambda: alarms(world, order) == [("still_switching", 1)])
    called = board(world, order)
    await forward(temporal_env, handle, timedelta(hours=24))
    await world.until(lambda: alarms(world, order) == [("still_switching", 1), ("still_switching", 2)])
    (user,) = world.users_left(order)
    world.sandbox.edit(order.organization_id, kind="user", user_id=user, usage_location="DE")
    await world.retry(handle)
    result = await world.result(handle)

    calls = sent(world, order, "alarms")
    assert result.outcome == "completed"
    assert (called.alarms, called.alarmed_at is not None) == (["still_switching"], True)
    assert board(world, order).alarms == []
    assert [each["to"] for each in calls] == [world.toolbox.alarm_contact] * 2
    assert order.switch_id[:8] in calls[0]["subject"]
    assert "It waits for an operator" in calls[0]["body"]
    assert f"planswitch switch show {order.switch_id[:8]}" in calls[0]["body"]
    assert [each["kind"] for each in sent(world, order)] == ["switch_completed"]


async def test_an_overdue_credit_check_calls_once_for_each_deadline(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """A check that is overdue is escalated, and once more when the extension has passed."""
    case = await waiting_case(world, temporal_env)
    await case.forward_to(case.required.deadline_at)
    await world.until(lambda: alarms(world, case.order) == [("credit_check", 1)])
    overdue = board(world, case.order)
    await case.extend()
    extended = board(world, case.order)
    await case.decide("declined")
    await world.result(case.handle)

    assert (overdue.alarms, extended.alarms) == (["credit_check"], [])
    assert len(sent(world, case.order, "alarms")) == 1


async def test_what_only_goes_forward_and_fails_for_good_calls_and_is_on_the_board(world: World) -> None:
    """Billing refuses after the point of no return: called once, named, retried as advised."""
    refusals = ["begin"]
    world.change_cloud = refuse_stop(refusals)
    order = world.order(world.organization())
    handle, _ = await world.start(order)
    await world.until_waiting(handle)
    await world.until(lambda: alarms(world, order) == [("no_way_on", 1)])
    row = board(world, order)
    refusals.clear()
    answer = await world.retry(handle)
    result = await world.result(handle)

    assert (row.stage, row.alarms) == ("source_cancelled", ["no_way_on"])
    assert row.waits_for.startswith(
        "an operator to mend what the billing cutover fails for: PROVIDER_REFUSED"
    )
    assert row.waits_since is not None
    assert row.looks_at is not None
    assert timedelta(minutes=4) < row.looks_at - row.waits_since < timedelta(minutes=6)
    assert "`planswitch switch retry SWITCH --reason …` tries at once" in row.wait_remedy
    assert (answer.accepted, result.outcome) == (True, "completed")
    own = [each for each in world.source_events(order) if each.topic.endswith(("alarm-raised", "wait-noted"))]
    assert {meta_of(each)["actor"] for each in own} == {SYSTEM_ACTOR}, "nobody commanded them"
    assert board(world, order).alarms == []
    assert len(sent(world, order, "alarms")) == 1


async def test_cause_that_comes_and_goes_calls_once(world: World) -> None:
    """Billing refuses, does not answer, refuses again: one call, and the board shows it each time."""
    says = [400]
    world.change_cloud = swinging(says)
    order = world.order(world.organization())
    handle, _ = await world.start(order)
    await world.until(lambda: alarms(world, order) == [("no_way_on", 1)])
    says[0] = 503
    await world.retry(handle)
    await world.until(lambda: not is_waiting_for_retry(source_of(world, order).switch(order.switch_id)))
    says[0] = 400
    await world.until(lambda: alarms(world, order) == [("no_way_on", 1), ("no_way_on", 2)])
    again = board(world, order)
    calls = sent(world, order, "alarms")
    says[0] = 200
    await world.retry(handle, "retry-2")
    result = await world.result(handle)

    raised: list[Any] = [each.event for each in world.source_events(order)]
    codes = [each.code for each in raised if isinstance(each, AlarmRaised)]
    assert (codes, len(calls)) == (["", "SAME_CAUSE"], 1)
    assert again.alarms == ["no_way_on"]
    assert result.outcome == "completed"
    assert len(sent(world, order, "alarms")) == 1


def swinging(says: list[int]) -> Callable[[Cloud], Cloud]:
    """Return a change of the cloud whose billing answers a stop with a status; 200 lets it through."""

    def change(cloud: Cloud) -> Cloud:
        billing: Any = Swinging(cloud.billing, says)
        return dataclasses.replace(cloud, billing=billing)

    return change


class Swinging:
    """A billing that answers the stop as the test wants it."""

    def __init__(self, billing: Any, says: list[int]) -> None:
        self._billing = billing
        self._says = says

    def __getattr__(self, name: str) -> Any:
        return getattr(self._billing, name)

    def stop(self, *arguments: Any, **named: Any) -> Any:
        """Refuse, be silent, or stop."""
        if self._says[0] != 200:
            raise failed_answer("billing", "stop_billing", self._says[0], {}, {}).error(ProviderRefused)
        return self._billing.stop(*arguments, **named)


async def test_what_is_tried_again_by_itself_calls_nobody_and_advises_what_is_taken(world: World) -> None:
    """A 403 of the directory before the move: no alarm, no retry advised, the cancel taken."""
    world.change_cloud = closed_after(1)
    order = world.order(world.organization())
    handle, _ = await world.start(order)
    await world.until(lambda: "an operator to grant" in board(world, order).waits_for)
    row = board(world, order)
    refused = await world.retry(handle)
    taken = await world.cancel(handle)
    result = await world.result(handle)

    assert (row.alarms, alarms(world, order), sent(world, order, "alarms")) == ([], [], [])
    assert "retry" not in row.wait_remedy
    assert "the switch asks again by itself" in row.wait_remedy
    assert (refused.accepted, taken.accepted, result.outcome) == (False, True, "cancelled")


async def test_no_retry_is_advised_for_a_cancellation_that_gets_no_answer(world: World) -> None:
    """A 503 of the seller to the cancellation: tried again by itself, in words, and nobody is called."""
    silences = ["now"]

    def change(cloud: Cloud) -> Cloud:
        seller: Any = Silent(cloud.seller, silences)
        return dataclasses.replace(cloud, seller=seller)

    world.change_cloud = change
    order = world.order(world.organization())
    handle, _ = await world.start(order)
    await world.until(lambda: board(world, order).wait_step == CANCEL_SOURCE.name)
    row = board(world, order)
    refused = await world.retry(handle)
    silences.clear()
    result = await world.result(handle)

    assert row.waits_for == "the seller to answer the cancellation of a subscription"
    assert row.wait_remedy == "It is tried again by itself; nothing else is to be done."
    assert (row.alarms, refused.accepted, result.outcome) == ([], False, "completed")


def closed_after(reads: int) -> Callable[[Cloud], Cloud]:
    """Return a change of the cloud whose directory refuses to list users after so many lists."""
    left = list(range(reads))

    def change(cloud: Cloud) -> Cloud:
        directory: Any = Closed(cloud.directory, left)
        return dataclasses.replace(cloud, directory=directory)

    return change


class Closed:
    """A directory that does not let this installation list users once `left` is empty."""

    def __init__(self, directory: Any, left: list[int]) -> None:
        self._directory = directory
        self._left = left

    def __getattr__(self, name: str) -> Any:
        return getattr(self._directory, name)

    def users_page(self, *arguments: Any) -> Any:
        """Answer as a directory does whose consent was withdrawn."""
        if not self._left:
            body = {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges."}}
            raise failed_answer("directory", "users_page", 403, body, {}).error(ProviderRefused)
        self._left.pop()
        return self._directory.users_page(*arguments)


class Silent:
    """A seller that gives no answer to a cancellation while `silences` is not empty."""

    def __init__(self, seller: Any, silences: list[str]) -> None:
        self._seller = seller
        self._silences = silences

    def __getattr__(self, name: str) -> Any:
        return getattr(self._seller, name)

    def cancel_subscription(self, *arguments: Any, **named: Any) -> Any:
        """Answer 503 while the test wants it."""
        if self._silences:
            raise failed_answer("seller", "cancel_subscription", 503, {}, {}).error(ProviderRefused)
        return self._seller.cancel_subscription(*arguments, **named)
