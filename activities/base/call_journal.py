"""The provider calls of one attempt until a save takes them, and those that the store could not take."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from domain.ports.cloud import ProviderCall
from store.core.rows import CallContext, digest_of_calls, may_have_acted

#: Attempts whose calls are kept; beyond it the oldest are given up, and the log says so.
ATTEMPTS_MAX = 1_000
_log = structlog.get_logger()


class CallJournal:
    """Collects the provider calls of one attempt, from several threads."""

    def __init__(self, earlier: Callable[[], Sequence[ProviderCall]]) -> None:
        self._lock = threading.Lock()
        self._calls: list[ProviderCall] = []
        self._earlier = earlier

    def observe(self, call: ProviderCall) -> None:
        """Take one call."""
        with self._lock:
            self._calls.append(call)

    def drain(self) -> tuple[ProviderCall, ...]:
        """Return the calls since the last drain."""
        with self._lock:
            calls, self._calls = tuple(self._calls), []
        return calls

    def may_have_acted(self) -> bool:
        """Return whether any call since the last drain may have had its effect."""
        with self._lock:
            return any(may_have_acted(call) for call in self._calls)

    def put_back(self, calls: tuple[ProviderCall, ...]) -> None:
        """Take back calls whose save did not work."""
        with self._lock:
            self._calls = [*calls, *self._calls]

    def digest(self) -> str:
        """Return sha256 over the calls that earlier attempts left behind and those of this one so far.

        It goes into the step's next event, so that the append-only rows can be proved complete.
        """
        with self._lock:
            return digest_of_calls((*self._earlier(), *self._calls))


class CallStore(Protocol):
    """Where rows of calls go."""

    def save_calls(self, calls: Sequence[ProviderCall], context: CallContext) -> None:
        """Record provider calls on their own."""


class UnsavedCalls:
    """What the attempts of one process asked while the store was away; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: list[tuple[CallContext, tuple[ProviderCall, ...]]] = []

    def __bool__(self) -> bool:
        """Return whether anything is kept."""
        return bool(self._kept)

    def keep(self, context: CallContext, calls: tuple[ProviderCall, ...]) -> None:
        """Keep the calls of one attempt."""
        if not calls:
            return
        with self._lock:
            self._kept.append((context, calls))
            lost = self._kept[:-ATTEMPTS_MAX]
            self._kept = self._kept[-ATTEMPTS_MAX:]
        for each, given_up in lost:
            _log.error("provider_calls_lost", switch_id=each.switch_id, step=each.step, calls=len(given_up))

    def save(self, store: CallStore) -> None:
        """Store everything that is kept, each attempt under its own name.

        Raises:
            StoreUnavailable: The store is still away; what was not stored is kept.
        """
        with self._lock:
            waiting, self._kept = self._kept, []
        while waiting:
            context, calls = waiting[0]
            try:
                store.save_calls(calls, context)
            except BaseException:
                with self._lock:
                    self._kept = [*waiting, *self._kept]
                raise
            waiting = waiting[1:]
