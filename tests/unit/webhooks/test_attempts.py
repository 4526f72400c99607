"""When a failed delivery is tried again, is given up, and disables its endpoint (webhooks#retries)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.webhooks.attempts import (
    ATTEMPTS_MAX,
    PAUSES_SECONDS,
    Attempt,
    Outcome,
    Standing,
    outcome_of,
    verdict_of,
)

AT = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
FAILED = Attempt(started_at=AT, duration_ms=1, outcome=Outcome.REFUSED, status=500)
FIVE_DAYS = timedelta(days=5)
FRESH = Standing(attempts=0, first_attempt_at=None, failing_since=None)


def _due(attempt: Attempt, before: Standing, jitter: float = 0.0) -> timedelta:
    due_at = verdict_of(attempt, before, failing_max=FIVE_DAYS, jitter=jitter).due_at
    assert due_at is not None
    return due_at - AT


def test_the_pauses_are_the_documented_ones() -> None:
    """5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 hours; a fifth longer at most."""
    hours = [timedelta(hours=each) for each in (2, 5, 10, 14, 20, 24)]
    documented = [timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), *hours]

    assert [
        _due(FAILED, replace(FRESH, attempts=count)) for count in range(len(PAUSES_SECONDS))
    ] == documented
    assert _due(FAILED, FRESH, jitter=1.0) == timedelta(seconds=6)
    assert ATTEMPTS_MAX == 10


def test_retry_after_makes_a_pause_longer_and_never_shorter() -> None:
    """Up to a day."""
    asked = {seconds: replace(FAILED, retry_after=timedelta(seconds=seconds)) for seconds in (1, 60, 10**9)}

    assert [_due(each, FRESH) for each in asked.values()] == [
        timedelta(seconds=5),
        timedelta(seconds=60),
        timedelta(days=1),
    ]


def test_given_up_only_while_others_are_taken() -> None:
    """After the tenth attempt; an endpoint that takes nothing keeps its messages."""
    first = AT - timedelta(days=3)
    last = Standing(attempts=ATTEMPTS_MAX - 1, first_attempt_at=first, failing_since=None)
    verdicts = {
        "others": verdict_of(FAILED, last, failing_max=FIVE_DAYS, jitter=0),
        "others since": verdict_of(
            FAILED, replace(last, failing_since=first + timedelta(1)), failing_max=FIVE_DAYS, jitter=0
        ),
        "nothing": verdict_of(FAILED, replace(last, failing_since=first), failing_max=FIVE_DAYS, jitter=0),
    }

    assert {name: each.due_at is None for name, each in verdicts.items()} == {
        "others": True,
        "others since": True,
        "nothing": False,
    }
    assert {each.disabling for each in verdicts.values()} == {""}


def test_disabled_after_long_failure_and_when_gone() -> None:
    """Five days without any success, or 410; the delivery waits in both."""
    long = Standing(attempts=12, first_attempt_at=AT - FIVE_DAYS, failing_since=AT - FIVE_DAYS)
    gone = replace(FAILED, outcome=Outcome.GONE, status=410)

    for attempt, before in ((FAILED, long), (gone, FRESH)):
        verdict = verdict_of(attempt, before, failing_max=FIVE_DAYS, jitter=0)
        assert verdict.disabling
        assert verdict.due_at is not None


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.DELIVERED),
        (204, Outcome.DELIVERED),
        (301, Outcome.REDIRECTED),
        (404, Outcome.REFUSED),
        (410, Outcome.GONE),
        (503, Outcome.REFUSED),
    ],
)
def test_what_a_status_means(status: int, outcome: Outcome) -> None:
    """Only 2xx is a success."""
    assert outcome_of(status) is outcome
