"""How often a call under one idempotency key was answered: after an answer its provider gets a new id."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from domain.ports.cloud import ProviderCall

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

    A key is counted from its first question on, which comes before a call that carries the id is sent.

    Args:
        earlier: Returns what the record has of calls under a key, in their order. It is asked once for each
            key, at its first question.
    """

    def __init__(self, earlier: Callable[[str], Sequence[ProviderCall]] = lambda _key: ()) -> None:
        self._earlier = earlier
        self._lock = threading.Lock()
        #: Key -> answered attempts.
        self._answered: dict[str, int] = {}
        self._done: set[str] = set()

    def observe(self, call: ProviderCall) -> None:
        """Take one call; nothing is looked up, since the call may have had its effect."""
        with self._lock:
            if call.key in self._answered:
                self._count(call)

    def __call__(self, key: str) -> int:
        """Return how many attempts under a key were answered, up to its first success."""
        with self._lock:
            if key not in self._answered:
                calls = self._earlier(key)
                self._answered[key] = 0
                for call in calls:
                    self._count(call)
            return self._answered[key]

    def _count(self, call: ProviderCall) -> None:
        if call.status in _TIME_OUTS:
            return
        if _is_success(call):
            self._done.add(call.key)
        elif call.key not in self._done:
            self._answered[call.key] += 1


def answered_attempts(calls: Sequence[ProviderCall]) -> Mapping[str, int]:
    """Return key -> answered attempts up to its first success, of calls in their order."""
    keys = {call.key for call in calls if call.key}
    counter = AttemptCounter(lambda key: [call for call in calls if call.key == key])
    return {key: counter(key) for key in keys}


def _is_success(call: ProviderCall) -> bool:
    return call.status in _SUCCESSES and call.code in _NO_REFUSALS
