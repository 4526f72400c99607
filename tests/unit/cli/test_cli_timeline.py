"""`switch show` reads a timeline to its end: the newest events are on its last page."""

from __future__ import annotations

from typing import Any, cast

from cli.base.client import ConsoleClient
from cli.switch.switch import events_of

PAGE = 2


class Pages:
    """A console whose pages hold two events each."""

    def __init__(self, events: int) -> None:
        self._events = [{"position": 10 * number} for number in range(1, events + 1)]
        self.asked: list[int] = []

    def get(self, path: str, *, after: int) -> dict[str, Any]:
        """Return the page behind a position, as the console does."""
        assert path == "/api/switches/s-1/timeline"
        self.asked.append(after)
        return {"events": [each for each in self._events if each["position"] > after][:PAGE]}


def test_all_pages_are_read_in_order() -> None:
    """Five events on three pages are all told, oldest first, and each page begins behind the one before."""
    console = Pages(5)

    events = events_of(cast("ConsoleClient", console), "s-1")

    assert [each["position"] for each in events] == [10, 20, 30, 40, 50]
    assert console.asked == [0, 20, 40, 50]


def test_a_switch_without_events_has_none() -> None:
    """The first page may be empty, and then is the last."""
    assert events_of(cast("ConsoleClient", Pages(0)), "s-1") == []
