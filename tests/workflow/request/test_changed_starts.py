"""A request that waits starts at another time, at an instant, in quiet hours, or for another price.

See rules#scheduled-starts and rules#a-price-that-has-changed.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError

from domain.event_table.event_table import effect_of
from domain.kernel.ids import eligibility_wait_stream_id
from domain.quote.quote import Quote
from domain.requests.wait_events import PriceAccepted, PriceAsked, StartRescheduled
from domain.switch.events import QuoteFixed, SwitchRequested
from domain.switch.move_events import BillingCutOver, SourceCancelled
from tests.support.acts.strangers import MESSAGES
from tests.support.controls.by_hand import state_of, until_awaited
from tests.support.controls.changed_starts import WHY, price_accepted, rescheduled, reset_before_change, tax
from tests.support.worlds.dated import DatedWorld, DatedWorlds
from tests.support.worlds.scheduled import forward_to, paid_year, schedule, starting_at
from tests.support.worlds.signing import plain_client, signed_message
from tests.support.worlds.waiting import BROKEN, WELL, WaitingCase, health
from tests.support.worlds.world import CLEAN, OPERATOR
from workflows.base.messages import ChangeStart
from workflows.base.signed_updates import REPEATED

NOW = datetime(2027, 12, 8, 9, 0, tzinfo=UTC)
#: Midnights in Berlin.
NINTH, TENTH, TWELFTH = (datetime(2027, 12, day - 1, 23, 0, tzinfo=UTC) for day in (9, 10, 12))


def monthly(world: DatedWorld, *, seed: int = 1) -> dict[str, Any]:
    """Make an organization that pays by the month."""
    return world.sandbox.organization(seed=77_400 + seed, users=5, period_start_on=date(2027, 12, 1))


def waited(world: DatedWorld, case: WaitingCase, kind: type[Any]) -> list[Any]:
    """Return the events of a kind of a request that waits."""
    stream = world.store.stream_events(eligibility_wait_stream_id(case.order.switch_id))
    return [each.event for each in stream if isinstance(each.event, kind)]


async def test_a_request_starts_on_an_earlier_day_than_it_was_scheduled_for(
    dated_worlds: DatedWorlds,
) -> None:
    """The change is recorded with who and why; it starts then, by that quote (rules#scheduled-starts)."""
    async with dated_worlds.at(NOW, client_at=starting_at) as world:
        case = (await schedule(world, monthly(world), "2027-12-12")).case

        answer = await rescheduled(world, case, start_on="2027-12-10")
        again = await rescheduled(world, case, start_on="2027-12-10")
        changed = waited(world, case, StartRescheduled)
        await forward_to(world, case, TENTH)
        result = await case.result()
        switch = await world.result(case.switch)
        events: dict[type[Any], Any] = {
            type(each.event): each.event for each in world.source_events(case.order)
        }

        assert (answer.accepted, again.message) == (True, "This change was taken before.")
        (change,) = changed
        assert (change.meta["actor"], change.meta["reason"]) == (OPERATOR, WHY)
        assert change.meta["causation"] == "command:change-1"
        assert (change.start_on, change.not_before) == (date(2027, 12, 10), TENTH)
        assert effect_of(change).startswith("starts at another time: 2027-12-10")
        assert (result.outcome, switch.outcome) == ("started", "completed")
        assert events[SwitchRequested].order["start_on"] == "2027-12-10"
        assert events[QuoteFixed].quote_digest == change.quote_digest
        assert world.failings(case.order) == CLEAN


async def test_a_request_that_is_put_off_does_not_start_on_its_first_day(
    dated_worlds: DatedWorlds,
) -> None:
    """On the day of before nothing starts; an undo ends it, and what comes after it is refused."""
    async with dated_worlds.at(NOW, client_at=starting_at) as world:
        case = (await schedule(world, monthly(world), "2027-12-10")).case

        await rescheduled(world, case, start_on="2027-12-12")
        await forward_to(world, case, TENTH + timedelta(hours=2))
        looked = await case.look()
        ended = await case.cancel()
        result = await case.result()

        assert looked.message == "Looked: its time, 2027-12-11 23:00 UTC."
        assert (ended.accepted, result.outcome) == (True, "cancelled")
        assert case.ending.meta["causation"] == "command:cancel-1"
        assert case.wait.terms.not_before == TWELFTH
        assert not world.source_events(case.order)


async def test_a_price_above_what_was_accepted_is_asked_about_once(dated_worlds: DatedWorlds) -> None:
    """It says what was accepted and what it costs now; accepted, it starts for no more than that."""
    async with dated_worlds.at(NOW, client_at=starting_at) as world:
        case = (await schedule(world, monthly(world), "2027-12-10")).case
        tax(world, case, "0.25")

        await forward_to(world, case, TENTH)
        await world.until(lambda: case.wait.price is not None)
        looked = await case.look()
        (asked,) = waited(world, case, PriceAsked)
        ordered_before = world.source_events(case.order)
        answer = await price_accepted(world, case, start_on="2027-12-10")
        result = await case.result()
        switch = await world.result(case.switch)
        (accepted,) = waited(world, case, PriceAccepted)
        (cut_over,) = [
            each.event for each in world.source_events(case.order) if isinstance(each.event, BillingCutOver)
        ]

        assert looked.message == "Looked: an answer about the new price."
        assert asked.total_at_most < asked.total
        assert (asked.answer_by, ordered_before) == (case.until, [])
        assert "at most was accepted" in asked.message
        assert answer.accepted, answer
        assert accepted.total_at_most == asked.total
        assert (accepted.meta["actor"], accepted.meta["reason"]) == (OPERATOR, "the tax rose")
        assert (result.outcome, switch.outcome) == ("started", "completed")
        assert not accepted.total_at_most < cut_over.total
        assert world.failings(case.order) == CLEAN


async def test_a_price_is_declined_tolerated_or_falls_back(dated_worlds: DatedWorlds) -> None:
    """Declined it ends; within the tolerance, or lower again, it starts without an answer."""
    async with dated_worlds.at(NOW, client_at=starting_at) as world:
        declined = (await schedule(world, monthly(world, seed=2), "2027-12-10")).case
        tolerant = (
            await schedule(world, monthly(world, seed=3), "2027-12-10", price_tolerance_percent="30")
        ).case
        lower = (await schedule(world, monthly(world, seed=4), "2027-12-10")).case
        for case in (declined, tolerant, lower):
            tax(world, case, "0.25")

        for case in (declined, tolerant, lower):
            await forward_to(world, case, TENTH)
        await world.until(lambda: declined.wait.price is not None and lower.wait.price is not None)
        await declined.cancel()
        tax(world, lower, "0.19")
        await lower.look()
        results = [await case.result() for case in (declined, tolerant, lower)]
        switches = [await world.result(case.switch) for case in (tolerant, lower)]

        assert [each.outcome for each in results] == ["cancelled", "started", "started"]
        assert [each.outcome for each in switches] == ["completed", "completed"]
        assert not waited(world, tolerant, PriceAsked)
        assert not world.source_events(declined.order)


async def test_a_switch_at_an_instant_is_billed_by_the_second(dated_worlds: DatedWorlds) -> None:
    """per_second counts to the stated instant, on its day (proration#per_second, rules#scheduled-starts)."""
    at = datetime(2027, 12, 9, 17, 0, tzinfo=UTC)
    async with dated_worlds.at(NOW, client_at=starting_at) as world:
        organization = monthly(world, seed=5)
        scheduled = await schedule(world, organization, start_at="2027-12-09T18:00", policy="per_second")
        case, shown = scheduled.case, scheduled.prepared.quote

        await forward_to(world, case, NINTH + timedelta(hours=1))
        early = await case.look()
        await forward_to(world, case, at)
        result = await case.result()
        switch = await world.result(case.switch)
        events: dict[type[Any], Any] = {
            type(each.event): each.event for each in world.source_events(case.order)
        }
        fixed = Quote.from_facts(events[QuoteFixed].quote)
        day = fixed.day(events[SourceCancelled].cutover_on)

        assert (case.wait.terms.not_before, case.until) == (at, at + timedelta(hours=24))
        assert early.message == "Looked: its time, 2027-12-09 17:00 UTC."
        assert (result.outcome, switch.outcome) == ("started", "completed")
        assert (fixed.digest, fixed.input.cutover_at) == (shown.digest, at)
        assert events[BillingCutOver].total == day.total
        assert day.total != scheduled_by_days(world, organization).total
        # The seller's ledger knows days, so its referee can't judge amounts by the second.
        assert {**world.failings(case.order), "wrong_amounts": 0} == CLEAN


async def test_a_manual_switch_starts_at_its_instant_and_then_waits_for_its_first_step(
    dated_worlds: DatedWorlds,
) -> None:
    """Nothing is ordered before or then: an operator starts each step (manual#steps)."""
    at = datetime(2027, 12, 9, 17, 0, tzinfo=UTC)
    asked: dict[str, Any] = {"mode": "manual", "start_at": "2027-12-09T18:00", "policy": "per_second"}
    async with dated_worlds.at(NOW, client_at=starting_at) as world:
        case = (await schedule(world, monthly(world, seed=14), **asked)).case
        before = world.source_events(case.order)

        await forward_to(world, case, at)
        result = await case.result()
        await until_awaited(world, case.order, "buy")
        fixed = state_of(world, case.order).require(QuoteFixed)
        cancelled = await world.cancel(case.switch)
        switch = await world.result(case.switch)

        assert (before, result.outcome) == ([], "started")
        assert Quote.from_facts(fixed.quote).input.cutover_at == at
        assert (cancelled.accepted, switch.outcome) == (True, "cancelled")
        assert world.sandbox.verdict(case.order.organization_id)["orders"] == 0


def scheduled_by_days(world: DatedWorld, organization: dict[str, Any]) -> Any:
    """Return what the day of the instant would cost by days."""
    prepared = world.prepare(organization, quoted_on=date(2027, 12, 9))
    return prepared.quote.days[0]


async def test_quiet_hours_hold_the_start_back_until_they_open(dated_worlds: DatedWorlds) -> None:
    """Nothing starts outside of them; what is in the way in one window starts in the next."""
    async with dated_worlds.at(NOW, client_at=starting_at) as world:
        case = (await schedule(world, monthly(world, seed=6), quiet_hours="22:00-06:00")).case
        opens = datetime(2027, 12, 8, 21, 0, tzinfo=UTC)
        assert (case.wait.terms.not_before, case.until) == (opens, opens + timedelta(days=7))
        health(world, case.order.organization_id, BROKEN)

        await forward_to(world, case, opens)
        await world.until(lambda: case.answers[-1] == ["SERVICE_UNHEALTHY"])
        await forward_to(world, case, opens + timedelta(hours=9))
        health(world, case.order.organization_id, WELL)
        looked = await case.look()
        ordered_by_day = world.source_events(case.order)
        await forward_to(world, case, opens + timedelta(days=1))
        result = await case.result()
        switch = await world.result(case.switch)
        requested = next(
            each.event for each in world.source_events(case.order) if isinstance(each.event, SwitchRequested)
        )

        assert (looked.message, ordered_by_day) == ("Looked: its time, 2027-12-09 21:00 UTC.", [])
        assert (result.outcome, switch.outcome) == ("started", "completed")
        assert opens + timedelta(days=1) <= requested.timestamp <= opens + timedelta(days=1, minutes=10)


async def test_a_request_id_is_one_change(dated_worlds: DatedWorlds) -> None:
    """Another day under the id of a change that is recorded is refused, and changes nothing."""
    async with dated_worlds.at(NOW, client_at=starting_at) as world:
        case = (await schedule(world, monthly(world, seed=9), "2027-12-10")).case
        await rescheduled(world, case, start_on="2027-12-12")

        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await rescheduled(world, case, start_on="2027-12-11")
        await case.cancel()
        await case.result()

        assert "REQUEST_REUSED" in repr(refused.value.cause) or "taken before" in str(refused.value.cause)
        assert case.wait.terms.not_before == TWELFTH
        assert len(waited(world, case, StartRescheduled)) == 1


async def test_a_change_that_is_sent_again_late_is_known(dated_worlds: DatedWorlds) -> None:
    """As a run that was reset is handed it: the record answers for it, and for no other one (ADR 19)."""
    async with dated_worlds.at(NOW, client_at=starting_at) as world:
        case = (await schedule(world, monthly(world, seed=13), "2027-12-10")).case
        await rescheduled(world, case, start_on="2027-12-12")
        at = await world.environment.get_current_time(case.handle) - timedelta(minutes=10)
        stranger = plain_client(world.client).get_workflow_handle(case.handle.id)
        quote = case.request.quote or {}

        async def late(request_id: str) -> Any:
            accepted = case.request.accepted
            change = ChangeStart(
                request_id=request_id, actor=OPERATOR, reason=WHY, accepted=accepted, quote=quote
            )
            given = signed_message(world.toolbox.command_keys, case.handle.id, "reschedule", change, at)
            return await stranger.execute_update("reschedule", given)

        known = await late("change-1")
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await late("change-2")
        await case.cancel()
        await case.result()

        assert known["message"] == REPEATED
        assert getattr(refused.value.cause, "type", "") == "COMMAND_STALE"
        assert case.wait.terms.not_before == TWELFTH


async def test_a_stated_bound_takes_the_place_of_the_comparison_by_day(dated_worlds: DatedWorlds) -> None:
    """A higher price that stays within it asks nobody; one above it asks (rules#a-price-that-has-changed)."""
    async with dated_worlds.at(NOW, client_at=starting_at) as world:
        within = (await schedule(world, monthly(world, seed=10), "2027-12-12")).case
        above = (await schedule(world, monthly(world, seed=11), "2027-12-10")).case
        most = str(above.wait.terms.total_at_most).split()[0]
        await rescheduled(world, above, request_id="change-0", start_on="2027-12-12")
        await rescheduled(world, within, start_on="2027-12-10", max_total="9999")
        await rescheduled(world, above, start_on="2027-12-10", max_total=most)
        for case in (within, above):
            tax(world, case, "0.25")
            await forward_to(world, case, TENTH)
        await world.until(lambda: above.wait.price is not None)
        await above.cancel()
        results = [await case.result() for case in (within, above)]
        switch = await world.result(within.switch)

        assert [each.outcome for each in results] == ["started", "cancelled"]
        assert switch.outcome == "completed"
        assert not waited(world, within, PriceAsked)
        assert str(above.wait.terms.total_at_most).split()[0] == most


async def test_a_day_in_quiet_hours_starts_by_one_quote(dated_worlds: DatedWorlds) -> None:
    """A prepaid plan, on the day on which it renews: look and start agree, and it starts in its window."""
    async with dated_worlds.at(NOW, client_at=starting_at) as world:
        made = paid_year(world, begun_on="2026-12-10", quantity=200, seed=12)
        asked: dict[str, Any] = {"quantity": 30, "quiet_hours": "22:00-06:00"}
        case = (await schedule(world, made, "without-forfeiture", **asked)).case
        assert (case.order.start_on, case.wait.terms.not_before) == ("2027-12-10", TENTH)

        await forward_to(world, case, TENTH + timedelta(hours=1))
        result = await case.result()
        switch = await world.result(case.switch)
        requested = next(
            each.event for each in world.source_events(case.order) if isinstance(each.event, SwitchRequested)
        )

        assert (result.outcome, switch.outcome) == ("started", "completed")
        assert requested.timestamp <= TENTH + timedelta(hours=2)
        assert world.failings(case.order) == CLEAN


async def test_a_run_that_was_reset_goes_on_with_the_recorded_change(dated_worlds: DatedWorlds) -> None:
    """It has forgotten the change and learns it from the record, with its end (rules#scheduled-starts)."""
    async with dated_worlds.at(NOW, client_at=starting_at) as world:
        case = (await schedule(world, monthly(world, seed=8), "2027-12-10")).case
        await rescheduled(world, case, start_on="2027-12-12")
        await case.until_looked(2)

        again = await reset_before_change(world, case)
        # The end of the day that the run remembers has passed.
        await forward_to(world, again, TWELFTH - timedelta(hours=12))
        looked = await again.look()
        ordered_before = world.source_events(case.order)
        await forward_to(world, again, TWELFTH)
        result = await again.result()
        switch = await world.result(case.switch)

        assert looked.message == "Looked: its time, 2027-12-11 23:00 UTC."
        assert ordered_before == []
        assert (result.outcome, switch.outcome) == ("started", "completed")
        assert len(waited(world, case, StartRescheduled)) == 1


async def test_nobody_changes_a_request_without_a_signature(dated_worlds: DatedWorlds) -> None:
    """Whoever reaches Temporal's port accepts no price and moves no start (ADR 19)."""
    async with dated_worlds.at(NOW, client_at=starting_at) as world:
        case = (await schedule(world, monthly(world, seed=7), "2027-12-10")).case
        stranger = plain_client(world.client).get_workflow_handle(case.handle.id)

        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await stranger.execute_update("reschedule", MESSAGES["reschedule"])
        await case.cancel()
        await case.result()

        assert "COMMAND_UNSIGNED" in repr(refused.value.cause) or "no signature" in str(refused.value.cause)
        assert case.wait.changes == {}
