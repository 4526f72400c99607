"""Days and billing periods in an organization's zone."""

from __future__ import annotations

import calendar
from datetime import date, datetime
from zoneinfo import ZoneInfo

MONTHS_PER_YEAR = 12
TERM_MONTHS = {"P1M": 1, "P1Y": 12, "P3Y": 36}


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the day on which `instant` falls in a zone."""
    return instant.astimezone(zone).date()


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or the last day of a shorter month."""
    count = day.month - 1 + months
    year, month = day.year + count // MONTHS_PER_YEAR, count % MONTHS_PER_YEAR + 1
    return day.replace(year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1]))


def period_end(start_on: date, billing_cycle: str) -> date:
    """Return the first day after a billing period that starts on `start_on`."""
    return add_months(start_on, MONTHS_PER_YEAR if billing_cycle == "annual" else 1)


def is_term_end(bought_on: date, term: str, day: date) -> bool:
    """Tell whether a period's end is the end of a term as well."""
    months = (day.year - bought_on.year) * MONTHS_PER_YEAR + day.month - bought_on.month
    return months % TERM_MONTHS[term] == 0


def term_end(bought_on: date, term: str, period_end_on: date) -> date:
    """Return the end of the term that a period belongs to, given the period's end."""
    later = (add_months(period_end_on, count) for count in range(TERM_MONTHS[term]))
    return next(day for day in later if is_term_end(bought_on, term, day))
