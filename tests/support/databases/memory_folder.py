"""A folder in memory for the tests' PostgreSQL servers.

Each test copies a database of some hundred files and drops it again. On a disk this takes four times the
processor time of the same in memory, even without `fsync`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.stack.postgres_binaries import open_for_traversal, server_account, temporary_data_folder

#: Linux's file system in memory; a container may have a small one.
_MEMORY = Path("/dev/shm")  # noqa: S108 (mkdtemp below)
_FACTS = Path("/proc/meminfo")
#: What the servers of all test processes use at most, many times over.
_FREE_BYTES_MIN = 6 * 1024**3


@contextmanager
def memory_folder(prefix: str) -> Iterator[Path]:
    """Yield a folder in memory, or a temporary one where memory is scarce, and remove it at the end.

    Args:
        prefix: How the folder's name begins.
    """
    folder = _in_memory(prefix) if _has_room() else temporary_data_folder(prefix)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _in_memory(prefix: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=_MEMORY))
    open_for_traversal(folder, server_account())
    return folder


def _has_room() -> bool:
    """Return whether much memory is free, also as files, and programs in it may run."""
    if not _MEMORY.is_mount():
        return False
    files = os.statvfs(_MEMORY)
    # A server that runs as another account may copy its programs into its folder.
    if files.f_flag & os.ST_NOEXEC:
        return False
    return min(files.f_bavail * files.f_frsize, _available_bytes()) >= _FREE_BYTES_MIN


def _available_bytes() -> int:
    """Return what programs can still have: free memory, and what holds nothing but copies of files."""
    facts = dict(line.split(":") for line in _FACTS.read_text(encoding="ascii").splitlines())
    return int(facts["MemAvailable"].split()[0]) * 1024
