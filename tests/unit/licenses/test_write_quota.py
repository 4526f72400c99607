"""The write quota: used to the full, never overdrawn by much, and corrected by what the directory answers."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from heapq import heappop, heappush

import pytest

from activities.base.write_quotas import SLEEP_SECONDS_MAX, WriteQuotas
from domain.kernel.errors import InvalidInput, ProviderThrottled
from domain.licenses.write_quota import Allowance, QuotaAnswer, Taken, WriteBudget
from domain.ports.directory_port import LicenseChangeResult, LicenseFailureCode
from providers.microsoft.directory.batches import WRITE_ALLOWANCES

BATCH = 20
APPLICATION = WRITE_ALLOWANCES[0]


@dataclass
class Directory:
    """The other side: the published quota of the application, as the vendor counts it."""

    allowance: Allowance = APPLICATION
    now: float = 1_000.0
    tokens: float = 0.0
    counted_at: float = 1_000.0
    throttled: int = 0
    throttled_again: int = 0
    waiting: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.tokens = float(self.allowance.writes)

    def write(self, items: list[int]) -> tuple[list[int], QuotaAnswer]:
        """Take the items that fit, and answer like the directory: whole seconds to wait, the part used."""
        elapsed, self.counted_at = self.now - self.counted_at, self.now
        self.tokens = min(self.allowance.writes, self.tokens + elapsed * self.allowance.writes_per_second)
        refused = []
        for item in items:
            if self.tokens < 1:
                refused.append(item)
                self.throttled += 1
                self.throttled_again += item in self.waiting
            self.tokens = max(0.0, self.tokens - 1)
        self.waiting = self.waiting - set(items) | set(refused)
        used = 1 - self.tokens / self.allowance.writes
        return refused, QuotaAnswer(
            throttled=len(refused),
            retry_after_seconds=1.0 if refused else 0.0,
            used_part=round(used, 2) if used >= 0.8 else None,
        )


def drive(budget: WriteBudget, directory: Directory, seconds: float) -> int:
    """Write batch after batch for some seconds and return how many writes got through."""
    end, done, following, again = directory.now + seconds, 0, 0, list[int]()
    while directory.now < end:
        fresh = BATCH - len(again)
        items = [*again, *range(following, following + fresh)]
        following += fresh
        while wait := budget.wait_seconds(len(items), directory.now):
            directory.now += wait
        taken = budget.take(len(items))
        again, answer = directory.write(items)
        directory.now += 0.01
        budget.settle(taken, answer, directory.now)
        done += len(items) - len(again)
    return done


def possible(allowance: Allowance, seconds: float) -> float:
    """Return how many writes the quota allows from a full bucket on."""
    return allowance.writes + seconds * allowance.writes_per_second


def test_budget_uses_the_published_quota_and_is_never_refused() -> None:
    """Over the burst and three windows at least 95 % of what is allowed gets through, none of it refused."""
    directory = Directory()
    budget = WriteBudget.full(WRITE_ALLOWANCES, now=directory.now)
    done = drive(budget, directory, 450)
    assert done >= 0.98 * possible(APPLICATION, 450)
    assert directory.throttled == 0


def test_restarted_worker_learns_from_the_header_that_the_quota_is_spent() -> None:
    """A worker that starts while the quota is used up is told so by its first answers, not by refusals."""
    directory = Directory()
    drive(WriteBudget.full(WRITE_ALLOWANCES, now=directory.now), directory, 300)
    directory.now += 20
    done = drive(WriteBudget.full(WRITE_ALLOWANCES, now=directory.now), directory, 450)
    assert done >= 0.95 * 450 * APPLICATION.writes_per_second
    # Without the header a whole batch would be refused; rounding costs a part of one.
    assert directory.throttled < BATCH
    assert directory.throttled_again == 0


@pytest.mark.parametrize(("writes", "window_seconds"), [(3_000, 75.0), (6_000, 150.0), (300, 150.0)])
def test_wrong_setting_is_corrected_by_the_answers(writes: int, window_seconds: float) -> None:
    """Whatever the setting says, no item is refused twice in a row, and few are refused at all."""
    setting = Allowance(writes=writes, window_seconds=window_seconds)
    directory = Directory()
    done = drive(WriteBudget.full([setting], now=directory.now), directory, 450)
    rate = min(setting.writes_per_second, APPLICATION.writes_per_second)
    assert done >= 0.9 * rate * 450
    assert directory.throttled <= 0.05 * done
    assert directory.throttled_again == 0


def test_other_application_that_spends_the_quota_is_heeded() -> None:
    """When somebody else takes half of what comes back, the refused items wait, and none twice in a row."""
    directory = Directory()
    budget = WriteBudget.full(WRITE_ALLOWANCES, now=directory.now)
    drive(budget, directory, 200)
    for _ in range(20):
        directory.tokens = max(0.0, directory.tokens - 200)
        drive(budget, directory, 20)
    assert directory.throttled_again == 0


#: When, which, what, and once it was carried out: what was refused and what is answered.
OnItsWay = tuple[float, int, Taken, list[int], list[int], QuotaAnswer | None]


def drive_lanes(budget: WriteBudget, directory: Directory, seconds: float, seed: int) -> int:
    """Let 32 lanes write at once, with answers that come late and overtake each other."""
    draw, end, done, following = random.Random(seed), directory.now + seconds, 0, 0
    waiting: deque[list[int]] = deque()
    idle, on_its_way = 32, list[OnItsWay]()
    now, number = directory.now, 0
    while now < end:
        while idle and not budget.wait_seconds(BATCH, now):
            items = waiting.popleft() if waiting else list(range(following, following + BATCH))
            following = max(following, items[-1] + 1)
            taken = budget.take(len(items))
            idle, number = idle - 1, number + 1
            heappush(on_its_way, (now + draw.uniform(0.01, 1.0), number, taken, items, [], None))
        wake = now + max(budget.wait_seconds(BATCH, now), 0.01) if idle else end
        now = min(wake, on_its_way[0][0]) if on_its_way else wake
        if not on_its_way or on_its_way[0][0] > now:
            continue
        _, _, taken, items, refused, answer = heappop(on_its_way)
        number += 1
        if answer is None:
            directory.now = now
            arrival = now + draw.uniform(0.01, 1.0)
            heappush(on_its_way, (arrival, number, taken, items, *directory.write(items)))
            continue
        budget.settle(taken, answer, now)
        idle, done = idle + 1, done + len(items) - len(refused)
        waiting += [refused] if refused else []
    return done


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("spent", [0, 2_000, 2_990])
def test_lanes_with_late_answers_use_the_quota_and_meet_no_refusal_twice(spent: int, seed: int) -> None:
    """Answers that overtake each other neither waste the quota nor let an item be refused twice in a row."""
    directory = Directory()
    directory.tokens -= spent
    budget = WriteBudget.full(WRITE_ALLOWANCES, now=directory.now)
    done = drive_lanes(budget, directory, 450, seed)
    assert done >= 0.95 * (possible(APPLICATION, 450) - spent)
    assert directory.throttled_again == 0


def test_nothing_is_sent_before_the_time_that_the_directory_named() -> None:
    """Retry-After counts for all of the organization's writes, also without a published quota."""
    budget = WriteBudget.full([], now=0.0)
    budget.settle(budget.take(20), QuotaAnswer(throttled=3, retry_after_seconds=7.0), now=1.0)
    assert budget.wait_seconds(1, 2.0) == 6.0
    assert budget.wait_seconds(1, 8.0) == 0.0


def test_header_that_is_no_news_changes_nothing() -> None:
    """A rounded header that agrees within a batch leaves the exact count alone."""
    budget = WriteBudget.full([APPLICATION], now=0.0)
    taken = budget.take(2_450)
    before = budget.buckets[0].tokens
    budget.settle(taken, QuotaAnswer(used_part=0.82), now=0.0)
    assert budget.buckets[0].tokens == before
    budget.settle(budget.take(20), QuotaAnswer(used_part=0.95), now=0.0)
    assert budget.buckets[0].tokens == pytest.approx(150)


def test_lanes_share_one_quota_and_wait_in_the_virtual_clock() -> None:
    """The quota of an organization is the same object for every lane; another organization has its own."""
    now = [0.0]
    quotas = WriteQuotas([Allowance(writes=40, window_seconds=40.0)], clock=lambda: now[0])

    def pause(seconds: float) -> None:
        now[0] += seconds

    for _ in range(4):
        with quotas.of("a").sending(20, pause):
            pass
    assert now[0] == pytest.approx(40)
    with quotas.of("b").sending(20, pause):
        pass
    assert now[0] == pytest.approx(40)
    assert quotas.of("a") is quotas.of("a")
    assert not quotas.of("b").is_idle
    now[0] += 60
    assert quotas.of("b").is_idle


def test_who_stops_waiting_has_spent_nothing() -> None:
    """A pass that is told to stop while it waits gives its turn to the next, and no write is counted."""
    now = [0.0]
    quotas = WriteQuotas([Allowance(writes=20, window_seconds=20.0)], clock=lambda: now[0])
    quota = quotas.of("a")

    def stop(_seconds: float) -> None:
        raise KeyError

    def pause(seconds: float) -> None:
        now[0] += seconds

    with quota.sending(20, pause):
        pass
    with pytest.raises(KeyError), quota.sending(20, stop):
        raise AssertionError
    with quota.sending(20, pause):
        pass
    assert now[0] == pytest.approx(20)


def test_long_wait_is_handed_over() -> None:
    """A wait longer than a step sleeps ends the attempt; a shorter one is waited for."""
    now = [0.0]
    quota = WriteQuotas(clock=lambda: now[0]).of("a")
    put_off = LicenseChangeResult(
        directory_id="u",
        status=429,
        error=LicenseFailureCode.THROTTLED,
        retry_after_seconds=SLEEP_SECONDS_MAX + 1,
    )

    def pause(seconds: float) -> None:
        now[0] += seconds

    with quota.sending(1, pause) as sent:
        sent.heed([put_off])
    with pytest.raises(ProviderThrottled) as refused, quota.sending(1, pause):
        raise AssertionError
    assert refused.value.retry_after_seconds == SLEEP_SECONDS_MAX + 1
    now[0] += 2
    with quota.sending(1, pause):
        pass
    assert now[0] == pytest.approx(SLEEP_SECONDS_MAX + 1)


def test_batch_that_was_put_off_whole_is_heeded() -> None:
    """A 429 on the call itself counts like one on each item."""
    now = [0.0]
    quota = WriteQuotas(clock=lambda: now[0]).of("a")

    def pause(seconds: float) -> None:
        now[0] += seconds

    with quota.sending(20, pause) as sent:
        sent.heed_refusal(ProviderThrottled("wait", retry_after_seconds=5.0), 20)
    with quota.sending(20, pause):
        pass
    assert now[0] == pytest.approx(5)


@pytest.mark.parametrize(("writes", "window_seconds"), [(0, 1.0), (1, 0.0)])
def test_allowance_of_nothing_is_refused(writes: int, window_seconds: float) -> None:
    """An allowance without writes or without time is a mistake, told by its field."""
    with pytest.raises(InvalidInput):
        Allowance(writes=writes, window_seconds=window_seconds)


def test_seconds_for_many_writes_follow_from_the_allowance() -> None:
    """The burst is free; everything after it takes its time (graph throttling limits)."""
    assert APPLICATION.seconds_for(3_000) == 0
    assert APPLICATION.seconds_for(300_000) == 14_850


def test_the_used_share_is_that_of_the_fullest_allowance() -> None:
    """It is 0 for an untouched quota, grows with each write, is 1 while the directory asks to wait."""
    quotas = WriteQuotas([Allowance(writes=100, window_seconds=100)], clock=lambda: 0.0)

    assert quotas.used_share() == 0.0
    with quotas.of("b").sending(10, pause=lambda _: None):
        pass
    with quotas.of("a").sending(40, pause=lambda _: None) as sending:
        assert quotas.used_share() == pytest.approx(0.4)
        sending.answer = QuotaAnswer(throttled=1, retry_after_seconds=30)
    assert quotas.used_share() == 1.0
