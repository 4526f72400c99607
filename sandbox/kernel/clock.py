"""Time of the sandbox: real in production, set by hand in tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """A source of the present instant."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant at which the clock was left."""
        return self._now

    def advance(self, **duration: float) -> datetime:
        """Move the clock on; takes the keywords of `timedelta` and returns the new instant."""
        self._now += timedelta(**duration)
        return self._now


def iso(instant: datetime) -> str:
    """Return `instant` as the vendor writes it: UTC with a Z."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def parse_instant(text: str) -> datetime:
    """Read an instant that `iso` wrote."""
    return datetime.fromisoformat(text)
