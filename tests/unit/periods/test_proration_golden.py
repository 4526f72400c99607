"""The worked examples of public billing documentation, by their numbers (proration#the-policies)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from domain.kernel.money import Money, round_lines
from domain.periods.proration import POLICIES, Span, proration_policy
from domain.ports.billing_port import BookedLine
from domain.quote.day_quotes import DayQuote
from domain.quote.quote import cutover, quote
from domain.quote.quote_input import prepaid_loss
from tests.support.stories.quote_inputs import billed, terms

LICENSE_YEAR = 21120


def dollars(minor_units: int) -> Money:
    """Return an amount in cents."""
    return Money(minor_units=minor_units, currency="USD")


def span(start_on: date, end_on: date) -> Span:
    """Return the days from `start_on` to before `end_on`."""
    return Span(start_on=start_on, end_on=end_on)


def day_of(on: date, start: date, end: date, *, old: int, new: int, **changes: Any) -> DayQuote:
    """Return the quote of one license at `old` that becomes one at `new` on the day `on`, without tax."""
    one = billed(
        quantity=1,
        unit_price=dollars(old),
        paid=dollars(old),
        credited=dollars(0),
        period_start_on=start,
        period_end_on=end,
        billing_cycle="annual" if (end - start).days > 31 else "monthly",
    )
    usual: dict[str, Any] = {
        "billed": one,
        "quantity_target": 1,
        "target_unit_price": dollars(new),
        "currency": "USD",
        "tax_rate": Decimal(0),
        "quoted_on": on,
        "order_on": on,
        "expires_on": on,
    }
    return quote(terms(**(usual | changes))).day(on)


@pytest.mark.parametrize("policy", ["per_day", "kill_bill"])
def test_golden_1_last_nine_days_of_a_month(policy: str) -> None:
    """24.95 a month from 09-16 to 09-25 of the period 08-25 to 09-25 is 7.24 (9 of 31 days)."""
    day = day_of(date(2021, 9, 16), date(2021, 8, 25), date(2021, 9, 25), old=0, new=2495, policy=policy)

    assert day.amount("charge") == dollars(724)


@pytest.mark.parametrize("policy", ["per_day", "kill_bill"])
def test_golden_2_first_twenty_two_days_of_a_month(policy: str) -> None:
    """24.95 a month from 09-25 to 10-17 of the period 09-25 to 10-25 is 18.30 (22 of 30 days)."""
    day = day_of(date(2021, 10, 17), date(2021, 9, 25), date(2021, 10, 25), old=2495, new=0, policy=policy)

    assert (day.consumed, day.credit) == (dollars(1830), dollars(2495 - 1830))


@pytest.mark.parametrize("policy", ["per_day", "kill_bill"])
@pytest.mark.parametrize(
    ("on", "start", "end", "expected"),
    [
        (date(2021, 9, 17), date(2021, 8, 25), date(2021, 9, 25), 644),
        (date(2021, 9, 30), date(2021, 9, 25), date(2021, 10, 25), 2079),
    ],
)
def test_golden_3_ends_of_two_months(policy: str, on: date, start: date, end: date, expected: int) -> None:
    """24.95: 09-17 to 09-25 is 6.44 (8 of 31 days), 09-30 to 10-25 is 20.79 (25 of 30)."""
    assert day_of(on, start, end, old=0, new=2495, policy=policy).amount("charge") == dollars(expected)


def test_golden_4_yearly_to_monthly_by_kill_bill() -> None:
    """10,000 a year with 184 of 365 days left gives 5041.10; a day at 1000/31 is 32.26; 5008.84 stay."""
    start, end, on = date(2017, 7, 27), date(2018, 7, 27), date(2018, 1, 24)
    day = day_of(on, start, end, old=1_000_000, new=100_000, policy="kill_bill", billing_cycle="monthly")
    last_day, month = span(on, date(2018, 1, 25)), span(date(2017, 12, 25), date(2018, 1, 25))
    charge = proration_policy("kill_bill").prorate(dollars(100_000), last_day, month)

    assert (day.credit, charge) == (dollars(504_110), dollars(3226))
    assert day.credit - charge == dollars(500_884)


def test_golden_5_vendor_day_lines_and_their_residue() -> None:
    """211.20 a license-year, 1 to 2 licenses: -211.20, +0.58, +31.25, +390.00; a cent is the residue."""
    policy = proration_policy("vendor_day")
    year = span(date(2017, 2, 11), date(2018, 2, 11))
    change, month = date(2017, 2, 12), date(2017, 3, 11)
    parts = [(year.start_on, change, 1), (change, month, 2), (month, year.end_on, 2)]
    exact = [policy.exact(dollars(LICENSE_YEAR), span(a, b), year) * count for a, b, count in parts]
    split = round_lines(exact, sum(exact, Fraction(0)), "USD")

    assert policy.is_whole_line_reversed
    assert policy.prorate(dollars(-LICENSE_YEAR), year, year) == dollars(-21120)
    assert split.amounts == (dollars(58), dollars(3125), dollars(39000))
    assert split.residue == dollars(-1)


def test_golden_5_vendor_day_on_the_bill_of_a_switch() -> None:
    """The bill gives the whole lines back and charges 0.58 and 31.25 anew, then the new plan."""
    start, end, change, on = date(2017, 2, 11), date(2018, 2, 11), date(2017, 2, 12), date(2017, 3, 11)
    second = LICENSE_YEAR - 58
    two = billed(
        quantity=2,
        unit_price=dollars(LICENSE_YEAR),
        paid=dollars(LICENSE_YEAR + second),
        credited=dollars(0),
        period_start_on=start,
        period_end_on=end,
        billing_cycle="annual",
    )
    booked = (
        BookedLine(amount=dollars(LICENSE_YEAR), from_on=start, to_on=end, quantity=1),
        BookedLine(amount=dollars(second), from_on=change, to_on=end, quantity=1),
    )
    changes: dict[str, Any] = {
        "billed": two,
        "booked": booked,
        "quantity_target": 2,
        "billing_cycle": "annual",
        "policy": "vendor_day",
    }
    day = day_of(on, start, end, old=LICENSE_YEAR, new=LICENSE_YEAR, **changes)

    assert [(line.kind, line.amount.minor_units, line.quantity) for line in day.lines] == [
        ("reversal", -(LICENSE_YEAR + second), 2),
        ("rebilled", 58, 1),
        ("rebilled", 3125, 2),
        ("rounding", -1, 2),
        ("charge", 39000, 2),
    ]
    assert (day.consumed, day.credit) == (dollars(3182), dollars(39000))


def test_golden_6_half_of_a_period_by_the_second() -> None:
    """10 to 20 at exactly half of the period: -5, +10, net +5; the half is an instant, not a day."""
    start, end = date(2026, 10, 10), date(2026, 11, 10)
    begun = datetime(2026, 10, 9, 22, tzinfo=UTC)
    half = begun + timedelta(hours=31 * 24 + 1) / 2
    on = date(2026, 10, 25)
    scheduled: dict[str, Any] = {
        "policy": "per_second",
        "cutover_at": half,
        "time_zone": "Europe/Berlin",
    }
    day = day_of(on, start, end, old=1000, new=2000, **scheduled)

    assert half == datetime(2026, 10, 25, 10, 30, tzinfo=UTC)
    assert (-day.credit, day.amount("charge"), day.net) == (dollars(-500), dollars(1000), dollars(500))


def test_golden_7_prepaid_cap() -> None:
    """1000 per 20 days after 4 days, to 10 per 10 days: 800 remain, 10 applied, 790 forfeited, 0 due."""
    policy = proration_policy("per_day")
    period = span(date(2026, 11, 10), date(2026, 11, 30))
    used = policy.prorate(dollars(100_000), span(period.start_on, date(2026, 11, 14)), period)
    remaining = dollars(100_000) - used

    assert remaining == dollars(80_000)
    assert prepaid_loss(remaining, dollars(1000)) == dollars(79_000)


def test_golden_7_prepaid_cap_on_the_bill_of_a_switch() -> None:
    """The same figures come out of quote and cutover: of 800.00 left, 10.00 is applied, nothing is due."""
    start, end, on = date(2026, 11, 10), date(2026, 11, 30), date(2026, 11, 14)
    day = day_of(on, start, end, old=100_000, new=1250, is_prepaid=True)

    assert (day.credit, day.forfeited) == (dollars(1000), dollars(79_000))
    assert (day.amount("charge"), day.total) == (dollars(1000), dollars(0))


@pytest.mark.parametrize("policy", POLICIES)
def test_golden_8_same_day_switch(policy: str) -> None:
    """20 to 10 on the first day by any policy: +20, -20, +10, and nothing of the old plan is used."""
    start, end = date(2026, 11, 10), date(2026, 12, 10)
    at = datetime(2026, 11, 10, tzinfo=UTC) if policy == "per_second" else None
    day = day_of(start, start, end, old=2000, new=1000, policy=policy, cutover_at=at)

    assert (day.paid, day.credit, day.amount("charge")) == (dollars(2000), dollars(2000), dollars(1000))
    assert (day.consumed, day.net) == (dollars(0), dollars(-1000))


def test_trap_day_price_is_not_rounded_by_itself() -> None:
    """48.00 a year loses nothing; a day price of 0.13 would make 47.45 of it."""
    year = span(date(2026, 1, 1), date(2027, 1, 1))
    for name in ("per_day", "kill_bill", "vendor_day"):
        policy = proration_policy(name)
        assert policy.prorate(dollars(4800), year, year) == dollars(4800)
        assert policy.prorate(dollars(4800), span(year.start_on, date(2026, 1, 2)), year) == dollars(13)
        assert policy.prorate(dollars(4800), span(year.start_on, date(2026, 4, 11)), year) == dollars(1315)


def test_trap_length_of_the_old_period_is_its_own() -> None:
    """The credit of a 31-day period is counted by 31 days, also when the switch is in a 30-day month."""
    day = day_of(date(2021, 9, 10), date(2021, 8, 25), date(2021, 9, 25), old=3100, new=0)

    assert (day.consumed, day.credit) == (dollars(1600), dollars(1500))


def test_trap_credit_is_the_unused_part_and_not_the_whole_fee() -> None:
    """Late in the period little is given back, and the cutover bills just that."""
    start, end, on = date(2026, 11, 10), date(2026, 12, 10), date(2026, 12, 9)
    day = day_of(on, start, end, old=3000, new=3000)

    assert (day.credit, day.amount("charge"), day.net) == (dollars(100), dollars(100), dollars(0))
    assert cutover(quote(terms()), date(2026, 12, 9)).credit.minor_units == 300
