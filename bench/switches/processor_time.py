"""Processor time of the parts of a running stack, which a busy machine does not falsify."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

_PROC = Path("/proc")
#: Fields of /proc/PID/stat after the name of the program: parent, and the four times.
_PARENT, _TIMES = 1, slice(11, 15)


def processor_seconds(process_ids: Mapping[str, int]) -> dict[str, float]:
    """Return the seconds that each part and its children have used so far; none where /proc is missing.

    Args:
        process_ids: Name of a part -> its process.
    """
    if not _PROC.is_dir():
        return {}
    table = {int(each.name): _stat(each) for each in _PROC.iterdir() if each.name.isdigit()}
    ticks = os.sysconf("SC_CLK_TCK")
    return {name: _of_tree(table, root) / ticks for name, root in process_ids.items()}


def used_between(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Return the seconds that each part used between two readings."""
    return {name: seconds - before.get(name, 0.0) for name, seconds in after.items()}


def _stat(folder: Path) -> list[str]:
    try:
        return (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:  # it has ended meanwhile
        return []


def _of_tree(table: Mapping[int, list[str]], root: int) -> int:
    own = sum(int(each) for each in table[root][_TIMES]) if table.get(root) else 0
    children = [each for each, fields in table.items() if fields and int(fields[_PARENT]) == root]
    return own + sum(_of_tree(table, each) for each in children)
