"""Which reads of data of persons were recorded a moment ago: a page that follows a switch asks again."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

#: Within this time the same caller's same question is one entry.
WINDOW_SECONDS = 60.0
#: Questions that are remembered; the one that was recorded longest ago gives way.
READS_MAX = 10_000
#: Who asked, by which credential, from where, for which address, and how it was answered.
Read = tuple[str, str, str, str, int]


class RecentReads:
    """Recorded reads, in bounded memory; safe for several threads.

    Args:
        now: Returns seconds that only grow.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._recorded_at: OrderedDict[Read, float] = OrderedDict()

    def has(self, read: Read) -> bool:
        """Tell whether a read was recorded within the window."""
        with self._lock:
            at = self._recorded_at.get(read)
        return at is not None and self._now() - at < WINDOW_SECONDS

    def add(self, read: Read) -> None:
        """Remember that a read was recorded now."""
        with self._lock:
            self._recorded_at[read] = self._now()
            self._recorded_at.move_to_end(read)
            if len(self._recorded_at) > READS_MAX:
                self._recorded_at.popitem(last=False)
