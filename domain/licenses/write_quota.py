"""How many writes a directory takes: token buckets that follow its published quota and its answers.

Pure: the caller says what time it is, in seconds of any clock that only goes forward. The promise for the
license part counts on the same quota (rules#promises).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from domain.kernel.errors import InvalidInput

#: A word of the directory that differs by less than this part of the allowance, and so many writes, is no
#: news: it is rounded.
_NEWS_PART = 0.01
_NEWS_WRITES = 20
#: Waits shorter than this are none: they are what adding fractions leaves behind.
_SOON_SECONDS = 1e-6
#: How soon to look again whether the first batch of all was answered.
_FIRST_ANSWER_SECONDS = 0.02
#: Writes are spent slower after each surprise, and never slower than this part of the published rate.
_SLOWER, _SLOWEST = 0.9, 0.25


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowance:
    """So many writes at once; what was spent comes back evenly over the window."""

    writes: int
    window_seconds: float

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            InvalidInput: One of them is not above 0.
        """
        for name, value in (("writes", self.writes), ("window_seconds", self.window_seconds)):
            if not value > 0:
                raise InvalidInput(field=name, value=value, allowed="above 0")

    @property
    def writes_per_second(self) -> float:
        """Return how fast spent writes come back."""
        return self.writes / self.window_seconds

    def seconds_for(self, writes: int) -> float:
        """Return how long so many writes take, from a full allowance on."""
        return max(0, writes - self.writes) / self.writes_per_second


@dataclass(kw_only=True, slots=True)
class TokenBucket:
    """What is left of one allowance, as far as this process knows."""

    allowance: Allowance
    tokens: float
    rate: float
    refilled_at: float

    def refill(self, now: float) -> None:
        """Add what came back since the last look; a rate that was lowered recovers over one window."""
        elapsed = max(0.0, now - self.refilled_at)
        self.refilled_at = max(now, self.refilled_at)
        self.tokens = min(float(self.allowance.writes), self.tokens + elapsed * self.rate)
        published = self.allowance.writes_per_second
        self.rate = min(published, self.rate + published * elapsed / self.allowance.window_seconds)

    def wait_seconds(self, writes: int) -> float:
        """Return how long it takes until so many writes are there."""
        wanted = min(writes, self.allowance.writes)
        return max(0.0, (wanted - self.tokens) / self.rate)

    def slow_down(self) -> None:
        """Spend slower for a while: the directory refused what this bucket held for allowed."""
        self.rate = max(self.rate * _SLOWER, self.allowance.writes_per_second * _SLOWEST)


@dataclass(frozen=True, kw_only=True, slots=True)
class QuotaAnswer:
    """What the directory's answer to one batch tells of the quota."""

    #: Items that it put off, and how long it asks to wait.
    throttled: int = 0
    retry_after_seconds: float = 0.0
    #: Highest part of the application's allowance that it says is used, 1.0 for all; None: it does not say.
    used_part: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """Writes that were sent in one batch."""

    writes: int
    #: Which batch it was, and whether no other was on its way then.
    number: int
    is_alone: bool


@dataclass(kw_only=True, slots=True)
class WriteBudget:
    """The writes of one application to one organization, in all of its allowances at once.

    Without an allowance nothing is held back beforehand; what the directory refuses is heeded all the same.
    """

    buckets: list[TokenBucket] = field(default_factory=list)
    #: Nothing is sent before.
    blocked_until: float = 0.0
    #: Writes that were sent and not answered: the directory may have counted them or not.
    in_flight: int = 0
    #: Batches sent so far, and whether one of them was answered: until then the first goes alone.
    sent: int = 0
    is_told: bool = False

    @classmethod
    def full(cls, allowances: Iterable[Allowance], *, now: float) -> WriteBudget:
        """Return a budget of which nothing is spent; the first allowance is the application's own."""
        return cls(
            buckets=[
                TokenBucket(
                    allowance=each, tokens=float(each.writes), rate=each.writes_per_second, refilled_at=now
                )
                for each in allowances
            ],
            blocked_until=now,
        )

    def blocked_seconds(self, now: float) -> float:
        """Return how long the directory asked to wait from now on; 0 when it does not."""
        return max(0.0, self.blocked_until - now)

    def used_share(self, now: float) -> float:
        """Return which share of the fullest allowance is spent: 0.0 for none of it, 1.0 for all and more."""
        if self.blocked_seconds(now) > 0:
            return 1.0
        for bucket in self.buckets:
            bucket.refill(now)
        left = [bucket.tokens / bucket.allowance.writes for bucket in self.buckets]
        return min(1.0, max(0.0, 1.0 - min(left, default=1.0)))

    def wait_seconds(self, writes: int, now: float) -> float:
        """Return how long so many writes have to wait; 0 when they may go."""
        for bucket in self.buckets:
            bucket.refill(now)
        waits = [bucket.wait_seconds(writes) for bucket in self.buckets]
        is_first_awaited = self.in_flight > 0 and not self.is_told
        seconds = max([self.blocked_seconds(now), *waits, _FIRST_ANSWER_SECONDS * is_first_awaited])
        return seconds if seconds > _SOON_SECONDS else 0.0

    def take(self, writes: int) -> Taken:
        """Count writes that are sent now."""
        turn = Taken(writes=writes, number=self.sent + 1, is_alone=self.in_flight == 0)
        for bucket in self.buckets:
            bucket.tokens -= writes
        self.in_flight += writes
        self.sent = turn.number
        return turn

    def settle(self, turn: Taken, answer: QuotaAnswer, now: float) -> None:
        """Take over what the answer to sent writes tells.

        Args:
            turn: What was sent.
            answer: Nothing in particular when no answer came.
            now: When it came.
        """
        self.in_flight -= turn.writes
        self.is_told = True
        for bucket in self.buckets:
            bucket.refill(now)
        if answer.used_part is not None:
            is_alone = turn.is_alone and turn.number == self.sent
            self._heed_used_part(answer.used_part, is_alone=is_alone)
        if answer.throttled:
            self._heed_refusal(answer.retry_after_seconds, now)

    def _heed_used_part(self, used_part: float, *, is_alone: bool) -> None:
        """Correct what is left by the directory's own word: somebody else may spend, or nobody did.

        Upwards only by the answer to a batch that was alone on its way: answers overtake each other, and a
        late one tells of more than is left by now.
        """
        for bucket in self.buckets[:1]:
            rounding = bucket.allowance.writes * _NEWS_PART
            left = (1.0 - used_part) * bucket.allowance.writes - self.in_flight
            if bucket.tokens - left > rounding + _NEWS_WRITES:
                bucket.tokens = left
            elif is_alone:
                bucket.tokens = max(bucket.tokens, left - rounding)

    def _heed_refusal(self, retry_after_seconds: float, now: float) -> None:
        is_news = self.blocked_seconds(now) == 0
        self.blocked_until = max(self.blocked_until, now + retry_after_seconds)
        for bucket in self.buckets[:1]:
            if is_news:
                bucket.slow_down()
            # What is on its way meets the empty bucket too, and refused writes are counted as well.
            bucket.tokens = min(bucket.tokens, -float(self.in_flight))
