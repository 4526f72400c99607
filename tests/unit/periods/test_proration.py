"""The proration policies, one by one; the published cases are in test_proration_golden.

See proration#the-policies.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from domain.kernel.errors import InvalidInput
from domain.kernel.money import Money, round_lines
from domain.periods.proration import POLICIES, Span, proration_policy

PER_DAY = proration_policy("per_day")
PER_SECOND = proration_policy("per_second")
FIXED_30 = proration_policy("fixed_30")
KILL_BILL = proration_policy("kill_bill")
JANUARY = date(2026, 1, 1), date(2026, 2, 1)
BERLIN = "Europe/Berlin"


def dollars(minor_units: int) -> Money:
    """Return an amount in cents."""
    return Money(minor_units=minor_units, currency="USD")


def span(start_on: date, end_on: date, time_zone: str = "UTC") -> Span:
    """Return the days from `start_on` to before `end_on`."""
    return Span(start_on=start_on, end_on=end_on, time_zone=time_zone)


def ratio(policy: str, whole: tuple[date, date], part: tuple[date, date], zone: str = "UTC") -> Fraction:
    """Return which part of `whole` a policy says that `part` is."""
    return proration_policy(policy).ratio(span(*part, zone), span(*whole, zone))


def test_policies_are_named_and_versioned() -> None:
    """A quote stores the name; the version is in its digest, and no two policies share one."""
    assert {name: policy.version for name, policy in POLICIES.items()} == {
        "per_day": "actual/1",
        "per_second": "second/1",
        "fixed_30": "fixed_30/1",
        "kill_bill": "kill_bill/1",
        "vendor_day": "vendor_day/1",
    }
    assert [name for name, policy in POLICIES.items() if policy.is_whole_line_reversed] == ["vendor_day"]
    with pytest.raises(InvalidInput, match="fixed_30, kill_bill, per_day, per_second, vendor_day"):
        proration_policy("per_moon")


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(
    "whole",
    [
        JANUARY,
        (date(2026, 1, 1), date(2026, 1, 2)),
        (date(2026, 2, 1), date(2026, 3, 1)),
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2027, 2, 28), date(2027, 3, 31)),
        (date(2026, 11, 10), date(2026, 12, 1)),
    ],
)
def test_whole_is_one_and_nothing_is_zero(policy: str, whole: tuple[date, date]) -> None:
    """Every policy charges a whole period its whole price, whatever its length."""
    assert ratio(policy, whole, whole) == 1
    assert ratio(policy, whole, (whole[0], whole[0])) == 0
    assert ratio(policy, whole, (whole[1], whole[1])) == 0


def test_per_day_counts_actual_days() -> None:
    """A day of February weighs more than one of January, one of a leap year less."""
    assert ratio("per_day", JANUARY, (date(2026, 1, 1), date(2026, 1, 2))) == Fraction(1, 31)
    leap_february = (date(2024, 2, 1), date(2024, 3, 1))
    assert ratio("per_day", leap_february, (date(2024, 2, 28), date(2024, 3, 1))) == Fraction(2, 29)
    leap_year = (date(2024, 1, 1), date(2025, 1, 1))
    assert ratio("per_day", leap_year, (date(2024, 2, 1), date(2024, 3, 1))) == Fraction(29, 366)


def test_per_second_counts_the_hour_that_a_clock_change_adds_or_takes() -> None:
    """March in Berlin has an hour less, October an hour more; UTC has neither."""
    march = (date(2026, 3, 1), date(2026, 4, 1))
    short_day = (date(2026, 3, 29), date(2026, 3, 30))
    assert ratio("per_second", march, short_day, BERLIN) == Fraction(23, 31 * 24 - 1)
    october = (date(2026, 10, 1), date(2026, 11, 1))
    long_day = (date(2026, 10, 25), date(2026, 10, 26))
    assert ratio("per_second", october, long_day, BERLIN) == Fraction(25, 31 * 24 + 1)
    assert ratio("per_second", october, long_day) == Fraction(1, 31)
    assert ratio("per_day", october, long_day, BERLIN) == Fraction(1, 31)


def test_per_second_binds_a_stated_instant() -> None:
    """The instant is where one span ends and the next begins: no second twice, none missed."""
    noon = datetime(2026, 1, 16, 12, 0, 1, tzinfo=UTC)
    whole = span(*JANUARY)
    before = Span(start_on=JANUARY[0], end_on=date(2026, 1, 16), end_at=noon)
    after = Span(start_on=date(2026, 1, 16), end_on=JANUARY[1], start_at=noon)

    assert PER_SECOND.ratio(before, whole) == Fraction(15 * 86400 + 43201, 31 * 86400)
    assert PER_SECOND.ratio(before, whole) + PER_SECOND.ratio(after, whole) == 1
    assert PER_DAY.ratio(before, whole) == Fraction(15, 31)


@pytest.mark.parametrize(
    ("whole", "day", "passed"),
    [
        (JANUARY, date(2026, 1, 16), 15),
        (JANUARY, date(2026, 1, 30), 29),
        (JANUARY, date(2026, 1, 31), 30),
        ((date(2026, 2, 1), date(2026, 3, 1)), date(2026, 2, 16), 15),
        ((date(2026, 2, 1), date(2026, 3, 1)), date(2026, 2, 28), 27),
        ((date(2026, 1, 31), date(2026, 2, 28)), date(2026, 2, 10), 10),
        ((date(2026, 2, 28), date(2026, 3, 31)), date(2026, 3, 15), 15),
        ((date(2026, 2, 28), date(2026, 3, 28)), date(2026, 3, 15), 15),
    ],
)
def test_fixed_30_counts_a_month_as_30_days(whole: tuple[date, date], day: date, passed: int) -> None:
    """Each month is 30 days: day 31 counts nothing, the last day of February makes up the rest."""
    assert ratio("fixed_30", whole, (whole[0], day)) == Fraction(passed, 30)
    assert ratio("fixed_30", whole, (day, whole[1])) == Fraction(30 - passed, 30)


def test_fixed_30_counts_a_year_as_360_days() -> None:
    """Every month of a year weighs a twelfth, February too, counted from the billing day."""
    year = (date(2025, 11, 10), date(2026, 11, 10))
    assert ratio("fixed_30", year, (date(2026, 2, 10), date(2026, 3, 10))) == Fraction(1, 12)
    assert ratio("fixed_30", year, (date(2025, 11, 10), date(2026, 2, 20))) == Fraction(100, 360)
    from_month_end = (date(2026, 1, 31), date(2027, 1, 31))
    assert ratio("fixed_30", from_month_end, (date(2026, 1, 31), date(2026, 4, 30))) == Fraction(90, 360)


def test_fixed_30_of_a_first_part_counts_its_own_days() -> None:
    """A first part that was cut to another billing day has as many days as it has, 30 a month."""
    part = (date(2026, 11, 10), date(2026, 12, 31))
    assert ratio("fixed_30", part, (date(2026, 11, 10), date(2026, 12, 10))) == Fraction(30, 51)
    short = (date(2026, 11, 10), date(2026, 12, 1))
    assert ratio("fixed_30", short, (date(2026, 11, 10), date(2026, 11, 20))) == Fraction(10, 21)


def test_kill_bill_keeps_nine_decimals_of_the_ratio() -> None:
    """The ratio is rounded first, half up, at the ninth decimal: of large amounts that shows."""
    third = span(date(2026, 1, 1), date(2026, 1, 11)), span(date(2026, 1, 1), date(2026, 1, 31))
    assert KILL_BILL.ratio(*third) == Fraction(333_333_333, 10**9)
    assert KILL_BILL.prorate(dollars(3 * 10**12), *third) == dollars(999_999_999_000)
    assert PER_DAY.prorate(dollars(3 * 10**12), *third) == dollars(10**12)
    two_thirds = span(date(2026, 1, 1), date(2026, 1, 21)), third[1]
    assert KILL_BILL.ratio(*two_thirds) == Fraction(666_666_667, 10**9)


def test_halves_round_away_from_zero() -> None:
    """Half a minor unit rounds up, of a credit as of a charge."""
    half = span(date(2026, 1, 1), date(2026, 1, 16)), span(date(2026, 1, 1), date(2026, 1, 31))
    assert PER_DAY.prorate(dollars(1), *half) == dollars(1)
    assert PER_DAY.prorate(dollars(-1), *half) == dollars(-1)
    assert PER_DAY.exact(dollars(1), *half) == Fraction(1, 2)


@pytest.mark.parametrize(
    ("currency", "amount", "expected"),
    [("JPY", 1000, "333 JPY"), ("KWD", 10000, "3.333 KWD"), ("EUR", 1000, "3.33 EUR")],
)
def test_minor_unit_of_the_currency_is_the_step(currency: str, amount: int, expected: str) -> None:
    """Rounding is to yen, fils or cents: 0, 3 or 2 decimals."""
    third = span(date(2026, 1, 1), date(2026, 1, 11)), span(date(2026, 1, 1), date(2026, 1, 31))

    assert str(PER_DAY.prorate(Money(minor_units=amount, currency=currency), *third)) == expected


@pytest.mark.parametrize(
    ("part", "whole", "field"),
    [
        ((date(2025, 12, 31), date(2026, 1, 2)), JANUARY, "used days"),
        ((date(2026, 1, 2), date(2026, 2, 2)), JANUARY, "used days"),
        ((date(2026, 1, 3), date(2026, 1, 2)), JANUARY, "used days"),
        ((date(2026, 1, 1), date(2026, 1, 1)), (date(2026, 1, 1), date(2026, 1, 1)), "period"),
    ],
)
@pytest.mark.parametrize("policy", POLICIES)
def test_days_that_do_not_fit_are_refused(
    policy: str, part: tuple[date, date], whole: tuple[date, date], field: str
) -> None:
    """Days outside of the period, and a period without days, are an error and no figure."""
    with pytest.raises(InvalidInput, match=field):
        ratio(policy, whole, part)


def test_splitting_leaves_a_residue_of_its_own() -> None:
    """Three thirds of a dollar are 33 cents each; the cent that is missing is told, not hidden."""
    split = round_lines([Fraction(100, 3)] * 3, Fraction(100), "USD")
    assert (split.amounts, split.residue) == ((dollars(33),) * 3, dollars(1))
    over = round_lines([Fraction(200, 3)] * 3, Fraction(200), "USD")
    assert (over.amounts, over.residue) == ((dollars(67),) * 3, dollars(-1))
