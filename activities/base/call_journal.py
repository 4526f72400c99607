"""The provider calls of one attempt, until a save takes them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from domain.ports.cloud import ProviderCall
from store.core.rows import digest_of_calls, may_have_acted


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
