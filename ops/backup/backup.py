"""Backup and restore of an embedded stack: both stores and the sandbox's journal in one file.

The order of copying matters. Temporal's file is copied first and the event store after it, so that the event
store never lacks what Temporal believes was saved (STORE_BEHIND); repeated steps find their own events.
In the same way it never lacks what the folder of seals has (SEAL_DIVERGED); the sealer completes the folder.

The keys are in the file only when a passphrase seals it. Without one they are kept elsewhere, and sign it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast
from urllib.parse import unquote, urlsplit, urlunsplit

import structlog

from audit.seals.folder_copy import copy_published
from domain.kernel.errors import InvalidInput
from ops.backup.backup_archive import (
    DUMP,
    FORMAT_UNSIGNED,
    KEYS,
    SEALS,
    Manifest,
    SealingWriter,
    SigningKey,
    is_sealed,
    read_manifest,
    unpack,
    unsealed,
    write_archive,
)
from ops.base.database_settings import DATABASE_ROLE_VARIABLES, DATABASE_VARIABLE
from ops.processes.errors import BackupInvalid, FolderUnusable
from ops.processes.private_files import lock_folder, make_private_folder, private_opener, write_private
from ops.processes.processes import SystemUser
from ops.stack.accounts import STAGING_PREFIX, close_to_others
from ops.stack.embedded import DATABASE_NAME
from ops.stack.postgres_binaries import binaries_folder, open_for_traversal, server_account
from ops.stack.postgres_server import EmbeddedPostgres
from ops.stack.supervisor import LOCK_FILE, running_stack
from store.roles.role import DatabaseRole
from store.vault.keys import required_master_key

_TEMPORAL_FILE = "temporal/temporal.db"
_SANDBOX, _MASTER_KEY = "sandbox", "master.key"
#: Folder of the keys with which the sandbox speaks TLS and signs its tokens; a start makes them anew.
_SANDBOX_KEYS = "authority"
_KEY_SUFFIXES = (".key", ".secret")
_DUMP_TIMEOUT_SECONDS = 3_600
_ERROR_CHARACTERS = 2_000

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class BackupReport:
    """What a backup holds."""

    file: Path
    #: Name of a part -> hexadecimal SHA-256 of its content.
    digests: Mapping[str, str]
    #: Size of the backup.
    size_bytes: int
    #: Whether the keys are in it: a passphrase seals it then, or it is one of before.
    has_keys: bool


def backup(data_dir: Path, target_file: Path, *, passphrase: str | None = None) -> BackupReport:
    """Write a backup of a stack, running or stopped.

    Args:
        data_dir: Folder of the stack.
        target_file: The backup (tar and gzip, sealed with a passphrase), its owner's alone; must not exist.
        passphrase: Seals the backup, keys included; without one it holds no keys.

    Raises:
        FolderUnusable: There is no stack in the folder, or the target exists.
        BackupInvalid: A store could not be copied.
        InvalidInput: There is no master key to sign the backup with.
    """
    data_dir, target_file = data_dir.absolute(), target_file.absolute()
    if not (data_dir / "postgres" / "cluster").is_dir():
        raise FolderUnusable(f"{data_dir} holds no stack.", remedy="Name the folder of a stack.")
    if target_file.exists():
        raise FolderUnusable(f"{target_file} exists.", remedy="Choose a new name; no backup is overwritten.")
    if not target_file.parent.is_dir():
        remedy = "Make it first, or name a file in one that is there."
        raise FolderUnusable(f"There is no folder {target_file.parent}.", remedy=remedy)
    key = None if passphrase else SigningKey.of(_master_key(data_dir / KEYS))
    # What is to be sealed never lies open where the backup goes, which may be a disk that is carried away.
    place = data_dir if passphrase else target_file.parent
    with tempfile.TemporaryDirectory(prefix=STAGING_PREFIX, dir=place) as name:
        _collect(data_dir, Path(name), with_keys=bool(passphrase))
        digests = _write(Path(name), target_file, key, passphrase)
    _give_back(data_dir)
    _log.info("backup_written", file=str(target_file), parts=len(digests))
    return _report(target_file, digests)


def restore(
    backup_file: Path,
    data_dir: Path,
    *,
    passphrase: str | None = None,
    keys_from: Path | None = None,
    accept_unsigned: bool = False,
) -> BackupReport:
    """Make a stack's folder from a backup; nothing is left behind when it fails.

    Args:
        backup_file: A file that `backup` wrote.
        data_dir: The new folder; must be absent or empty.
        passphrase: Opens a sealed backup.
        keys_from: Folder with the stack's keys, for a backup that holds none.
        accept_unsigned: Take a backup of before, which anybody may have changed.

    Raises:
        FolderUnusable: The folder is not empty.
        BackupInvalid: The backup is incomplete, was changed, or is of a newer format.
        InvalidInput: The passphrase or the keys are missing, or there are both.
    """
    data_dir = data_dir.absolute()
    if passphrase and keys_from:
        raise InvalidInput(field="--keys-from", value=keys_from, allowed="nothing beside a passphrase")
    if data_dir.exists() and any(data_dir.iterdir()):
        raise FolderUnusable(f"{data_dir} is not empty.", remedy="Restore into a new folder.")
    key = None if keys_from is None else SigningKey.of(_master_key(keys_from))
    is_new = not data_dir.exists()
    open_for_traversal(data_dir, server_account())
    try:
        with _read(backup_file, data_dir, passphrase) as archive:
            manifest = read_manifest(archive)
            is_sealed, is_accepted = bool(passphrase), accept_unsigned
            _check_trust(backup_file, manifest, key, is_sealed=is_sealed, is_accepted=is_accepted)
            unpack(archive, manifest, data_dir)
        if keys_from is not None:
            _copy_keys(keys_from, data_dir / KEYS)
        _load_dump(data_dir)
    except BaseException:
        _empty(data_dir)
        if is_new:
            data_dir.rmdir()
        raise
    _log.info("backup_restored", data_dir=str(data_dir), parts=len(manifest.files))
    return _report(backup_file, manifest.files)


def _report(file: Path, digests: Mapping[str, str]) -> BackupReport:
    has_keys = any(name.startswith(f"{KEYS}/") for name in digests)
    return BackupReport(file=file, digests=digests, size_bytes=file.stat().st_size, has_keys=has_keys)


def _collect(data_dir: Path, staging: Path, *, with_keys: bool) -> None:
    """Copy every part of the stack: Temporal and seals first, the event store next, the outside last."""
    _copy_temporal(data_dir / _TEMPORAL_FILE, staging / _TEMPORAL_FILE)
    copy_published(data_dir / SEALS, staging / SEALS)
    with _database(data_dir) as url:
        # Rights of roles are not data: the next start gives each its own.
        rightless = ("--format=custom", "--no-owner", "--no-privileges")
        _run_client("pg_dump", url, *rightless, f"--file={staging / DUMP}")
    for name in (_SANDBOX, KEYS) if with_keys else (_SANDBOX,):
        for source in sorted((data_dir / name).rglob("*")):
            is_key = name == _SANDBOX and _SANDBOX_KEYS in source.relative_to(data_dir).parts
            if source.is_file() and not source.is_symlink() and (with_keys or not is_key):
                target = staging / source.relative_to(data_dir)
                make_private_folder(target.parent)
                shutil.copyfile(source, target)


def _give_back(data_dir: Path) -> None:
    """Give the folder's owner what root made in it, such as the log of a server started for this."""
    facts = data_dir.stat()
    if os.geteuid() != facts.st_uid:
        owner = SystemUser(name=str(facts.st_uid), user_id=facts.st_uid, group_id=facts.st_gid)
        close_to_others(data_dir, owner)


def _master_key(keys: Path) -> bytes:
    """Return the master key of a folder of keys."""
    try:
        return required_master_key((keys / _MASTER_KEY).read_bytes())
    except (OSError, InvalidInput):
        raise InvalidInput(
            field="the folder of keys",
            value=keys,
            allowed=f"a folder with the {_MASTER_KEY} of the stack",
            remedy="Name the folder in which you keep a copy of `keys/` of the stack's folder.",
        ) from None


def _copy_keys(source: Path, target: Path) -> None:
    make_private_folder(target)
    for path in sorted(source.iterdir()):
        if path.is_file() and path.suffix in _KEY_SUFFIXES:
            write_private(target / path.name, path.read_bytes())


def _copy_temporal(source: Path, target: Path) -> None:
    """Copy a living SQLite file as of one instant."""
    if not source.exists():
        return
    make_private_folder(target.parent)
    with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(target)) as copy:
        origin.backup(copy)


@contextmanager
def _database(data_dir: Path) -> Iterator[str]:
    """Yield the database's URL: of the running stack, or of a server started for this."""
    state = running_stack(data_dir)
    if state is not None:
        owner = DATABASE_ROLE_VARIABLES[DatabaseRole.OWNER]
        # A stack that a version of before started has one user for all.
        yield state.environment.get(owner) or state.environment[DATABASE_VARIABLE]
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


def _write(
    staging: Path, target_file: Path, key: SigningKey | None, passphrase: str | None
) -> dict[str, str]:
    """Put everything into one file, which appears under its name only when it is whole and on the disk."""
    descriptor, name = tempfile.mkstemp(prefix=STAGING_PREFIX, dir=target_file.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            sealing = SealingWriter(file, passphrase) if passphrase else None
            digests = write_archive(staging, cast("IO[bytes]", sealing or file), key)
            if sealing is not None:
                sealing.finish()
            file.flush()
            os.fsync(file.fileno())
        Path(name).rename(target_file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return digests


@contextmanager
def _read(backup_file: Path, data_dir: Path, passphrase: str | None) -> Iterator[tarfile.TarFile]:
    """Yield the archive of a backup; a sealed one is opened whole before anything of it is used."""
    opened = data_dir / f"{STAGING_PREFIX}opened"
    try:
        with backup_file.open("rb") as file:
            if _is_sealed(backup_file, file, passphrase):
                with open(opened, "xb", opener=private_opener) as plain:
                    plain.writelines(unsealed(file, passphrase or ""))
        with tarfile.open(opened if opened.exists() else backup_file, mode="r:gz") as archive:
            yield archive
    except (OSError, EOFError, ValueError, KeyError, tarfile.TarError) as error:
        raise _invalid(backup_file, str(error)) from error
    finally:
        opened.unlink(missing_ok=True)


def _is_sealed(backup_file: Path, file: IO[bytes], passphrase: str | None) -> bool:
    """Return whether a backup is sealed; refuse when the passphrase does not go with that."""
    sealed = is_sealed(file)
    if sealed and not passphrase:
        raise InvalidInput(
            field="--passphrase-file",
            value=None,
            allowed="the file with the passphrase that sealed the backup",
        )
    if passphrase and not sealed:
        raise _invalid(backup_file, "it is not sealed, but a passphrase was given")
    return sealed


def _check_trust(
    backup_file: Path, manifest: Manifest, key: SigningKey | None, *, is_sealed: bool, is_accepted: bool
) -> None:
    """Refuse a backup that somebody without a key or passphrase of the stack may have made or changed."""
    if is_sealed:
        return
    if manifest.format == FORMAT_UNSIGNED:
        if not is_accepted:
            raise BackupInvalid(
                f"{backup_file} is not signed: anybody may have changed it, and the keys in it.",
                remedy="If an older version made it and it never left your hands, add --accept-unsigned.",
                file=str(backup_file),
            )
    elif key is None:
        raise InvalidInput(
            field="--keys-from",
            value=None,
            allowed="a folder with the stack's keys, since the backup holds none",
            remedy="Name the folder in which you keep a copy of `keys/` of the stack's folder.",
        )
    elif manifest.key != key.fingerprint:
        raise _invalid(backup_file, "it was signed with another master key than that of --keys-from")
    elif not manifest.is_signed_by(key):
        raise _invalid(backup_file, "its manifest is not the one that was signed")


def _load_dump(data_dir: Path) -> None:
    """Make a new cluster and load the dump into it."""
    dump = data_dir / DUMP
    with EmbeddedPostgres(data_dir / "postgres", database=DATABASE_NAME) as server:
        url = server.url(DATABASE_NAME)
        options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
        _run_client("pg_restore", url, *options, str(dump))
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
