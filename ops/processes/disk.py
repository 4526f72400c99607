"""How much room a file system has: bytes, files, and whether it can be written at all."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_MEGABYTE = 1_000_000
_GIGABYTE = 1_000_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class DiskSpace:
    """The file system below a folder, for programs without a reserve of their own."""

    folder: Path
    free_bytes: int
    total_bytes: int
    #: Files that can still be made; None where the file system does not count them.
    free_files: int | None
    is_read_only: bool

    def __str__(self) -> str:
        """Return the figures for people."""
        room = f"{_size(self.free_bytes)} of {_size(self.total_bytes)} free at {self.folder}"
        if self.is_read_only:
            return f"{room}, which is read-only"
        return f"{room}, and no file can be made" if self.free_files == 0 else room

    def is_below(self, bytes_min: int) -> bool:
        """Return whether less than this can be written, for whatever cause."""
        return self.is_read_only or self.free_files == 0 or self.free_bytes < bytes_min


def disk_space(folder: Path) -> DiskSpace:
    """Return the room where a folder is, or will be once it is made.

    Raises:
        OSError: It can't be looked at.
    """
    there = next(each for each in (folder, *folder.parents) if each.exists())
    sizes = os.statvfs(there)
    return DiskSpace(
        folder=there,
        free_bytes=sizes.f_bavail * sizes.f_frsize,
        total_bytes=sizes.f_blocks * sizes.f_frsize,
        free_files=sizes.f_favail if sizes.f_files else None,
        is_read_only=bool(sizes.f_flag & os.ST_RDONLY),
    )


def _size(count: int) -> str:
    if count < _GIGABYTE:
        return f"{count / _MEGABYTE:,.0f} MB"
    return f"{count / _GIGABYTE:,.1f} GB"
