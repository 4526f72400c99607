"""The quote of a switch of some users: the old plan goes on for the others (manual#some-users)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.kernel.errors import InvalidInput
from domain.periods.next_term import NextTerm
from domain.quote.day_quotes import billing_stop_on
from domain.quote.quote import Quote, cutover, quote
from domain.requests.schedule import terms_on
from tests.support.stories.quote_inputs import END, billed, euros, terms

ON = date(2026, 11, 25)


def some(**changes: object) -> Quote:
    """Return the quote for 4 of 10 users."""
    asked = {"mode": "manual", "licenses_leaving": 4, "quantity_target": 4, "is_billed_from_order": False}
    return quote(terms(**asked | changes))


def test_only_the_new_licenses_are_charged() -> None:
    """15 of 30 days: 4 licenses at 21.00 are 42.00; nothing of the old plan stands on the invoice."""
    day = some().day(ON)

    assert (day.net, day.amount("charge")) == (euros(4200), euros(4200))
    assert (day.paid, day.consumed, day.credit, day.forfeited) == (euros(0),) * 4


def test_what_the_seller_gives_back_is_told() -> None:
    """4 licenses at 9.00 for 15 of 30 days: the seller's own books have it, per day."""
    (line,) = [each for each in some().day(ON).remarks if each.kind == "reduction"]

    assert (line.amount, line.quantity, line.from_on, line.to_on) == (euros(-1800), 4, ON, END)


def test_nothing_is_given_back_once_the_window_is_over() -> None:
    """The seller takes no licenses back any more: the table promises none."""
    accepted = some(reducible_until=ON - timedelta(days=1))
    kinds = [{line.kind for line in accepted.day(on).remarks} for on in (ON - timedelta(days=1), ON)]

    assert ["reduction" in each for each in kinds] == [True, False]
    assert Quote.from_facts(accepted.as_facts()).input.reducible_until == ON - timedelta(days=1)
    assert "reducible_until" not in some().as_facts()["input"]


def test_the_next_period_of_a_term_opens_no_window() -> None:
    """manual#some-users: the window belongs to the term, so only the next one lets licenses go again."""
    again_on = END + timedelta(days=40)
    accepted = some(reducible_until=ON, reducible_again_on=again_on)

    later = terms_on(accepted.input, END + timedelta(days=1))
    at_renewal = terms_on(accepted.input, again_on)

    assert (later.reducible_until, later.reducible_again_on) == (ON, again_on)
    assert (at_renewal.reducible_until, at_renewal.reducible_again_on) == (None, None)
    kinds = [{line.kind for line in quote(each).days[0].remarks} for each in (later, at_renewal)]
    assert ["reduction" in each for each in kinds] == [False, True]
    assert Quote.from_facts(accepted.as_facts()).input == accepted.input


def test_a_table_that_reaches_the_next_term_gives_back_again() -> None:
    """On the day of the renewal the seller takes licenses back, and on the day before it does not."""
    accepted = some(reducible_until=ON, reducible_again_on=END)
    kinds = [{line.kind for line in accepted.day(on).remarks} for on in (END - timedelta(days=1), END)]

    assert ["reduction" in each for each in kinds] == [False, True]


def test_a_next_term_with_fewer_licenses_is_quoted() -> None:
    """4 of 10 leave and the next term has 3: from then on 2 can go, since one license stays."""
    accepted = some(next_term=NextTerm(begins_on=END, is_renewed=True, quantity=3))
    before, after = (accepted.day(on).remarks for on in (END - timedelta(days=1), END))
    later = terms_on(accepted.input, END)

    assert [[each.quantity for each in day if each.kind == "reduction"] for day in (before, after)] == [
        [4],
        [2],
    ]
    assert (later.licenses_leaving, later.billed.quantity) == (2, 3)
    assert accepted.day(END).net == euros(8400)


def test_the_cutover_stops_and_releases_nothing() -> None:
    """The old plan is billed on for who stays."""
    bill = cutover(some(), ON, billed_now=billed())

    assert (bill.is_source_kept, bill.releases_days) == (True, False)
    assert (bill.charge, bill.credit, bill.quantity) == (euros(4200), euros(0), 4)


def test_the_order_stops_nothing_of_a_plan_that_goes_on() -> None:
    """Also rule set 2014, which bills an old plan no more from the order on, bills who stays."""
    accepted = some(rule_set="2014")
    day = accepted.day(ON)

    assert billing_stop_on(accepted.input) is None
    assert billing_stop_on(quote(terms(rule_set="2014", is_billed_from_order=False)).input) is not None
    assert (day.stop_on, day.amount("free"), day.net) == (ON, euros(0), euros(4200))


def test_a_year_that_was_paid_in_advance_is_lost_with_the_licenses_that_go() -> None:
    """By hand nothing of it is credited: the loss is told, and must be accepted, of those licenses alone."""
    year = billed(
        period_end_on=date(2027, 11, 10),
        paid=euros(108_000),
        unit_price=euros(10_800),
        billing_cycle="annual",
    )
    lost = some(billed=year, is_prepaid=True, billing_cycle="annual")
    kept = some(billed=year, is_prepaid=False, billing_cycle="annual")
    (worth,) = [each.amount for each in kept.day(ON).remarks if each.kind == "reduction"]
    day = lost.day(ON)

    assert day.forfeited == day.paid == -worth
    assert euros(0) < day.forfeited < euros(4 * 10_800)
    assert lost.forfeited_at_most == lost.days[0].forfeited
    assert not [each for each in day.remarks if each.kind == "reduction"]
    assert (day.net, cutover(lost, ON).forfeited) == (kept.day(ON).net, day.forfeited)


def test_licenses_that_go_with_a_fresh_year_lose_nothing() -> None:
    """A period of which no day was served is given back whole."""
    year = billed(
        period_start_on=ON,
        period_end_on=date(2027, 11, 25),
        paid=euros(108_000),
        unit_price=euros(10_800),
        billing_cycle="annual",
    )
    asked = some(
        billed=year,
        is_prepaid=True,
        billing_cycle="annual",
        quoted_on=ON,
        order_on=ON,
        expires_on=ON + timedelta(days=7),
    )

    assert asked.day(ON).forfeited == euros(0)


def test_a_stored_quote_keeps_who_stays() -> None:
    """Facts and digest have the licenses that go, and a quote of everyone has neither."""
    facts = some().as_facts()

    assert facts["input"]["licenses_leaving"] == 4
    assert Quote.from_facts(facts).digest == some().digest
    assert "licenses_leaving" not in quote(terms()).as_facts()["input"]
    assert "is_target_owned" not in quote(terms()).as_facts()["input"]


@pytest.mark.parametrize("leaving", [-1, 10, 11])
def test_somebody_has_to_stay(leaving: int) -> None:
    """With nobody left the old plan is cancelled, and not reduced."""
    with pytest.raises(InvalidInput, match="licenses_leaving"):
        some(licenses_leaving=leaving)


def test_a_new_plan_that_is_owned_costs_nothing_more() -> None:
    """Its own billing goes on: the switch only gives back the old plan (manual#done-outside)."""
    day = quote(terms(mode="manual", is_target_owned=True, is_billed_from_order=False)).day(ON)
    bill = cutover(quote(terms(mode="manual", is_target_owned=True)), ON)

    assert day.amount("charge") == euros(0)
    assert day.net == -day.credit == euros(-4500)
    assert bill.is_target_owned
