"""Files of the data folder that nobody else may read: keys and certificates, made on first use."""

from __future__ import annotations

import os
from pathlib import Path

#: Folder of the keys inside the data folder.
FOLDER = "authority"
_OWNER_ONLY, _OWNER_ONLY_FOLDER = 0o600, 0o700


def secret_folder(state_dir: Path) -> Path:
    """Return the folder of the keys; it is made if it is not there."""
    folder = state_dir / FOLDER
    folder.mkdir(mode=_OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    return folder


def write_secret(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; only its owner can read it."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
