"""A whole stack leaves nothing for other accounts to read, also on a folder that was open before."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from tests.support.chaos.stack import running_stack

#: Refused when open, PostgreSQL's own, nobody's data, and the log of this test.
_LEFT_ALONE = ("keys", "cluster", "binaries", "up.log")
#: PostgreSQL's account passes through these where root runs the rest, by its group and without listing them.
_PASSED = {".", "postgres"}


def _open_ones(folder: Path) -> set[str]:
    """Return what other accounts could read, change or list."""
    found = set()
    for path in [folder, *folder.rglob("*")]:
        try:
            name, mode = path.relative_to(folder).as_posix(), path.lstat().st_mode
        except FileNotFoundError:
            # The stack goes on: a file that was written whole has its own name by now.
            continue
        passed = stat.S_IXGRP if name in _PASSED and os.geteuid() == 0 else 0
        is_copy = "binaries" in path.relative_to(folder).parts
        if not stat.S_ISLNK(mode) and mode & (0o007 if is_copy else 0o077) & ~passed:
            found.add(name)
    return found


def test_a_stack_is_private_from_its_first_start_and_after_an_upgrade(reachable_folder: Path) -> None:
    """Databases, logs, journal and state are closed at once; a folder of before is closed and told."""
    before = os.umask(0o022)
    try:
        _see_a_stack_closed(reachable_folder / "stack")
    finally:
        os.umask(before)


def _see_a_stack_closed(folder: Path) -> None:
    folder.mkdir()
    with running_stack(folder) as running:
        running.start_switch(running.organization(seed=3, users=5))
        assert _open_ones(folder) == set()
    for path in [folder, *folder.rglob("*")]:
        is_ours = not {*_LEFT_ALONE} & set(path.relative_to(folder).parts)
        if is_ours and not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)

    with running_stack(folder):
        assert _open_ones(folder) == set()
        told = (folder / "up.log").read_text(encoding="utf-8")

    assert "folder_closed_to_others" in told
    assert all(part in told for part in ("logs", "postgres", "run", "sandbox", "seals", "temporal"))
