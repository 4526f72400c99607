"""Open files: everything in a stack's folder is its owner's alone, also what an older version left open."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.processes.errors import FolderUnusable
from ops.processes.processes import SystemUser, start_child
from ops.stack.accounts import check_is_ours, close_to_others, give_folder
from sandbox.kernel.journal import Journal

_STRANGER = SystemUser(name="stranger", user_id=64_999, group_id=64_998)
_KEY = Path("keys", "api.key")
_BEFORE = [
    Path("temporal", "temporal.db"),
    Path("temporal", "temporal.db-wal"),
    Path("sandbox", "journal.jsonl"),
    Path("logs", "worker.log"),
    Path("run", "worker.ready"),
    Path("seals", "tile", "0", "000.p", "1"),
    Path("postgres", "password"),
    Path("stack.json"),
]


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """Return a folder as a version of before left it: open for everybody to read."""
    for name in [*_BEFORE, _KEY, Path("postgres", "cluster", "PG_VERSION")]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
        path.chmod(0o644)
        path.parent.chmod(0o755)
    return tmp_path


def _open_ones(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.lstat().st_mode & 0o077:
            yield path.relative_to(folder).as_posix()


def test_a_folder_of_before_is_closed_and_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each file and folder loses the rights of others; what was open is told, and told once."""
    opened = close_to_others(folder)
    told = capsys.readouterr().out

    assert {str(name) for name in _BEFORE} <= set(opened)
    assert "folder_closed_to_others" in told
    # PostgreSQL has its own way, and a key that others could read must be refused, not hidden.
    cluster = {"postgres/cluster", "postgres/cluster/PG_VERSION"}
    assert set(_open_ones(folder)) == {"postgres", str(_KEY), *cluster}
    assert close_to_others(folder) == []


def test_links_are_not_followed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A link, soft or hard, makes nothing outside of the folder change."""
    outside = tmp_path_factory.mktemp("outside")
    victims = [outside / "soft", outside / "hard", outside / "below" / "deep"]
    for victim in victims:
        victim.parent.mkdir(exist_ok=True)
        victim.write_text("x")
        victim.chmod(0o644)
    (folder / "logs" / "soft.log").symlink_to(victims[0])
    (folder / "logs" / "hard.log").hardlink_to(victims[1])
    (folder / "sandbox" / "below").symlink_to(victims[2].parent)

    close_to_others(folder)

    assert [stat.S_IMODE(victim.stat().st_mode) for victim in victims] == [0o644] * 3


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_folder_is_given_away_with_all_of_ours(folder: Path) -> None:
    """The account gets every part but PostgreSQL's cluster, which is its account's already."""
    (folder / "logs" / "soft.log").symlink_to("/etc/hosts")
    give_folder(folder, _STRANGER)

    owners = {
        path.relative_to(folder).as_posix(): path.lstat().st_uid for path in [folder, *folder.rglob("*")]
    }
    others = {name for name, owner in owners.items() if owner != _STRANGER.user_id}
    assert others == {"postgres/cluster", "postgres/cluster/PG_VERSION", "logs/soft.log"}


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """A folder with other things in it is not closed to whoever uses them; one with a stack may hold more."""
    (tmp_path / "up.log").touch()
    (tmp_path / "lost+found").mkdir()
    check_is_ours(tmp_path)
    (tmp_path / "thesis.tex").touch()

    with pytest.raises(FolderUnusable, match=r"thesis\.tex, which is no part"):
        check_is_ours(tmp_path)

    (tmp_path / "postgres" / "cluster").mkdir(parents=True)
    check_is_ours(tmp_path)


def test_children_make_private_files(tmp_path: Path) -> None:
    """What a part writes is private, and so is its log, whatever the starter's mask is."""
    before = os.umask(0)
    try:
        code = "import pathlib; pathlib.Path('made').touch(); pathlib.Path('folder').mkdir()"
        log = tmp_path / "part.log"
        child = start_child([sys.executable, "-c", code], log_file=log, folder=tmp_path)
        assert child.wait() == 0
    finally:
        os.umask(before)

    assert list(_open_ones(tmp_path)) == []
    assert {path.name for path in tmp_path.iterdir()} == {"part.log", "made", "folder"}


def test_a_command_makes_private_files(tmp_path: Path) -> None:
    """A command that is run by hand has the same mask."""
    code = (
        "import os, sys, cli.main\n"
        "sys.argv = ['planswitch', 'catalog', 'list']\n"
        "try: cli.main.main()\n"
        "finally: print(oct(os.umask(0)))"
    )
    environment = {
        **os.environ,
        "PLANSWITCH_DATA_DIR": str(tmp_path),
        "PLANSWITCH_API_URL": "http://127.0.0.1:9",
    }
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )

    assert ran.stdout.endswith("0o77\n"), ran.stderr


def test_a_journal_of_before_is_closed(tmp_path: Path) -> None:
    """The sandbox started by hand closes its journal; a new one is private from its first byte."""
    (tmp_path / "journal.jsonl").touch(0o644)
    before = os.umask(0)
    try:
        Journal(tmp_path).close()
        Journal(tmp_path / "new").close()
    finally:
        os.umask(before)

    assert list(_open_ones(tmp_path)) == []
