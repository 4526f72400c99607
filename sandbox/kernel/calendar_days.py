"""Days and billing periods in an organization's zone."""

from __future__ import annotations

import calendar
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from sandbox.kernel.model import Json

MONTHS_PER_YEAR = 12
HALF = Fraction(1, 2)
TERM_MONTHS = {"P1M": 1, "P1Y": 12, "P3Y": 36}


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the day on which `instant` falls in a zone."""
    return instant.astimezone(zone).date()


def add_months(day: date, months: int, billing_day: int | None = None) -> date:
    """Return the billing day `months` later, or the last day of a shorter month; None: the day's own."""
    count = day.month - 1 + months
    year, month = day.year + count // MONTHS_PER_YEAR, count % MONTHS_PER_YEAR + 1
    wanted = min(billing_day or day.day, calendar.monthrange(year, month)[1])
    return date(year, month, wanted)


def cycle_months(billing_cycle: str) -> int:
    """Return how many months a whole period has."""
    return MONTHS_PER_YEAR if billing_cycle == "annual" else 1


def period_end(start_on: date, billing_cycle: str, billing_day: int | None = None) -> date:
    """Return the first day after a billing period that starts on `start_on`.

    The billing day is a number: a subscription of the 31st renews on 28 February and on 31 March.
    """
    return add_months(start_on, cycle_months(billing_cycle), billing_day)


def billing_day_of(billing: Json, billing_cycle: str) -> int:
    """Return the day of the month on which a period renews.

    Older journals do not state it: both ends of a whole period show it, of a first part the last end alone.
    """
    if "billing_day" in billing:
        return int(billing["billing_day"])
    start_on, end_on = (date.fromisoformat(billing[name]) for name in ("period_start_on", "period_end_on"))
    latest = max(start_on.day, end_on.day)
    is_whole = period_end(start_on, billing_cycle, latest) == end_on
    return latest if is_whole else end_on.day


def nominal_period(billing: Json, billing_cycle: str) -> tuple[date, date]:
    """Return the whole period that a billed one belongs to, however late that began."""
    end_on = date.fromisoformat(billing["period_end_on"])
    start_on = add_months(end_on, -cycle_months(billing_cycle), billing_day_of(billing, billing_cycle))
    return start_on, end_on


def part_price(price: int, from_on: date, end_on: date, *, billing_cycle: str, billing_day: int) -> int:
    """Return what days up to a period's end cost: the price by their part of the whole period, half up."""
    start_on = add_months(end_on, -cycle_months(billing_cycle), billing_day)
    return int(price * Fraction((end_on - from_on).days, (end_on - start_on).days) + HALF)


def is_term_end(bought_on: date, term: str, billing_cycle: str, day: date) -> bool:
    """Return whether a period's end is the end of a term as well.

    A term ends with a period: with the last one that ends in the month, or before it, up to which whole terms
    have passed since the purchase. Where the first part of a period made the first term, it is a short one.
    """
    months = (day.year - bought_on.year) * MONTHS_PER_YEAR + day.month - bought_on.month
    term_months, period_months = TERM_MONTHS[term], cycle_months(billing_cycle)
    if term_months <= period_months:
        return True
    return months > 0 and (months + period_months - 1) // term_months > (months - 1) // term_months


def term_end(
    bought_on: date, term: str, billing_cycle: str, period_end_on: date, billing_day: int | None = None
) -> date:
    """Return the end of the term that a period belongs to, given the period's end."""
    period_months = cycle_months(billing_cycle)
    ends = (
        add_months(period_end_on, number * period_months, billing_day)
        for number in range(TERM_MONTHS[term] // period_months + 1)
    )
    return next(day for day in ends if is_term_end(bought_on, term, billing_cycle, day))
