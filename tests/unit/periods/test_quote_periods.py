"""Billing periods keep their day across short months and leap years (proration#every-policy)."""

from __future__ import annotations

from datetime import date

import pytest

from domain.kernel.errors import InvalidInput
from domain.periods.billing_periods import Period, add_months, billing_day, period_with, renewals_until


def _ends(period: Period, months: int, day: date) -> list[date]:
    return [renewal.end_on for renewal in renewals_until(period, months, day)]


def test_end_of_month_keeps_its_day() -> None:
    """A period from the 31st is short in February and back on the 31st in March."""
    january = Period(start_on=date(2027, 1, 31), end_on=date(2027, 2, 28))

    assert _ends(january, 1, date(2027, 5, 1)) == [date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31)]


def test_short_month_at_the_start_does_not_lose_the_day() -> None:
    """A period from 28 February to 31 March renews on the 31st, one to 28 March on the 28th."""
    long = Period(start_on=date(2027, 2, 28), end_on=date(2027, 3, 31))
    short = Period(start_on=date(2027, 2, 28), end_on=date(2027, 3, 28))

    assert billing_day(long, 1) == 31
    assert billing_day(short, 1) == 28


def test_leap_day_renews_on_the_last_of_february() -> None:
    """A year from 29 February ends on 28 February, and on the 29th of the next leap year."""
    leap = Period(start_on=date(2024, 2, 29), end_on=date(2025, 2, 28))

    assert _ends(leap, 12, date(2027, 6, 1)) == [date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29)]


def test_part_of_a_period_renews_on_the_day_it_ends() -> None:
    """A first part that was aligned to a day renews on that day."""
    part = Period(start_on=date(2026, 11, 10), end_on=date(2026, 12, 1))

    assert _ends(part, 1, date(2026, 12, 1)) == [date(2027, 1, 1)]


def test_no_renewal_while_the_period_has_the_day() -> None:
    """The last day of a period is its own, the end is the next one's."""
    month = Period(start_on=date(2026, 11, 10), end_on=date(2026, 12, 10))

    assert renewals_until(month, 1, date(2026, 12, 9)) == ()
    assert len(renewals_until(month, 1, date(2026, 12, 10))) == 1
    assert month.has(date(2026, 12, 9))
    assert not month.has(date(2026, 12, 10))


def test_months_cross_the_year() -> None:
    """Months add across the year's end."""
    assert add_months(date(2026, 11, 10), 3, 10) == date(2027, 2, 10)
    assert add_months(date(2026, 12, 31), 2, 31) == date(2027, 2, 28)


def test_other_cycle_has_its_own_period_on_the_same_day() -> None:
    """The month that has the day is counted from the start of the year that was paid."""
    year = Period(start_on=date(2026, 1, 31), end_on=date(2027, 1, 31))
    month = period_with(year, 12, 1, date(2026, 4, 2))

    assert (month.start_on, month.end_on) == (date(2026, 3, 31), date(2026, 4, 30))
    assert period_with(year, 12, 12, date(2026, 4, 2)) is year


def test_renewals_have_a_bound() -> None:
    """A day centuries away is refused, not counted to."""
    month = Period(start_on=date(1900, 1, 1), end_on=date(1900, 2, 1))

    with pytest.raises(InvalidInput, match="renewals"):
        renewals_until(month, 1, date(2500, 1, 1))
