"""What was written for one switch: all tests of a folder share the store, and others write meanwhile."""

from __future__ import annotations

from typing import Any

from store.notifications import StoredNotification
from store.switch_store import SwitchStore

#: Recorded by a timer when it is due, so a busy machine writes it beside any test.
PROMISE_MISSED = "subscription.promise-missed"


def written_for(store: SwitchStore, switch_id: str, after: int = 0) -> list[StoredNotification]:
    """Return every event of a switch with an id greater than `after`, but promises that were missed."""
    events: list[StoredNotification] = []
    while page := store.notifications(after):
        after = page[-1].id
        events.extend(page)
    return [each for each in events if each.topic != PROMISE_MISSED and _switch_of(each) == switch_id]


def _switch_of(notification: StoredNotification) -> str:
    event: Any = notification.event
    switch_id: str = event.meta["switch_id"]
    return switch_id
