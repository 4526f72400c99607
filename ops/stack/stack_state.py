"""What a running stack writes down about itself, and how others find it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from ops.base.settings import STATE_FILE
from ops.processes.errors import StackInUse
from ops.processes.locks import lock_folder
from ops.processes.private_files import write_private

LOCK_FILE = "stack.lock"


@dataclass(frozen=True, kw_only=True, slots=True)
class StackState:
    """Where a stack runs."""

    #: Process id of the supervisor.
    process_id: int
    #: Name of a page or service -> URL or address, without secrets.
    urls: Mapping[str, str]
    #: File with the operator's API key; "" when the stack has none.
    api_key_file: str
    #: Name of a part -> its process id (absent while it is being brought back).
    children: Mapping[str, int]
    #: Variables that make another process of this product join the stack; holds the database's password.
    environment: Mapping[str, str]


def write_state(data_dir: Path, state: StackState) -> None:
    """Replace the state file in one step; only its owner may read it."""
    temporary = data_dir / f"{STATE_FILE}.new"
    write_private(temporary, json.dumps(asdict(state), indent=2).encode())
    temporary.replace(data_dir / STATE_FILE)


def forget_state(data_dir: Path) -> None:
    """Remove the state file: the stack no longer runs."""
    (data_dir / STATE_FILE).unlink(missing_ok=True)


def running_stack(data_dir: Path) -> StackState | None:
    """Return where the stack of a folder runs, or None when none does.

    Raises:
        StackInUse: A stack holds the folder but is still starting, or stopping.
    """
    if not (data_dir / LOCK_FILE).exists():
        return None
    try:
        lock_folder(data_dir / LOCK_FILE).close()
    except StackInUse:
        state = _read_state(data_dir)
        if state is None:
            raise
        return state
    return None


def _read_state(data_dir: Path) -> StackState | None:
    """Return the recorded state, or None when there is none (yet)."""
    try:
        return StackState(**json.loads((data_dir / STATE_FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
