"""When to start a switch: a time at which nobody is expected to need administration.

See cli#the-plan-of-a-switch.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.kernel.calendar import SATURDAY_AND_SUNDAY

#: Local hours between which nobody is expected to need administration.
EVENING, MORNING = time(19), time(7)
FRIDAY = 4
DAYS_OF_WEEK = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Advice:
    """A time to start at which nobody is expected to need administration."""

    start_at: datetime
    until: datetime
    why: str


def advise(now: datetime, time_zone: str, lock_seconds: int) -> Advice:
    """Return the next evening that leaves room for the lock, or Friday's, before a weekend, for a longer one.

    Args:
        now: Aware instant.
        time_zone: IANA zone of the organization.
        lock_seconds: How long administration is promised to be locked.
    """
    zone = ZoneInfo(time_zone)
    local = now.astimezone(zone)
    lock = timedelta(seconds=lock_seconds)
    today = local.date()
    days = (today + timedelta(days=offset) for offset in range(-1, DAYS_OF_WEEK))
    nights = (_night(max(local, datetime.combine(day, EVENING, zone)), day, zone) for day in days)
    fitting = (night for night in nights if night[0] + lock <= night[1])
    start, end = next(fitting, None) or _weekend(today, zone)
    why = "a night" if end - start <= timedelta(days=1) else "a weekend"
    start_at = start.astimezone(UTC)
    return Advice(
        start_at=start_at,
        until=start_at + lock,
        why=f"{why}, when nobody is expected to assign licenses or change users",
    )


def _night(start: datetime, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return a start and the morning after `day`; a weekend has no mornings."""
    morning = day + timedelta(days=1)
    while morning.weekday() in SATURDAY_AND_SUNDAY:
        morning += timedelta(days=1)
    return start, datetime.combine(morning, MORNING, zone)


def _weekend(today: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    friday = today + timedelta(days=(FRIDAY - today.weekday() - 1) % DAYS_OF_WEEK + 1)
    return _night(datetime.combine(friday, EVENING, zone), friday, zone)
