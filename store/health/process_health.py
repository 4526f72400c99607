"""How one process is, for probes: whether its work goes round, and what keeps it from being of use.

The process reports here as it works; `ops/telemetry/probe_server.py` answers probes by it. Nothing here asks
anybody anything, so that a probe is answered while every other part is silent.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from domain.kernel.errors import PlanSwitchError

#: A process whose work has not gone round for so long hangs: a round is one look for work, or one tick.
ROUND_SECONDS_MAX = 60.0
#: Part that is missing until the process has begun its work.
START = "start"
#: Parts that a process may lack.
EVENT_STORE, TEMPORAL, SEALS = "event store", "temporal", "seals"
STARTING = "STARTING"
_STARTING_DETAIL = "the process is starting"
#: What people read of a part that is missing, by the part. A server's own words stay in the log.
_DETAILS = {
    EVENT_STORE: "the database does not take the work of this process",
    TEMPORAL: "Temporal does not answer this process",
    SEALS: "new records are not sealed",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class MissingPart:
    """What keeps a process from being of use, without anything that only this installation may know."""

    part: str
    code: str
    detail: str
    remedy: str


class ProcessHealth:
    """The state of this process; safe to use from several threads.

    Args:
        clock: Seconds that only go forward.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._round_at = clock()
        starting = MissingPart(
            part=START, code=STARTING, detail=_STARTING_DETAIL, remedy="Wait, or read its log."
        )
        self._missing = {START: starting}

    def go_round(self) -> None:
        """Report that the work of the process went round once."""
        self._round_at = self._clock()

    def works(self, part: str = START) -> None:
        """Report that a part is of use; by itself that the process has begun its work."""
        with self._lock:
            self._missing.pop(part, None)

    def lacks(self, part: str, *, code: str, remedy: str = "") -> None:
        """Report that a part is missing.

        Args:
            part: Its name, as readiness of the installation has it.
            code: Stable code of what is wrong.
            remedy: What to do.
        """
        detail = _DETAILS.get(part, "it does not work")
        with self._lock:
            self._missing[part] = MissingPart(part=part, code=code, detail=detail, remedy=remedy)

    def fails(self, part: str, error: PlanSwitchError) -> None:
        """Report that a part is missing by an error; its message stays in the log."""
        self.lacks(part, code=error.code, remedy=error.remedy)

    @property
    def round_age_seconds(self) -> float:
        """Return how long ago the work went round."""
        return max(0.0, self._clock() - self._round_at)

    @property
    def is_alive(self) -> bool:
        """Return whether the process works; one that does not is to be started again."""
        return self.round_age_seconds <= ROUND_SECONDS_MAX

    def missing(self) -> tuple[MissingPart, ...]:
        """Return what keeps the process from being of use now; nothing where it is ready."""
        with self._lock:
            return tuple(self._missing.values())
