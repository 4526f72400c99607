"""Captures what was live: each aggregate after each event, copied at that moment, and each save.

It knows nothing of how a state is rebuilt: it copies the objects that the steps work with.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

from domain.kernel.recorded import RecordedAggregate
from store.record.aggregates import AggregateStore

#: Under this name an aggregate carries the copies that are not saved yet.
_COPIES = "_live_copies"
State = dict[str, Any]


@dataclass(kw_only=True)
class LiveStates:
    """What was live in this process."""

    #: Stream and version -> public state of the aggregate at that version.
    states: dict[tuple[UUID, int], State] = field(default_factory=dict)
    #: Store and position of the newest event of a save -> bytes of the sandbox's journal when it was
    #: acknowledged; a store is named by the identity of its application.
    saves: dict[tuple[int, int], int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, aggregates: tuple[Any, ...], place: tuple[int, int] | None, journal_bytes: int) -> None:
        """Note a save that was acknowledged."""
        with self._lock:
            for each in aggregates:
                for version, state in vars(each).pop(_COPIES, ()):
                    self.states[each.id, version] = state
            if place is not None:
                self.saves[place] = journal_bytes

    def is_whole_save(self, store: int, position: int) -> bool:
        """Tell whether a save ends with an event: between the events of one save nobody could look."""
        return (store, position) in self.saves

    def journal_bytes(self, store: int, position: int) -> int:
        """Return how long the journal was when the save of an event was acknowledged."""
        later = [place for name, place in self.saves if name == store and place >= position]
        return self.saves[store, min(later)]


@contextmanager
def captured_states(journals: dict[int, Path]) -> Iterator[LiveStates]:
    """Capture every state that is saved inside the block, by whichever thread of this process.

    Args:
        journals: Identity of an application of the store -> journal of the sandbox that its switches call.
    """
    live = LiveStates()
    record, save = RecordedAggregate.record, AggregateStore.save

    def recording(aggregate: RecordedAggregate, *arguments: Any, **facts: Any) -> None:
        _copy_first(aggregate)
        record(aggregate, *arguments, **facts)
        _copy(aggregate)

    def saving(store: AggregateStore, *aggregates: Any, **options: Any) -> Any:
        for each in aggregates:
            _copy_first(each)
        try:
            saved = save(store, *aggregates, **options)
        except BaseException:
            for each in aggregates:
                vars(each).pop(_COPIES, None)
            raise
        # Not the property, which only the whole store has.
        name = id(store._application)
        size = journals[name].stat().st_size if name in journals else 0
        live.add(aggregates, (name, saved.notification_id) if saved.notification_id else None, size)
        return saved

    with (
        patch.object(RecordedAggregate, "record", recording),
        patch.object(AggregateStore, "save", saving),
    ):
        yield live


def _copy_first(aggregate: Any) -> None:
    """Copy an aggregate that was just made: its first event comes from no command."""
    if aggregate.version == 1 and _COPIES not in vars(aggregate):
        _copy(aggregate)


def _copy(aggregate: Any) -> None:
    state = {name: value for name, value in vars(aggregate).items() if not name.startswith("_")}
    vars(aggregate).setdefault(_COPIES, []).append((aggregate.version, copy.deepcopy(state)))
