"""The quote as a table by day (rules#quote-and-cutover)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.kernel.errors import AuditMismatch, InvalidInput
from domain.kernel.money import Money
from domain.quote.quote import Quote, period_price, quote
from tests.support.stories.quote_inputs import END, START, billed, euros, terms


def test_day_is_credited_and_charged_from_the_same_day_on() -> None:
    """The credit is for the days from the cutover, the charge for the same days (18 of 30)."""
    day = quote(terms()).day(date(2026, 11, 22))

    assert [(line.kind, line.amount, line.from_on, line.to_on) for line in day.lines] == [
        ("credit", euros(-5400), date(2026, 11, 22), END),
        ("charge", euros(12600), date(2026, 11, 22), END),
    ]
    assert (day.net, day.tax, day.total) == (euros(7200), euros(1368), euros(8568))


def test_table_has_a_row_for_each_day_up_to_the_expiry() -> None:
    """The table runs from the order to the expiry, both included."""
    table = quote(terms())

    assert [day.on for day in table.days] == [date(2026, 11, 22) + timedelta(days=n) for n in range(8)]
    assert all(table.day(day.on) == day for day in table.days)


def test_golden_same_day_switch_gives_everything_back() -> None:
    """20 paid, switched on the first day to 10: +20, -20, +10 (golden case 8)."""
    paid = billed(quantity=1, unit_price=euros(2000), paid=euros(2000))
    first = terms(
        billed=paid,
        quantity_target=1,
        target_unit_price=euros(1000),
        tax_rate=Decimal(0),
        quoted_on=START,
        order_on=START,
        expires_on=START,
    )
    day = quote(first).day(START)

    assert (day.amount("credit"), day.amount("charge"), day.total) == (
        euros(-2000),
        euros(1000),
        euros(-1000),
    )
    assert day.amount("consumed") == euros(0)


def test_golden_half_of_the_period() -> None:
    """10 to 20 at half of the period: -5, +10, net +5 (golden case 6, by days)."""
    half = terms(
        billed=billed(quantity=1, unit_price=euros(1000), paid=euros(1000)),
        quantity_target=1,
        target_unit_price=euros(2000),
        order_on=date(2026, 11, 25),
    )
    day = quote(half).day(date(2026, 11, 25))

    assert (day.amount("credit"), day.amount("charge"), day.net) == (euros(-500), euros(1000), euros(500))


def test_earlier_credits_are_not_given_twice() -> None:
    """What was credited before lowers the credit: paid 90, used 36, credited 20 leaves 34."""
    day = quote(terms(billed=billed(credited=euros(2000)))).day(date(2026, 11, 22))

    assert day.amount("credit") == euros(-3400)
    assert day.amount("consumed") == euros(3600)


def test_credit_is_never_negative() -> None:
    """Where more was credited than is left, nothing is given and nothing is taken."""
    day = quote(terms(billed=billed(credited=euros(8900)))).day(date(2026, 11, 22))

    assert day.amount("credit") == euros(0)
    assert day.amount("consumed") == euros(100)


def test_overlap_is_shown_and_costs_nothing() -> None:
    """Days from the order to the cutover are charged and credited: the total is the same without them."""
    day = quote(terms()).day(date(2026, 11, 25))
    without = quote(terms(is_billed_from_order=False)).day(date(2026, 11, 25))

    assert day.amount("overlap_charge") == euros(2100)
    assert day.amount("overlap_credit") == euros(-2100)
    assert day.total == without.total
    assert without.amount("overlap_charge") == euros(0)


def test_renewal_inside_the_table_is_told_and_credited() -> None:
    """Past the period's end the old plan renews: it is told, and the credit is on the renewed period."""
    late = terms(order_on=date(2026, 12, 5), expires_on=date(2026, 12, 12))
    before, after = quote(late).day(date(2026, 12, 9)), quote(late).day(date(2026, 12, 11))

    assert before.amount("renewal_charge") == euros(0)
    assert after.amount("renewal_charge") == euros(9000)
    assert (after.source_period.start_on, after.source_period.end_on) == (END, date(2027, 1, 10))
    assert after.amount("consumed") == euros(290)
    assert after.amount("credit") == euros(-8710)
    assert after.amount("charge") == euros(20323)
    assert after.net == euros(20323 - 8710)


def test_cutover_on_the_renewal_day_gives_the_renewal_back() -> None:
    """The switch day belongs to the new plan, so the whole renewal is credited."""
    day = quote(terms(order_on=END, expires_on=END)).day(END)

    assert day.amount("renewal_charge") == euros(9000)
    assert day.amount("credit") == euros(-9000)
    assert day.amount("charge") == euros(21000)


def test_yearly_period_is_prorated_over_the_year() -> None:
    """A yearly plan costs twelve months and is prorated by 365 days."""
    year = billed(
        unit_price=euros(10800), paid=euros(108000), period_end_on=date(2027, 11, 10), billing_cycle="annual"
    )
    price = period_price(euros(2100), "annual")
    day = quote(terms(billed=year, billing_cycle="annual", target_unit_price=price)).day(date(2026, 11, 22))

    assert price == euros(25200)
    assert day.amount("credit") == euros(-(108000 - 3551))
    assert day.amount("charge") == euros(243715)


def test_monthly_plan_follows_a_yearly_one_on_the_same_billing_day() -> None:
    """From yearly to monthly the first charge reaches to the next billing day."""
    year = billed(
        unit_price=euros(10800), paid=euros(108000), period_end_on=date(2027, 11, 10), billing_cycle="annual"
    )
    day = quote(terms(billed=year, expires_on=date(2026, 12, 22))).day(date(2026, 12, 20))

    assert (day.target_period.start_on, day.target_period.end_on) == (END, date(2027, 1, 10))
    assert day.amount("charge") == euros(14226)


def test_yearly_plan_follows_a_monthly_one_on_the_same_billing_day() -> None:
    """From monthly to yearly the first year ends on the billing day."""
    day = quote(terms(billing_cycle="annual", target_unit_price=euros(25200))).day(date(2026, 11, 22))

    assert (day.target_period.start_on, day.target_period.end_on) == (START, date(2027, 11, 10))


def test_rule_set_2014_stops_billing_at_the_order() -> None:
    """Under 2014 the days from the order to the cutover are free, not unbilled.

    See proration#where-billing-stops-at-the-order.
    """
    day = quote(terms(rule_set="2014")).day(date(2026, 11, 25))

    (free,) = [line for line in day.lines if line.kind == "free"]
    assert (free.code, free.quantity) == ("BILLING_STOPS_AT_ORDER", 10)
    assert (free.amount, free.from_on, free.to_on) == (euros(0), date(2026, 11, 22), date(2026, 11, 25))
    assert day.stop_on == date(2026, 11, 22)
    assert day.amount("credit") == euros(-5400)
    assert day.amount("charge") == euros(10500)


def test_tax_is_one_line_rounded_once() -> None:
    """Tax is a share of the net, rounded once, also when the net is given back."""
    dear = quote(terms(tax_rate=Decimal("0.0725"))).day(date(2026, 11, 22))
    back = quote(terms(target_unit_price=euros(100))).day(date(2026, 11, 22))

    assert dear.tax == euros(522)
    assert (back.net, back.tax) == (euros(-4800), euros(-912))


def test_stored_quote_computes_to_the_same_cents() -> None:
    """The facts in the event give an equal quote, also for days after the table."""
    original = quote(terms())
    again = Quote.from_facts(json.loads(json.dumps(original.as_facts())))

    assert again == original
    assert again.digest == original.digest
    assert again.day(date(2027, 3, 1)) == original.day(date(2027, 3, 1))


def test_digest_binds_every_input() -> None:
    """Each changed field gives another digest, so an accepted quote cannot drift."""
    changes: list[dict[str, Any]] = [
        {"quantity_target": 11},
        {"tax_rate": Decimal("0.20")},
        {"target_unit_price": euros(2101)},
        {"price_list_version": "2026-12"},
        {"rule_set": "2020"},
        {"expires_on": date(2026, 11, 30)},
        {"payment_method": "invoice"},
        {"billed": billed(credited=euros(1))},
    ]
    digests = {quote(terms(**change)).digest for change in changes}

    assert len(digests | {quote(terms()).digest}) == len(changes) + 1


@pytest.mark.parametrize("name", ["digest", "totals_minor_units"])
def test_tampered_facts_are_found(name: str) -> None:
    """A stored quote that does not come out as it was stored is a mismatch, not another price."""
    facts = quote(terms()).as_facts()

    with pytest.raises(AuditMismatch, match=name):
        Quote.from_facts(facts | {name: "other"})


def test_facts_of_something_else_are_refused() -> None:
    """Facts of another format, or with a field missing, are bad input."""
    facts = quote(terms()).as_facts()

    with pytest.raises(InvalidInput, match="format"):
        Quote.from_facts({})
    with pytest.raises(InvalidInput, match="quote"):
        Quote.from_facts(facts | {"input": {}})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"quantity_target": 0}, "quantity_target"),
        ({"currency": "USD"}, "currency"),
        ({"tax_rate": Decimal(2)}, "tax_rate"),
        ({"tax_rate": Decimal("NaN")}, "tax_rate"),
        ({"payment_method": "barter"}, "payment_method"),
        ({"billing_cycle": "weekly"}, "billing_cycle"),
        ({"policy": "per_moon"}, "policy"),
        ({"rule_set": "1999"}, "rule_set"),
        ({"expires_on": date(2026, 11, 21)}, "expires_on"),
        ({"expires_on": date(2029, 1, 1)}, "expires_on"),
        ({"order_on": date(2026, 11, 21)}, "order_on"),
        ({"billed": billed(period_end_on=START)}, "period_end_on"),
        ({"target_unit_price": euros(-1)}, "amount"),
    ],
)
def test_input_that_makes_no_sense_is_refused(changes: dict[str, Any], field: str) -> None:
    """Each bad field is refused by name."""
    with pytest.raises(InvalidInput, match=field):
        terms(**changes)


def test_period_that_renewed_since_the_quote_gives_another_digest() -> None:
    """A quote of before the renewal, computed again after it, is another quote and not an error."""
    renewed = billed(period_start_on=END, period_end_on=date(2027, 1, 10))
    stale = quote(
        terms(billed=renewed, quoted_on=date(2026, 12, 8), order_on=date(2026, 12, 8), expires_on=END)
    )
    expired = quote(terms(billed=renewed))

    assert [day.on for day in stale.days] == [END]
    assert expired.days == ()
    assert expired.digest != quote(terms()).digest


def test_day_before_the_order_has_no_quote() -> None:
    """No switch completes before it is ordered."""
    with pytest.raises(InvalidInput, match="cutover day"):
        quote(terms()).day(date(2026, 11, 21))


def test_currency_without_decimals_rounds_to_whole_units() -> None:
    """Yen are quoted in yen."""
    yen = {
        name: Money(minor_units=amount, currency="JPY")
        for name, amount in (("unit_price", 1000), ("paid", 10000), ("credited", 0))
    }
    price = Money(minor_units=2500, currency="JPY")
    day = quote(terms(billed=billed(**yen), currency="JPY", target_unit_price=price)).day(date(2026, 11, 23))

    assert str(day.amount("credit")) == "-5,667 JPY"
