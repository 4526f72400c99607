"""The nominal period: what a price belongs to, whatever part of it is billed (proration#every-policy).

A price pays for whole months from one billing day to another. A first part of a period, which a switch, an
amendment or a co-termed term makes, costs its days over the days of that nominal period.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

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
from domain.periods.proration import Policy, Span
from domain.ports.billing_port import BilledPeriod


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
        count = months_between(self.boundary_on, day) // self.months
        if self._start(count) > day:
            count -= 1
        elif self._start(count + 1) <= day:
            count += 1
        return Period(start_on=self._start(count), end_on=self._start(count + 1))

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
        ratio, from_on = Fraction(0), part.start_on
        for _number in range(PERIODS_MAX):
            whole = self.whole(from_on, part.time_zone)
            ratio += policy.ratio(_within(part, whole, from_on), whole)
            from_on = whole.end_on
            if from_on >= part.end_on:
                break
        return price.minor_units * ratio

    def prorated(self, policy: Policy, price: Money, part: Span) -> Money:
        """Return what a part costs, rounded once, half up."""
        exact = self.exact(policy, price, part)
        return Money(minor_units=round_half_up(exact), currency=price.currency)

    def _start(self, count: int) -> date:
        return add_months(self.boundary_on, count * self.months, self.billing_day)


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
