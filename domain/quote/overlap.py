"""An old plan that can't be cancelled: it goes on beside the new one until its term ends (ADR 12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.kernel.money import Money
from domain.periods.billing_periods import Period
from domain.quote import lines as kinds
from domain.quote.lines import QuoteLine
from domain.quote.quote_input import QuoteInput, source_renewals
from domain.quote.source import source_line, whole_period_price

#: Acknowledgment that accepts the overlap which the quote discloses.
OVERLAP = "overlap"


@dataclass(frozen=True, kw_only=True, slots=True)
class Overlap:
    """What is told before the order of an old plan that goes on beside the new one."""

    #: The old plan ends on it.
    until: date
    #: Days beside each other, and what they cost at most: when the switch completes on the first day.
    days_at_most: int
    at_most: Money


def accepted_overlap(terms: QuoteInput, source: Period, remaining: Money, on: date) -> tuple[QuoteLine, ...]:
    """Return the lines of the days on which the old plan goes on beside the new one.

    The first is what was paid for the rest of the period; the others the seller bills by himself until the
    term ends. Nothing of either is given back.

    Args:
        terms: What the quote is computed from; `terms.overlap_until` is after `on`.
        source: Period of the old plan that has `on`.
        remaining: What was paid for it and not consumed before `on`.
        on: Day of the cutover.
    """
    until = terms.overlap_until
    if until is None:
        return ()
    beside = Period(start_on=on, end_on=source.end_on)
    text = f"Old plan beside the new one, {beside.days} days paid already, not given back"
    first = source_line(terms, kinds.ACCEPTED_OVERLAP, text, remaining, beside)
    return (first, *(_to_come(terms, period) for period in _later(terms, source, until)))


def overlap_of(days: Sequence[tuple[date, Sequence[QuoteLine]]], until: date, currency: str) -> Overlap:
    """Return what is told of the overlap of a table: its longest and dearest day.

    Args:
        days: Each day of the table before `until`, with the lines that are told of it.
        until: The old plan ends on it.
        currency: ISO 4217 code.
    """
    nothing = Money.zero(currency)
    beside = {kinds.ACCEPTED_OVERLAP, kinds.OVERLAP_TO_COME}
    amounts = [sum((line.amount for line in lines if line.kind in beside), nothing) for _, lines in days]
    return Overlap(
        until=until,
        days_at_most=max(((until - on).days for on, _ in days), default=0),
        at_most=max(amounts, default=nothing),
    )


def _later(terms: QuoteInput, source: Period, until: date) -> tuple[Period, ...]:
    """Return the periods of the old plan that begin after `source` and before its term ends."""
    return tuple(period for period in source_renewals(terms, source, until) if period.start_on < until)


def _to_come(terms: QuoteInput, period: Period) -> QuoteLine:
    text = "Old plan beside the new one; billed by the seller until its term ends, not on this invoice"
    return source_line(terms, kinds.OVERLAP_TO_COME, text, whole_period_price(terms), period)
