"""The append-only journal: one JSON line per mutation, written before the answer goes out.

It is the sandbox's only store (a start replays it) and the referee's only evidence.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import orjson
import structlog

from domain.kernel.errors import PlanSwitchError

#: One fact of the journal; `type` and `at` are always there.
Record = dict[str, Any]
#: Reasons of ledger entries for licenses that came or went inside a period.
LICENSES_ADDED, LICENSES_REMOVED = "licenses added", "licenses given back"
#: Reason of money that is given back for days that stay served and billed.
GOODWILL = "goodwill"

JOURNAL_NAME = "journal.jsonl"
_OWNER_ONLY, _OWNER_ONLY_FOLDER, _OPEN_TO_OTHERS = 0o600, 0o700, 0o077

_log = structlog.get_logger()


class JournalBroken(PlanSwitchError):
    """The journal can't be read or written; the sandbox stops answering rather than forget."""

    code = "CORRUPT_FILE"


class JournalInUse(PlanSwitchError):
    """Another server holds this data folder."""

    code = "STACK_IN_USE"


def read_records(path: Path) -> Iterator[Record]:
    """Yield every whole record of a journal file; a torn last line is left out.

    Raises:
        JournalBroken: A line before the last one is no JSON object.
    """
    if not path.exists():
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.endswith(b"\n"):
                return
            yield _decode(path, number, line)


def _decode(path: Path, number: int, line: bytes) -> Record:
    try:
        record = orjson.loads(line)
    except ValueError as error:
        raise JournalBroken(
            f"{path.name} line {number} is not readable.", remedy="Restore the file from a backup."
        ) from error
    if not isinstance(record, dict) or "type" not in record:
        raise JournalBroken(
            f"{path.name} line {number} is no record.", remedy="Restore the file from a backup."
        )
    return record


class Journal:
    """The journal file of one data folder, open for appending by one server at a time."""

    def __init__(self, state_dir: Path) -> None:
        state_dir.mkdir(mode=_OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        self.path = state_dir / JOURNAL_NAME
        self._file: IO[bytes] = open(self.path, "ab", opener=_owner_only)  # noqa: SIM115
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise JournalInUse(
                f"The sandbox data folder {state_dir} is in use by another server.",
                remedy="Stop that server, or give this one a folder of its own.",
            ) from error
        self._close_to_others()
        self._cut_torn_line()

    def append(self, record: Record) -> None:
        """Write one record and hand it to the operating system before returning.

        Raises:
            JournalBroken: The disk refused it.
        """
        try:
            self._file.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
            self._file.flush()
        except (OSError, ValueError) as error:
            raise JournalBroken(
                f"The sandbox can't write {self.path.name}: {error}.",
                remedy="Free disk space and start the sandbox again.",
            ) from error

    def close(self) -> None:
        """Close the file and give the folder free; every record in it was flushed when it was written."""
        with contextlib.suppress(OSError):
            self._file.close()

    def _close_to_others(self) -> None:
        """Take the rights of others from an older journal: it names people and orders."""
        if os.fstat(self._file.fileno()).st_mode & _OPEN_TO_OTHERS:
            os.fchmod(self._file.fileno(), _OWNER_ONLY)
            _log.warning("sandbox_journal_closed_to_others", file=str(self.path))

    def _cut_torn_line(self) -> None:
        """Drop what a killed server left of its last line, so that the next record starts clean."""
        size = self.path.stat().st_size
        whole = _whole_size(self.path, size)
        if whole < size:
            _log.warning("sandbox_journal_torn_line_cut", cut_bytes=size - whole)
            os.truncate(self.path, whole)


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, _OWNER_ONLY)


def _whole_size(path: Path, size: int) -> int:
    """Return how many bytes of the file end in a whole line."""
    step = 1 << 20
    with path.open("rb") as tail:
        end = size
        while end > 0:
            start = max(0, end - step)
            tail.seek(start)
            newline = tail.read(end - start).rfind(b"\n")
            if newline >= 0:
                return start + newline + 1
            end = start
    return 0
