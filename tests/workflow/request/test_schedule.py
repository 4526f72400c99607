"""A switch that starts on a later day: it waits, is quoted anew on its day, and starts.

See cli#scheduling-a-switch.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.event_table.event_table import effect_of
from domain.kernel.ids import eligibility_wait_stream_id
from domain.quote.quote import Quote
from domain.quote.quote_input import FORFEITURE
from domain.requests.wait_events import StartScheduled
from domain.switch.events import ForfeitureAccepted, QuoteFixed
from domain.switch.move_events import BillingCutOver, CreditForfeited, SourceCancelled
from tests.support.worlds.dated import DatedWorld, DatedWorlds
from tests.support.worlds.scheduled import forward_to, paid_year, schedule, starting_at
from tests.support.worlds.waiting import BROKEN, WELL, WaitingCase, health
from tests.support.worlds.world import CLEAN

#: Two days before a year of 2026-12-10 renews.
BEFORE = datetime(2027, 12, 8, 9, 0, tzinfo=UTC)
BEGUN_ON = "2026-12-10"
#: Midnight of the renewal in Berlin.
RENEWAL_AT = datetime(2027, 12, 9, 23, 0, tzinfo=UTC)
PAID, ORDERED = 200, 30


async def test_a_switch_waits_for_the_day_without_a_loss(dated_worlds: DatedWorlds) -> None:
    """Without forfeiture it starts at the renewal, by the quote that was accepted; nothing is lost."""
    async with dated_worlds.at(BEFORE, client_at=starting_at) as world:
        organization = paid_year(world, begun_on=BEGUN_ON, quantity=PAID)
        scheduled = await schedule(world, organization, "without-forfeiture", quantity=ORDERED)
        case, shown = scheduled.case, scheduled.prepared.quote
        assert case.wait.terms.not_before == RENEWAL_AT

        await forward_to(world, case, RENEWAL_AT)
        result = await case.result()
        switch = await world.result(case.switch)
        events: dict[type[Any], Any] = {
            type(each.event): each.event for each in world.source_events(case.order)
        }

        assert (result.outcome, switch.outcome) == ("started", "completed"), (result, switch)
        assert events[QuoteFixed].quote_digest == shown.digest
        assert events[SourceCancelled].cutover_on.isoformat() == "2027-12-10"
        assert not events.keys() & {CreditForfeited, ForfeitureAccepted}
        day = Quote.from_facts(events[QuoteFixed].quote).day(events[SourceCancelled].cutover_on)
        assert events[BillingCutOver].total == day.total == shown.days[0].total
        assert world.failings(case.order) == CLEAN


async def test_before_its_day_it_is_looked_at_and_ended_and_nothing_starts(
    dated_worlds: DatedWorlds,
) -> None:
    """Nothing stands in the way, and yet it waits: a look says for which day; a cancel ends it."""
    async with dated_worlds.at(BEFORE, client_at=starting_at) as world:
        organization = paid_year(world, begun_on=BEGUN_ON, quantity=PAID)
        case = (await schedule(world, organization, "2027-12-09", acknowledgments=(FORFEITURE,))).case

        await case.forward(hours=3)
        looked = await case.look()
        assert case.wait.ending is None
        answer = await case.cancel()
        result = await case.result()
        (scheduled,) = [
            each.event
            for each in world.store.stream_events(eligibility_wait_stream_id(case.order.switch_id))
            if isinstance(each.event, StartScheduled)
        ]

        assert looked.message == "Looked: its day, 2027-12-09."
        assert (scheduled.start_on, scheduled.quote_digest) == (date(2027, 12, 9), case.order.quote_digest)
        assert effect_of(scheduled).startswith("starts on 2027-12-09, not before 2027-12-08 23:00:00 UTC")
        assert (answer.accepted, result.outcome) == (True, "cancelled")
        assert not world.source_events(case.order)


async def test_on_its_day_no_more_is_taken_than_was_accepted(dated_worlds: DatedWorlds) -> None:
    """Dearer, and nobody accepts it: price_changed. In the way for the day: expired, unless it may wait."""
    async with dated_worlds.at(BEFORE, client_at=starting_at) as world:
        cases = []
        for seed, until in ((2, None), (3, None), (4, "2027-12-12")):
            organization = paid_year(world, begun_on=BEGUN_ON, quantity=PAID, seed=seed)
            cases.append((await schedule(world, organization, "2027-12-10", until=until)).case)
        dearer, ill, patient = cases
        _change(world, dearer, quantity=500)
        for case in (ill, patient):
            health(world, case.order.organization_id, BROKEN)

        for case in (dearer, ill, patient):
            await forward_to(world, case, RENEWAL_AT)
        await world.until(lambda: dearer.wait.price is not None)
        await patient.until_looked(2)
        health(world, patient.order.organization_id, WELL)
        await patient.look()
        started = await patient.result()
        await forward_to(world, ill, RENEWAL_AT + timedelta(days=1))
        expired = await ill.result()
        await forward_to(world, dearer, RENEWAL_AT + timedelta(days=1))
        changed = await dearer.result()

        assert (changed.outcome, changed.code) == ("price_changed", "QUOTE_CHANGED")
        assert "at most was accepted" in changed.message
        assert (started.outcome, expired.outcome, expired.code) == ("started", "expired", "WAIT_EXPIRED")
        assert "SERVICE_UNHEALTHY" in expired.message
        assert not world.source_events(dearer.order)
        assert not world.source_events(ill.order)
        assert (await world.result(patient.switch)).outcome == "completed"


async def test_at_the_renewal_the_seller_takes_the_cancellation_again(dated_worlds: DatedWorlds) -> None:
    """SOURCE_NOT_CANCELLABLE, scheduled at renewal: the window is open then, and the switch completes."""
    async with dated_worlds.at(BEFORE, client_at=starting_at) as world:
        organization = paid_year(world, begun_on=BEGUN_ON, quantity=30, terms="new_commerce")
        scheduled = await schedule(world, organization, "renewal")
        case = scheduled.case
        assert case.answers == [["SOURCE_NOT_CANCELLABLE"]]
        assert scheduled.prepared.start_on == date(2027, 12, 10)

        await forward_to(world, case, RENEWAL_AT)
        result = await case.result()
        switch = await world.result(case.switch)

        assert (result.outcome, switch.outcome) == ("started", "completed"), (result, switch)
        assert case.answers[-1] == []
        assert world.failings(case.order) == CLEAN


def _change(world: DatedWorld, case: WaitingCase, **changes: Any) -> None:
    world.sandbox.edit(
        case.order.organization_id,
        kind="subscription",
        subscription_id=case.order.source_subscription_id,
        changes=changes,
    )
