"""The old plan's side of a cutover: what was consumed, and what is left by subtraction.

See proration#every-policy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from domain.kernel.memo import by_identity
from domain.kernel.money import Money, RoundedLines, round_half_up, round_lines, total_of
from domain.periods.billing_periods import Period, billed_days
from domain.periods.proration import POLICIES, Policy, Span, billing_calendar
from domain.ports.billing_port import BilledPeriod, BookedLine
from domain.quote import lines as kinds
from domain.quote.lines import QuoteLine
from domain.quote.quote_input import QuoteInput, source_days


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceSide:
    """A period of the old plan that stops; paid is consumed plus remaining, to the minor unit."""

    #: What was paid for the period, net of earlier credits; never negative.
    paid: Money
    #: From zero to `paid`.
    consumed: Money
    #: One line for each stretch of days with the same licenses, and what rounding them moved.
    used: tuple[QuoteLine, ...]

    @property
    def remaining(self) -> Money:
        """Return the value of the days that the old plan does not serve."""
        return self.paid - self.consumed


#: Where billing stops at the order, every day of a quote has the same.
@lru_cache(maxsize=64)
def source_side(
    terms: QuoteInput,
    policy: Policy,
    period: Period,
    stop_on: date,
    *,
    stop_at: datetime | None,
    is_renewed: bool,
) -> SourceSide:
    """Compute what was consumed of a period until the old plan stops.

    Args:
        terms: What the quote is computed from.
        policy: Policy of that day.
        period: Period of the old plan that has the stop, or ends with it.
        stop_on: First day on which the old plan is not billed.
        stop_at: Stated instant of that day, for policies that count seconds.
        is_renewed: The period is a renewal of the one that was quoted.
    """
    paid = whole_period_price(terms) if is_renewed else _net_paid(terms)
    booked = _booked(terms, period, is_renewed=is_renewed)
    used = Span(start_on=period.start_on, end_on=stop_on, time_zone=terms.time_zone, end_at=stop_at)
    stretches = _stretches(booked, used)
    exact = [_used_exactly(terms, policy, booked, stretch) for stretch in stretches]
    whole = exact[0] if stretches == (used,) else _used_exactly(terms, policy, booked, used)
    rounded = round_lines(exact, whole, terms.currency)
    total = total_of((*rounded.amounts, rounded.residue), terms.currency)
    consumed = _bounded(total, paid)
    if consumed != total:
        # What was credited before tells nothing of single days: one line has all that is left of the price.
        stretches = (used,)
        rounded = RoundedLines(amounts=(consumed,), residue=Money.zero(terms.currency))
    lines = tuple(
        _used_line(terms, amount, stretch, _licenses(terms, booked, stretch))
        for amount, stretch in zip(rounded.amounts, stretches, strict=True)
    )
    return SourceSide(paid=paid, consumed=consumed, used=(*lines, *_residue(terms, rounded.residue, used)))


def remaining_value(
    terms: QuoteInput,
    policy: Policy,
    period: Period,
    stop_on: date,
    *,
    stop_at: datetime | None,
    is_renewed: bool,
) -> Money:
    """Return what `source_side` leaves of a period, without the lines that tell how."""
    paid = whole_period_price(terms) if is_renewed else _net_paid(terms)
    used = Span(start_on=period.start_on, end_on=stop_on, time_zone=terms.time_zone, end_at=stop_at)
    whole = _used_exactly(terms, policy, _booked(terms, period, is_renewed=is_renewed), used)
    return paid - _bounded(Money(minor_units=round_half_up(whole), currency=terms.currency), paid)


def given_back(
    terms: QuoteInput, policy: Policy, side: SourceSide, *, forfeited: Money, unused: Period, period: Period
) -> tuple[QuoteLine, ...]:
    """Return the lines of the invoice that give back what remains and is not forfeited.

    Args:
        terms: What the quote is computed from.
        policy: Tells whether the bill shows the difference, or the whole line and what was used of it.
        side: What was paid and consumed.
        forfeited: Part of the remaining value that is lost.
        unused: Days that the old plan does not serve.
        period: The whole period.
    """
    if not policy.is_whole_line_reversed:
        text = f"Old plan, {unused.days} of {source_days(terms, period)} days unused"
        return (source_line(terms, kinds.CREDIT, text, forfeited - side.remaining, unused),)
    reversal = source_line(terms, kinds.REVERSAL, "Old plan, the whole line given back", -side.paid, period)
    names = {kinds.CONSUMED: kinds.REBILLED, kinds.CONSUMED_ROUNDING: kinds.ROUNDING}
    rebilled = [replace(line, kind=names[line.kind]) for line in side.used]
    if not forfeited.minor_units:
        return (reversal, *rebilled)
    withheld = source_line(
        terms, kinds.WITHHELD, "Old plan, prepaid value that is forfeited", forfeited, unused
    )
    return (reversal, *rebilled, withheld)


def source_line(terms: QuoteInput, kind: str, description: str, amount: Money, days: Period) -> QuoteLine:
    """Return a line about the old plan with the licenses it has now."""
    return QuoteLine(
        kind=kind,
        description=description,
        amount=amount,
        from_on=days.start_on,
        to_on=days.end_on,
        quantity=terms.billed.quantity,
        unit_price=terms.billed.unit_price,
    )


def whole_period_price(terms: QuoteInput) -> Money:
    """Return what a whole period of the old plan costs for the licenses it has now."""
    return terms.billed.unit_price.times(terms.billed.quantity)


def _bounded(consumed: Money, paid: Money) -> Money:
    """Return what was consumed within what was paid: credits may have taken more than is left."""
    return min(max(consumed, Money.zero(paid.currency)), paid)


def _net_paid(terms: QuoteInput) -> Money:
    return max(terms.billed.paid - terms.billed.credited, Money.zero(terms.currency))


def _booked(terms: QuoteInput, period: Period, *, is_renewed: bool) -> Sequence[BookedLine]:
    if terms.booked and not is_renewed:
        return terms.booked
    if not is_renewed and period == billed_days(terms.billed):
        return _paid_line(terms.billed)
    amount = whole_period_price(terms) if is_renewed else terms.billed.paid
    return (
        BookedLine(
            amount=amount, from_on=period.start_on, to_on=period.end_on, quantity=terms.billed.quantity
        ),
    )


#: It is the same for every day of a quote.
@by_identity(256)
def _paid_line(billed: BilledPeriod) -> tuple[BookedLine, ...]:
    """Return what was paid for a billed period as one line."""
    line = BookedLine(
        amount=billed.paid,
        from_on=billed.period_start_on,
        to_on=billed.period_end_on,
        quantity=billed.quantity,
    )
    return (line,)


def _stretches(booked: Sequence[BookedLine], used: Span) -> tuple[Span, ...]:
    """Cut the used days where a booked line begins or ends: inside a stretch nothing changes."""
    inside = {
        day for line in booked for day in (line.from_on, line.to_on) if used.start_on < day < used.end_on
    }
    days = (used.start_on, *sorted(inside), used.end_on)
    return tuple(
        Span(
            start_on=first,
            end_on=end,
            time_zone=used.time_zone,
            end_at=used.end_at if end == used.end_on else None,
        )
        for first, end in pairwise(days)
    )


def _used_exactly(terms: QuoteInput, policy: Policy, booked: Sequence[BookedLine], stretch: Span) -> Fraction:
    """Return what the stretch is worth, in minor units: of each booked line the part that lies in it."""
    parts = [_part_of(terms, policy, line, stretch) for line in booked]
    # Most periods have one line, and an exact sum costs more than the part itself.
    return parts[0] if len(parts) == 1 else sum(parts, Fraction(0))


def _part_of(terms: QuoteInput, policy: Policy, line: BookedLine, stretch: Span) -> Fraction:
    first, end = max(line.from_on, stretch.start_on), min(line.to_on, stretch.end_on)
    if first > end:
        return Fraction(0)
    is_stopped = end == stretch.end_on and end < line.to_on
    part = Span(
        start_on=first,
        end_on=end,
        time_zone=stretch.time_zone,
        end_at=stretch.end_at if is_stopped else None,
    )
    whole = Span(start_on=line.from_on, end_on=line.to_on, time_zone=stretch.time_zone)
    by_line = policy.exact(line.amount, part, whole)
    if not terms.is_nominal or by_line == line.amount.minor_units:
        return by_line
    return worth_by_price(terms.billed, policy, line, part=part, by_line=by_line)


def worth_by_price(
    billed: BilledPeriod, policy: Policy, line: BookedLine, *, part: Span, by_line: Fraction
) -> Fraction:
    """Return what a part of a booked line is worth by the price of its nominal period, in minor units.

    A line of another price than the present one is worth its own amount over its own days. A first part of a
    period that was charged for more than its price is used no faster than its price tells.

    Args:
        billed: The period of the line.
        policy: How days are counted.
        line: What was booked.
        part: Days of the line.
        by_line: What they are worth by the amount of the line over its own days, in minor units.
    """
    calendar, price = billing_calendar(billed), billed.unit_price.times(line.quantity)
    by_price = calendar.exact(policy, price, part)
    if _is_at_price(billed, line, part.time_zone):
        return by_price
    charge = calendar.prorated(policy, price, _line_days(line, part.time_zone))
    nominal, whole = calendar.period(line.from_on), billed_days(billed)
    days = Period(start_on=line.from_on, end_on=line.to_on)
    is_too_much = days == whole != nominal and line.quantity > 0 and charge < line.amount
    return min(by_line, by_price) if is_too_much else by_line


#: It is the same for every day of a quote.
@lru_cache(maxsize=256)
def _is_at_price(billed: BilledPeriod, line: BookedLine, time_zone: str) -> bool:
    """Return whether a line costs what the present price says for its days.

    The seller, or a switch before, may have counted the days of the line in another way.
    """
    calendar, price = billing_calendar(billed), billed.unit_price.times(line.quantity)
    days = _line_days(line, time_zone)
    return any(line.amount == calendar.prorated(each, price, days) for each in POLICIES.values())


def _line_days(line: BookedLine, time_zone: str) -> Span:
    return Span(start_on=line.from_on, end_on=line.to_on, time_zone=time_zone)


def _licenses(terms: QuoteInput, booked: Sequence[BookedLine], stretch: Span) -> int:
    """Return how many licenses were paid on the first day of a stretch."""
    if not terms.booked:
        return terms.billed.quantity
    return sum(line.quantity for line in booked if line.from_on <= stretch.start_on < line.to_on)


def _used_line(terms: QuoteInput, amount: Money, stretch: Span, quantity: int) -> QuoteLine:
    until = f" and until {stretch.end_at.isoformat()}" if stretch.end_at else ""
    return QuoteLine(
        kind=kinds.CONSUMED,
        description=f"Old plan, used {stretch.days} days{until}",
        amount=amount,
        from_on=stretch.start_on,
        to_on=stretch.end_on,
        quantity=quantity,
        unit_price=terms.billed.unit_price,
    )


def _residue(terms: QuoteInput, residue: Money, used: Span) -> tuple[QuoteLine, ...]:
    if not residue.minor_units:
        return ()
    days = Period(start_on=used.start_on, end_on=used.end_on)
    return (source_line(terms, kinds.CONSUMED_ROUNDING, "Rounding of the lines before", residue, days),)
