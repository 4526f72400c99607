"""The periods of both plans in a quote: which are billed, and to which nominal one a price belongs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from domain.periods.billing_periods import Period, billing_day, cycle_months, period_with, renewals_until
from domain.periods.nominal_period import BillingCalendar, billing_calendar, billing_day_of
from domain.periods.proration import Span
from domain.quote.quote_input import QuoteInput


def billed_period(terms: QuoteInput) -> Period:
    """Return the days that are billed of the old plan's current period."""
    return Period(start_on=terms.billed.period_start_on, end_on=terms.billed.period_end_on)


def source_renewals(terms: QuoteInput, period: Period, day: date) -> tuple[Period, ...]:
    """Return the periods of the old plan that follow one of its own, up to the one that has `day`."""
    months = cycle_months(terms.billed.billing_cycle)
    return renewals_until(period, months, day, anchor_day=_anchor_day(terms, period))


def target_period(terms: QuoteInput, day: date) -> Period:
    """Return the period of the new plan that has `day`, a whole one; it keeps the old plan's billing day."""
    if terms.is_nominal:
        return _target_calendar(terms, day).period(day)
    own_months = cycle_months(terms.billed.billing_cycle)
    first = billed_period(terms)
    source = (first, *renewals_until(first, own_months, day))[-1]
    return period_with(source, own_months, cycle_months(terms.billing_cycle), day)


def target_whole(terms: QuoteInput, period: Period) -> Span:
    """Return a period of the new plan as what a policy measures its parts against."""
    if terms.is_nominal:
        return _target_calendar(terms, period.start_on).whole(period.start_on, terms.time_zone)
    return Span(start_on=period.start_on, end_on=period.end_on, time_zone=terms.time_zone)


def source_days(terms: QuoteInput, period: Period) -> int:
    """Return the days of the nominal period to which a billed period of the old plan belongs."""
    if not terms.is_nominal:
        return period.days
    return source_calendar(terms).period(period.start_on).days


def source_calendar(terms: QuoteInput) -> BillingCalendar:
    """Return the nominal periods of the old plan."""
    return billing_calendar(terms.billed)


def _target_calendar(terms: QuoteInput, day: date) -> BillingCalendar:
    source, months = source_calendar(terms), cycle_months(terms.billing_cycle)
    if months == source.months:
        return source
    return replace(source, boundary_on=source.period(day).start_on, months=months)


def _anchor_day(terms: QuoteInput, period: Period) -> int:
    if terms.is_nominal:
        return billing_day_of(terms.billed)
    return billing_day(period, cycle_months(terms.billed.billing_cycle))
