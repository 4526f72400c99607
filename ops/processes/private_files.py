"""Files and folders that nobody but their owner may read, list or change, and a folder's lock."""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path
from typing import IO

from ops.processes.errors import FolderUnusable, StackInUse

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
#: Takes the rights of group and others from everything that a process makes.
PRIVATE_UMASK = 0o077
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def private_opener(path: str, flags: int) -> int:
    """Open a file for `open(..., opener=)`; one that is made is its owner's alone."""
    return os.open(path, flags, PRIVATE_FILE)


def make_private_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter; one that is there stays as it is.

    Raises:
        FolderUnusable: It can't be made there, or something else is there.
    """
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    except OSError as error:
        raise FolderUnusable(
            f"{folder} can't be used as a folder: {error.strerror or error}.",
            remedy="Name a folder that is there and yours, or one that can be made (--data-dir, --keep, "
            "PLANSWITCH_DATA_DIR).",
            field="data_dir",
        ) from error


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, from its first byte on."""
    path.unlink(missing_ok=True)
    with open(path, "xb", opener=private_opener) as file:
        file.write(content)


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
