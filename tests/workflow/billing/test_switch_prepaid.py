"""A year that was paid in advance: the loss is disclosed, accepted, and then billed so.

See proration#value-that-was-paid-in-advance.
"""

from __future__ import annotations

from typing import Any

from audit.story.show import audit_of
from domain.quote.quote import Quote, cutover
from domain.quote.quote_input import FORFEITURE
from domain.switch.events import ForfeitureAccepted, QuoteFixed, WarningAcknowledged
from domain.switch.move_events import CreditForfeited, CreditIssued, SourceCancelled
from tests.support.switches.prepaid import ORDERED, paid_year
from tests.support.worlds.world import CLEAN, World


async def test_a_loss_that_was_not_accepted_is_refused(world: World) -> None:
    """Without acceptance nothing is ordered; the answer says how much, and from when on nothing is lost."""
    order = world.order(paid_year(world, 1), quantity=ORDERED)

    handle, answer = await world.start(order)
    result = await world.result(handle)

    assert (answer.accepted, answer.code, result.outcome) == (False, "RULE_VIOLATED", "refused")
    assert "forfeited" in answer.message
    assert "--accept-forfeiture" in answer.remedy
    assert world.is_free(order)


async def test_an_accepted_loss_is_recorded_and_billed_as_it_was_disclosed(world: World) -> None:
    """The credit pays for the new plan alone; what is lost is an event, below what was accepted."""
    order = world.order(paid_year(world, 2), quantity=ORDERED, acknowledgments=(FORFEITURE,))

    result = await world.complete(order)

    events: dict[type[Any], Any] = {type(each.event): each.event for each in world.source_events(order)}
    quote = Quote.from_facts(events[QuoteFixed].quote)
    day = quote.day(events[SourceCancelled].cutover_on)
    accepted, lost = events[ForfeitureAccepted], events[CreditForfeited]
    assert result.outcome == "completed"
    assert accepted.forfeited_minor_units == quote.forfeited_at_most.minor_units > 0
    assert lost.amount == day.forfeited == cutover(quote, day.on).forfeited
    assert lost.amount.minor_units <= accepted.forfeited_minor_units
    assert events[CreditIssued].amount == day.amount("charge")
    assert WarningAcknowledged not in events
    (credit,) = world.ledger(order, "credit")
    (invoice,) = world.ledger(order, "invoice")
    assert (credit["amount_minor_units"], invoice["amount_minor_units"]) == (day.credit.minor_units, 0)
    assert world.failings(order) == dict.fromkeys(CLEAN, 0)
    journal = audit_of(world.store, order.switch_id).journal
    assert (journal.is_whole, journal.differences) == (True, ())
    assert journal.balances["forfeited_revenue"] == -lost.amount
    assert journal.balances["source_deferred"] == day.paid
