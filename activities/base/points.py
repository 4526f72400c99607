"""Named points of a step, where a test can stop it and kill what it stands on.

A step tells of each point that it reaches: `{activity}:begin`, `:call:{operation}` and `:called:{operation}`
around a call to a provider, `:save` and `:saved` around a commit, `:end` before the result goes back.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Protocol

import structlog

_POLL_SECONDS = 0.02
#: A gate that nobody opens is passed after so long.
GATE_SECONDS_MAX = 900.0
#: Every point reached, one to a line.
REACHED_FILE = "reached.log"
#: Ending of the file that tells that a step stands at a gate.
REACHED_SUFFIX = ".reached"

_log = structlog.get_logger()


class Points(Protocol):
    """Who is told of the points that steps reach."""

    def reached(self, switch_id: str, organization_id: str, point: str) -> None:
        """Take note of a point; the step goes on when this returns."""


class NoPoints:
    """Nobody listens: what runs outside tests."""

    def reached(self, switch_id: str, organization_id: str, point: str) -> None:
        """Do nothing."""


class FileGates:
    """Points that files hold up, so that another process can stop any number of switches.

    While the folder holds the file `{organization_id}@{point}`, a step of that organization that reaches the
    point makes the same name with the ending `.reached` and stands there until the first file is gone. Safe
    to use from several threads.

    Args:
        folder: The folder, shared with the other process.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)

    def reached(self, switch_id: str, organization_id: str, point: str) -> None:
        """Write the point down, and stand at its gate while there is one."""
        with self._lock, (self._folder / REACHED_FILE).open("a", encoding="utf-8") as written:
            written.write(f"{organization_id} {point}\n")
        gate = self._folder / f"{organization_id}@{point}"
        if not gate.exists():
            return
        _log.info("gate_reached", switch_id=switch_id, point=point)
        gate.with_name(gate.name + REACHED_SUFFIX).touch()
        deadline = time.monotonic() + GATE_SECONDS_MAX
        while gate.exists() and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
