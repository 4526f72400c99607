"""How long things are promised to take (rules#promises), computed from users and the directory's quota."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.licenses.write_quota import Allowance

#: No move of licenses is promised in less time.
LICENSE_SECONDS_MIN = 60
#: Writes that a promise counts on: of this installation at one organization, and of everybody there.
PROMISED_PACE = (
    Allowance(writes=3_000, window_seconds=150.0),
    Allowance(writes=18_000, window_seconds=300.0),
)
#: No switch is promised in less time.
SWITCH_SECONDS_MIN = 600
#: No lock of administration is promised to end in less time.
ADMINISTRATION_LOCK_SECONDS_MIN = 3_600
#: A switch that still runs after so long alarms an operator.
ALARM_SECONDS = 3_600
#: Days after the cutover until which the invoice is promised.
INVOICE_DAYS = 30


def license_move_seconds(users: int) -> int:
    """Return the promise for the license part: one minute, or what the quota needs for more users."""
    # One write for each user; the move uses the directory's quota to the full
    # (activities/base/write_quotas.py).
    return LICENSE_SECONDS_MIN + int(max(allowance.seconds_for(users) for allowance in PROMISED_PACE))


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
