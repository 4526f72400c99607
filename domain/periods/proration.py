"""Proration: which part of an amount a part of a period stands for, by named policy (proration#the-policies).

A policy is a way of measuring time, and what is done with the measured ratio. The ratio is exact unless the
policy says to how many decimals it is kept; the amount is rounded once, at the end of a line.

A price pays for a nominal period: whole months from one billing day to another (proration#every-policy). A
first part of a period, which a switch, an amendment or a co-termed term makes, costs its days over the days
of that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache

from domain.kernel.calendar import start_of_day
from domain.kernel.errors import InvalidInput
from domain.kernel.memo import by_identity
from domain.kernel.money import Money, round_half_up
from domain.periods.billing_periods import (
    PERIODS_MAX,
    Period,
    add_months,
    billed_days,
    billing_day,
    cycle_months,
    months_between,
)
from domain.ports.billing_port import BilledPeriod

PER_DAY = "per_day"
PER_SECOND = "per_second"
FIXED_30 = "fixed_30"
KILL_BILL = "kill_bill"
VENDOR_DAY = "vendor_day"
DAYS_OF_FIXED_MONTH = 30
KILL_BILL_DECIMALS = 9
_SECOND = timedelta(seconds=1)
#: Ratios of days, and nominal periods, that are kept.
_RATIOS_MAX = 4_096
_PERIODS_KEPT = 4_096
#: Billed periods whose calendar is kept.
_CALENDARS_MAX = 256


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Time from the beginning of the day `start_on` to the beginning of the day `end_on`.

    A stated instant inside one of these days moves that end of the span, for policies that count seconds.
    """

    start_on: date
    end_on: date
    #: IANA zone in which days begin; only seconds depend on it.
    time_zone: str = "UTC"
    start_at: datetime | None = None
    end_at: datetime | None = None
    #: Day of the month on which its months begin, where it is a nominal period; 0: its ends tell.
    billing_day: int = 0

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.end_on - self.start_on).days

    @property
    def started_at(self) -> datetime:
        """Return the instant at which it begins."""
        return self.start_at or start_of_day(self.start_on, self.time_zone)

    @property
    def ended_at(self) -> datetime:
        """Return the instant at which it ends."""
        return self.end_at or start_of_day(self.end_on, self.time_zone)

    @property
    def seconds(self) -> int:
        """Return how many seconds pass in it; a day of a clock change has an hour more or less."""
        return (self.ended_at - self.started_at) // _SECOND

    def has(self, part: Span) -> bool:
        """Return whether `part` lies inside it."""
        return self.start_on <= part.start_on <= part.end_on <= self.end_on


#: Given a part and its whole, return the exact ratio of the two.
Measure = Callable[[Span, Span], Fraction]


def by_days(part: Span, whole: Span) -> Fraction:
    """Return the ratio of actual days."""
    return _fraction(part.days, whole.days)


#: A history divides the same few numbers of days again and again.
@lru_cache(maxsize=_RATIOS_MAX)
def _fraction(numerator: int, denominator: int) -> Fraction:
    return Fraction(numerator, denominator)


def by_seconds(part: Span, whole: Span) -> Fraction:
    """Return the ratio of the seconds that pass, clock changes included."""
    return Fraction(part.seconds, whole.seconds)


def by_fixed_months(part: Span, whole: Span) -> Fraction:
    """Return the ratio of days where each month counts 30, counted from the first day of `whole`.

    Day 31 of a month counts nothing and the last day of a short one makes up what is missing to 30, so that
    parts add up to their whole and each whole month weighs the same.
    """
    passed = _fixed_days(whole, part.end_on) - _fixed_days(whole, part.start_on)
    return Fraction(passed, _fixed_days(whole, whole.end_on))


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """A named way of proration; a stored quote names it, so that it bills by the same one for ever."""

    name: str
    #: Goes into the digest of a quote; a new way of computing is a new version, never a change.
    version: str
    measure: Measure
    #: Decimals to which the ratio is kept, half up; None keeps it exact.
    ratio_decimals: int | None = None
    #: The bill gives the whole old line back and charges the used part anew.
    is_whole_line_reversed: bool = False

    def ratio(self, part: Span, whole: Span) -> Fraction:
        """Return which part of `whole` the time `part` is.

        Raises:
            InvalidInput: `whole` has no day, or `part` is not inside of it.
        """
        if whole.days < 1:
            raise InvalidInput(field="period", value=f"{whole.days} days", allowed="one day or more")
        if not whole.has(part):
            raise InvalidInput(
                field="used days",
                value=f"{part.start_on} to {part.end_on}",
                allowed=f"inside of {whole.start_on} to {whole.end_on}",
            )
        exact = self.measure(part, whole)
        if self.ratio_decimals is None:
            return exact
        scale: int = 10**self.ratio_decimals
        return Fraction(round_half_up(exact * scale), scale)

    def exact(self, amount: Money, part: Span, whole: Span) -> Fraction:
        """Return the part of `amount` before it is rounded, in minor units."""
        return self.ratio(part, whole) * amount.minor_units

    def prorate(self, amount: Money, part: Span, whole: Span) -> Money:
        """Return the part of `amount` that `part` stands for, rounded once, half up (proration#every-policy).

        Args:
            amount: Price of the whole period.
            part: The days that are billed.
            whole: The period.

        Raises:
            InvalidInput: The days do not fit each other.
        """
        return amount.times(self.ratio(part, whole))


#: Policy name -> policy. A stored quote names its policy: change none of them, add a new name or version.
POLICIES = {
    policy.name: policy
    for policy in (
        Policy(name=PER_DAY, version="actual/1", measure=by_days),
        Policy(name=PER_SECOND, version="second/1", measure=by_seconds),
        Policy(name=FIXED_30, version="fixed_30/1", measure=by_fixed_months),
        Policy(name=KILL_BILL, version="kill_bill/1", measure=by_days, ratio_decimals=KILL_BILL_DECIMALS),
        Policy(name=VENDOR_DAY, version="vendor_day/1", measure=by_days, is_whole_line_reversed=True),
    )
}


def proration_policy(name: str) -> Policy:
    """Return the policy of this name.

    Raises:
        InvalidInput: There is no such policy.
    """
    policy = POLICIES.get(name)
    if policy is None:
        raise InvalidInput(field="policy", value=name, allowed=", ".join(sorted(POLICIES)))
    return policy


def _fixed_days(whole: Span, day: date) -> int:
    """Return how many days of 30-day months pass from the start of `whole` to `day`."""
    anchor_day = _anchor_day(whole)
    months = months_between(whole.start_on, day)
    if add_months(whole.start_on, months, anchor_day) > day:
        months -= 1
    begun_on = add_months(whole.start_on, months, anchor_day)
    return DAYS_OF_FIXED_MONTH * months + (day - begun_on).days


def _anchor_day(whole: Span) -> int:
    """Return the day of the month on which the months of `whole` begin."""
    if whole.billing_day:
        return whole.billing_day
    latest = max(whole.start_on.day, whole.end_on.day)
    months = months_between(whole.start_on, whole.end_on)
    ends = (add_months(whole.start_on, 0, latest), add_months(whole.start_on, months, latest))
    return latest if ends == (whole.start_on, whole.end_on) else whole.start_on.day


@dataclass(frozen=True, kw_only=True, slots=True)
class BillingCalendar:
    """The nominal periods of a price: `months` each, from billing day to billing day."""

    #: A day on which one of them begins.
    boundary_on: date
    months: int
    #: Day of the month on which they begin, 1 to 31; a shorter month has its last day instead.
    billing_day: int
    #: A period of other days that still counts as whole: billing charged the whole price for it.
    special: Period | None = None

    def period(self, day: date) -> Period:
        """Return the nominal period that has `day`."""
        if self.special is not None and self.special.has(day):
            return self.special
        return _nominal_period(self.boundary_on, self.months, self.billing_day, day)

    def whole(self, day: date, time_zone: str = "UTC") -> Span:
        """Return the nominal period that has `day` as what a policy measures a part against."""
        period = self.period(day)
        return Span(
            start_on=period.start_on,
            end_on=period.end_on,
            time_zone=time_zone,
            # A special period has months of its own, if any.
            billing_day=0 if period == self.special else self.billing_day,
        )

    def exact(self, policy: Policy, price: Money, part: Span) -> Fraction:
        """Return what a part costs before it is rounded, in minor units.

        Args:
            policy: How days are counted.
            price: Price of one whole nominal period.
            part: The days; they may reach over several periods.
        """
        whole = self.whole(part.start_on, part.time_zone)
        ratio = policy.ratio(_within(part, whole, part.start_on), whole)
        for _number in range(PERIODS_MAX - 1):
            from_on = whole.end_on
            if from_on >= part.end_on:
                break
            whole = self.whole(from_on, part.time_zone)
            ratio += policy.ratio(_within(part, whole, from_on), whole)
        return ratio * price.minor_units

    def prorated(self, policy: Policy, price: Money, part: Span) -> Money:
        """Return what a part costs, rounded once, half up."""
        exact = self.exact(policy, price, part)
        return Money(minor_units=round_half_up(exact), currency=price.currency)


#: Each day of a quote asks for it several times, and many organizations have the same billing day.
@lru_cache(maxsize=_PERIODS_KEPT)
def _nominal_period(boundary_on: date, months: int, billing_day: int, day: date) -> Period:
    """Return the period that has `day`; one of them begins on `boundary_on`."""

    def start(count: int) -> date:
        return add_months(boundary_on, count * months, billing_day)

    count = months_between(boundary_on, day) // months
    if start(count) > day:
        count -= 1
    elif start(count + 1) <= day:
        count += 1
    return Period(start_on=start(count), end_on=start(count + 1))


#: Each day of a quote asks for it several times, about the same object.
@by_identity(_CALENDARS_MAX)
def billing_calendar(billed: BilledPeriod) -> BillingCalendar:
    """Return the nominal periods to which the price of a billed period belongs.

    A period ends on a billing day, however late it began.
    """
    calendar = BillingCalendar(
        boundary_on=billed.period_end_on,
        months=cycle_months(billed.billing_cycle),
        billing_day=billing_day_of(billed),
    )
    return replace(calendar, special=_special_period(billed, calendar))


def billing_day_of(billed: BilledPeriod) -> int:
    """Return the day of the month on which a billed period renews, 1 to 31.

    What billing states counts where the period ends on it. Otherwise the period tells.
    """
    stated, end_on = billed.billing_day, billed.period_end_on
    if stated is not None and add_months(end_on, 0, stated) == end_on:
        return stated
    return billing_day(billed_days(billed), cycle_months(billed.billing_cycle))


def with_billing_day(billed: BilledPeriod, purchased_on: date) -> BilledPeriod:
    """Return a billed period with its billing day as a number (proration#every-policy).

    What billing states counts. A purchase on the 31st renews on the 28th of February and on the 31st of
    March: its day tells that, and the period of February does not. It counts where the period is a whole one
    between two such days.

    Args:
        billed: The period as billing shows it.
        purchased_on: Day on which the subscription was bought, in the organization's zone.
    """
    if billed.billing_day is not None:
        return billed
    months = cycle_months(billed.billing_cycle)
    ends = (billed.period_start_on, billed.period_end_on)
    expected = (
        add_months(billed.period_end_on, -months, purchased_on.day),
        add_months(billed.period_end_on, 0, purchased_on.day),
    )
    return replace(billed, billing_day=purchased_on.day if ends == expected else billing_day_of(billed))


def _special_period(billed: BilledPeriod, calendar: BillingCalendar) -> Period | None:
    """Return a billed period that was charged as a whole one and is none by the calendar.

    Only where no billing day is known: with one, what was charged never makes a part a whole.
    """
    period = billed_days(billed)
    nominal = calendar.period(period.start_on)
    price = billed.unit_price.times(billed.quantity)
    part = price.times(Fraction(period.days, nominal.days))
    is_whole_price = billed.paid == price and billed.paid != part
    return period if billed.billing_day is None and is_whole_price else None


def _within(part: Span, whole: Span, from_on: date) -> Span:
    """Return what lies in one nominal period; only the ends of the whole part have a stated instant."""
    end_on = min(part.end_on, whole.end_on)
    return Span(
        start_on=from_on,
        end_on=end_on,
        time_zone=part.time_zone,
        start_at=part.start_at if from_on == part.start_on else None,
        end_at=part.end_at if end_on == part.end_on else None,
    )
