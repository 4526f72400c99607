"""Stop single switches at points of their steps, to act on them just there."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

#: A stop that nobody ends is passed after so long.
STOP_SECONDS_MAX = 300.0


@dataclass(kw_only=True)
class Ambush:
    """One switch at one point."""

    point: str
    is_reached: threading.Event = field(default_factory=threading.Event)
    is_over: threading.Event = field(default_factory=threading.Event)


class Ambushes:
    """Points of a worker in this process; safe to use from several threads."""

    def __init__(self) -> None:
        self._waiting: dict[str, Ambush] = {}
        self._laid: dict[str, Ambush] = {}
        self._lock = threading.Lock()
        #: Switch -> the points that it reached, in their order.
        self.seen: dict[str, list[str]] = {}

    def lay(self, switch_id: str, point: str) -> Ambush:
        """Stop a switch the first time it reaches a point."""
        ambush = Ambush(point=point)
        with self._lock:
            self._waiting[switch_id] = self._laid[switch_id] = ambush
        return ambush

    def go_on(self, switch_id: str) -> None:
        """Let a stopped switch go on."""
        self._laid[switch_id].is_over.set()

    def reached(self, switch_id: str, organization_id: str, point: str) -> None:
        """Note a point, and stand there while somebody waits for it."""
        with self._lock:
            self.seen.setdefault(switch_id, []).append(point)
            ambush = self._waiting.get(switch_id)
            if ambush is None or ambush.point != point:
                return
            del self._waiting[switch_id]
        ambush.is_reached.set()
        ambush.is_over.wait(STOP_SECONDS_MAX)
