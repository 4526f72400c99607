"""What an attempt to deliver ended with, when the next one comes, and when an endpoint is disabled.

See webhooks#retries.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus

#: Pauses after the first, the second ... attempt, in seconds (Standard Webhooks).
PAUSES_SECONDS = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
#: Attempts of one delivery, while the endpoint takes others.
ATTEMPTS_MAX = len(PAUSES_SECONDS) + 1
#: A pause is longer by this part of itself at most, so that retries of many deliveries do not come at once.
JITTER_MAX = 0.2
#: Longest pause that a receiver may ask for.
RETRY_AFTER_MAX = timedelta(days=1)
#: An endpoint is disabled when every attempt has failed for so many days; a setting may say otherwise.
FAILING_DAYS_MAX = 5
_PAUSING = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_SUCCESSES, _REDIRECTS = range(200, 300), range(300, 400)


class Outcome(StrEnum):
    """How an attempt ended; the words are stored."""

    DELIVERED = "delivered"
    #: An answer that is no success.
    REFUSED = "refused"
    #: An answer that leads elsewhere; it is not followed.
    REDIRECTED = "redirected"
    #: The receiver says that it wants no more.
    GONE = "gone"
    #: No whole answer in time; the message may have arrived.
    TIMED_OUT = "timed_out"
    #: No connection, or one that broke.
    UNREACHABLE = "unreachable"
    #: The name led to an address that is not allowed; nothing was sent.
    ADDRESS_REFUSED = "address_refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One attempt to deliver."""

    started_at: datetime
    duration_ms: int
    outcome: Outcome
    #: Of the answer; 0 where none came.
    status: int = 0
    #: The beginning of the answer's body, or what went wrong.
    answer: str = ""
    #: The address that was connected to; "" where none was.
    address: str = ""
    #: How long the receiver asks to wait; None where it does not.
    retry_after: timedelta | None = None

    @property
    def is_delivered(self) -> bool:
        """Return whether the receiver took the message."""
        return self.outcome is Outcome.DELIVERED

    @property
    def holds_endpoint(self) -> bool:
        """Return whether the receiver asks for a pause of everything, not of this delivery alone."""
        return self.retry_after is not None and self.status in _PAUSING


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How an endpoint and one of its deliveries stood before an attempt."""

    #: Attempts of the delivery that failed before.
    attempts: int
    #: When the first of them began; None before it.
    first_attempt_at: datetime | None
    #: Since when every attempt of the endpoint has failed; None: the last one did not.
    failing_since: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What follows from an attempt that failed."""

    #: When it is tried next; None: it is given up.
    due_at: datetime | None
    #: Why the endpoint is disabled; "" where it goes on.
    disabling: str = ""


def outcome_of(status: int) -> Outcome:
    """Return what the status of an answer means."""
    if status in _SUCCESSES:
        return Outcome.DELIVERED
    if status == HTTPStatus.GONE:
        return Outcome.GONE
    return Outcome.REDIRECTED if status in _REDIRECTS else Outcome.REFUSED


def verdict_of(attempt: Attempt, before: Standing, *, failing_max: timedelta, jitter: float) -> Verdict:
    """Return what follows from an attempt that failed.

    A delivery is given up only while the endpoint takes others. Where nothing gets through, each one waits
    until the endpoint is disabled, and goes on when it is enabled again.

    Args:
        attempt: The attempt.
        before: How things stood.
        failing_max: An endpoint is disabled when every attempt has failed for so long.
        jitter: From 0 to 1; spreads the next attempts.
    """
    count, failing_since = before.attempts + 1, before.failing_since or attempt.started_at
    pause = timedelta(seconds=PAUSES_SECONDS[min(count, len(PAUSES_SECONDS)) - 1] * (1 + JITTER_MAX * jitter))
    asked_pause = min(attempt.retry_after or timedelta(), RETRY_AFTER_MAX)
    due_at = attempt.started_at + max(pause, asked_pause)
    if attempt.outcome is Outcome.GONE:
        return Verdict(due_at=due_at, disabling="the receiver answered 410 Gone")
    if attempt.started_at - failing_since >= failing_max:
        disabling = f"every attempt has failed since {failing_since:%Y-%m-%d %H:%M} UTC"
        return Verdict(due_at=due_at, disabling=disabling)
    has_others = before.failing_since is None or failing_since > (before.first_attempt_at or failing_since)
    is_given_up = count >= ATTEMPTS_MAX and has_others
    return Verdict(due_at=None if is_given_up else due_at)
