"""What was written for one switch: all tests of a folder share the store, and others write meanwhile."""

from __future__ import annotations

from typing import Any

from domain.switch.events import PromiseMissed
from store.record.notifications import StoredNotification
from store.switch_store import SwitchStore


def written_for(store: SwitchStore, switch_id: str, after: int) -> list[StoredNotification]:
    """Return every event of a switch with an id greater than `after`, but promises that were missed.

    A timer records those when they are due, so a busy machine writes them beside any test.
    """
    events: list[StoredNotification] = []
    while page := store.notifications(after):
        after = page[-1].id
        events.extend(page)
    return [each for each in events if each.topic != PromiseMissed.TOPIC and _switch_of(each) == switch_id]


def _switch_of(notification: StoredNotification) -> str:
    event: Any = notification.event
    switch_id: str = event.meta["switch_id"]
    return switch_id
