"""Zero is a figure, a worth is one figure, and a quote of before never overcharges.

See proration#every-policy.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from cli.text.output import bound_text
from domain.catalog.rule_sets import rule_set
from domain.eligibility.eligibility_checks import order_worth
from domain.eligibility.eligibility_input import case_of
from domain.event_table.event_table import effect_of
from domain.kernel.money import (
    NO_CURRENCY,
    Money,
    billed_words,
    bound_words,
    charged_figure,
    charged_words,
)
from domain.quote.quote import Quote, corrected, cutover, quote
from domain.quote.quote_input import BILLED_PERIOD
from domain.requests.eligibility_wait import beyond, most_of
from domain.requests.wait_terms import WaitTerms
from domain.subscriptions.journal import journal_of
from domain.switch.credit import credit_check_causes, may_need_credit_check
from domain.switch.events import ForfeitureAccepted
from domain.switch.move_events import SwitchCompleted
from tests.support.stories.cutover_events import cutover_events
from tests.support.stories.eligibility_inputs import CATALOG, facts
from tests.support.stories.quote_inputs import billed, euros, terms

ON, END = date(2026, 11, 30), date(2026, 12, 10)
PART = billed(unit_price=euros(2100), paid=euros(14000), period_start_on=date(2026, 11, 20))


def quoted(**changes: Any) -> Quote:
    """Return the quote of a switch on the 30th to 35.00 a month, without tax."""
    usual: dict[str, Any] = {
        "target_unit_price": euros(3500),
        "quoted_on": ON,
        "order_on": ON,
        "expires_on": date(2026, 12, 2),
        "tax_rate": Decimal(0),
        "is_billed_from_order": False,
    }
    return quote(terms(**(usual | changes)))


@pytest.mark.parametrize(
    "source",
    [
        billed(unit_price=euros(0), paid=euros(0)),
        billed(credited=euros(9000)),
        billed(unit_price=euros(1), quantity=1, paid=euros(1)),
    ],
)
def test_days_that_are_worth_nothing_are_given_back_as_days(source: Any) -> None:
    """A free plan, a period credited whole and a credit that rounds to nothing release their days."""
    told = cutover(quoted(billed=source), ON)

    assert told.credit == euros(0)
    assert told.releases_days
    assert [line.amount for line in told.lines if line.kind == "credit"] == [euros(0)]


def test_no_invoice_is_awaited_where_no_money_moves() -> None:
    """From one free plan to another nothing is charged or given back; from a paid one something is."""
    free = billed(unit_price=euros(0), paid=euros(0))

    assert not cutover(quoted(billed=free, target_unit_price=euros(0)), ON).moves_money
    assert cutover(quoted(billed=free), ON).moves_money
    assert cutover(quoted(target_unit_price=euros(0)), ON).moves_money


def test_journal_of_a_free_switch_is_whole() -> None:
    """Every posting balances where every figure is zero."""
    free = billed(unit_price=euros(0), paid=euros(0))
    journal = journal_of(cutover_events(quoted(billed=free, target_unit_price=euros(0)), ON))

    assert journal.is_whole, journal.differences


def test_what_is_given_back_reads_as_credited() -> None:
    """A negative total is no charge in words, and nothing is nothing."""
    assert charged_words(euros(-8576)) == "85.76 EUR was credited"
    assert charged_words(euros(2500)) == "25.00 EUR was charged"
    assert {charged_words(euros(0)), charged_words(None)} == {"nothing was charged"}
    assert (charged_figure(euros(-8576)), charged_figure(euros(0))) == ("85.76 EUR credited", "0.00 EUR")
    words = billed_words(euros(-119), net=euros(-100), tax=euros(-19))
    assert words == "credited 1.19 EUR (1.00 EUR and 0.19 EUR tax)"
    assert bound_words(Money.zero(NO_CURRENCY)) == "no money"
    assert (bound_words(euros(2500)), bound_text("25.00 EUR")) == (
        "25.00 EUR at most",
        "for no more than 25.00 EUR",
    )
    assert (bound_words(euros(-8576)), bound_text("-85.76 EUR")) == (
        "85.76 EUR credited at least",
        "with no less than 85.76 EUR credited",
    )


def test_less_given_back_than_was_accepted_reads_as_given_back() -> None:
    """A wait whose bound is a credit ends in words of what is given back; no amount has a sign."""
    shown = quoted(target_unit_price=euros(1))
    most = most_of(shown)
    terms = WaitTerms(
        until=datetime(2026, 12, 3, tzinfo=UTC),
        total_at_most=most - euros(1),
        forfeited_at_most=euros(0),
    )
    words = beyond(terms, shown)

    assert most < euros(0)
    bound = f"{euros(1) - most} credited at least"
    assert words == f"the switch gives back only {-most} by now, and {bound} was accepted"


def test_audit_tells_amounts_as_money_that_is_credited_or_lost() -> None:
    """The words of a completion have no negative amount, and those of a loss name it as money."""
    completed: Any = SwitchCompleted
    event = completed(
        switch_id="s",
        originator_id=uuid4(),
        originator_version=9,
        timestamp=datetime(2026, 12, 3, tzinfo=UTC),
        moved=25,
        skipped=0,
        total=euros(-8576),
        meta={},
    )

    accepted: Any = ForfeitureAccepted
    loss = accepted(
        switch_id="s",
        originator_id=uuid4(),
        originator_version=3,
        timestamp=datetime(2026, 12, 3, tzinfo=UTC),
        forfeited_minor_units=8576,
        currency="EUR",
        meta={},
    )

    assert effect_of(event) == "completed: 25 users moved, 0 skipped, 85.76 EUR credited"
    assert effect_of(loss) == "accepted to lose 85.76 EUR at most"


def test_quote_of_before_that_overcharges_bills_the_lower_amount() -> None:
    """A second switch ordered at 175.00 for ten days bills 116.67, with the facts of both quotes."""
    accepted = quoted(billed=PART, period_version=BILLED_PERIOD)
    by_quote = cutover(accepted, ON)
    correction = corrected(accepted, by_quote, billed_now=replace(PART, billing_day=10))

    assert (by_quote.charge, correction and correction.cutover.charge) == (euros(17500), euros(11667))
    assert correction is not None
    assert correction.accepted_total == by_quote.total
    assert Quote.from_facts(correction.quote.as_facts()).digest == correction.quote.digest


def test_quote_of_before_that_is_right_stays_what_was_accepted() -> None:
    """A whole period costs the same by both formulas, and a quote of now is never corrected."""
    for version in ({"period_version": BILLED_PERIOD}, {}):
        accepted = quoted(**version)
        assert corrected(accepted, cutover(accepted, ON), billed_now=billed()) is None


def test_correction_loses_no_more_of_a_prepaid_value_than_was_accepted() -> None:
    """The lower charge would take less of the prepaid 70.00; what was not accepted as lost is given back."""
    accepted = quoted(
        billed=PART, period_version=BILLED_PERIOD, is_prepaid=True, target_unit_price=euros(1500)
    )
    by_quote = cutover(accepted, ON)
    correction = corrected(accepted, by_quote)

    assert by_quote.forfeited == euros(0)
    assert correction is not None
    assert correction.cutover.forfeited == euros(0)
    assert correction.cutover.total < by_quote.total


def test_threshold_and_minimum_compare_the_same_worth() -> None:
    """What is left of the present period changes no worth: it is the price of a whole one, net."""
    case = case_of(CATALOG, facts(quantity=300))
    worth = order_worth(case)
    price = next(each.unit_price for each in case.target.prices if each.unit_price.currency == "EUR")

    assert worth == price.times(300)
    rules = rule_set("current")
    assert may_need_credit_check("card", euros(500_000), rules)
    assert not may_need_credit_check("card", euros(499_999), rules)
    assert credit_check_causes("invoice", euros(500_000), rules) == ("invoice", "amount")
    assert credit_check_causes("invoice", euros(1), rules) == ("invoice",)
