"""A copy of a folder of seals while the sealer works: whole as of one checkpoint."""

from __future__ import annotations

import shutil
from pathlib import Path

from audit.transparency.tiles import CHECKPOINT_PATH

_PARTIAL = ".p"
_PUBLISHED = (".lock", ".new")


def copy_published(source: Path, target: Path) -> None:
    """Copy what is published; a database that is copied afterwards is never behind it.

    Args:
        source: A folder of seals; nothing is copied where there is none.
        target: The folder of the copy; it is made where something is copied.
    """
    checkpoint = source / CHECKPOINT_PATH
    # First of all: tiles come before their checkpoint, so those of this one are there from now on.
    content = checkpoint.read_bytes() if checkpoint.exists() else None
    for path in sorted(source.rglob("*")):
        is_published = path != checkpoint and path.suffix not in _PUBLISHED and path.name not in _PUBLISHED
        if is_published and path.is_file() and not path.is_symlink():
            _copy(source, path, target)
    if content is not None:
        target.mkdir(parents=True, exist_ok=True)
        (target / CHECKPOINT_PATH).write_bytes(content)


def _copy(source: Path, path: Path, target: Path) -> None:
    """Copy one file; a partial tile that became full meanwhile is copied as what replaced it."""
    for each in (path, path.parent.with_name(path.parent.name.removesuffix(_PARTIAL))):
        place = target / each.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(each, place)
        except FileNotFoundError:
            continue
        return
