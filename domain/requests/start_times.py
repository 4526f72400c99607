"""When a switch may start by the organization's clocks: a stated instant, and quiet hours.

Clocks change: a local time may come twice, or not at all (rules#clock-changes).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self

from domain.kernel.calendar import local_date, zone_of
from domain.kernel.errors import InvalidInput

#: Quiet hours as the installation's setting says them.
CONFIGURED = "configured"
#: How quiet hours are written.
WINDOW_WORDS = "two times of day, such as 22:00-06:00"
_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_DATE_CHARACTERS = len("2026-12-24")
_SECOND = timedelta(seconds=1)
#: Days in which a window opens once at least, whatever clocks do.
_DAYS_MAX = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class StartTerms:
    """When a request starts, as it was asked for and is recorded; nothing of it: as soon as it may."""

    #: ISO date in the organization's zone.
    start_on: str | None = None
    #: ISO instant with the offset of the organization's clocks.
    start_at: str | None = None
    #: Window outside of which it does not start, such as 22:00-06:00.
    quiet_hours: str | None = None

    @classmethod
    def of_order(cls, order: Mapping[str, Any]) -> Self:
        """Return it from an order as it is recorded, where "" or nothing stands for none."""
        return cls(
            start_on=order.get("start_on") or None,
            start_at=order.get("start_at") or None,
            quiet_hours=order.get("quiet_hours") or None,
        )

    @property
    def words(self) -> str:
        """Return it as people say it; "" where it starts as soon as it may."""
        if self.start_at is not None:
            return f"{self.start_at[:16].replace('T', ' ')} (UTC{self.start_at[-6:]})"
        window = f"in quiet hours {self.quiet_hours}" if self.quiet_hours else ""
        if self.start_on is None:
            return window
        return f"{self.start_on}, {window}" if window else self.start_on


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietHours:
    """A window of each day by an organization's clocks; one that ends before it begins ends a day later."""

    opens: time
    closes: time

    @classmethod
    def parse(cls, text: str, *, field: str = "quiet_hours") -> Self:
        """Return the window that a text names.

        Args:
            text: Two times of day, such as 22:00-06:00.
            field: Where it was given, for a refusal.

        Raises:
            InvalidInput: It is none, or has no length.
        """
        match = _WINDOW.fullmatch(text.strip())
        if match is None:
            raise InvalidInput(field=field, value=text, allowed=WINDOW_WORDS)
        hours = [int(part) for part in match.groups()]
        opens, closes = time(hours[0], hours[1]), time(hours[2], hours[3])
        if opens == closes:
            raise InvalidInput(field=field, value=text, allowed=f"{WINDOW_WORDS}: two different ones")
        return cls(opens=opens, closes=closes)

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}"

    def opening(self, at: datetime, time_zone: str) -> datetime:
        """Return when it may start at the earliest: `at` itself inside a window, else the next opening.

        Args:
            at: Aware instant.
            time_zone: The organization's zone.
        """
        # The window of the day before may still be open.
        first = local_date(at, time_zone) - timedelta(days=1)
        for number in range(_DAYS_MAX):
            opens_at, closes_at = self.window(first + timedelta(days=number), time_zone)
            # Clocks that skip the whole window leave none on that day.
            if at < closes_at and opens_at < closes_at:
                return max(at, opens_at)
        raise InvalidInput(field="quiet_hours", value=str(self), allowed="a window that opens")

    def closing(self, at: datetime, time_zone: str) -> datetime | None:
        """Return when the window closes that is open at an instant; None: none is.

        Args:
            at: Aware instant.
            time_zone: The organization's zone.
        """
        today = local_date(at, time_zone)
        for day in (today - timedelta(days=1), today):
            opens_at, closes_at = self.window(day, time_zone)
            if opens_at <= at < closes_at:
                return closes_at
        return None

    def window(self, day: date, time_zone: str) -> tuple[datetime, datetime]:
        """Return the instants from which and until which the window of a day is open, in UTC.

        Args:
            day: Day on which it opens, in the zone.
            time_zone: The organization's zone.
        """
        last = day + timedelta(days=1) if self.closes <= self.opens else day
        opens_at = first_at(datetime.combine(day, self.opens), time_zone)
        return opens_at, first_at(datetime.combine(last, self.closes), time_zone)


def may_be_same(wanted: StartTerms, recorded: StartTerms) -> bool:
    """Return whether a recorded start can be what somebody asks for in words of their own.

    Days that a rule finds, and the window of the installation, may have been any.

    Args:
        wanted: As it is asked for.
        recorded: As it is recorded: its day and its instant are found.
    """
    if wanted.start_at is not None or recorded.start_at is not None:
        return _is_same_instant(wanted.start_at or "", recorded.start_at or "")
    if (wanted.quiet_hours is None) != (recorded.quiet_hours is None):
        return False
    window = (wanted.quiet_hours or "").strip().lower()
    if window not in {"", CONFIGURED, recorded.quiet_hours}:
        return False
    return _is_same_day(wanted.start_on or "", recorded.start_on or "", has_window=bool(window))


def _is_same_instant(wanted: str, recorded: str) -> bool:
    try:
        instant, known = datetime.fromisoformat(wanted.strip()), datetime.fromisoformat(recorded)
    except ValueError:
        return False
    return instant == known if instant.tzinfo else instant == known.replace(tzinfo=None)


def _is_same_day(wanted: str, recorded: str, *, has_window: bool) -> bool:
    """Return whether a day is the same one; the first window from a day on may open a day later."""
    try:
        day, known = date.fromisoformat(wanted.strip()), date.fromisoformat(recorded)
    except ValueError:
        return True
    return day <= known <= day + timedelta(days=1) if has_window else day == known


def quiet_hours_of(text: str, configured: str) -> QuietHours:
    """Return the window that a request names, or the installation's where it says `configured`.

    Raises:
        InvalidInput: It is no window, or the installation has none.
    """
    if text.strip().lower() != CONFIGURED:
        return QuietHours.parse(text)
    if not configured:
        raise InvalidInput(
            field="quiet_hours",
            value=text,
            allowed=f"{WINDOW_WORDS}; this installation has none configured",
            remedy="Name a window, or set PLANSWITCH_QUIET_HOURS for the console.",
        )
    return QuietHours.parse(configured)


def instants_of(local: datetime, time_zone: str) -> tuple[datetime, ...]:
    """Return when clocks of a zone show a local time, in UTC: once, twice (earlier first), or never.

    Args:
        local: Date and time of day, without a zone.
        time_zone: IANA name.
    """
    zone = zone_of(time_zone)
    both = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(sorted(each for each in both if each.astimezone(zone).replace(tzinfo=None) == local))


def first_at(local: datetime, time_zone: str) -> datetime:
    """Return the first instant at which clocks show a local time; where they skip it, when they have.

    Args:
        local: Date and time of day, without a zone.
        time_zone: IANA name.
    """
    shown = instants_of(local, time_zone)
    return shown[0] if shown else _after_skip(local, time_zone)


def _after_skip(local: datetime, time_zone: str) -> datetime:
    """Return the instant at which clocks go forward over a local time, to the second."""
    zone = zone_of(time_zone)
    before, after = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    offset = after.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after


def stated_instant(text: str, time_zone: str, *, field: str = "start_at") -> datetime:
    """Return the instant that somebody states, in UTC (rules#clock-changes).

    Args:
        text: ISO date and time of day to the second; without an offset by the organization's clocks.
        time_zone: The organization's zone.
        field: Where it was given, for a refusal.

    Raises:
        InvalidInput: It is none, or clocks of the zone skip it, or show it twice and no offset says which.
    """
    allowed = "a date and a time of day by the organization's clocks, such as 2026-12-24T18:00"
    try:
        stated = datetime.fromisoformat(text.strip())
        is_whole = len(text.strip()) > _DATE_CHARACTERS and not stated.microsecond
        if is_whole and stated.tzinfo is not None:
            return stated.astimezone(UTC)
        shown = instants_of(stated.replace(tzinfo=None), time_zone)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(field=field, value=text, allowed=allowed) from error
    if not is_whole:
        raise InvalidInput(field=field, value=text, allowed=allowed)
    if len(shown) != 1:
        raise _unclear(text, stated, shown, time_zone, field)
    return shown[0]


def _unclear(
    text: str, stated: datetime, shown: tuple[datetime, ...], time_zone: str, field: str
) -> InvalidInput:
    zone = zone_of(time_zone)
    if shown:
        both = " or ".join(each.astimezone(zone).isoformat(timespec="minutes") for each in shown)
        return InvalidInput(
            field=field,
            value=text,
            allowed=f"{both}: clocks in {time_zone} show this time twice",
            remedy="Say which of the two is meant, by its offset.",
        )
    after = _after_skip(stated, time_zone)
    before, then = (each.astimezone(zone).isoformat(timespec="minutes") for each in (after - _SECOND, after))
    return InvalidInput(
        field=field,
        value=text,
        allowed=f"up to {before} or from {then} on: clocks in {time_zone} skip this time",
        remedy="Name a time that clocks there show on that day.",
    )


def local_text(instant: datetime, time_zone: str) -> str:
    """Return an instant as it is recorded: ISO by the organization's clocks, with their offset."""
    return instant.astimezone(zone_of(time_zone)).isoformat(timespec="seconds")
