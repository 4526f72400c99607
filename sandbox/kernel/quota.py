"""The directory's write quotas as token buckets: per app and organization, and per organization."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime

#: Writes per 150 s and app and organization (vendor#quota).
APP_WRITES, APP_WINDOW_SECONDS = 3_000, 150.0
#: Writes per 5 min and organization.
ORGANIZATION_WRITES, ORGANIZATION_WINDOW_SECONDS = 18_000, 300.0
#: From this part of the app's quota on, answers tell how much of it is used.
SHOWN_FROM = 0.8


@dataclass(kw_only=True, slots=True)
class TokenBucket:
    """A bucket that holds `capacity` writes and refills evenly over its window."""

    capacity: float
    window_seconds: float
    tokens: float
    refilled_at: datetime

    def wait_seconds(self, now: datetime, speed: float) -> float:
        """Refill, and return how long the next write must wait; 0 means that it may go."""
        elapsed = max(0.0, (now - self.refilled_at).total_seconds()) * speed
        rate = self.capacity / self.window_seconds
        self.tokens = min(self.capacity, self.tokens + elapsed * rate)
        self.refilled_at = now
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / rate / speed

    def take(self) -> None:
        """Use one write; a throttled one counts as well, down to an empty bucket."""
        self.tokens = max(0.0, self.tokens - 1)

    @property
    def used_part(self) -> float:
        """Return which part of the bucket is used: 1.0 is all of it."""
        return 1.0 - self.tokens / self.capacity


@dataclass(kw_only=True, slots=True)
class OrganizationQuota:
    """The two buckets of one organization, and what became of its writes."""

    app: TokenBucket
    organization: TokenBucket
    allowed: int = 0
    throttled: int = 0
    #: Writes that were throttled although the write before them, on the same thing, was throttled too.
    throttled_again: int = 0
    _waiting: set[str] = field(default_factory=set)

    def retry_after_seconds(self, subject: str, now: datetime, speed: float) -> int:
        """Count one write and return 0, or how many whole seconds to wait when it is throttled.

        Args:
            subject: What is written to, such as a user.
            now: The present instant.
            speed: How many times faster than real the quota's time runs.
        """
        buckets = (self.app, self.organization)
        wait = max(bucket.wait_seconds(now, speed) for bucket in buckets)
        for bucket in buckets:
            bucket.take()
        if wait:
            self.throttled += 1
            self.throttled_again += subject in self._waiting
            self._waiting.add(subject)
        else:
            self.allowed += 1
            self._waiting.discard(subject)
        return math.ceil(wait)

    def counts(self, now: datetime, speed: float) -> dict[str, int]:
        """Return how many writes were allowed, throttled, throttled twice in a row, and are left."""
        self.app.wait_seconds(now, speed)
        return {
            "allowed": self.allowed,
            "throttled": self.throttled,
            "throttled_again": self.throttled_again,
            "left": int(self.app.tokens),
        }


class Quota:
    """Quotas of every organization; kept in memory only, as a restart is longer than a refill."""

    def __init__(self) -> None:
        self._organizations: dict[str, OrganizationQuota] = {}

    def of(self, organization_id: str, now: datetime, *, app_writes: int = APP_WRITES) -> OrganizationQuota:
        """Return the quota of an organization; a full one at first sight, of so many writes of the app."""
        quota = self._organizations.get(organization_id)
        if quota is None:
            quota = OrganizationQuota(
                app=_bucket(app_writes, APP_WINDOW_SECONDS, now),
                organization=_bucket(ORGANIZATION_WRITES, ORGANIZATION_WINDOW_SECONDS, now),
            )
            self._organizations[organization_id] = quota
        return quota


def _bucket(capacity: int, window_seconds: float, now: datetime) -> TokenBucket:
    return TokenBucket(capacity=capacity, window_seconds=window_seconds, tokens=capacity, refilled_at=now)
