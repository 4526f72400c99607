"""What a process holds now, as the kernel counts it: memory, open files, threads, children."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bench.base.processes import process_ids_below

_PROC = Path("/proc")
#: Lines of smaps_rollup -> what they count, in kilobytes.
_MEMORY = {"Rss:": "rss", "Pss:": "pss", "Private_Clean:": "private", "Private_Dirty:": "private"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessFigures:
    """One process at one moment; memory is in kilobytes."""

    process_id: int
    rss: int
    pss: int
    #: What only this process has: it would be free if the process ended.
    private: int
    files: int
    sockets: int
    #: Pipes, timers, event queues and the like.
    other_handles: int
    threads: int
    #: Processes below it.
    children: int


def process_figures(process_id: int) -> ProcessFigures | None:
    """Return the figures of a process, or None if it has ended."""
    folder = _PROC / str(process_id)
    try:
        memory = _memory((folder / "smaps_rollup").read_text(encoding="ascii"))
        handles = _handles(folder / "fd")
        threads = len(list((folder / "task").iterdir()))
    except OSError:
        return None
    return ProcessFigures(
        process_id=process_id,
        rss=memory["rss"],
        pss=memory["pss"],
        private=memory["private"],
        files=handles["file"],
        sockets=handles["socket"],
        other_handles=handles["other"],
        threads=threads,
        children=len(process_ids_below(process_id)) - 1,
    )


def _memory(text: str) -> Counter[str]:
    memory = Counter[str]()
    for line in text.splitlines():
        name, *numbers = line.split()
        if name in _MEMORY:
            memory[_MEMORY[name]] += int(numbers[0])
    return memory


def _handles(folder: Path) -> Counter[str]:
    handles = Counter[str]()
    for link in folder.iterdir():
        try:
            target = str(link.readlink())
        except OSError:  # it was closed meanwhile
            continue
        kind = "socket" if target.startswith("socket:") else "file" if target.startswith("/") else "other"
        handles[kind] += 1
    return handles
