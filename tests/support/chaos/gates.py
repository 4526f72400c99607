"""The test's side of named points: set gates, wait for steps to stand there, open them, list points."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from activities.base.points import REACHED_FILE, REACHED_SUFFIX

POLL_SECONDS = 0.05
#: Variable of the worker that names the folder.
VARIABLE = "PLANSWITCH_POINTS_DIR"


class Gates:
    """Gates in a folder that a worker watches."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def _gate(self, organization_id: str, point: str) -> Path:
        return self.folder / f"{organization_id}@{point}"

    def close(self, organization_id: str, point: str) -> None:
        """Let the organization's step stop at a point."""
        self._gate(organization_id, point).touch()

    def open(self, organization_id: str, point: str) -> None:
        """Let it go on."""
        self._gate(organization_id, point).unlink(missing_ok=True)

    def is_reached(self, organization_id: str, point: str) -> bool:
        """Tell whether a step stood at the point."""
        gate = self._gate(organization_id, point)
        return gate.with_name(gate.name + REACHED_SUFFIX).exists()

    def missing(self, wanted: Iterable[tuple[str, str]], *, seconds: float) -> list[tuple[str, str]]:
        """Wait until a step stands at every gate, and return the gates where none came in time."""
        deadline = time.monotonic() + seconds
        left = list(wanted)
        while left and time.monotonic() < deadline:
            left = [each for each in left if not self.is_reached(*each)]
            time.sleep(POLL_SECONDS)
        return left

    def points_of(self, organization_id: str) -> list[str]:
        """Return every point that the organization's switch has reached, each once, in order."""
        lines = (self.folder / REACHED_FILE).read_text(encoding="utf-8").splitlines()
        pairs = (line.partition(" ") for line in lines)
        return list(dict.fromkeys(point for owner, _, point in pairs if owner == organization_id))
