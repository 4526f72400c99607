"""A lock on a folder that the kernel gives back when its holder is gone, however it went."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from ops.processes.errors import StackInUse
from ops.processes.private_files import private_opener


def lock_folder(lock_file: Path) -> IO[str]:
    """Take the lock and return its open file: close it to give the lock back.

    Raises:
        StackInUse: Another process holds it; the message names its process id.
    """
    file = open(lock_file, "a+", encoding="utf-8", opener=private_opener)  # noqa: SIM115
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        raise StackInUse(
            f"Process {holder} runs on {lock_file.parent}.",
            remedy=f"Use that one, stop process {holder}, or choose another data folder.",
            process_id=holder,
            folder=str(lock_file.parent),
        ) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file
