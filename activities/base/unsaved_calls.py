"""Calls to providers whose rows could not be stored, kept until the store answers again."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

import structlog

from domain.ports.cloud import ProviderCall
from store.core.rows import CallContext

#: Attempts whose calls are kept; beyond it the oldest are given up, and the log says so.
ATTEMPTS_MAX = 1_000

_log = structlog.get_logger()


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
