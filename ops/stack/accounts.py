"""Who may enter a stack's folder: no other account, whatever made or changed it; and nothing runs as root.

A process of root becomes the account that PostgreSQL uses, if that may read the code.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import structlog

from ops.base.code_place import installed_name
from ops.base.settings import STATE_FILE
from ops.processes.errors import FolderUnusable, RunsAsRoot, of_another_account
from ops.processes.private_files import OTHERS, PRIVATE_FOLDER, make_private_folder
from ops.processes.processes import SystemUser
from ops.stack.postgres_binaries import (
    binaries_folder,
    may,
    require_reachable,
    server_account,
    unreachable_part,
)
from ops.stack.supervisor import LOCK_FILE
from ops.stack.temporal_server import temporal_binary

_PARTS = ("keys", "logs", "run", "postgres", "temporal", "sandbox", "seals")
_FILES = (STATE_FILE, f"{STATE_FILE}.new", LOCK_FILE)
#: PostgreSQL closes its own folder, and insists on that; the binaries are nobody's data.
_LEFT_ALONE = (Path("postgres", "cluster"), Path("postgres", "binaries"))
#: A key that others could read may be known to them: `check_keys` refuses it, and closing it would hide that.
_KEYS = Path("keys")
#: PostgreSQL's account may have to pass through it (`open_for_traversal`).
_PASSED = Path("postgres")
#: What a fresh disk, or whoever starts us, may have put there.
_HARMLESS, _HARMLESS_SUFFIX = "lost+found", ".log"
#: A backup that is under way, or was killed.
STAGING_PREFIX = ".backup-"
_LOOK = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_log = structlog.get_logger()
#: Packages that lie where the others do, and ours.
_SAMPLES = ("temporalio", "psycopg", "cryptography", "fastapi")
_OWN_SAMPLES = ("ops", "cli", "worker")
#: Folders of root that its environment names; the account has its own, or none.
_FOLDER_VARIABLES = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR")


def leave_root(data_dir: Path, *, is_root_allowed: bool) -> str:
    """Become the account that PostgreSQL uses, which gets the data folder; return what to tell, or "".

    Args:
        data_dir: Folder of the stack.
        is_root_allowed: Go on as root where the account may not read the code.

    Raises:
        RunsAsRoot: The account may not read the code, and root is not allowed.
        FolderUnusable: The folder is not one of ours, or the account can't reach it.
    """
    account = server_account()
    if account is None:
        return ""
    blocker = unreadable_code(account)
    if blocker is None:
        check_is_ours(data_dir)
        require_reachable(data_dir.parent, account)
        give_folder(data_dir, account)
        _become(account)
        return f"Running as the account {account.name}, not as root."
    why = f"the account {account.name} may not read {blocker}, which is part of the code"
    if is_root_allowed:
        return f"Running as root: {why}."
    raise RunsAsRoot(
        f"This would run as root: {why}.",
        remedy=f"Start as a normal user, or install it where {account.name} can read it. To run as root all "
        "the same: `planswitch up --allow-root`; for a single part PLANSWITCH_KEEP_ACCOUNT=true.",
        path=str(blocker),
    )


def unreadable_code(account: SystemUser) -> Path | None:
    """Return a file or folder of the code that an account may not read; None when it may read all."""
    for path in _code():
        closed = unreachable_part(path.parent, account)
        if closed is not None:
            return closed
        if path.is_file() and not may(path, account, stat.S_IRUSR):
            return path
    return None


def _code() -> Iterator[Path]:
    """Yield files of everything that is run: the interpreter, its library, packages, both servers."""
    yield Path(sys.executable)
    yield Path(sys.executable).resolve()
    yield Path(os.__file__)
    for name in (*_SAMPLES, *map(installed_name, _OWN_SAMPLES)):
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            yield Path(spec.origin)
    yield temporal_binary().resolve()
    yield binaries_folder() / "postgres"


def _become(account: SystemUser) -> None:
    """Give up root for good: groups first, as only root may."""
    os.setgroups([])
    os.setgid(account.group_id)
    os.setuid(account.user_id)
    home = pwd.getpwuid(account.user_id).pw_dir
    os.environ.update(HOME=home, USER=account.name, LOGNAME=account.name)
    for name in _FOLDER_VARIABLES:
        os.environ.pop(name, None)


def check_is_ours(data_dir: Path) -> None:
    """Refuse a folder that holds other things and no stack: it would be closed to whoever uses them.

    Raises:
        FolderUnusable: The folder is somebody else's.
    """
    if not data_dir.is_dir() or (data_dir / "postgres" / "cluster").is_dir():
        return
    known = {*_PARTS, *_FILES, _HARMLESS}
    for entry in sorted(data_dir.iterdir()):
        is_known = entry.name in known or entry.name.startswith(STAGING_PREFIX)
        if not is_known and entry.suffix != _HARMLESS_SUFFIX:
            raise FolderUnusable(
                f"{data_dir} holds {entry.name}, which is no part of a stack.",
                remedy="Name an empty folder, or one that does not exist (--data-dir).",
                field="data_dir",
            )


def give_folder(data_dir: Path, owner: SystemUser) -> None:
    """Give a stack's folder, with all that it holds of ours, to an account; only root can.

    Raises:
        FolderUnusable: It holds other things and no stack.
    """
    check_is_ours(data_dir)
    make_private_folder(data_dir)
    os.chown(data_dir, owner.user_id, owner.group_id)
    mode = stat.S_IMODE(data_dir.stat().st_mode)
    if mode & OTHERS & ~stat.S_IXGRP:
        _log.warning("folder_closed_to_others", folder=str(data_dir), mode=oct(mode))
    data_dir.chmod(PRIVATE_FOLDER)
    close_to_others(data_dir, owner)


def close_to_others(data_dir: Path, owner: SystemUser | None = None) -> list[str]:
    """Close what is in a stack's folder to other accounts, say so, and return what was open.

    Links are never followed: whoever could write into the folder would choose what is closed or given away.

    Args:
        data_dir: The folder of a stack that does not run.
        owner: When given, everything is given to this account; only root can do that.

    Raises:
        FolderUnusable: Something belongs to another account.
    """
    try:
        opened = [str(name) for name, descriptor in _entries(data_dir) if _close(name, descriptor, owner)]
    except PermissionError as error:
        raise of_another_account(data_dir) from error
    if opened:
        parts = sorted({name.partition("/")[0] for name in opened})
        _log.warning("folder_closed_to_others", folder=str(data_dir), count=len(opened), parts=parts)
    return opened


def _close(name: Path, descriptor: int, owner: SystemUser | None) -> bool:
    """Give away and close one file or folder; tell whether it was open."""
    facts = os.fstat(descriptor)
    if owner is not None and (facts.st_uid, facts.st_gid) != (owner.user_id, owner.group_id):
        os.fchown(descriptor, owner.user_id, owner.group_id)
    if name == _PASSED or name.parent == _KEYS or not facts.st_mode & OTHERS:
        return False
    os.fchmod(descriptor, stat.S_IMODE(facts.st_mode) & ~OTHERS)
    return True


def _entries(data_dir: Path) -> Iterator[tuple[Path, int]]:
    """Yield each file and folder of the stack: its path in the folder, and an open descriptor of it."""
    for name in _FILES:
        yield from _file(Path(name), data_dir / name)
    for part in filter(lambda name: (data_dir / name).is_dir(), _PARTS):
        for folder, folders, files, descriptor in os.fwalk(data_dir / part):
            inside = Path(folder).relative_to(data_dir)
            yield inside, descriptor
            folders[:] = [each for each in folders if inside / each not in _LEFT_ALONE]
            for name in files:
                yield from _file(inside / name, Path(name), descriptor)


def _file(name: Path, path: Path, folder: int | None = None) -> Iterator[tuple[Path, int]]:
    """Yield a file that is there, is no link, and has no other name elsewhere."""
    try:
        descriptor = os.open(path, _LOOK, dir_fd=folder)
    except PermissionError:
        raise
    except OSError:
        return
    try:
        facts = os.fstat(descriptor)
        if stat.S_ISREG(facts.st_mode) and facts.st_nlink == 1:
            yield name, descriptor
    finally:
        os.close(descriptor)
