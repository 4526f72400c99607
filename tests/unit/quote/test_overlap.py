"""An old plan that can't be cancelled: blocked, or accepted beside the new one until it ends (ADR 12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.eligibility.eligibility import assess
from domain.eligibility.eligibility_checks import overlap_until
from domain.eligibility.eligibility_input import case_of
from domain.quote.overlap import OVERLAP
from domain.quote.quote import Quote, cutover, quote
from domain.quote.quote_input import QuoteInput
from domain.requests.schedule import terms_on
from domain.subscriptions.journal import journal_of
from tests.support.stories import eligibility_inputs
from tests.support.stories.cutover_events import cutover_events
from tests.support.stories.eligibility_inputs import CATALOG
from tests.support.stories.quote_inputs import END, START, billed, euros, terms

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
CODE = "SOURCE_NOT_CANCELLABLE"
YEAR_ENDS_ON = date(2027, 11, 10)
ON = date(2026, 11, 25)


def facts(*acknowledgments: str, **changes: Any) -> Any:
    """Return what is seen of a source whose window of seven days has passed."""
    window = NOW - timedelta(days=2)
    source = eligibility_inputs.subscription(cancellable_until=window, **changes.pop("source", {}))
    return eligibility_inputs.facts(source=source, now=NOW, acknowledgments=acknowledgments, **changes)


def overlapped(**changes: Any) -> QuoteInput:
    """Return the terms of a month of E1 that ends by itself."""
    return terms(overlap_until=END, is_billed_from_order=False, **changes)


def test_it_blocks_until_the_overlap_is_accepted() -> None:
    """Without acceptance the automatic switch is blocked as ever; accepted, the reason is a notice."""
    (blocking,) = assess(CATALOG, facts()).blocking("automatic")
    accepted = assess(CATALOG, facts(OVERLAP))

    assert blocking.code == CODE
    assert "--acknowledge overlap" in blocking.remedy
    assert accepted.is_eligible
    assert [each.code for each in accepted.reasons] == [CODE]


def test_the_source_ends_with_its_term() -> None:
    """The day on which it ends is the one that the answer names as its renewal."""
    found = overlap_until(case_of(CATALOG, facts()))

    assert str(found) == assess(CATALOG, facts()).reasons[0].evidence["renews_on"]
    assert overlap_until(case_of(CATALOG, eligibility_inputs.facts(now=NOW))) is None


def test_it_can_not_be_accepted_where_add_ons_end_with_the_source() -> None:
    """Each add-on has a term of its own: the overlap would be another for each, so it blocks."""
    asked = facts(OVERLAP)
    addon = replace(
        asked.source,
        subscription_id="addon",
        plan_id=eligibility_inputs.plan_id("SHAREPOINTSTORAGE"),
        parent_subscription_id=asked.source.subscription_id,
    )
    with_addon = replace(asked, subscriptions=(asked.source, addon))

    assert CODE in [each.code for each in assess(CATALOG, with_addon).blocking("automatic")]


def test_nothing_is_given_back_and_the_overlap_is_a_line() -> None:
    """15 of 30 days are used, the rest of what was paid is the overlap; the new plan is charged in full."""
    shown = quote(overlapped())
    day = shown.day(ON)

    assert (day.credit, day.forfeited) == (euros(0), euros(0))
    assert (day.consumed, day.overlap, day.paid) == (euros(4500), euros(4500), euros(9000))
    assert {line.kind for line in day.lines} == {"charge"}
    (line,) = [line for line in day.remarks if line.kind == "accepted_overlap"]
    assert (line.from_on, line.to_on) == (ON, END)
    assert shown.overlap is not None
    assert (shown.overlap.until, shown.overlap.days_at_most) == (END, 18)
    assert shown.overlap.at_most == euros(5400)


@pytest.mark.parametrize("policy", ["per_day", "fixed_30", "kill_bill", "vendor_day"])
def test_what_was_paid_is_conserved(policy: str) -> None:
    """Paid is consumed, credit, forfeited and accepted overlap, to the cent, on every day of every policy."""
    shown = quote(overlapped(policy=policy))

    for number in range(60):
        day = shown.day(shown.input.first_on + timedelta(days=number))
        assert day.paid == day.consumed + day.credit + day.forfeited + day.overlap
        assert (day.source_ends_on is None) == (day.on >= END)


def test_what_the_seller_bills_until_the_end_is_told() -> None:
    """A year that is billed by the month: each month that comes is told, none is on the invoice."""
    shown = quote(overlapped())
    longer = quote(terms(overlap_until=date(2027, 3, 10), is_billed_from_order=False))

    to_come = [line for line in longer.day(ON).remarks if line.kind == "overlap_to_come"]
    assert [(line.from_on, line.to_on) for line in to_come] == [
        (date(2026, 12, 10), date(2027, 1, 10)),
        (date(2027, 1, 10), date(2027, 2, 10)),
        (date(2027, 2, 10), date(2027, 3, 10)),
    ]
    assert longer.day(ON).total == shown.day(ON).total
    assert longer.overlap is not None
    assert longer.overlap.at_most == euros(5400 + 3 * 9000)


def test_from_the_renewal_on_it_is_cancelled_as_ever() -> None:
    """A cutover that comes after the term's end finds the window open: the new period is given back."""
    normal, shown = quote(terms(is_billed_from_order=False)), quote(overlapped())

    assert shown.day(END) == normal.day(END)
    assert terms_on(shown.input, END) == terms_on(normal.input, END)
    assert terms_on(shown.input, ON).overlap_until == END


def test_a_prepaid_year_is_overlap_and_no_forfeiture() -> None:
    """Nothing is lost beside it: what is left of the year is the overlap, which is accepted by itself."""
    year = billed(
        billing_cycle="annual",
        unit_price=euros(10_800),
        paid=euros(108_000),
        period_end_on=YEAR_ENDS_ON,
    )
    shown = quote(
        terms(
            billed=year,
            billing_cycle="annual",
            is_prepaid=True,
            overlap_until=YEAR_ENDS_ON,
            is_billed_from_order=False,
        )
    )

    assert shown.forfeited_at_most == euros(0)
    assert shown.day(ON).overlap == euros(108_000) - shown.day(ON).consumed


def test_the_cutover_stops_and_credits_nothing_and_its_journal_is_the_bill() -> None:
    """The old plan ends by itself; what was paid for it is revenue, and every posting sums to zero."""
    accepted = quote(overlapped())
    told, journal = cutover(accepted, ON), journal_of(cutover_events(accepted, ON))

    assert (told.source_ends_on, told.credit, told.forfeited) == (END, euros(0), euros(0))
    assert journal.is_whole, journal.differences
    assert journal.balance("source_deferred") == billed().paid.minor_units
    assert journal.balance("overlap_revenue") == -4500
    assert journal.balance("customer") + journal.balance("payment") == told.total.minor_units


def test_a_stored_quote_with_an_overlap_is_computed_again() -> None:
    """Facts keep the day and tell the overlap; a quote without one has the facts that it had before."""
    shown = quote(overlapped())
    again = Quote.from_facts(shown.as_facts())

    assert again == shown
    assert shown.as_facts()["overlap"]["until"] == END.isoformat()
    assert "overlap_until" not in quote(terms()).as_facts()["input"]
    assert shown.digest != quote(terms(is_billed_from_order=False)).digest
    assert START < END
