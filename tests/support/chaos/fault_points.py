"""Points of a worker in this process that call back when a switch reaches its nth; nobody is stopped."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from activities.base.points import REACHED_FILE
from activities.contract import SwitchOrder

POLL_SECONDS = 0.03
#: A point that no switch comes by any more is waited for so long.
WAIT_SECONDS_MAX = 300.0


class PointsSeen(Protocol):
    """Who knows how many points a switch has passed."""

    def when(self, order: SwitchOrder, number: int, call: Callable[[], object]) -> None:
        """Call when a switch reaches its nth point; at once when it has."""


class CountedPoints:
    """Counts the points of every switch; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._wanted: dict[tuple[str, int], Callable[[], object]] = {}

    def when(self, order: SwitchOrder, number: int, call: Callable[[], object]) -> None:
        """Call when a switch reaches its nth point; at once when it has."""
        with self._lock:
            if self._counts[order.switch_id] < number:
                self._wanted[order.switch_id, number] = call
                return
        call()

    def reached(self, switch_id: str, organization_id: str, point: str) -> None:
        """Count a point."""
        with self._lock:
            self._counts[switch_id] += 1
            call = self._wanted.pop((switch_id, self._counts[switch_id]), None)
        if call is not None:
            call()


class WrittenPoints:
    """Counts the points that the worker of another process writes down; each wish has a thread that reads.

    Args:
        folder: The folder of gates that the worker was given.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / REACHED_FILE
        self._is_closed = threading.Event()

    def when(self, order: SwitchOrder, number: int, call: Callable[[], object]) -> None:
        """Call when a switch reaches its nth point; at once when it has."""
        arguments = (f"{order.organization_id} ".encode(), number, call)
        threading.Thread(target=self._wait, args=arguments, name="points", daemon=True).start()

    def close(self) -> None:
        """Call nobody any more."""
        self._is_closed.set()

    def _wait(self, beginning: bytes, number: int, call: Callable[[], object]) -> None:
        count, position = 0, 0
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while not self._is_closed.is_set() and time.monotonic() < deadline:
            if self._file.exists():
                with self._file.open("rb") as written:
                    written.seek(position)
                    # The last line may be half written.
                    whole = written.read().rpartition(b"\n")[0] + b"\n"
                position += len(whole) if len(whole) > 1 else 0
                count += sum(line.startswith(beginning) for line in whole.splitlines())
            if count >= number:
                call()
                return
            time.sleep(POLL_SECONDS)
