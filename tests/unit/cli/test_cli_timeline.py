"""`switch show` reads a timeline to its end: the newest events are on its last page."""

from __future__ import annotations

from typing import cast

from cli.base.client import ConsoleClient, path_of
from cli.switch.switch import events_of
from client.client import Request
from console.models.switches import Timeline
from tests.support.consoles.shown_switches import event_row

PAGE = 2


class Pages:
    """A console whose pages hold two events each."""

    def __init__(self, events: int) -> None:
        self._events = [event_row(position=10 * number) for number in range(1, events + 1)]
        self.asked: list[int] = []

    def ask(self, kind: type[Timeline], request: Request) -> Timeline:
        """Return the page behind a position, as the console does."""
        assert path_of(request) == "/api/v1/switches/s-1/timeline"
        after = request.params["after"]
        self.asked.append(after)
        page = tuple(each for each in self._events if each.position > after)[:PAGE]
        return kind(switch_id="s-1", events=page, next=None, total=len(self._events))


def test_all_pages_are_read_in_order() -> None:
    """Five events on three pages are all told, oldest first, and each page begins behind the one before."""
    console = Pages(5)

    events = events_of(cast("ConsoleClient", console), "s-1")

    assert [each.position for each in events] == [10, 20, 30, 40, 50]
    assert console.asked == [0, 20, 40, 50]


def test_a_switch_without_events_has_none() -> None:
    """The first page may be empty, and then is the last."""
    assert events_of(cast("ConsoleClient", Pages(0)), "s-1") == []
