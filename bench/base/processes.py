"""What processes cost, as the kernel counts it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

_PROC = Path("/proc")
#: Fields of /proc/PID/stat behind the command's name: parent, and the times of it and of ended children.
_PARENT, _TIMES = 1, slice(11, 15)
_KILOBYTES_PER_MEGABYTE = 1024
_RESET_PEAK = "5"


def processor_seconds(children: Mapping[str, int]) -> dict[str, float]:
    """Return the processor seconds that each part has used so far, with all processes below it."""
    facts = _facts()
    return {
        name: sum(facts[each][1] for each in _below(process_id, facts))
        for name, process_id in children.items()
    }


def process_ids_below(process_id: int) -> set[int]:
    """Return the ids of a process and of all processes below it."""
    return _below(process_id, _facts())


def peak_megabytes(process_id: int) -> float:
    """Return the highest resident memory that a process ever had."""
    for line in (_PROC / str(process_id) / "status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / _KILOBYTES_PER_MEGABYTE
    raise AssertionError(f"the kernel tells no peak of {process_id}")


def reset_peak(process_id: int) -> None:
    """Let the highest resident memory of a process count from now on."""
    (_PROC / str(process_id) / "clear_refs").write_text(_RESET_PEAK, encoding="ascii")


def _facts() -> dict[int, tuple[int, float]]:
    """Return the parent and the processor seconds of every process."""
    ticks = os.sysconf("SC_CLK_TCK")
    found = {}
    for folder in _PROC.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        found[int(folder.name)] = (int(fields[_PARENT]), sum(map(int, fields[_TIMES])) / ticks)
    return found


def _below(process_id: int, facts: Mapping[int, tuple[int, float]]) -> set[int]:
    found, waiting = set(), {process_id}
    while waiting:
        found |= waiting
        waiting = {each for each, (parent, _) in facts.items() if parent in waiting}
    return found & set(facts)
