"""Promises (rules#promises) are computed from users and quota, never below the figure given there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.licenses.promised_time import (
    administration_lock_seconds,
    alarm_at,
    invoice_promised_at,
    license_move_seconds,
    promised_end,
    switch_seconds,
)
from tests.support.stories.samples import AT


@pytest.mark.parametrize(
    ("users", "license_part", "whole", "locked"),
    [
        (1, 60, 600, 3_600),
        (300, 60, 600, 3_600),
        (3_000, 60, 600, 3_600),
        (3_020, 61, 601, 3_600),
        (100_000, 4_910, 5_450, 9_820),
        (300_000, 14_910, 15_450, 29_820),
    ],
)
def test_promises_grow_with_the_directory_quota(
    users: int, license_part: int, whole: int, locked: int
) -> None:
    """Up to the quota's burst the published figures hold; beyond it, what the quota needs."""
    assert license_move_seconds(users) == license_part
    assert switch_seconds(users) == whole
    assert administration_lock_seconds(users) == locked


def test_promised_end_counts_from_the_start() -> None:
    """A switch of 300 users that starts now is promised within ten minutes."""
    assert promised_end(AT, 300) == AT + timedelta(minutes=10)


@pytest.mark.parametrize(("users", "seconds"), [(300, 3_600), (60_000, 3_600), (300_000, 15_450)])
def test_alarm_comes_after_an_hour_or_the_promised_end(users: int, seconds: int) -> None:
    """A switch that still runs after an hour alarms an operator; one promised longer, at that end."""
    assert alarm_at(AT, users) == AT + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("zone", "cut_over", "promised"),
    [
        ("Europe/Berlin", "2026-11-22 10:30", "2026-12-22 10:30"),
        ("Europe/Berlin", "2026-12-15 23:59", "2027-01-14 23:59"),
        ("Europe/Berlin", "2026-03-10 10:30", "2026-04-09 10:30"),
        ("Europe/Berlin", "2026-10-10 10:30", "2026-11-09 10:30"),
        ("Pacific/Auckland", "2027-09-01 00:00", "2027-10-01 00:00"),
        ("UTC", "2028-02-10 12:00", "2028-03-11 12:00"),
    ],
)
def test_invoice_is_promised_within_thirty_local_days(zone: str, cut_over: str, promised: str) -> None:
    """The clocks of the organization show the same time 30 days later, over year end and summer time."""
    there = ZoneInfo(zone)

    at = invoice_promised_at(datetime.fromisoformat(cut_over).replace(tzinfo=there).astimezone(UTC), zone)

    assert at.tzinfo is UTC
    assert at.astimezone(there).strftime("%Y-%m-%d %H:%M") == promised
