"""Properties of every quote: money is conserved and each day is billed once (proration#every-policy).

`pytest tests/property --hypothesis-profile=full` draws 2,000 examples of each.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.kernel.money import Money
from domain.quote.day_quotes import billing_stop_on, day_quote
from domain.quote.lines import BILLING_STOPS_AT_ORDER, CHARGE, CONSUMED, FREE
from domain.quote.quote import Quote, cutover, quote
from domain.quote.quote_input import QuoteInput, booked_of, require_same_lines
from domain.subscriptions.journal import journal_of
from tests.property.quote_draws import quotes, shown_by_billing, terms_of
from tests.support.stories.cutover_events import cutover_events

ORGANIZATIONS = 200


@given(quotes())
def test_paid_is_consumed_plus_credit_plus_forfeited(drawn: tuple[Quote, date]) -> None:
    """What was paid, net of earlier credits, is used, given back or lost, to the minor unit."""
    accepted, on = drawn
    day, billed = accepted.day(on), accepted.input.billed
    renewals = [line.amount for line in day.remarks if line.kind == "renewal_charge"]
    net_paid = max(billed.paid - billed.credited, Money.zero(accepted.input.currency))

    assert day.paid == (renewals[-1] if renewals else net_paid)
    assert day.paid == day.consumed + day.credit + day.forfeited
    assert min(each.minor_units for each in (day.consumed, day.credit, day.forfeited)) >= 0


@given(quotes(rule_set="current", is_prepaid=False), st.integers(min_value=0, max_value=800))
def test_an_accepted_overlap_takes_the_place_of_credit_and_loss(drawn: tuple[Quote, date], days: int) -> None:
    """An old plan that ends by itself: the same is paid and used, the rest is overlap; the charge stays."""
    plain, on = drawn
    until = plain.input.billed.period_end_on + timedelta(days=days)
    terms = replace(plain.input, overlap_until=until, addons=())
    day, ever = day_quote(terms, on), day_quote(replace(terms, overlap_until=None), on)

    if on >= until:
        assert day == ever
        return
    assert day.paid == day.consumed + day.overlap
    assert (day.paid, day.consumed, day.amount(CHARGE)) == (ever.paid, ever.consumed, ever.amount(CHARGE))
    assert day.overlap == ever.credit
    assert (day.credit.minor_units, day.forfeited.minor_units, day.source_ends_on) == (0, 0, until)


@given(quotes())
def test_no_day_is_billed_twice_and_none_is_missed(drawn: tuple[Quote, date]) -> None:
    """From the old period's start to the new one's end each day belongs to exactly one line."""
    accepted, on = drawn
    day = accepted.day(on)
    owned = [line for line in (*day.remarks, *day.lines) if line.kind in {CONSUMED, FREE, CHARGE}]
    covered: dict[date, int] = defaultdict(int)
    for line in owned:
        for offset in range((line.to_on - line.from_on).days):
            covered[line.from_on + timedelta(days=offset)] += 1

    first, end = day.source_period.start_on, day.target_period.end_on
    assert set(covered) == {first + timedelta(days=offset) for offset in range((end - first).days)}
    assert set(covered.values()) == {1}


@given(quotes())
def test_used_days_are_cut_without_gap_and_their_residue_is_told(drawn: tuple[Quote, date]) -> None:
    """However often licenses changed, the stretches join, and the residue is under half a unit of each."""
    accepted, on = drawn
    day = accepted.day(on)
    stretches = [line for line in day.remarks if line.kind == CONSUMED]
    residue = day.amount("consumed_rounding")

    assert (stretches[0].from_on, stretches[-1].to_on) == (day.source_period.start_on, day.stop_on)
    assert all(before.to_on == after.from_on for before, after in pairwise(stretches))
    # Kill Bill's ratio is rounded itself: each stretch may differ by its last decimal of all that was paid.
    slack = Fraction(0)
    if accepted.input.policy == "kill_bill":
        booked = [abs(line.amount.minor_units) for line in accepted.input.booked] or [day.paid.minor_units]
        slack = Fraction(sum(booked) * (len(stretches) + 1), 2 * 10**9)
    assert abs(residue.minor_units) <= Fraction(len(stretches) + 1, 2) + slack


@given(quotes())
def test_forfeiture_is_capped_disclosed_and_never_taken_from_a_plan_that_is_not_prepaid(
    drawn: tuple[Quote, date],
) -> None:
    """On the automatic path the credit pays for the new plan and no more; what is lost was disclosed."""
    accepted, on = drawn
    day, terms = accepted.day(on), accepted.input

    assert not accepted.forfeited_at_most < day.forfeited
    if not terms.is_prepaid:
        assert day.forfeited.minor_units == 0
    if day.forfeited.minor_units and on <= terms.expires_on:
        expected = day.amount("charge") if terms.mode == "automatic" else Money.zero(terms.currency)
        assert day.credit == expected


@given(terms_of(is_prepaid=True))
def test_first_day_without_forfeiture_is_the_first_and_has_none(terms: QuoteInput) -> None:
    """A switch ordered on the day that the quote names loses nothing; the day before it would."""
    told = quote(terms).forfeiture
    assert told is not None
    lost = [_lost_when_ordered_on(terms, day) for day in (told.first_on_without, terms.first_on)]

    assert lost[0] == 0
    assert told.first_on_without == terms.first_on or lost[1] > 0


def _lost_when_ordered_on(terms: QuoteInput, on: date) -> int:
    """Return what a quote of that day shows as lost on it."""
    timing: dict[str, Any] = {"quoted_on": on, "order_on": on, "expires_on": on}
    if terms.cutover_at is not None:
        timing |= {"policy": "per_day", "cutover_at": None}
    return quote(replace(terms, **timing)).days[0].forfeited.minor_units


@given(quotes(is_whole_price=True, is_prepaid=False, rule_set="current"))
def test_same_plan_at_the_same_price_costs_nothing(drawn: tuple[Quote, date]) -> None:
    """What a policy gives back for days it also charges for them: both lines differ by one unit at most."""
    accepted, on = drawn
    terms = accepted.input
    same = replace(
        terms,
        quantity_target=terms.billed.quantity,
        target_unit_price=terms.billed.unit_price,
        billing_cycle=terms.billed.billing_cycle,
    )
    day = day_quote(same, on)
    slack = day.paid.minor_units // 10**9 if terms.policy == "kill_bill" else 0

    assert abs((day.amount("charge") - day.credit).minor_units) <= 1 + slack


@given(quotes())
def test_cutover_bills_what_the_quote_shows_on_every_day(drawn: tuple[Quote, date]) -> None:
    """Every row of the table, and any later day, is billed as it was shown."""
    accepted, on = drawn
    for day in (*accepted.days, accepted.day(on)):
        told = cutover(accepted, day.on)
        assert told.total == day.total
        assert told.total == told.charge - told.credit + told.tax
        assert (told.consumed, told.forfeited) == (day.consumed, day.forfeited)
        assert sum(line.amount.minor_units for line in told.lines) == told.net.minor_units


@settings(max_examples=max(ORGANIZATIONS, settings().max_examples))
@given(quotes())
def test_charge_equals_the_quote_for_every_day_of_completion(drawn: tuple[Quote, date]) -> None:
    """200 random organizations: the stored quote bills what it showed, by what billing then shows.

    Where the rule set stops billing at the order, nothing renews from then on, however late the switch is.
    """
    accepted, on = drawn
    stored = Quote.from_facts(json.loads(json.dumps(accepted.as_facts())))
    shown = {day.on: day.total.minor_units for day in accepted.days} | {
        on: accepted.day(on).total.minor_units
    }
    for day, total in shown.items():
        renewed_until = billing_stop_on(accepted.input) or day
        billed = cutover(stored, day, billed_now=shown_by_billing(accepted.input, renewed_until))
        assert billed.total.minor_units == total
    assert (
        accepted.as_facts()["totals_minor_units"].items()
        <= {day.isoformat(): total for day, total in shown.items()}.items()
    )


@given(quotes(rule_set="2014"), st.integers(0, 60))
def test_from_the_order_on_the_old_plan_costs_nothing_whenever_the_switch_completes(
    drawn: tuple[Quote, date], days: int
) -> None:
    """Rule set `2014`: what was used is fixed at the order; days after it are one free line of the bill."""
    accepted, on = drawn
    day, told = accepted.day(on), cutover(accepted, on)
    later = accepted.day(on + timedelta(days=days))
    free = [line for line in told.lines if line.kind == FREE]

    assert day.stop_on == later.stop_on == accepted.input.first_on
    assert day.paid == later.paid
    # Seconds bind on the stated day alone: what was used is measured otherwise on any other.
    assert day.consumed == later.consumed or accepted.input.policy == "per_second"
    assert told.lines == day.lines
    assert [(line.from_on, line.to_on) for line in free] == ([(day.stop_on, on)] if day.stop_on < on else [])
    for line in free:
        assert (line.amount.minor_units, line.code) == (0, BILLING_STOPS_AT_ORDER)
        assert line.quantity == accepted.input.billed.quantity


@settings(max_examples=max(ORGANIZATIONS, settings().max_examples))
@given(quotes(rule_set="current", policy="per_day", cutover_at=None, is_changed=True, is_prepaid=False))
def test_licenses_that_changed_inside_the_period_are_billed_as_quoted(drawn: tuple[Quote, date]) -> None:
    """200 organizations with changes: the ledger decides the credit, and the cutover bills the quote."""
    accepted, on = drawn
    terms = accepted.input
    assert booked_of(terms.billed, terms.booked) in {terms.booked, ()}
    stored = Quote.from_facts(json.loads(json.dumps(accepted.as_facts())))
    require_same_lines(stored.input.booked, terms.booked)
    for day in (*accepted.days, accepted.day(on)):
        told = cutover(stored, day.on, billed_now=shown_by_billing(terms, day.on))
        assert (told.total, told.credit + told.consumed) == (day.total, day.paid)
        if day.source_period.start_on == terms.billed.period_start_on:
            left = Fraction(0)
            for line in terms.booked:
                days = (line.to_on - max(line.from_on, day.on)).days
                left += Fraction(line.amount.minor_units * max(0, days), (line.to_on - line.from_on).days)
            # Credits of before may exceed what is left: never more than was paid comes back, and never less.
            expected = min(max(left, Fraction(0)), Fraction(day.paid.minor_units))
            # A line that costs what its days cost is counted by its price: each was rounded when booked.
            rounding = Fraction(1 + len(terms.booked), 2)
            assert abs(day.credit.minor_units - expected) <= rounding


@given(quotes(), st.sampled_from(["card", "invoice"]))
def test_every_event_sums_to_zero_and_the_journal_is_the_bill(
    drawn: tuple[Quote, date], payment_method: str
) -> None:
    """From events alone: each posting balances, what was paid is closed, and the customer owes the total."""
    accepted, on = drawn
    told, day = cutover(accepted, on), accepted.day(on)
    journal = journal_of(cutover_events(accepted, on, payment_method=payment_method))

    assert journal.is_whole, journal.differences
    assert all(posting.is_balanced for posting in journal.postings)
    assert sum(journal.balance(name) for name in journal.balances) == 0
    assert journal.balance("customer") + journal.balance("payment") == told.total.minor_units
    assert journal.balance("source_deferred") == day.paid.minor_units
    assert journal.balance("source_revenue") == -told.consumed.minor_units
    assert journal.balance("forfeited_revenue") == -told.forfeited.minor_units
    assert journal.balance("tax_payable") == -told.tax.minor_units
    assert [journal.balance(name) for name in ("unbilled", "credit_open", "credit_held")] == [0, 0, 0]


@given(quotes())
def test_facts_come_back_to_the_same_cents(drawn: tuple[Quote, date]) -> None:
    """A quote read from its stored facts answers every day as the original did."""
    accepted, on = drawn
    again = Quote.from_facts(json.loads(json.dumps(accepted.as_facts())))

    assert again == accepted
    assert again.digest == accepted.digest
    assert again.day(on) == accepted.day(on)


@given(quotes())
def test_overlap_cancels_out(drawn: tuple[Quote, date]) -> None:
    """Days between order and cutover are charged and credited alike."""
    accepted, on = drawn
    day = accepted.day(on)

    assert day.amount("overlap_charge") == -day.amount("overlap_credit")
