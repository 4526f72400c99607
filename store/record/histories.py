"""Histories of closed workflows: written once, when a run has closed, and kept for ever (ADR 38)."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from psycopg import Cursor
from psycopg.rows import DictRow

from domain.kernel.errors import AuditMismatch
from store.core.base import StorePart
from store.health.heartbeats import Session

#: Runs of one workflow or switch that are read: restarts and resets make more than one.
RUNS_MAX = 1_000

_ADD = """
INSERT INTO planswitch.workflow_history
    (workflow_id, run_id, switch_id, workflow_type, status, closed_at, event_count, size, sha256, history)
VALUES (%(workflow_id)s, %(run_id)s, %(switch_id)s::uuid, %(workflow_type)s, %(status)s, %(closed_at)s,
    %(event_count)s, %(size)s, %(sha256)s, %(history)s)
ON CONFLICT DO NOTHING RETURNING run_id
"""
_ARCHIVED = """
SELECT workflow_id, run_id FROM planswitch.workflow_history
WHERE (workflow_id, run_id) IN (
    SELECT unnest(%(workflow_ids)s::text[]), unnest(%(run_ids)s::text[])
)
"""
_OF_SWITCH = """
SELECT workflow_id, run_id, switch_id::text AS switch_id, workflow_type, status, closed_at, event_count, size,
    sha256, archived_at
FROM planswitch.workflow_history WHERE switch_id = %(switch_id)s::uuid
ORDER BY closed_at, workflow_id, run_id LIMIT %(limit)s
"""
_CONTENT = """
SELECT size, sha256, history FROM planswitch.workflow_history
WHERE workflow_id = %(workflow_id)s AND run_id = %(run_id)s
"""

#: A workflow id and a run id.
RunName = tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosedRun:
    """One run of a workflow that has closed."""

    workflow_id: str
    run_id: str
    switch_id: str
    workflow_type: str
    #: completed, failed, canceled, terminated, timed_out or continued_as_new.
    status: str
    closed_at: datetime

    @property
    def name(self) -> RunName:
        """Return what names the run."""
        return self.workflow_id, self.run_id


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchivedRun(ClosedRun):
    """A closed run whose history is in the archive."""

    event_count: int
    #: Bytes of the history before it was compressed, and the digest of them.
    size: int
    sha256: str
    archived_at: datetime


def archived_runs(session: Session, runs: Sequence[RunName]) -> set[RunName]:
    """Return those of some runs whose histories are in the archive."""
    rows: Sequence[DictRow] = session.execute(_ARCHIVED.encode(), _names(runs)).fetchall()
    return {(row["workflow_id"], row["run_id"]) for row in rows}


class HistoryStore(StorePart):
    """The archive of histories through the store's pool."""

    def archive_history(self, run: ClosedRun, history: bytes, *, event_count: int) -> bool:
        """Keep the history of a closed run, and return whether it is new; a second time changes nothing.

        Args:
            run: The run.
            history: `temporal.api.history.v1.History` as protobuf.
            event_count: Its events.
        """
        facts = {
            "workflow_id": run.workflow_id,
            "run_id": run.run_id,
            "switch_id": run.switch_id,
            "workflow_type": run.workflow_type,
            "status": run.status,
            "closed_at": run.closed_at,
            "event_count": event_count,
            "size": len(history),
            "sha256": hashlib.sha256(history).hexdigest(),
            "history": zlib.compress(history),
        }

        def write(cursor: Cursor[DictRow]) -> bool:
            return cursor.execute(_ADD.encode(), facts).fetchone() is not None

        return self._written(write)

    def archived_names(self, runs: Sequence[RunName]) -> set[RunName]:
        """Return those of some runs whose histories are in the archive."""
        rows = self._rows(_ARCHIVED, _names(runs))
        return {(row["workflow_id"], row["run_id"]) for row in rows}

    def archived_runs(self, switch_id: str) -> tuple[ArchivedRun, ...]:
        """Return the runs of a switch whose histories are in the archive, in the order in which they closed.

        Args:
            switch_id: The whole id.
        """
        rows = self._rows(_OF_SWITCH, {"switch_id": switch_id, "limit": RUNS_MAX})
        return tuple(_run(row) for row in rows)

    def archived_history(self, workflow_id: str, run_id: str) -> bytes | None:
        """Return a history as it was kept; None where the archive has none of the run.

        Raises:
            AuditMismatch: It was altered in the database.
        """
        rows = self._rows(_CONTENT, {"workflow_id": workflow_id, "run_id": run_id})
        return _history(rows[0], workflow_id, run_id) if rows else None


def _names(runs: Sequence[RunName]) -> dict[str, Any]:
    return {"workflow_ids": [each for each, _ in runs], "run_ids": [each for _, each in runs]}


def _run(row: DictRow) -> ArchivedRun:
    instants = {name: row[name].astimezone(UTC) for name in ("closed_at", "archived_at")}
    return ArchivedRun(**{**row, **instants})


def _history(row: DictRow, workflow_id: str, run_id: str) -> bytes:
    try:
        history = zlib.decompress(bytes(row["history"]))
    except zlib.error:
        history = b""
    if len(history) != row["size"] or hashlib.sha256(history).hexdigest() != row["sha256"]:
        raise AuditMismatch(
            f"The archived history of workflow {workflow_id}, run {run_id}, was altered: its digest is not "
            f"{row['sha256']}.",
            remedy="Compare the table planswitch.workflow_history with a backup.",
        )
    return history
