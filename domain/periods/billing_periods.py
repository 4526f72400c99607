"""Billing periods: half-open local dates that keep their billing day (proration#every-policy)."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from domain.kernel.errors import InvalidInput
from domain.kernel.memo import by_identity
from domain.ports.billing_port import BilledPeriod

#: Billing cycle -> months of one period.
CYCLE_MONTHS = {"monthly": 1, "annual": 12}
MONTHS_PER_YEAR = 12
BILLING_DAY_MAX = 31
#: Periods looked through for one day; a quote reaches nowhere near as far.
PERIODS_MAX = 600


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """Days from `start_on` to before `end_on`."""

    start_on: date
    end_on: date

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.end_on - self.start_on).days

    def has(self, day: date) -> bool:
        """Return whether `day` is one of its days."""
        return self.start_on <= day < self.end_on


#: Each day of a quote asks for it several times, about the same object.
@by_identity(256)
def billed_days(billed: BilledPeriod) -> Period:
    """Return the days of a billed period."""
    return Period(start_on=billed.period_start_on, end_on=billed.period_end_on)


def cycle_months(billing_cycle: str) -> int:
    """Return how many months one period of this billing cycle has.

    Raises:
        InvalidInput: There is no such cycle.
    """
    months = CYCLE_MONTHS.get(billing_cycle)
    if months is None:
        raise InvalidInput(field="billing_cycle", value=billing_cycle, allowed=" or ".join(CYCLE_MONTHS))
    return months


#: A history asks for the same few days again and again.
@lru_cache(maxsize=4_096)
def add_months(day: date, months: int, anchor_day: int) -> date:
    """Return the billing day `months` later: `anchor_day`, or the last day of a shorter month."""
    year, month = divmod(day.year * MONTHS_PER_YEAR + day.month - 1 + months, MONTHS_PER_YEAR)
    return date(year, month + 1, min(anchor_day, monthrange(year, month + 1)[1]))


def billing_day(period: Period, months: int) -> int:
    """Return the day of the month on which a period of `months` renews.

    The later of its two ends tells it (01-31 to 02-28 renews on the 31st), unless the period is no whole one.
    """
    anchor_day = max(period.start_on.day, period.end_on.day)
    is_whole = add_months(period.start_on, months, anchor_day) == period.end_on
    return anchor_day if is_whole else period.end_on.day


def months_between(first: date, second: date) -> int:
    """Return how many months the month of `second` comes after that of `first`."""
    return (second.year - first.year) * MONTHS_PER_YEAR + second.month - first.month


def renewals_until(
    period: Period, months: int, day: date, *, anchor_day: int | None = None
) -> tuple[Period, ...]:
    """Return the periods that follow `period`, up to the one that has `day`; none when it has it itself.

    Args:
        period: The first period.
        months: Months of each.
        day: The day that is looked for.
        anchor_day: Day of the month on which they renew; None: `period` tells it.
    """
    if anchor_day is None:
        anchor_day = billing_day(period, months)
    renewals: list[Period] = []
    end_on = period.end_on
    while end_on <= day:
        if len(renewals) == PERIODS_MAX:
            raise InvalidInput(field="day", value=day, allowed=f"at most {PERIODS_MAX} renewals away")
        start_on, end_on = end_on, add_months(end_on, months, anchor_day)
        renewals.append(Period(start_on=start_on, end_on=end_on))
    return tuple(renewals)


def period_with(period: Period, own_months: int, months: int, day: date) -> Period:
    """Return the period of `months` that has `day`, on the billing day of `period`.

    Args:
        period: A period of the old plan that has `day`.
        own_months: Months of one period of the old plan.
        months: Months of one period of the new plan; the same number gives `period` itself.
        day: The day that is looked for.
    """
    if months == own_months:
        return period
    anchor_day = billing_day(period, own_months)
    first = Period(start_on=period.start_on, end_on=add_months(period.start_on, months, anchor_day))
    return (first, *renewals_until(first, months, day))[-1]
