"""A ledger of its own: what plans cost for the days they are held, from proration#every-policy alone.

It shares no code with what it is compared with. Amounts inside a formula are fractions of minor units; each
line is rounded once, halves away from zero.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

#: Policies by how they measure a part of a period.
PER_DAY, PER_SECOND, FIXED_30, KILL_BILL, VENDOR_DAY = (
    "per_day",
    "per_second",
    "fixed_30",
    "kill_bill",
    "vendor_day",
)
#: Kinds of lines; a sum of all of them but the ones in `UNPAID` is the net.
CONSUMED, RESIDUE, CREDIT, CHARGE = "consumed", "residue", "credit", "charge"
OVERLAP_CHARGE, OVERLAP_CREDIT = "overlap_charge", "overlap_credit"
FREE, FORFEITED, KEPT = "free", "forfeited", "kept"
#: Kinds that explain a credit, or cost nothing: they are no part of what is due.
UNPAID = frozenset({CONSUMED, RESIDUE, FREE, FORFEITED, KEPT})

#: A day, or an instant inside of one.
Moment = date | datetime


def half_up(exact: Fraction) -> int:
    """Round to whole minor units, halves away from zero."""
    whole, rest = divmod(abs(exact), 1)
    rounded = int(whole) + (rest >= Fraction(1, 2))
    return rounded if exact >= 0 else -rounded


def day_of(moment: Moment) -> date:
    """Return the local day of a moment."""
    return moment.date() if isinstance(moment, datetime) else moment


@dataclass(frozen=True, kw_only=True, slots=True)
class Cycle:
    """Nominal periods: a billing day as a number, clamped at the end of a month, every so many months."""

    billing_day: int
    months: int
    #: A month of the year in which a period starts.
    first_month: int = 1
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))

    def period(self, day: date) -> tuple[date, date]:
        """Return the first day of the nominal period around `day`, and the first day after it."""
        number = self._number(day)
        return self._start(number), self._start(number + self.months)

    def share(self, policy: str, since: Moment, until: Moment) -> Fraction:
        """Return which part of one nominal period lies between two moments of it."""
        start, end = self.period(day_of(since))
        if policy == PER_SECOND:
            ratio = self._seconds(since, until) / self._seconds(start, end)
        elif policy == FIXED_30:
            ratio = Fraction(self._place(until, start) - self._place(since, start), 30 * self.months)
        else:
            ratio = Fraction((day_of(until) - day_of(since)).days, (end - start).days)
        return Fraction(half_up(ratio * 10**9), 10**9) if policy == KILL_BILL else ratio

    def cost(self, price: int, policy: str, since: Moment, until: Moment) -> Fraction:
        """Return what a price per nominal period comes to between two moments, over renewals too."""
        total, moment = Fraction(0), since
        while moment != until:
            end = self.period(day_of(moment))[1]
            step: Moment = until if day_of(until) <= end and until != end else end
            total += price * self.share(policy, moment, step)
            moment = step
        return total

    def _number(self, day: date) -> int:
        """Return the month, counted from year 0, in which the period around `day` starts."""
        month = day.year * 12 + day.month - 1
        month -= day < self._start(month)
        return month - (month - self.first_month + 1) % self.months

    def _start(self, number: int) -> date:
        year, month = divmod(number, 12)
        return date(year, month + 1, min(self.billing_day, monthrange(year, month + 1)[1]))

    def _place(self, moment: Moment, start: date) -> int:
        """Return the place of a day in months of 30 days, counted from the first day of its period."""
        number, day = self._number(start), day_of(moment)
        whole = max(each for each in range(self.months + 1) if self._start(number + each) <= day)
        return 30 * whole + min((day - self._start(number + whole)).days, 30)

    def _seconds(self, since: Moment, until: Moment) -> Fraction:
        first, last = (
            moment if isinstance(moment, datetime) else datetime.combine(moment, time(), self.zone)
            for moment in (since, until)
        )
        return Fraction(round(last.timestamp() - first.timestamp()))


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line: an amount in minor units for half-open days."""

    kind: str
    amount: int
    from_on: date
    to_on: date
    licenses: int = 0
    plan: str = ""


@dataclass(kw_only=True, slots=True)
class Account:
    """What one subscription was charged and given back, as its seller books it: actual days."""

    plan: str
    #: Of one license for one nominal period, in minor units.
    price: int
    cycle: Cycle
    licenses: int = 0
    bookings: list[Line] = field(default_factory=list)
    #: Day from which the next term has `next_licenses`, 0 where there is none; None: it is like this one.
    next_on: date | None = None
    next_licenses: int = 0

    @property
    def ended_on(self) -> date | None:
        """Return the first day after the last term, where that is not renewed."""
        return None if self.next_licenses else self.next_on

    def schedule(self, on: date, licenses: int) -> None:
        """Let the term that begins on a day have other licenses; with 0 of them there is no such term."""
        self.next_on, self.next_licenses = on, licenses

    def unschedule(self) -> None:
        """Forget what was to be with the next term; a plan that ends still ends."""
        if self.next_licenses:
            self.next_on, self.next_licenses = None, 0

    def change(self, licenses: int, since: date, until: date | None = None, policy: str = PER_DAY) -> Line:
        """Buy licenses for the rest of a period, or give some back (negative)."""
        end = until or self.cycle.period(since)[1]
        amount = half_up(self.cycle.cost(self.price * licenses, policy, since, end))
        return self._book(CHARGE if licenses > 0 else CREDIT, amount, since, end, licenses)

    def give(self, amount: int, since: date, until: date) -> Line:
        """Give money back for days; the licenses stay."""
        return self._book(CREDIT, -amount, since, until, 0)

    def renew(self, until: date) -> list[Line]:
        """Charge each whole period that has begun by the day `until`, by the licenses of its term."""
        charges = []
        while (turn := max(each.to_on for each in self.bookings)) <= until and turn != self.ended_on:
            count = self.next_licenses if turn == self.next_on else self.licenses
            if turn == self.next_on:
                self.unschedule()
            self.licenses = 0
            charges.append(self.change(count, turn))
        return charges

    def current(self, day: date) -> list[Line]:
        """Return what was booked for the nominal period around `day`."""
        start, end = self.cycle.period(day)
        return [each for each in self.bookings if start <= each.from_on < end]

    def first_day(self, day: date) -> date:
        """Return the first day that was booked of the period around `day`."""
        return min(each.from_on for each in self.current(day))

    def paid(self, day: date) -> int:
        """Return what was paid for the period around `day`, net of what was given back."""
        return sum(each.amount for each in self.current(day))

    def used(self, until: Moment, policy: str, *, of: date) -> tuple[list[Line], Fraction]:
        """Return a line for each stretch that was used of the period around a day, and their exact sum."""
        booked = [each for each in self.current(of) if each.from_on < self._end(until)]
        edges = {day for each in booked for day in (each.from_on, each.to_on) if day < self._end(until)}
        moments: list[Moment] = [*sorted(edges), until]
        parts = [(since, self._worth(booked, since, to, policy)) for since, to in pairwise(moments)]
        if len(parts) > 1 and parts[-1][0] == day_of(until):
            # An instant ends the stretch of the days before it, whatever changed in the morning of its day.
            (since, exact), (_, more) = parts[-2:]
            parts[-2:] = [(since, exact + more)]
        ends = [*(since for since, _ in parts[1:]), until][: len(parts)]
        lines = [
            _line(CONSUMED, half_up(exact), since, to, self._held(booked, since), self.plan)
            for (since, exact), to in zip(parts, ends, strict=True)
        ]
        # A ratio that is rounded is that of each booking for all of its own days.
        spans = [(each, until if day_of(until) < each.to_on else each.to_on) for each in booked]
        total = sum(
            (self._worth([each], each.from_on, end, policy) for each, end in spans if each.from_on != end),
            Fraction(0),
        )
        return lines, total

    def _held(self, booked: list[Line], on: Moment) -> int:
        return sum(each.licenses for each in booked if each.from_on <= day_of(on) < each.to_on)

    def _end(self, until: Moment) -> date:
        """Return the first day of which nothing was used."""
        return day_of(until) + timedelta(days=isinstance(until, datetime) and until.time() != time())

    def _worth(self, booked: list[Line], since: Moment, until: Moment, policy: str) -> Fraction:
        held = [each for each in booked if each.from_on <= day_of(since) < each.to_on]
        # Of what was used to its last day all that was paid is consumed.
        whole = [each for each in held if (each.from_on, each.to_on) == (day_of(since), until)]
        held = [each for each in held if each not in whole]
        price = self.price * sum(each.licenses for each in held)
        gifts = sum(
            each.amount
            * self.cycle.share(policy, since, until)
            / self.cycle.share(policy, each.from_on, each.to_on)
            for each in held
            if not each.licenses
        )
        paid = sum(each.amount for each in whole)
        return self.cycle.cost(price, policy, since, until) + gifts + paid

    def _book(self, kind: str, amount: int, since: date, until: date, licenses: int) -> Line:
        line = _line(kind, amount, since, until, licenses, self.plan)
        self.bookings.append(line)
        self.licenses += licenses
        return line


@dataclass(frozen=True, kw_only=True, slots=True)
class Purchase:
    """A plan that a switch buys, on the billing day and cycle of the old one."""

    plan: str
    price: int
    licenses: int
    #: Nominal periods of its price, where the new plan is paid by another cycle than the old one.
    cycle: Cycle | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """How one switch is billed."""

    #: Day of the cutover, or the instant at which it was scheduled.
    cutover: Moment
    policy: str = PER_DAY
    tax_rate: Fraction = Fraction(0)
    #: Paid in advance: no more is applied than the new plans cost.
    is_prepaid: bool = False
    #: The most that may be forfeited: what was disclosed before the order.
    forfeited_at_most: int | None = None
    #: The manual path from a plan that was paid in advance credits nothing.
    is_manual: bool = False
    #: First day on which the seller bills the new plan although the old one still serves.
    overlap_from: date | None = None
    #: First day that the old plan is not billed, although it serves (rule set 2014).
    stopped_on: date | None = None
    #: The old plan can't be cancelled: it serves and is paid until its term ends.
    is_kept: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Bill:
    """What one switch comes to."""

    lines: tuple[Line, ...]
    #: What was paid for the current period of the old plans, and how it was spent.
    paid: int
    consumed: int
    credit: int
    forfeited: int
    kept: int
    net: int
    tax: int

    @property
    def total(self) -> int:
        """Return net and tax."""
        return self.net + self.tax

    def of(self, kind: str) -> list[Line]:
        """Return the lines of a kind."""
        return [each for each in self.lines if each.kind == kind]


def switch(old: Iterable[Account], new: Iterable[Purchase], cycle: Cycle, terms: Terms) -> Bill:
    """Bill one switch: each old plan gives back what it serves no more, each new one charges from there."""
    charges = [_charge(each, cycle, terms) for each in new]
    ceiling = sum(each.amount for each in charges)
    lines, paid = [*_overlaps(new, cycle, terms), *charges], 0
    for account in old:
        spent, account_paid, given = _give_back(account, terms, ceiling)
        ceiling -= given
        paid += account_paid
        lines += spent
    net = sum(each.amount for each in lines if each.kind not in UNPAID)
    return Bill(
        lines=tuple(lines),
        paid=paid,
        consumed=_sum(lines, CONSUMED) + _sum(lines, RESIDUE),
        credit=-_sum(lines, CREDIT),
        forfeited=_sum(lines, FORFEITED),
        kept=_sum(lines, KEPT),
        net=net,
        tax=half_up(net * terms.tax_rate),
    )


def _charge(purchase: Purchase, cycle: Cycle, terms: Terms) -> Line:
    cycle = purchase.cycle or cycle
    end = cycle.period(day_of(terms.cutover))[1]
    exact = cycle.cost(purchase.price * purchase.licenses, terms.policy, terms.cutover, end)
    return _line(CHARGE, half_up(exact), terms.cutover, end, purchase.licenses, purchase.plan)


def _overlaps(new: Iterable[Purchase], cycle: Cycle, terms: Terms) -> list[Line]:
    """Return what the seller bills before the cutover, and that it is given back."""
    since, until = terms.overlap_from, day_of(terms.cutover)
    if since is None or since >= until:
        return []
    lines = []
    for each in new:
        cycle = each.cycle or cycle
        amount = half_up(cycle.cost(each.price * each.licenses, terms.policy, since, until))
        lines.append(_line(OVERLAP_CHARGE, amount, since, until, each.licenses, each.plan))
        lines.append(_line(OVERLAP_CREDIT, -amount, since, until, each.licenses, each.plan))
    return lines


def _give_back(account: Account, terms: Terms, ceiling: int) -> tuple[list[Line], int, int]:
    """Return the lines of an old plan, what was paid for it, and what it gives to the new ones."""
    until: Moment = terms.stopped_on or terms.cutover
    day = day_of(until)
    if account.ended_on is not None and account.ended_on <= day:
        # It ended by itself: all of its last period was used.
        until, day = account.ended_on, account.ended_on - timedelta(days=1)
    end = account.cycle.period(day)[1]
    lines, exact = account.used(until, terms.policy, of=day)
    paid = account.paid(day)
    consumed = min(max(half_up(exact), 0), paid)
    if consumed != half_up(exact):
        first, last = lines[0], lines[-1]
        lines = [_line(CONSUMED, consumed, first.from_on, last.to_on, first.licenses, account.plan)]
    residue = consumed - _sum(lines, CONSUMED)
    if residue:
        lines.append(_line(RESIDUE, residue, lines[0].from_on, until, 0, account.plan))
    rest = paid - consumed
    given = _given(terms, rest, ceiling, is_unused=day_of(until) <= account.first_day(day))
    if day_of(until) < day_of(terms.cutover):
        lines.append(_line(FREE, 0, until, terms.cutover, account.licenses, account.plan))
    if not terms.is_kept:
        lines.append(_line(CREDIT, -given, until, end, account.licenses, account.plan))
    if rest > given or terms.is_kept:
        kind = KEPT if terms.is_kept else FORFEITED
        lines.append(_line(kind, rest - given, until, end, account.licenses, account.plan))
    return lines, paid, given


def _given(terms: Terms, rest: int, ceiling: int, *, is_unused: bool) -> int:
    """Return what a plan gives back of its rest; of a period of which no day was used all of it."""
    if terms.is_kept:
        return 0
    if not terms.is_prepaid or is_unused:
        return rest
    lost = rest - (0 if terms.is_manual else min(rest, ceiling))
    return rest - (lost if terms.forfeited_at_most is None else min(lost, terms.forfeited_at_most))


def _sum(lines: Iterable[Line], kind: str) -> int:
    return sum(each.amount for each in lines if each.kind == kind)


def _line(  # noqa: PLR0917 - the columns of a ledger, in their order
    kind: str, amount: int, since: Moment, until: Moment, licenses: int, plan: str
) -> Line:
    return Line(
        kind=kind,
        amount=amount,
        from_on=day_of(since),
        to_on=day_of(until),
        licenses=licenses,
        plan=plan,
    )
