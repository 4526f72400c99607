"""What an auditor knows: the newest checkpoint of each log, so that an older one is noticed later.

A log can show one tree today and another tomorrow, both well signed: whoever keeps the last checkpoint
notices.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from audit.transparency.checkpoints import Checkpoint, parse_checkpoint
from audit.transparency.errors import MalformedSeal
from audit.transparency.notes import parse_note

#: Its name in the data folder.
STATE_FILE = "audit-state.json"
_VERSION = 1
_PRIVATE = 0o600
_WHAT = "audit state"
_REMEDY = "Restore it from a copy. Without any, move it away: what was seen before is then not compared."


@dataclass(frozen=True, kw_only=True)
class KnownLog:
    """What was seen last of one log."""

    #: The checkpoint as it was published.
    note: str
    #: Texts of the keys whose signatures of it were right.
    keys: tuple[str, ...]

    @property
    def checkpoint(self) -> Checkpoint:
        """Return what the checkpoint states."""
        return parse_checkpoint(parse_note(self.note.encode()).text)


@dataclass(frozen=True, kw_only=True)
class AuditState:
    """Logs by their origins."""

    logs: Mapping[str, KnownLog] = field(default_factory=dict)

    def content(self) -> str:
        """Return the file."""
        logs = {origin: {"checkpoint": log.note, "keys": list(log.keys)} for origin, log in self.logs.items()}
        return json.dumps({"version": _VERSION, "logs": logs}, indent=2, sort_keys=True) + "\n"


def read_state(file: Path) -> AuditState:
    """Return what was seen; nothing where the file is not there.

    Raises:
        MalformedSeal: The file can't be read as a state: what was seen would be forgotten in silence.
    """
    try:
        content = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return AuditState()
    try:
        facts = json.loads(content)
        if facts["version"] != _VERSION:
            raise MalformedSeal(_WHAT, f"{file} is of another version", remedy=_REMEDY)
        state = AuditState(
            logs={
                origin: KnownLog(note=str(log["checkpoint"]), keys=tuple(map(str, log["keys"])))
                for origin, log in facts["logs"].items()
            }
        )
        is_sound = all(log.checkpoint.origin == origin for origin, log in state.logs.items())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MalformedSeal(_WHAT, f"{file} can't be read", remedy=_REMEDY) from error
    if not is_sound:
        raise MalformedSeal(_WHAT, f"{file} has a checkpoint of another log", remedy=_REMEDY)
    return state


def write_state(file: Path, state: AuditState, log: KnownLog) -> None:
    """Keep a checkpoint as the newest of its log; a reader sees the old file or the new one.

    Args:
        file: Where the state is kept.
        state: What it holds.
        log: The checkpoint, of which everything holds.
    """
    content = AuditState(logs={**state.logs, log.checkpoint.origin: log}).content()
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f"{file.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
