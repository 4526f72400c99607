"""Not as root: a process of root becomes the account that PostgreSQL uses, if that may read the code."""

from __future__ import annotations

import importlib.util
import os
import pwd
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from ops.base.code_place import installed_name
from ops.processes.errors import RunsAsRoot
from ops.processes.processes import SystemUser
from ops.stack.folder_modes import check_is_ours, give_folder
from ops.stack.postgres_binaries import (
    binaries_folder,
    may,
    require_reachable,
    server_account,
    unreachable_part,
)
from ops.stack.temporal_server import temporal_binary

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
