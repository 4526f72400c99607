"""Business days over a given set of holidays: who gives the same dates gets the same deadline, for ever.

Which days are holidays is looked up outside and stored with the deadline (rules#credit-check), so that a
newer list of holidays cannot change what was promised. Lengths of time in words stand below.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.kernel.errors import InvalidInput

SATURDAY_AND_SUNDAY = frozenset({5, 6})
LAST_WEEKDAY = 6
#: Longest deadline in business days.
BUSINESS_DAYS_MAX = 366
#: Days off in a row after which the holidays given cannot be right.
DAYS_OFF_MAX = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class BusinessCalendar:
    """Business days of one place: its zone, its holidays, its weekend."""

    #: IANA name, such as Europe/Berlin.
    time_zone: str
    holidays: frozenset[date]
    #: Weekdays off, Monday is 0.
    weekend: frozenset[int] = SATURDAY_AND_SUNDAY
    #: Local time from which a day counts no more as the first one; None: it always does.
    cut_off: time | None = None
    #: Days of a weekend on which people work instead of another day.
    working_weekend_days: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a zone that does not exist and a week without business days.

        Raises:
            InvalidInput: The zone or the weekend is not usable.
        """
        zone_of(self.time_zone)
        if not self.weekend < frozenset(range(LAST_WEEKDAY + 1)):
            raise InvalidInput(field="weekend", value=sorted(self.weekend), allowed="some of 0 to 6")

    def local_date(self, instant: datetime) -> date:
        """Return the day of `instant` in this place's zone."""
        return local_date(instant, self.time_zone)

    def is_business_day(self, day: date) -> bool:
        """Return whether `day` is neither weekend nor holiday."""
        is_weekend = day.weekday() in self.weekend and day not in self.working_weekend_days
        return not is_weekend and day not in self.holidays

    def add_business_days(self, start: datetime, days: int) -> datetime:
        """Return the instant `days` business days after `start`, at the same local time (rules#credit-check).

        A start on a day off, or at or past the cut-off, counts from the beginning of the next business day.

        Args:
            start: An instant with a zone.
            days: Business days to wait, 0 to BUSINESS_DAYS_MAX.

        Raises:
            InvalidInput: `start` has no zone, `days` is out of range, or no business day is in sight.
        """
        if not 0 <= days <= BUSINESS_DAYS_MAX:
            raise InvalidInput(field="days", value=days, allowed=f"0 to {BUSINESS_DAYS_MAX}")
        local = _aware(start).astimezone(zone_of(self.time_zone))
        day, clock = local.date(), local.timetz().replace(tzinfo=None)
        if not self.is_business_day(day) or (self.cut_off is not None and clock >= self.cut_off):
            day, clock = self._next_business_day(day), time()
        for _ in range(days):
            day = self._next_business_day(day)
        return datetime.combine(day, clock, zone_of(self.time_zone)).astimezone(UTC)

    def holidays_between(self, start: datetime, end: datetime) -> tuple[date, ...]:
        """Return the holidays from `start` to `end`: what a deadline was computed with."""
        first, last = self.local_date(start), self.local_date(end)
        return tuple(sorted(day for day in self.holidays if first <= day <= last))

    def _next_business_day(self, day: date) -> date:
        for offset in range(1, DAYS_OFF_MAX + 1):
            candidate = day + timedelta(days=offset)
            if self.is_business_day(candidate):
                return candidate
        raise InvalidInput(
            field="holidays", value=len(self.holidays), allowed=f"fewer than {DAYS_OFF_MAX} days off in a row"
        )


def local_date(instant: datetime, time_zone: str) -> date:
    """Return the day of `instant` in a zone; billing counts in such days (rules#quote-and-cutover).

    Raises:
        InvalidInput: The instant has no zone, or there is no such zone.
    """
    return _aware(instant).astimezone(zone_of(time_zone)).date()


def start_of_day(day: date, time_zone: str) -> datetime:
    """Return the instant, in UTC, at which `day` begins in a zone.

    Raises:
        InvalidInput: There is no such zone.
    """
    return datetime.combine(day, time(), zone_of(time_zone)).astimezone(UTC)


def zone_of(time_zone: str) -> ZoneInfo:
    """Return the zone with this IANA name.

    Raises:
        InvalidInput: There is no such zone.
    """
    try:
        return ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput(
            field="time_zone", value=time_zone, allowed="an IANA name such as Europe/Berlin"
        ) from error


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise InvalidInput(field="instant", value=instant, allowed="an instant with a time zone")
    return instant


def duration(seconds: int) -> str:
    """Return seconds as people say them, rounded up; a bigger unit where ten of it are reached."""
    for unit, size, least in (("day", 86_400, 864_000), ("hour", 3_600, 36_000), ("minute", 60, 60)):
        if seconds >= least:
            count = -(-seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} seconds"
