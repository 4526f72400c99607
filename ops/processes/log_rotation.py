"""Rotation of the log files of a stack: a file that has grown is copied and emptied (docs/logs.md#rotation).

Its writers keep it open, and append: after it was emptied they go on at its beginning.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from ops.processes.private_files import private_opener

#: Size in bytes from which on a file is rotated.
LOG_BYTES_MAX = 20_000_000
#: Earlier files that are kept: `worker.log.1` is the newest of them.
LOGS_KEPT = 5


def rotate(file: Path, *, bytes_max: int = LOG_BYTES_MAX, kept: int = LOGS_KEPT) -> bool:
    """Rotate a log file that has grown, and tell whether it did; one that can't be rotated is left as it is.

    Args:
        file: Written by processes that opened it to append.
        bytes_max: Size from which on it is rotated.
        kept: Earlier files that are kept; the oldest is removed.
    """
    try:
        if file.stat().st_size < bytes_max:
            return False
        for number in range(kept - 1, 0, -1):
            with suppress(FileNotFoundError):
                _earlier(file, number).replace(_earlier(file, number + 1))
        _copy(file, _earlier(file, 1))
        # A line that is written between the two is lost: no process has to be told, and none opens it again.
        os.truncate(file, 0)
    except OSError:
        return False
    return True


def _earlier(file: Path, number: int) -> Path:
    return file.with_name(f"{file.name}.{number}")


def _copy(file: Path, target: Path) -> None:
    with file.open("rb") as source, open(target, "wb", opener=private_opener) as copy:
        shutil.copyfileobj(source, copy)
