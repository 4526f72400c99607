"""What an obstacle cost: time, money, promises; and whom it concerned, and how."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.autopsy.facts import CaseFacts
from audit.story.holdings import OpenEffect
from domain.event_table.event_declaration import WaitKind, name_words
from domain.kernel.money import Money
from domain.licenses.license_failures import license_failure
from domain.switch import events as switch_events
from domain.switch import move_events

#: Waits that are planned parts of a promise, and no lost time.
_NOT_LOST = frozenset({WaitKind.PROMISE, WaitKind.INVOICE, WaitKind.SETTLEMENT})
#: What ends within this time of its plan has kept it: the plan was its end.
LATE_SECONDS_MIN = 1.0
#: Count of an event of drift -> what it says of users.
_DRIFT = {
    "users_gone": "left the directory while licenses moved",
    "new_users": "came onto the old plan while licenses moved",
    "moved_by_hand": "were put back on the old plan by hand",
    "licenses_removed": "held neither plan: somebody took the license away",
    "settings_changed": "had other services switched off by hand",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeOfWait:
    """How long a switch waited for one kind of thing."""

    kind: WaitKind
    waits: int
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Time and money of a switch; None is what did not happen."""

    #: From the first event to the end, or to now.
    seconds: float
    waited: tuple[TimeOfWait, ...]
    #: Attempts that got nothing done, and calls to providers that failed.
    attempts_lost: int
    calls_failed: int
    charged: Money | None
    credited: Money | None
    forfeited: Money | None
    #: Order that was placed, and whether it was taken back.
    order_id: str
    is_order_voided: bool
    #: Effects that no provider ever answered: they may have happened.
    open_effects: tuple[OpenEffect, ...]
    #: Both plans are owned: nothing was ordered, and no money moved.
    licenses_only: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class UsersConcerned:
    """Users to whom the same happened."""

    count: int
    #: What happened to them, in words.
    words: str
    #: Code of rules#license-failures, "" where nothing failed.
    error: str = ""
    #: Opaque keys of the first of them; `switch users` lists every one.
    user_keys: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class BrokenPromise:
    """A promised or planned end that passed."""

    #: Lock, wait or promise by its name.
    promise: str
    promised_at: datetime
    #: None: it is still due.
    kept_at: datetime | None
    late_seconds: float


def cost_of(facts: CaseFacts, now: datetime, ended_at: datetime | None) -> Cost:
    """Return what a switch cost until its end, or until now."""
    money = facts.money
    return Cost(
        seconds=_seconds(facts, ended_at or now),
        waited=tuple(_waited(facts, now)),
        attempts_lost=sum(max(0, len(each.attempts) - 1) + each.is_failed for each in facts.steps),
        calls_failed=sum(each.calls_failed for step in facts.steps for each in step.attempts),
        charged=money.charged,
        credited=money.credited,
        forfeited=money.forfeited,
        order_id=money.order_id or "",
        is_order_voided=money.voided_at is not None,
        open_effects=money.open_effects,
        licenses_only=money.licenses_only,
    )


def _seconds(facts: CaseFacts, until: datetime) -> float:
    if not facts.events:
        return 0.0
    first: Any = facts.events[0].event
    begun_at: datetime = first.timestamp
    return max(0.0, (until - begun_at).total_seconds())


def _waited(facts: CaseFacts, now: datetime) -> Iterator[TimeOfWait]:
    for kind in WaitKind:
        waits = [] if kind in _NOT_LOST else list(facts.waits_of(kind))
        if waits:
            seconds = sum(
                max(0.0, ((each.ended_at or now) - each.begun_at).total_seconds()) for each in waits
            )
            yield TimeOfWait(kind=kind, waits=len(waits), seconds=round(seconds, 1))


def users_concerned(facts: CaseFacts) -> tuple[UsersConcerned, ...]:
    """Return whom a switch concerned, and how: moved, returned, failed, left behind, changed by hand."""
    return tuple(each for each in _concerned(facts) if each.count)


def _concerned(facts: CaseFacts) -> Iterator[UsersConcerned]:
    users = facts.users
    if users.is_rolled_back:
        yield UsersConcerned(count=users.moved, words="were moved")
        yield UsersConcerned(count=users.returned, words="returned to the old plan")
    else:
        yield UsersConcerned(count=users.moved, words="were moved to the new plan, and work with it")
    yield from _failed(facts)
    yield UsersConcerned(
        count=users.skipped,
        words="were left behind by an operator",
        user_keys=tuple(str(event.user_key) for _, event in facts.of(move_events.UserSkipped)),
    )
    for name, words in _DRIFT.items():
        count = sum(getattr(event, name) for _, event in facts.of(move_events.DriftFound))
        yield UsersConcerned(count=count, words=words)


def _failed(facts: CaseFacts) -> Iterator[UsersConcerned]:
    """Yield the users who could not be moved, by their reason; each reason by the pass that met most."""
    worst: dict[str, UsersConcerned] = {}
    for each in facts.failures:
        known = worst.get(each.error)
        if known is None or known.count < each.count:
            worst[each.error] = UsersConcerned(
                count=each.count,
                words=f"could not be moved: {license_failure(each.error).message}",
                error=each.error,
                user_keys=each.user_keys,
            )
    yield from worst.values()


def broken_promises(facts: CaseFacts, now: datetime, ended_at: datetime | None) -> tuple[BrokenPromise, ...]:
    """Return the promised ends of locks, the planned ends of waits and the promises that were missed.

    Args:
        facts: The switch.
        now: Aware instant; what is still due is late by then.
        ended_at: When the switch ended; None: it goes on.
    """
    waits = list(_broken_waits(facts, now))
    # A wait tells with its own end what the promise of its name tells with that of the switch.
    planned = {each.promised_at for each in waits}
    missed = [each for each in _missed(facts, now, ended_at) if each.promised_at not in planned]
    broken = (*_broken_locks(facts, now), *waits, *missed)
    late = [each for each in broken if each.late_seconds >= LATE_SECONDS_MIN]
    return tuple(sorted(late, key=lambda each: (each.promised_at, each.promise)))


def _broken_locks(facts: CaseFacts, now: datetime) -> Iterator[BrokenPromise]:
    for lock in facts.locks:
        if lock.is_promised:
            yield _broken(f"lock of {lock.lock}", lock.promised_end_at, lock.released_at, now)


def _broken_waits(facts: CaseFacts, now: datetime) -> Iterator[BrokenPromise]:
    for wait in facts.waits:
        if wait.kind is not WaitKind.PROMISE and wait.planned_end_at is not None:
            yield _broken(f"wait, {name_words(wait.kind)}", wait.planned_end_at, wait.ended_at, now)


def _missed(facts: CaseFacts, now: datetime, ended_at: datetime | None) -> Iterator[BrokenPromise]:
    for _, event in facts.of(switch_events.PromiseMissed):
        yield _broken(name_words(event.promise), event.promised_at, ended_at, now)


def _broken(promise: str, promised_at: datetime, kept_at: datetime | None, now: datetime) -> BrokenPromise:
    late = ((kept_at or now) - promised_at).total_seconds()
    return BrokenPromise(
        promise=promise, promised_at=promised_at, kept_at=kept_at, late_seconds=round(late, 1)
    )
