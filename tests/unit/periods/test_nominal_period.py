"""A price belongs to a nominal period, whatever part of it is billed (proration#every-policy)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from domain.kernel.errors import InvalidInput
from domain.kernel.money import Money, round_half_up
from domain.operator.amendment import amended
from domain.periods.billing_periods import Period
from domain.periods.proration import billing_calendar, billing_day_of, with_billing_day
from domain.ports.billing_port import BilledPeriod, BookedLine
from domain.quote.quote import Quote, cutover, quote, right_sizing
from domain.quote.quote_input import BILLED_PERIOD, QuotedAddon
from tests.support.stories.quote_inputs import billed, euros, terms

FIRST_ON, ON, END = date(2026, 11, 20), date(2026, 11, 30), date(2026, 12, 10)
#: 20 of 30 days of a month at 10 x 21.00, as a switch on the 20th started it.
PART = billed(unit_price=euros(2100), paid=euros(14000), period_start_on=FIRST_ON)


def part_of_a_month(**changes: Any) -> Quote:
    """Return the quote of a second switch in one month, on the 30th to 35.00, without tax."""
    usual: dict[str, Any] = {
        "billed": PART,
        "target_unit_price": euros(3500),
        "quoted_on": ON,
        "order_on": ON,
        "expires_on": date(2026, 12, 7),
        "tax_rate": Decimal(0),
        "is_billed_from_order": False,
    }
    return quote(terms(**(usual | changes)))


def test_second_switch_in_a_period_charges_its_days_of_the_whole_period() -> None:
    """Ten of thirty days at 10 x 35.00 are 116.67, and ten at 21.00 come back; not half of either price."""
    day = part_of_a_month().day(ON)

    assert day.amount("charge") == euros(11667)
    assert (day.consumed, day.credit) == (euros(7000), euros(7000))
    assert (day.source_period.start_on, day.target_period.start_on) == (FIRST_ON, date(2026, 11, 10))


@pytest.mark.parametrize("policy", ["per_day", "kill_bill", "vendor_day", "fixed_30"])
def test_every_policy_counts_the_part_against_the_whole_period(policy: str) -> None:
    """November has thirty days: each policy charges a third of the month for its last ten days."""
    assert part_of_a_month(policy=policy).day(ON).amount("charge") == euros(11667)


def test_quote_of_before_keeps_its_formulas() -> None:
    """A stored quote states no version of the period: it comes out at the cents that it was accepted at."""
    facts = part_of_a_month(period_version=BILLED_PERIOD).as_facts()
    again = Quote.from_facts(facts)

    assert "period_version" not in facts["input"]
    assert "period" not in facts["policies"]
    assert again.day(ON).amount("charge") == euros(17500)
    assert again.digest != part_of_a_month().digest


def test_amendment_in_a_second_switch_costs_its_days_of_the_whole_period() -> None:
    """Twelve licenses for ten of thirty days are 12 x 35.00 / 3; a quote of before is amended by these."""
    for version in ({}, {"period_version": BILLED_PERIOD}):
        after = amended(part_of_a_month(**version), 12, switch_id="s").after
        assert after.day(ON).amount("charge") == euros(14000)


def test_right_sizing_in_a_second_switch_saves_by_the_whole_period() -> None:
    """Six users: 6 x 35.00 / 3 are charged instead of 116.67."""
    sized = right_sizing(part_of_a_month(), users=6)

    assert sized is not None
    assert sized.first_day_total == euros(7000 - 7000)
    assert sized.period_right_sized == euros(21000)


def test_forfeiture_is_capped_by_the_price_of_the_days_left() -> None:
    """70.00 of a prepaid part are left; the new plan takes 33.33 for ten days, the rest is lost."""
    day = part_of_a_month(is_prepaid=True, target_unit_price=euros(1000)).day(ON)

    assert (day.amount("charge"), day.credit, day.forfeited) == (euros(3333), euros(3333), euros(3667))


def test_addon_of_a_first_part_costs_its_days_of_the_whole_period() -> None:
    """An add-on that began with the first switch is carried for ten of thirty days."""
    addon = QuotedAddon(
        subscription_id="a",
        plan_id="addon",
        name="Add-on",
        quantity=10,
        is_carried=True,
        billed=replace(PART, subscription_id="a", unit_price=euros(600), paid=euros(4000)),
    )
    day = part_of_a_month(addons=(addon,)).day(ON).addons[0].day

    assert (day.amount("charge"), day.credit) == (euros(2000), euros(2000))


def test_licenses_bought_in_a_first_part_are_left_at_the_price_of_the_whole_period() -> None:
    """10 licenses from the 20th, 3 more from the 25th: what is used to the 30th counts thirtieths."""
    booked = (
        BookedLine(amount=euros(14000), from_on=FIRST_ON, to_on=END, quantity=10),
        BookedLine(amount=euros(3150), from_on=date(2026, 11, 25), to_on=END, quantity=3),
    )
    source = replace(PART, quantity=13, paid=euros(17150))
    day = part_of_a_month(billed=source, booked=booked, quantity_target=13).day(ON)

    assert day.consumed == euros(7000 + 1050)
    assert day.amount("charge") == euros(15167)


@pytest.mark.parametrize("quantity", [1, 3, 7])
def test_first_part_that_was_rounded_is_used_at_its_price(quantity: int) -> None:
    """2.26 for 7 of 31 days at 10.00: three days cost 3/31 of the price, whatever rounding the part had."""
    price, days = 1000 * quantity, Fraction(7, 31)
    source = billed(
        unit_price=euros(1000),
        quantity=quantity,
        paid=euros(round_half_up(price * days)),
        period_start_on=date(2026, 12, 25),
        period_end_on=date(2027, 1, 1),
    )
    on = date(2026, 12, 28)
    day = part_of_a_month(billed=source, quoted_on=on, order_on=on, expires_on=on).day(on)

    assert day.consumed.minor_units == round_half_up(price * Fraction(3, 31))
    assert day.credit == source.paid - day.consumed


def test_first_part_that_was_charged_too_much_gives_the_excess_back() -> None:
    """The whole price taken for twenty days: ten days use a third of it, never half."""
    charged = replace(PART, paid=euros(21000), billing_day=10)

    assert part_of_a_month(billed=charged).day(ON).consumed == euros(7000)


def test_co_termed_first_term_costs_its_days_of_the_whole_year() -> None:
    """From 15 March to 10 November at 1,200.00 a year: a day costs 1/365, not 1/240 of that."""
    paid = euros(round_half_up(Fraction(120_000 * 240, 365)))
    source = billed(
        quantity=1,
        unit_price=euros(120_000),
        paid=paid,
        period_start_on=date(2027, 3, 15),
        period_end_on=date(2027, 11, 10),
        billing_cycle="annual",
    )
    on = date(2027, 4, 15)
    facts = {"billing_cycle": "annual", "quantity_target": 1, "target_unit_price": euros(240_000)}
    day = part_of_a_month(billed=source, quoted_on=on, order_on=on, expires_on=on, **facts).day(on)

    assert day.consumed.minor_units == round_half_up(Fraction(120_000 * 31, 365))
    assert day.amount("charge").minor_units == round_half_up(Fraction(240_000 * 209, 365))


def test_first_term_longer_than_a_period_costs_each_period_by_itself() -> None:
    """From 20 November to 10 January: 20 of 30 days and a month; to the 30th ten of those are used."""
    source = replace(PART, paid=euros(14000 + 21000), period_end_on=date(2027, 1, 10))
    day = part_of_a_month(billed=source).day(ON)

    assert (day.consumed, day.credit) == (euros(7000), euros(28000))
    assert day.amount("charge") == euros(11667)


def test_free_first_part_does_not_hide_the_whole_period() -> None:
    """Nothing was paid for the part that is left: the new plan still costs its ten of thirty days."""
    free = replace(PART, unit_price=euros(0), paid=euros(0))

    assert part_of_a_month(billed=free).day(ON).amount("charge") == euros(11667)


def test_stated_billing_day_tells_the_whole_period_of_a_part_that_looks_whole() -> None:
    """31 January to 28 February is a month of the 31st, or 28 days of 29 of a month of the 30th."""
    part = billed(period_start_on=date(2027, 1, 31), period_end_on=date(2027, 2, 28))

    whole = Period(start_on=date(2027, 1, 31), end_on=date(2027, 2, 28))
    assert billing_calendar(part).period(part.period_start_on) == whole
    stated = replace(part, billing_day=30)
    nominal = Period(start_on=date(2027, 1, 30), end_on=date(2027, 2, 28))
    assert billing_calendar(stated).period(part.period_start_on) == nominal


@pytest.mark.parametrize(
    ("bought_on", "start_on", "end_on", "cycle", "day"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), "monthly", 31),
        (date(2026, 1, 31), date(2026, 4, 30), date(2026, 5, 31), "monthly", 31),
        (date(2025, 12, 30), date(2026, 1, 30), date(2026, 2, 28), "monthly", 30),
        (date(2024, 2, 29), date(2025, 2, 28), date(2026, 2, 28), "annual", 29),
        (date(2026, 11, 20), date(2026, 11, 20), date(2026, 12, 10), "monthly", 10),
        (date(2026, 11, 20), date(2026, 12, 10), date(2027, 1, 10), "monthly", 10),
    ],
)
def test_purchase_day_tells_the_billing_day_where_the_period_ends_on_it(
    bought_on: date, start_on: date, end_on: date, cycle: str, day: int
) -> None:
    """A short month hides the 31st, and a common year the 29th; after a switch the period's end tells."""
    period = billed(period_start_on=start_on, period_end_on=end_on, billing_cycle=cycle)

    assert billing_day_of(with_billing_day(period, bought_on)) == day
    assert billing_day_of(with_billing_day(replace(period, billing_day=day), date(2020, 1, 1))) == day


def test_year_bought_on_a_leap_day_renews_on_the_next_leap_day() -> None:
    """The year from 28 February 2027 ends on the 29th of 2028: the purchase tells, the period does not."""
    year = billed(
        period_start_on=date(2026, 2, 28),
        period_end_on=date(2027, 2, 28),
        billing_cycle="annual",
    )
    on = date(2027, 3, 1)
    days = {"quoted_on": on, "order_on": on, "expires_on": on, "billing_cycle": "annual"}
    known = with_billing_day(year, date(2024, 2, 29))
    day = part_of_a_month(billed=known, **days).day(on)

    assert day.source_period.end_on == date(2028, 2, 29)
    assert day.target_period.end_on == date(2028, 2, 29)
    assert cutover(part_of_a_month(billed=known, **days), on).billing_day == 29


def test_billing_day_that_is_none_is_refused() -> None:
    """A month has the days 1 to 31."""
    with pytest.raises(InvalidInput, match="billing_day"):
        part_of_a_month(billed=replace(PART, billing_day=32))
    with pytest.raises(InvalidInput, match="period_version"):
        part_of_a_month(period_version="nominal/9")


def test_billing_day_unstated_is_no_fact() -> None:
    """A quote without a stated billing day has the facts that it had; with one, the day is among them."""
    assert "billing_day" not in part_of_a_month().as_facts()["input"]["billed"]
    stated = part_of_a_month(billed=replace(PART, billing_day=10)).as_facts()
    assert stated["input"]["billed"]["billing_day"] == 10
    assert Quote.from_facts(stated).input.billed.billing_day == 10


def paid_part(plan: BilledPeriod, *, unit_price: Money, charged: Money, on: date) -> BilledPeriod:
    """Return what billing shows after a switch on a day."""
    return replace(plan, unit_price=unit_price, paid=charged, credited=euros(0), period_start_on=on)


def test_four_switches_in_one_period_cost_each_plan_for_its_days() -> None:
    """9.00, 21.00, 35.00, 12.00, 0.00 a month: each plan is paid for the days that it was held."""
    plan, kept = billed(), []
    prices, days = (2100, 3500, 1200, 0), (date(2026, 11, 20), date(2026, 11, 23), ON, date(2026, 12, 3))
    for price, on in zip(prices, days, strict=True):
        dates = {"quoted_on": on, "order_on": on, "expires_on": on}
        day = part_of_a_month(billed=plan, target_unit_price=euros(price), **dates).day(on)
        kept.append((plan.paid - day.credit).minor_units)
        plan = paid_part(plan, unit_price=euros(price), charged=day.amount("charge"), on=on)
    kept.append(plan.paid.minor_units)

    held = ((9000, 10), (21000, 3), (35000, 7), (12000, 3), (0, 7))
    assert kept == [round_half_up(Fraction(price * count, 30)) for price, count in held]
