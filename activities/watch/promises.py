"""How long things are promised to take (rules#promises), computed from users and the directory's quota."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.licenses.write_quota import LICENSE_SECONDS_MIN, license_move_seconds

__all__ = [
    "ADMINISTRATION_LOCK_SECONDS_MIN",
    "ALARM_SECONDS",
    "INVOICE_DAYS",
    "LICENSE_SECONDS_MIN",
    "SWITCH_SECONDS_MIN",
    "administration_lock_seconds",
    "alarm_at",
    "invoice_promised_at",
    "license_move_seconds",
    "promised_end",
    "switch_seconds",
]

SWITCH_SECONDS_MIN = 600
ADMINISTRATION_LOCK_SECONDS_MIN = 3_600
#: A switch that still runs after so long alarms an operator.
ALARM_SECONDS = 3_600
INVOICE_DAYS = 30


def switch_seconds(users: int) -> int:
    """Return the promise for the whole switch: ten minutes, or more for many users."""
    return max(SWITCH_SECONDS_MIN, SWITCH_SECONDS_MIN - LICENSE_SECONDS_MIN + license_move_seconds(users))


def administration_lock_seconds(users: int) -> int:
    """Return the promise for how long administration is locked: one hour, or more for many users."""
    return max(ADMINISTRATION_LOCK_SECONDS_MIN, 2 * license_move_seconds(users))


def promised_end(start: datetime, users: int) -> datetime:
    """Return when a switch that starts now is promised to be done."""
    return start + timedelta(seconds=switch_seconds(users))


def alarm_at(start: datetime, users: int) -> datetime:
    """Return when an operator is alarmed of a switch that still runs: after an hour, or its promised end.

    Many users are promised more than an hour; an alarm before that end would tell nobody anything.
    """
    return max(start + timedelta(seconds=ALARM_SECONDS), promised_end(start, users))


def invoice_promised_at(cut_over_at: datetime, time_zone: str) -> datetime:
    """Return until when the invoice is to be delivered: the same local time, 30 days after the cutover.

    Args:
        cut_over_at: Aware instant of the cutover.
        time_zone: IANA zone in which the organization counts days.
    """
    local = cut_over_at.astimezone(ZoneInfo(time_zone))
    # Days are added on the wall clock: a change to or from summer time makes one of them longer or shorter.
    return (local + timedelta(days=INVOICE_DAYS)).astimezone(UTC)
