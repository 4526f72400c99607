"""How often a call under one idempotency key was answered: after an answer its provider gets a new id."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence

from domain.ports.cloud import AnsweredAttempts, ProviderCall, none_answered

_SUCCESSES = range(200, 300)
#: Codes of a success that is none, or can't be read.
_NO_REFUSALS = frozenset({"", "UNREADABLE"})
#: No answer, and answers that only say that the time was over.
_TIME_OUTS = frozenset({0, 408, 504})


class AttemptCounter:
    """Counts the answered attempts of each key; safe to use from several threads.

    An attempt without an answer is repeated under its id, since it may have had its effect. One that was
    answered is not asked again under it: a provider repeats its answer for ever (vendor#carts-and-orders).
    The id of a success stays, so that a success which the record lost is asked for again.

    Args:
        before: Answered attempts that the record has of a key, for those that were asked earlier.
    """

    def __init__(self, before: AnsweredAttempts = none_answered) -> None:
        self._before = before
        self._lock = threading.Lock()
        self._answered: Counter[str] = Counter()
        self._done: set[str] = set()

    def observe(self, call: ProviderCall) -> None:
        """Take one call."""
        if not call.key or call.status in _TIME_OUTS:
            return
        with self._lock:
            if _is_success(call):
                self._done.add(call.key)
            elif call.key not in self._done:
                self._answered[call.key] += 1

    def __call__(self, key: str) -> int:
        """Return how many attempts under a key were answered, up to its first success."""
        return self._before(key) + self._answered[key]


def answered_attempts(calls: Sequence[ProviderCall]) -> Mapping[str, int]:
    """Return key -> answered attempts up to its first success, of calls in their order."""
    counter = AttemptCounter()
    for call in calls:
        counter.observe(call)
    return {call.key: counter(call.key) for call in calls if call.key}


def _is_success(call: ProviderCall) -> bool:
    return call.status in _SUCCESSES and call.code in _NO_REFUSALS
