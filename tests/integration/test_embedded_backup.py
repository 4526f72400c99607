"""A backup holds both stores, the sandbox's journal and the keys, and comes back whole or not at all."""

from __future__ import annotations

import os
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from ops.backup import backup, restore
from ops.embedded import DATABASE_NAME
from ops.errors import BackupInvalid, FolderUnusable
from ops.keys import api_key_file, master_key_file
from ops.managed import ManagedProcess
from ops.postgres_binaries import open_for_traversal, server_account
from ops.postgres_server import EmbeddedPostgres
from ops.stack_state import StackState
from ops.supervisor import Stack
from ops.temporal_server import EmbeddedTemporal

_EVENTS = 500


def _fill(folder: Path, postgres: EmbeddedPostgres) -> None:
    """Write facts into every part of a stack's folder."""
    (folder / "sandbox").mkdir()
    (folder / "sandbox" / "journal.jsonl").write_text('{"kind":"order"}\n')
    master_key_file(folder)
    api_key_file(folder)
    with psycopg.connect(postgres.url(DATABASE_NAME), autocommit=True) as connection:
        connection.execute("CREATE TABLE event (id bigserial PRIMARY KEY, text text)")
        connection.execute(
            "INSERT INTO event (text) SELECT 'ä' || n FROM generate_series(1, %s) n", (_EVENTS,)
        )


def _stack(folder: Path) -> tuple[Stack, EmbeddedPostgres]:
    """Return a stack of both stores on a folder."""
    open_for_traversal(folder, server_account())
    postgres = EmbeddedPostgres(folder / "postgres", database=DATABASE_NAME, settings={"fsync": "off"})
    stages: list[list[ManagedProcess]] = [[postgres, EmbeddedTemporal(folder / "temporal")]]

    def describe(stack: Stack) -> StackState:
        return StackState(
            process_id=os.getpid(),
            urls={},
            api_key_file="",
            children=stack.children(),
            environment={"DATABASE_URL": postgres.url(DATABASE_NAME)},
        )

    return Stack(data_dir=folder, stages=stages, describe=describe), postgres


@pytest.fixture(name="stopped")
def _stopped(reachable_folder: Path) -> Path:
    """Return the folder of a stopped stack without Temporal, filled."""
    folder = reachable_folder / "stack"
    settings = {"fsync": "off"}
    with EmbeddedPostgres(folder / "postgres", database=DATABASE_NAME, settings=settings) as postgres:
        _fill(folder, postgres)
    return folder


def _restored_events(folder: Path) -> list[tuple[int, str]]:
    """Return the first and the next event of a restored folder."""
    with (
        EmbeddedPostgres(folder / "postgres") as postgres,
        psycopg.connect(postgres.url(DATABASE_NAME)) as connection,
    ):
        connection.execute("INSERT INTO event (text) VALUES ('next')")
        rows = connection.execute("SELECT id, text FROM event WHERE id IN (1, %s)", (_EVENTS + 1,)).fetchall()
        return [(row[0], row[1]) for row in rows]


def test_a_running_stack_comes_back_from_its_backup(reachable_folder: Path) -> None:
    """A backup of a running stack restores every store, the journal and the keys in another folder."""
    origin, copy = reachable_folder / "stack", reachable_folder / "copy"
    stack, postgres = _stack(origin)
    with stack:
        _fill(origin, postgres)
        report = backup(origin, reachable_folder / "kept.tar.gz")

    restore(report.file, copy)

    assert report.file.stat().st_mode & 0o077 == 0
    assert (copy / "keys" / "master.key").read_bytes() == (origin / "keys" / "master.key").read_bytes()
    assert (copy / "keys" / "master.key").stat().st_mode & 0o077 == 0
    assert (copy / "sandbox" / "journal.jsonl").read_text() == '{"kind":"order"}\n'
    with closing(sqlite3.connect(copy / "temporal" / "temporal.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM namespaces").fetchone()[0] > 0
    assert _restored_events(copy) == [(1, "ä1"), (_EVENTS + 1, "next")]
    with _stack(copy)[0] as again:
        assert set(again.children()) == {"PostgreSQL", "Temporal"}


def test_a_stopped_stack_is_backed_up_too(stopped: Path) -> None:
    """A stopped stack is backed up by a server started for it, which is stopped again."""
    report = backup(stopped, stopped.parent / "kept.tar.gz")

    assert set(report.digests) == {
        "postgres.dump",
        "sandbox/journal.jsonl",
        "keys/master.key",
        "keys/api.key",
    }
    assert not (stopped / "postgres" / "cluster" / "postmaster.pid").exists()


def test_a_changed_backup_is_refused_and_leaves_nothing(stopped: Path) -> None:
    """A backup in which a part was exchanged is refused by name, and the folder stays empty."""
    whole, changed = stopped.parent / "kept.tar.gz", stopped.parent / "changed.tar.gz"
    backup(stopped, whole)
    forged = stopped.parent / "forged"
    forged.write_bytes(b"another key")
    with tarfile.open(whole) as source, tarfile.open(changed, "w:gz") as target:
        for member in source.getmembers():
            if member.name == "keys/master.key":
                target.add(forged, arcname=member.name)
            else:
                target.addfile(member, source.extractfile(member))

    with pytest.raises(BackupInvalid, match=r"keys/master\.key is not what was backed up"):
        restore(changed, stopped.parent / "copy")

    assert list((stopped.parent / "copy").iterdir()) == []


def test_a_torn_backup_is_refused(stopped: Path) -> None:
    """A backup cut in the middle is refused and leaves nothing."""
    whole, torn = stopped.parent / "kept.tar.gz", stopped.parent / "torn.tar.gz"
    backup(stopped, whole)
    torn.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])

    with pytest.raises(BackupInvalid, match="cannot be restored"):
        restore(torn, stopped.parent / "copy")

    assert list((stopped.parent / "copy").iterdir()) == []


def test_no_folder_and_no_backup_is_overwritten(stopped: Path) -> None:
    """Restore refuses a folder with content; backup refuses an existing file and a folder without a stack."""
    target = stopped.parent / "kept.tar.gz"
    backup(stopped, target)

    with pytest.raises(FolderUnusable, match="not empty"):
        restore(target, stopped)
    with pytest.raises(FolderUnusable, match="exists"):
        backup(stopped, target)
    with pytest.raises(FolderUnusable, match="no stack"):
        backup(stopped.parent / "nowhere", stopped.parent / "other.tar.gz")
