"""The directory's write quota as all lanes of a worker share it: each waits its turn before it sends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from domain.kernel.errors import ProviderThrottled
from domain.licenses.write_quota import Allowance, QuotaAnswer, Taken, WriteBudget
from domain.ports.directory_port import LicenseChangeResult, LicenseFailureCode

#: Longest wait for the directory inside an attempt; a longer one is handed to Temporal.
SLEEP_SECONDS_MAX = 20.0
#: How often somebody who waits looks whether there is still anything to wait for.
LOOK_SECONDS = 0.25
#: Organizations that are remembered; those that are idle go first.
ORGANIZATIONS_MAX = 1_000


@dataclass(kw_only=True)
class Sending:
    """Writes on their way; what their answer tells of the quota is left here."""

    answer: QuotaAnswer = field(default_factory=QuotaAnswer)

    def heed(self, results: Sequence[LicenseChangeResult]) -> None:
        """Take over what the items of an answer tell."""
        throttled = [each for each in results if each.error is LicenseFailureCode.THROTTLED]
        parts = [each.used_part for each in results if each.used_part is not None]
        self.answer = QuotaAnswer(
            throttled=len(throttled),
            retry_after_seconds=max((each.retry_after_seconds for each in throttled), default=0.0),
            used_part=max(parts, default=None),
        )

    def heed_refusal(self, error: ProviderThrottled, writes: int) -> None:
        """Take over that the whole batch was put off."""
        self.answer = QuotaAnswer(throttled=writes, retry_after_seconds=error.retry_after_seconds)


class OrganizationQuota:
    """The quota of this application at one organization; safe to use from several threads."""

    def __init__(self, allowances: Sequence[Allowance], clock: Callable[[], float]) -> None:
        self._clock = clock
        self._budget = WriteBudget.full(allowances, now=clock())
        self._lock = threading.Lock()
        #: Whoever holds it is the next to send; the others queue behind.
        self._turn = threading.Lock()

    @contextmanager
    def sending(self, writes: int, pause: Callable[[float], None]) -> Iterator[Sending]:
        """Wait until so many writes may be sent, and take over what their answer tells.

        Args:
            writes: Users of the batch.
            pause: Sleeps for some seconds; raises when there is nothing to wait for any more.

        Raises:
            ProviderThrottled: The directory asks for a wait longer than a step sleeps.
        """
        turn = self._wait_and_take(writes, pause)
        sent = Sending()
        try:
            yield sent
        finally:
            with self._lock:
                self._budget.settle(turn, sent.answer, self._clock())

    @property
    def is_idle(self) -> bool:
        """Return whether forgetting it would change nothing."""
        with self._lock:
            budget, now = self._budget, self._clock()
            full = [each.allowance.writes for each in budget.buckets]
            return budget.in_flight == 0 and budget.wait_seconds(max(full, default=0), now) == 0

    def used_share(self) -> float:
        """Return which share of its fullest allowance is spent, 1.0 for all."""
        with self._lock:
            return self._budget.used_share(self._clock())

    def _wait_and_take(self, writes: int, pause: Callable[[float], None]) -> Taken:
        with self._turn:
            while True:
                turn_or_seconds = self._seconds_or_taken(writes)
                if isinstance(turn_or_seconds, Taken):
                    return turn_or_seconds
                pause(min(turn_or_seconds, LOOK_SECONDS))

    def _seconds_or_taken(self, writes: int) -> float | Taken:
        with self._lock:
            now = self._clock()
            seconds = self._budget.wait_seconds(writes, now)
            if not seconds:
                return self._budget.take(writes)
            if (blocked := self._budget.blocked_seconds(now)) > SLEEP_SECONDS_MAX:
                raise ProviderThrottled(
                    f"The directory asks to wait {blocked:.0f} seconds.",
                    retry_after_seconds=blocked,
                    remedy="The step repeats by itself.",
                )
            return seconds


class WriteQuotas:
    """The quotas of all organizations that a worker writes to.

    Args:
        allowances: As published; the first is that of the application. None holds nothing back.
        clock: Seconds that only go forward.
    """

    def __init__(
        self, allowances: Sequence[Allowance] = (), *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._allowances = tuple(allowances)
        self._clock = clock
        self._lock = threading.Lock()
        self._quotas: dict[str, OrganizationQuota] = {}

    def of(self, organization_id: str) -> OrganizationQuota:
        """Return the quota of an organization, the same for all lanes."""
        with self._lock:
            quota = self._quotas.get(organization_id)
            if quota is None:
                if len(self._quotas) >= ORGANIZATIONS_MAX:
                    self._quotas = {key: each for key, each in self._quotas.items() if not each.is_idle}
                quota = self._quotas[organization_id] = OrganizationQuota(self._allowances, self._clock)
            return quota

    def used_share(self) -> float:
        """Return the largest share of an allowance that is spent at any organization, 1.0 for all of it."""
        with self._lock:
            quotas = list(self._quotas.values())
        return max((each.used_share() for each in quotas), default=0.0)
