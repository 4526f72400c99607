"""Calls whose rows the store could not take are kept, and stored when it answers again."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from activities.base import call_journal
from activities.base.call_journal import UnsavedCalls
from domain.ports.cloud import ProviderCall
from store.core.errors import StoreUnavailable
from store.core.rows import CallContext
from tests.support.stories.audit_stories import Story


class Store:
    """A store that is away as often as the test says."""

    def __init__(self, times_away: int = 0) -> None:
        self.saved: list[tuple[int, int]] = []
        self._times_away = times_away

    def save_calls(self, calls: Sequence[ProviderCall], context: CallContext) -> None:
        """Take rows, or refuse while away."""
        if self._times_away:
            self._times_away -= 1
            raise StoreUnavailable("PostgreSQL is away.")
        self.saved.append((context.attempt, len(calls)))


def context(attempt: int) -> CallContext:
    """Return the name of one attempt."""
    return CallContext(switch_id="s", step="purchase", attempt=attempt)


def calls(count: int) -> tuple[ProviderCall, ...]:
    """Return some calls."""
    story = Story()
    for _ in range(count):
        story.call("purchase", 1)
    return tuple(each.call for each in story.calls)


def test_calls_of_a_failed_attempt_outlive_the_stores_absence() -> None:
    """Each attempt's rows are stored under its own number once the store is back (audit#attempts)."""
    unsaved, store = UnsavedCalls(), Store(times_away=1)
    unsaved.keep(context(1), calls(2))
    with pytest.raises(StoreUnavailable):
        unsaved.save(store)
    unsaved.keep(context(2), calls(3))

    unsaved.save(store)

    assert store.saved == [(1, 2), (2, 3)]
    assert not unsaved


def test_what_was_stored_is_not_stored_again() -> None:
    """The store goes away between two attempts: only the second one is kept."""
    unsaved, store = UnsavedCalls(), Store()
    unsaved.keep(context(1), calls(1))
    unsaved.save(store)
    unsaved.keep(context(2), calls(1))
    unsaved.keep(context(3), ())

    unsaved.save(store)

    assert store.saved == [(1, 1), (2, 1)]


def test_memory_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that stays away for long costs the oldest calls, not the process."""
    monkeypatch.setattr(call_journal, "ATTEMPTS_MAX", 2)
    unsaved, store = UnsavedCalls(), Store()
    for attempt in (1, 2, 3):
        unsaved.keep(context(attempt), calls(1))

    unsaved.save(store)

    assert store.saved == [(2, 1), (3, 1)]
