"""A backup holds both stores and the journal, keys only when sealed, and comes back whole or not at all."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import stat
import tarfile
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from domain.kernel.errors import InvalidInput
from ops.backup.backup import backup, restore
from ops.processes.errors import BackupInvalid, FolderUnusable
from ops.processes.processes import ManagedProcess
from ops.stack.embedded import DATABASE_NAME, api_key_file, master_key_file
from ops.stack.postgres_binaries import open_for_traversal, server_account
from ops.stack.postgres_server import EmbeddedPostgres
from ops.stack.supervisor import Stack, StackState
from ops.stack.temporal_server import EmbeddedTemporal

_EVENTS = 500
_PASSPHRASE = "correct horse battery staple"


def _fill(folder: Path, postgres: EmbeddedPostgres) -> None:
    """Write facts into every part of a stack's folder."""
    (folder / "sandbox" / "authority").mkdir(parents=True)
    (folder / "sandbox" / "authority" / "signing.pem").write_text("a key, which no plain backup holds")
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

    restore(report.file, copy, keys_from=origin / "keys")

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
    """A stopped stack is backed up by a server started for it, which is stopped again; without keys."""
    report = backup(stopped, stopped.parent / "kept.tar.gz")

    assert set(report.digests) == {
        "postgres.dump",
        "sandbox/journal.jsonl",
    }
    assert not report.has_keys
    assert not (stopped / "postgres" / "cluster" / "postmaster.pid").exists()


def test_the_folder_of_seals_comes_back(stopped: Path) -> None:
    """Seals are in a backup without a passphrase as well; a lock of the sealer is not (audit#seals)."""
    files = {"checkpoint": b"a note", "policy": b"a policy", "tile/0/000.p/1": bytes(32), ".lock": b""}
    for name, content in files.items():
        path = stopped / "seals" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    report = backup(stopped, stopped.parent / "kept.tar.gz")
    restore(report.file, stopped.parent / "copy", keys_from=stopped / "keys")

    folder = stopped.parent / "copy" / "seals"
    restored = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    assert {name: path.read_bytes() for name, path in restored.items()} == {
        name: content for name, content in files.items() if name != ".lock"
    }
    assert all(path.stat().st_mode & 0o077 == 0 for path in restored.values())


def test_members_and_file_are_private_and_hold_no_keys(stopped: Path) -> None:
    """Unpacked by hand a backup gives nothing to other accounts, and the keys are not in it at all."""
    report = backup(stopped, stopped.parent / "kept.tar.gz")

    with tarfile.open(report.file) as archive:
        members = archive.getmembers()
    content = b"".join(_members(report.file).values())
    assert stat.S_IMODE(report.file.stat().st_mode) == 0o600
    assert {(each.mode, each.uid, each.uname) for each in members} == {(0o600, 0, "")}
    assert (stopped / "keys" / "master.key").read_bytes() not in content
    assert (stopped / "keys" / "api.key").read_bytes() not in content


def test_a_changed_part_is_refused_and_leaves_nothing(stopped: Path) -> None:
    """A backup in which a part was exchanged is refused by name, and no folder is left."""
    changed = _changed(stopped, {"sandbox/journal.jsonl": b"another journal"})

    with pytest.raises(BackupInvalid, match=r"sandbox/journal\.jsonl is not what was backed up"):
        restore(changed, stopped.parent / "copy", keys_from=stopped / "keys")

    assert not (stopped.parent / "copy").exists()


def test_a_backup_makes_no_folder(stopped: Path) -> None:
    """A folder that is not there is refused before anything is read or written."""
    with pytest.raises(FolderUnusable, match="There is no folder"):
        backup(stopped, stopped.parent / "missing" / "kept.tar.gz")

    assert not (stopped.parent / "missing").exists()


def test_a_changed_part_with_its_digest_fixed_is_refused(stopped: Path) -> None:
    """Whoever changes a part and the manifest as well lacks the key that signs it."""
    forged = b"another journal"
    manifest = json.loads(_members(_whole(stopped))["manifest.json"])
    manifest["files"]["sandbox/journal.jsonl"] = hashlib.sha256(forged).hexdigest()
    changed = _changed(
        stopped, {"sandbox/journal.jsonl": forged, "manifest.json": json.dumps(manifest).encode()}
    )

    with pytest.raises(BackupInvalid, match="not the one that was signed"):
        restore(changed, stopped.parent / "copy", keys_from=stopped / "keys")

    assert not (stopped.parent / "copy").exists()


def test_a_backup_that_calls_itself_one_of_before_is_refused(stopped: Path) -> None:
    """Format 1 was not signed: it is taken only where an operator says that nobody had it in their hands."""
    before = _of_before(stopped)

    with pytest.raises(BackupInvalid, match="not signed") as refused:
        restore(before, stopped.parent / "copy")
    assert "--accept-unsigned" in refused.value.remedy
    assert not (stopped.parent / "copy").exists()

    report = restore(before, stopped.parent / "copy", accept_unsigned=True)
    assert report.has_keys
    assert (stopped.parent / "copy" / "keys" / "api.key").read_bytes() == (
        stopped / "keys" / "api.key"
    ).read_bytes()
    assert _restored_events(stopped.parent / "copy") == [(1, "ä1"), (_EVENTS + 1, "next")]


def test_accepting_unsigned_ones_accepts_no_changed_one(stopped: Path) -> None:
    """The option is for backups of before; one that is signed is checked all the same."""
    changed = _changed(stopped, {"manifest.hmac": b"0" * 64})

    with pytest.raises(BackupInvalid, match="not the one that was signed"):
        restore(changed, stopped.parent / "copy", keys_from=stopped / "keys", accept_unsigned=True)


@pytest.mark.parametrize("name", ["../outside", "/outside", "stack.json", "", "sandbox/../../outside"])
def test_a_backup_writes_nothing_but_parts(stopped: Path, name: str) -> None:
    """Even an accepted one of before can't name a file that is no part of a stack."""
    before = _of_before(stopped, {name: b"x"})

    with pytest.raises(BackupInvalid, match="no part of a stack"):
        restore(before, stopped.parent / "copy", accept_unsigned=True)

    assert not (stopped.parent / "copy").exists()


def test_the_keys_are_asked_for_and_must_be_the_right_ones(stopped: Path) -> None:
    """A backup without keys needs the folder that has them, and tells other keys by their fingerprint."""
    whole, other = _whole(stopped), stopped.parent / "other"
    master_key_file(other)
    empty = stopped.parent / "empty"
    empty.mkdir()

    with pytest.raises(InvalidInput, match="--keys-from"):
        restore(whole, stopped.parent / "copy")
    with pytest.raises(InvalidInput, match=r"master\.key"):
        restore(whole, stopped.parent / "copy", keys_from=empty)
    with pytest.raises(BackupInvalid, match="another master key"):
        restore(whole, stopped.parent / "copy", keys_from=other / "keys")


def test_a_sealed_backup_comes_back_with_its_keys(stopped: Path) -> None:
    """A passphrase opens the whole backup, keys included; nothing of it can be read without."""
    sealed, copy = stopped.parent / "sealed", stopped.parent / "copy"
    api_key = (stopped / "keys" / "api.key").read_bytes()
    report = backup(stopped, sealed, passphrase=_PASSPHRASE)

    with pytest.raises(InvalidInput, match="--passphrase-file"):
        restore(sealed, copy)
    with pytest.raises(BackupInvalid, match="passphrase is another one"):
        restore(sealed, copy, passphrase=f"{_PASSPHRASE}!")
    assert not copy.exists()
    restored = restore(sealed, copy, passphrase=_PASSPHRASE)

    assert report.has_keys
    assert restored.has_keys
    assert api_key not in sealed.read_bytes()
    assert (copy / "keys" / "api.key").read_bytes() == api_key
    assert {path.name for path in stopped.iterdir()} == {"postgres", "sandbox", "keys", "stack.lock"}
    assert _restored_events(copy) == [(1, "ä1"), (_EVENTS + 1, "next")]


def test_a_plain_backup_in_place_of_a_sealed_one_is_refused(stopped: Path) -> None:
    """Whoever gives a passphrase means a sealed backup: an exchanged file is not taken instead."""
    with pytest.raises(BackupInvalid, match="it is not sealed"):
        restore(_of_before(stopped), stopped.parent / "copy", passphrase=_PASSPHRASE, accept_unsigned=True)


def test_a_torn_backup_is_refused(stopped: Path) -> None:
    """A backup cut in the middle is refused and leaves nothing, sealed or not."""
    sealed = backup(stopped, stopped.parent / "sealed", passphrase=_PASSPHRASE).file
    for whole, options in (
        (_whole(stopped), {"keys_from": stopped / "keys"}),
        (sealed, {"passphrase": _PASSPHRASE}),
    ):
        torn = whole.with_suffix(".torn")
        torn.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])

        with pytest.raises(BackupInvalid, match="cannot be restored"):
            restore(torn, stopped.parent / "copy", **options)

        assert not (stopped.parent / "copy").exists()


def _whole(stopped: Path) -> Path:
    """Return a backup without a passphrase."""
    return backup(stopped, stopped.parent / "kept.tar.gz").file


def _members(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as archive:
        return {each.name: archive.extractfile(each).read() for each in archive}  # type: ignore[union-attr]


def _changed(stopped: Path, changes: dict[str, bytes]) -> Path:
    """Return a backup in which members were exchanged."""
    kept = stopped.parent / "kept.tar.gz"
    whole = kept if kept.exists() else _whole(stopped)
    return _archive(stopped.parent / "changed.tar.gz", {**_members(whole), **changes})


def _of_before(stopped: Path, more: dict[str, bytes] | None = None) -> Path:
    """Return a backup as the first version wrote it: keys inside, digests, and no signature."""
    parts = {name: each for name, each in _members(_whole(stopped)).items() if "manifest" not in name}
    for name in ("master.key", "api.key"):
        parts[f"keys/{name}"] = (stopped / "keys" / name).read_bytes()
    parts |= more or {}
    digests = {name: hashlib.sha256(each).hexdigest() for name, each in parts.items()}
    manifest = json.dumps({"format": 1, "files": digests}).encode()
    return _archive(stopped.parent / "before.tar.gz", {"manifest.json": manifest, **parts})


def _archive(target: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(target, "w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o644
            archive.addfile(member, io.BytesIO(content))
    return target


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
