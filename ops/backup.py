"""Backup and restore of an embedded stack: both stores, the sandbox's journal and the keys in one file.

The order of copying matters. Temporal's file is copied first and the event store after it, so that the event
store never lacks what Temporal believes was saved (STORE_BEHIND); repeated steps find their own events.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit, urlunsplit

import structlog

from ops.embedded import DATABASE_NAME
from ops.errors import BackupInvalid, FolderUnusable
from ops.locks import lock_folder
from ops.postgres_binaries import binaries_folder, open_for_traversal, server_account
from ops.postgres_server import EmbeddedPostgres
from ops.settings import DATABASE_VARIABLE
from ops.stack_state import LOCK_FILE, running_stack

FORMAT_VERSION = 1
_MANIFEST = "manifest.json"
_DUMP = "postgres.dump"
_TEMPORAL_FILE = "temporal/temporal.db"
_COPIED_FOLDERS = ("sandbox", "keys")
_DUMP_TIMEOUT_SECONDS = 3_600
_PRIVATE = 0o600
_PRIVATE_FOLDER = 0o700
_ERROR_CHARACTERS = 2_000

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class BackupReport:
    """What a backup holds."""

    #: The backup; it holds the keys, so it is as secret as they are.
    file: Path
    #: Name of a part -> hexadecimal SHA-256 of its content.
    digests: Mapping[str, str]
    #: Size of the backup.
    size_bytes: int


def backup(data_dir: Path, target_file: Path) -> BackupReport:
    """Write a backup of a stack, running or stopped.

    Args:
        data_dir: Folder of the stack.
        target_file: The backup (a tar file, gzip); must not exist. Only its owner may read it.

    Raises:
        FolderUnusable: There is no stack in the folder, or the target exists.
        BackupInvalid: A store could not be copied.
    """
    data_dir, target_file = data_dir.absolute(), target_file.absolute()
    if not (data_dir / "postgres" / "cluster").is_dir():
        raise FolderUnusable(f"{data_dir} holds no stack.", remedy="Name the folder of a stack.")
    if target_file.exists():
        raise FolderUnusable(f"{target_file} exists.", remedy="Choose a new name; no backup is overwritten.")
    target_file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target_file.parent) as name:
        staging = Path(name)
        _collect(data_dir, staging)
        digests = _write_manifest(staging)
        _pack(staging, target_file)
    _log.info("backup_written", file=str(target_file), parts=len(digests))
    return BackupReport(file=target_file, digests=digests, size_bytes=target_file.stat().st_size)


def restore(backup_file: Path, data_dir: Path) -> BackupReport:
    """Make a stack's folder from a backup; nothing is left behind when it fails.

    Args:
        backup_file: A file that `backup` wrote.
        data_dir: The new folder; must be absent or empty.

    Raises:
        FolderUnusable: The folder is not empty.
        BackupInvalid: The backup is incomplete, was changed, or is of a newer format.
    """
    data_dir = data_dir.absolute()
    if data_dir.exists() and any(data_dir.iterdir()):
        raise FolderUnusable(f"{data_dir} is not empty.", remedy="Restore into a new folder.")
    open_for_traversal(data_dir, server_account())
    try:
        digests = _unpack(backup_file, data_dir)
        _load_dump(data_dir)
    except BaseException:
        _empty(data_dir)
        raise
    _log.info("backup_restored", data_dir=str(data_dir), parts=len(digests))
    return BackupReport(file=backup_file, digests=digests, size_bytes=backup_file.stat().st_size)


def _collect(data_dir: Path, staging: Path) -> None:
    """Copy every part of the stack: Temporal first, the event store next, the outside last."""
    _copy_temporal(data_dir / _TEMPORAL_FILE, staging / _TEMPORAL_FILE)
    with _database(data_dir) as url:
        _run_client("pg_dump", url, "--format=custom", "--no-owner", f"--file={staging / _DUMP}")
    for name in _COPIED_FOLDERS:
        for source in sorted((data_dir / name).rglob("*")):
            if source.is_file():
                target = staging / source.relative_to(data_dir)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)


def _copy_temporal(source: Path, target: Path) -> None:
    """Copy a living SQLite file as of one instant."""
    if not source.exists():
        return
    target.parent.mkdir(parents=True)
    with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(target)) as copy:
        origin.backup(copy)


@contextmanager
def _database(data_dir: Path) -> Iterator[str]:
    """Yield the database's URL: of the running stack, or of a server started for this."""
    state = running_stack(data_dir)
    if state is not None:
        yield state.environment[DATABASE_VARIABLE]
        return
    with closing(lock_folder(data_dir / LOCK_FILE)), EmbeddedPostgres(data_dir / "postgres") as server:
        yield server.url(DATABASE_NAME)


def _run_client(program: str, url: str, *options: str) -> None:
    """Run one of PostgreSQL's client programs; the password goes by environment, not by argument.

    Raises:
        BackupInvalid: The program failed; the message holds what it said.
    """
    parts = urlsplit(url)
    bare = urlunsplit(parts._replace(netloc=f"{parts.username}@{parts.hostname}:{parts.port}"))
    answer = subprocess.run(
        [binaries_folder() / program, f"--dbname={bare}", *options],
        env={**os.environ, "PGPASSWORD": unquote(parts.password or "")},
        capture_output=True,
        text=True,
        timeout=_DUMP_TIMEOUT_SECONDS,
        check=False,
    )
    if answer.returncode != 0:
        raise BackupInvalid(
            f"{program} ended with status {answer.returncode}: {answer.stderr[-_ERROR_CHARACTERS:]}",
            remedy="Remove the cause and try again; nothing was written.",
        )


def _write_manifest(staging: Path) -> dict[str, str]:
    """Write what the backup holds, with a digest of each part, and return the digests."""
    files = sorted(path for path in staging.rglob("*") if path.is_file())
    digests = {path.relative_to(staging).as_posix(): _digest(path) for path in files}
    manifest = {"format": FORMAT_VERSION, "files": digests}
    (staging / _MANIFEST).write_text(json.dumps(manifest, indent=2), encoding="utf-8")
    return digests


def _digest(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pack(staging: Path, target_file: Path) -> None:
    """Put everything into one file, which appears under its name only when it is whole and on the disk."""
    unfinished = staging / "unfinished.tar.gz"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz") as archive:
            archive.add(staging / _MANIFEST, arcname=_MANIFEST)
            for path in sorted(staging.rglob("*")):
                if path.is_file() and path not in {staging / _MANIFEST, unfinished}:
                    archive.add(path, arcname=path.relative_to(staging).as_posix())
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(target_file)


def _unpack(backup_file: Path, data_dir: Path) -> dict[str, str]:
    """Copy the parts named by the manifest into the folder, checking each digest."""
    try:
        with tarfile.open(backup_file, mode="r:gz") as archive:
            digests = _read_manifest(archive)
            for name in digests:
                _unpack_part(archive, name, data_dir)
    except (OSError, EOFError, ValueError, KeyError, tarfile.TarError) as error:
        raise _invalid(backup_file, str(error)) from error
    for name, digest in digests.items():
        if _digest(data_dir / name) != digest:
            raise _invalid(backup_file, f"{name} is not what was backed up")
    return digests


def _read_manifest(archive: tarfile.TarFile) -> dict[str, str]:
    """Return the digests by part; refuse an unknown format and names that leave the folder."""
    file = archive.extractfile(_MANIFEST)
    manifest = json.load(file) if file is not None else {}
    if manifest.get("format") != FORMAT_VERSION:
        raise ValueError(f"format {manifest.get('format')} is not known to this version")
    digests = {str(name): str(digest) for name, digest in manifest["files"].items()}
    for name in digests:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError(f"{name} leaves the folder")
    if _DUMP not in digests:
        raise ValueError(f"{_DUMP} is missing")
    return digests


def _unpack_part(archive: tarfile.TarFile, name: str, data_dir: Path) -> None:
    """Copy one part into the folder, readable by its owner only."""
    source = archive.extractfile(name)
    if source is None:
        raise ValueError(f"{name} is not a file")
    target = data_dir / name
    target.parent.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_FOLDER)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        shutil.copyfileobj(source, file)


def _load_dump(data_dir: Path) -> None:
    """Make a new cluster and load the dump into it."""
    dump = data_dir / _DUMP
    with EmbeddedPostgres(data_dir / "postgres", database=DATABASE_NAME) as server:
        url = server.url(DATABASE_NAME)
        _run_client("pg_restore", url, "--no-owner", "--exit-on-error", "--single-transaction", str(dump))
    dump.unlink()


def _empty(data_dir: Path) -> None:
    """Remove everything inside the folder."""
    for path in data_dir.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()


def _invalid(backup_file: Path, what: str) -> BackupInvalid:
    """Return the error for a backup that cannot be trusted."""
    return BackupInvalid(
        f"{backup_file} cannot be restored: {what}.",
        remedy="Use another backup; this one was changed or is incomplete. Nothing was written.",
        file=str(backup_file),
    )
