"""Prepaid value in a quote: capped, disclosed, without loss from a named day on.

See proration#value-that-was-paid-in-advance.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.quote.quote import Quote, cutover, quote
from domain.quote.quote_input import is_paid_in_advance, prepaid_loss
from domain.subscriptions.journal import journal_of
from tests.support.stories.cutover_events import cutover_events
from tests.support.stories.quote_inputs import START, billed, euros, terms

YEAR_END = date(2027, 11, 10)
ON = date(2026, 11, 25)
NOTHING = euros(0)


def year(**changes: Any) -> Quote:
    """Return the quote of a year that was paid in advance, 10 licenses at 108.00, to half the price."""
    paid = billed(unit_price=euros(10800), paid=euros(108000), period_end_on=YEAR_END, billing_cycle="annual")
    usual: dict[str, Any] = {
        "billed": paid,
        "billing_cycle": "annual",
        "target_unit_price": euros(5400),
        "is_prepaid": True,
        "is_billed_from_order": False,
    }
    return quote(terms(**(usual | changes)))


@pytest.mark.parametrize(
    ("remaining", "new_total", "lost"), [(800, 10, 790), (10, 800, 0), (5, 5, 0), (0, 7, 0), (7, 0, 7)]
)
def test_remaining_value_is_applied_up_to_the_new_total(remaining: int, new_total: int, lost: int) -> None:
    """What the new plan does not cost is forfeited."""
    assert prepaid_loss(euros(remaining), euros(new_total)) == euros(lost)


def test_automatic_switch_forfeits_what_the_new_plan_does_not_cost() -> None:
    """350 of 365 days are left: the credit is the charge of the new plan, half of it is lost."""
    day = year().day(ON)

    assert day.amount("charge") == euros(51781)
    assert (day.credit, day.forfeited, day.total) == (euros(51781), euros(51781), NOTHING)
    (lost,) = [line for line in day.remarks if line.kind == "forfeited"]
    assert (lost.from_on, lost.to_on) == (ON, YEAR_END)


def test_manual_switch_forfeits_everything_that_is_left() -> None:
    """By hand nothing is credited: the whole remaining value is lost."""
    day = year(mode="manual").day(ON)

    assert (day.credit, day.forfeited) == (NOTHING, euros(103562))
    assert day.net == day.amount("charge")


def test_dearer_plan_forfeits_nothing() -> None:
    """An upgrade costs more than is left, so all of it is applied and the first day is free of loss."""
    dear = year(target_unit_price=euros(25200))
    told = dear.forfeiture

    assert (dear.day(ON).credit, dear.day(ON).forfeited) == (euros(103562), NOTHING)
    assert told is not None
    assert (told.at_most, told.first_on_without) == (NOTHING, date(2026, 11, 22))


def test_plan_that_is_not_prepaid_has_no_forfeiture() -> None:
    """Without prepayment all that is left is credited, and there is nothing to disclose."""
    usual = year(is_prepaid=False)

    assert (usual.forfeiture, usual.forfeited_at_most) == (None, NOTHING)
    assert usual.day(ON).credit == euros(103562)


def test_most_that_may_be_lost_is_disclosed() -> None:
    """The quote tells the largest loss of its table, here of its first day, and the record keeps it."""
    told = year().forfeiture

    assert told is not None
    assert told.at_most == year().days[0].forfeited == max(day.forfeited for day in year().days)
    assert year().as_facts()["forfeiture"] == {
        "at_most": {"minor_units": told.at_most.minor_units, "currency": "EUR"},
        "first_on_without": "2027-11-10",
    }


def test_after_the_table_no_more_is_lost_than_was_disclosed() -> None:
    """A late completion in a renewed year gives back what goes beyond the accepted loss."""
    late = year().day(date(2027, 11, 20))

    assert late.forfeited == year().forfeited_at_most
    assert late.credit == late.paid - late.consumed - late.forfeited
    assert late.forfeited < late.paid - late.consumed - late.amount("charge")


def test_renewal_inside_the_table_is_disclosed_too() -> None:
    """In the table the renewal's own loss is told on its days, so that it can be accepted."""
    order_on = date(2027, 11, 8)
    around = year(quoted_on=order_on, order_on=order_on, expires_on=date(2027, 11, 12))

    assert [day.forfeited.minor_units for day in around.days] == [296, 148, 0, 53853, 53705]
    assert around.forfeited_at_most == euros(53853)


def test_day_of_the_renewal_loses_nothing() -> None:
    """Of a period of which no day was served all is given back (golden case 8)."""
    renewal = year().day(YEAR_END)

    assert (renewal.consumed, renewal.forfeited, renewal.credit) == (NOTHING, NOTHING, euros(108000))
    assert year(order_on=YEAR_END, quoted_on=YEAR_END, expires_on=YEAR_END).forfeited_at_most == NOTHING
    unbilled = cutover(year(), YEAR_END, billed_now=year().input.billed)
    assert (unbilled.credit, unbilled.forfeited) == (NOTHING, NOTHING)


def test_first_day_without_loss_is_looked_for_by_day() -> None:
    """To a monthly plan of 92.00 the last month's value is the first that it can take up."""
    monthly = year(billing_cycle="monthly", target_unit_price=euros(920))
    told = monthly.forfeiture

    assert told is not None
    assert told.first_on_without == date(2027, 10, 10)
    day = told.first_on_without
    then = year(
        billing_cycle="monthly", target_unit_price=euros(920), quoted_on=day, order_on=day, expires_on=day
    )
    assert then.forfeited_at_most == NOTHING


def test_first_day_without_loss_where_billing_stops_at_the_order() -> None:
    """Under 2014 the order's day decides what is left, so that is the day to wait for."""
    told = year(rule_set="2014", target_unit_price=euros(0)).forfeiture

    assert told is not None
    assert told.first_on_without == YEAR_END


def test_first_day_without_loss_follows_the_period_of_the_order() -> None:
    """A quote for after the renewal looks for a day in the renewed year."""
    order_on = date(2027, 11, 12)
    told = year(quoted_on=order_on, order_on=order_on, expires_on=order_on).forfeiture

    assert told is not None
    assert told.first_on_without == date(2028, 11, 10)


def test_first_day_of_the_period_is_one_without_loss() -> None:
    """Ordered on the day on which the year begins, a switch loses nothing: the whole year is given back."""
    told = year(quoted_on=START, order_on=START, expires_on=START).forfeiture

    assert told is not None
    assert (told.at_most, told.first_on_without) == (NOTHING, START)


def test_first_day_without_loss_counts_what_the_renewal_costs() -> None:
    """A year that was bought cheaply renews at the list price: that is what remains after the renewal."""
    cheap = billed(unit_price=euros(10800), paid=euros(100), period_end_on=YEAR_END, billing_cycle="annual")
    order_on = date(2027, 11, 12)
    told = year(billed=cheap, quoted_on=order_on, order_on=order_on, expires_on=order_on).forfeiture
    before = year(billed=cheap).forfeiture

    assert told is not None
    assert before is not None
    assert told.first_on_without == date(2028, 11, 10)
    assert (before.at_most, before.first_on_without) == (NOTHING, date(2026, 11, 22))


def test_what_is_lost_is_posted_as_revenue_of_its_own() -> None:
    """What is lost becomes the seller's revenue in entries of CreditForfeited that sum to zero."""
    told, journal = cutover(year(), ON), journal_of(cutover_events(year(), ON))
    (lost,) = [each.entries for each in journal.postings if each.event == "CreditForfeited"]

    assert [(entry.account, entry.amount) for entry in lost] == [
        ("source_deferred", euros(51781)),
        ("forfeited_revenue", euros(-51781)),
    ]
    assert (told.consumed, told.credit, told.forfeited) == (euros(4438), euros(51781), euros(51781))


def test_vendor_day_withholds_what_is_forfeited() -> None:
    """A bill that gives the whole line back charges the forfeited part on a line of its own."""
    day = year(policy="vendor_day").day(ON)

    assert [(line.kind, line.amount.minor_units) for line in day.lines] == [
        ("reversal", -108000),
        ("rebilled", 4438),
        ("withheld", 51781),
        ("charge", 51781),
    ]
    assert (day.credit, day.forfeited, day.net) == (euros(51781), euros(51781), NOTHING)


def test_a_paid_year_is_prepaid_and_a_month_is_not() -> None:
    """Paid in advance is a year that was paid at once."""
    paid = billed(period_end_on=YEAR_END, billing_cycle="annual")

    assert is_paid_in_advance(paid)
    assert is_paid_in_advance(billed(period_end_on=YEAR_END, billing_cycle="annual", paid=euros(1)))
    assert not is_paid_in_advance(billed())
    assert not is_paid_in_advance(billed(billing_cycle="annual", paid=NOTHING, period_end_on=YEAR_END))
