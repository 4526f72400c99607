"""Seals of the record: where each event and call stands in the tree, and the rows as they are stored.

Rows come raw: what a seal covers is what the table has, whether a program can read it or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from store.core.base import PAGE_SIZE_MAX, StorePart, checked_page_size
from store.health.heartbeats import Session

#: One stored event: id, stream, version, topic, stored bytes, instant of recording.
RawEvent = tuple[int, UUID, int, str, bytes, datetime]
#: One stored call: the values of CALL_COLUMNS.
RawCall = tuple[Any, ...]

#: Columns of a provider call in the order in which its digest has them. A digest of calls has these for ever:
#: a further column needs a leaf of another form (ADR 31).
CALL_COLUMNS = (
    *("id", "switch_id", "step", "attempt", "run_id", "activity_id", "provider", "operation", "key"),
    *("request_digest", "status", "code", "text", "refusals", "started_at", "duration_ms", "recorded_at"),
    "request_id",
)
_CALL_COLUMNS = ", ".join(f"call.{name}" for name in CALL_COLUMNS)
_RUN_COLUMNS = "first_leaf, kind, first_id, last_id, digest"
#: A page is a range of ids, never "the next so many": a table without statistics would be sorted for each.
_EVENTS = """
SELECT notification_id, originator_id, originator_version, topic, state, recorded_at
FROM planswitch.switch_events
WHERE notification_id > %(after)s AND notification_id <= %(until)s ORDER BY notification_id
"""
_NEXT_EVENT = """
SELECT notification_id FROM planswitch.switch_events WHERE notification_id > %(after)s
ORDER BY notification_id LIMIT 1
"""
_CALLS = f"""
SELECT {_CALL_COLUMNS} FROM planswitch.provider_call AS call
WHERE id > %(after)s AND id <= %(until)s ORDER BY id
"""  # noqa: S608  # a constant
_NEXT_CALL = "SELECT id FROM planswitch.provider_call WHERE id > %(after)s ORDER BY id LIMIT 1"
#: Rows that were written before the oldest transaction that is open; numbers of transactions begin anew after
#: 2^32, so they are compared by their distance.
_SETTLED_CALLS = f"""
WITH horizon AS MATERIALIZED (
    SELECT pg_snapshot_xmin(today)::text::bigint AS oldest, pg_snapshot_xmax(today)::text::bigint AS next
    FROM pg_current_snapshot() AS today
)
SELECT {_CALL_COLUMNS} FROM planswitch.provider_call AS call, horizon
WHERE id > %(after)s AND id <= %(until)s
    AND ((call.xmin::text::bigint - oldest) & 4294967295) >= next - oldest
ORDER BY id
"""  # noqa: S608  # a constant
_CALLS_IN = f"""
SELECT {_CALL_COLUMNS}
FROM unnest(%(firsts)s::bigint[], %(lasts)s::bigint[]) AS gap(first_id, last_id)
CROSS JOIN LATERAL (
    -- The offset keeps it a look into the index for each gap.
    SELECT * FROM planswitch.provider_call WHERE id BETWEEN gap.first_id AND gap.last_id OFFSET 0
) AS call
ORDER BY id LIMIT %(limit)s
"""  # noqa: S608  # a constant
_GAPS = """
SELECT before + 1, first_id - 1 FROM (
    SELECT first_id, lag(last_id, 1, 0::bigint) OVER (ORDER BY first_id) AS before
    FROM planswitch.seal_run WHERE kind = 'call-range'
) AS neighbors
WHERE before < first_id - 1 ORDER BY first_id
"""
_RUNS = f"""
SELECT {_RUN_COLUMNS} FROM planswitch.seal_run
WHERE first_leaf > %(after)s ORDER BY first_leaf LIMIT %(limit)s
"""  # noqa: S608  # a constant
_RUN_OF_LEAF = f"""
SELECT {_RUN_COLUMNS} FROM planswitch.seal_run
WHERE first_leaf <= %(leaf)s ORDER BY first_leaf DESC LIMIT 1
"""  # noqa: S608  # a constant
_RUN_OF_ID = f"""
SELECT {_RUN_COLUMNS} FROM planswitch.seal_run
WHERE kind = %(kind)s AND first_id <= %(id)s ORDER BY first_id DESC LIMIT 1
"""  # noqa: S608  # a constant
_LAST_RUN = f"""
SELECT {_RUN_COLUMNS} FROM planswitch.seal_run WHERE kind = %(kind)s ORDER BY first_id DESC LIMIT 1
"""  # noqa: S608  # a constant
_NEWEST_SEAL = "SELECT * FROM planswitch.seal ORDER BY tree_size DESC LIMIT 1"
_SEALS = "SELECT * FROM planswitch.seal WHERE tree_size > %(after)s ORDER BY tree_size LIMIT %(limit)s"
_BACKLOG = """
SELECT (SELECT count(*) FROM planswitch.switch_events WHERE notification_id > %(event)s) AS events,
       (SELECT count(*) FROM planswitch.provider_call WHERE id > %(call)s) AS calls
"""
_APPEND_RUNS = """
INSERT INTO planswitch.seal_run (first_leaf, kind, first_id, last_id, digest)
SELECT * FROM unnest(%(first_leaf)s::bigint[], %(kind)s::text[], %(first_id)s::bigint[],
                     %(last_id)s::bigint[], %(digest)s::text[])
"""
_APPEND_SEAL = "INSERT INTO planswitch.seal (tree_size, checkpoint) VALUES (%(tree_size)s, %(checkpoint)s)"


_UNSEALED = """
SELECT greatest(extract(epoch FROM clock_timestamp() - recorded_at), 0.001)::double precision AS seconds
FROM planswitch.switch_events
WHERE notification_id > coalesce(
    (SELECT last_id FROM planswitch.seal_run WHERE kind = 'event' ORDER BY first_id DESC LIMIT 1), 0)
ORDER BY notification_id LIMIT 1
"""


class RunKind(StrEnum):
    """What a run of leaves stands for; the words are stored."""

    EVENT = "event"
    CALL_RANGE = "call-range"


@dataclass(frozen=True, kw_only=True, slots=True)
class SealRun:
    """Neighboring records and their place in the tree."""

    #: Index of the first leaf, from 0.
    first_leaf: int
    kind: RunKind
    #: Ids of the first and the last record; none between them is missing.
    first_id: int
    last_id: int
    #: Of calls: what their leaf says about them. "" for events.
    digest: str = ""

    @property
    def leaf_count(self) -> int:
        """Return the number of leaves: one for each event, and one for all calls."""
        return self.last_id - self.first_id + 1 if self.kind is RunKind.EVENT else 1

    def leaf_of(self, record_id: int) -> int:
        """Return the index of the leaf that covers a record of this run."""
        return self.first_leaf + (record_id - self.first_id if self.kind is RunKind.EVENT else 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredSeal:
    """One seal as the table has it."""

    tree_size: int
    #: The signed note.
    checkpoint: str
    sealed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SealBacklog:
    """What no seal covers yet."""

    events: int
    calls: int


def unsealed_seconds(session: Session) -> float:
    """Return how long the oldest event waits that no seal covers; 0 where there is none.

    Args:
        session: A connection with rows by name.
    """
    row = session.execute(_UNSEALED.encode()).fetchone()
    return float(row["seconds"]) if row else 0.0


class SealStore(StorePart):
    """The tables of seals, and the rows that seals cover."""

    def newest_seal(self) -> StoredSeal | None:
        """Return the seal of the greatest tree, or None before the first."""
        return next((_seal(row) for row in self._rows(_NEWEST_SEAL, {})), None)

    def seals(self, after_size: int = 0, limit: int = PAGE_SIZE_MAX) -> list[StoredSeal]:
        """Return one page of seals of trees with more than `after_size` leaves, the smallest first."""
        parameters = {"after": after_size, "limit": checked_page_size(limit)}
        return [_seal(row) for row in self._rows(_SEALS, parameters)]

    def seal_runs(self, after_leaf: int = -1, limit: int = PAGE_SIZE_MAX) -> list[SealRun]:
        """Return one page of the runs that begin after a leaf, in the order of the tree."""
        parameters = {"after": after_leaf, "limit": checked_page_size(limit)}
        return [_run(row) for row in self._rows(_RUNS, parameters)]

    def run_of_leaf(self, leaf: int) -> SealRun | None:
        """Return the run that has a leaf, or None where the tree has no such leaf."""
        runs = (_run(row) for row in self._rows(_RUN_OF_LEAF, {"leaf": leaf}))
        return next((run for run in runs if leaf < run.first_leaf + run.leaf_count), None)

    def run_of_event(self, notification_id: int) -> SealRun | None:
        """Return the run that covers an event, or None where no seal does yet."""
        return self._run_of(RunKind.EVENT, notification_id)

    def run_of_call(self, call_id: int) -> SealRun | None:
        """Return the run that covers a provider call, or None where no seal does yet."""
        return self._run_of(RunKind.CALL_RANGE, call_id)

    def last_sealed_id(self, kind: RunKind) -> int:
        """Return the greatest id of a kind that a seal covers, 0 before the first."""
        return next((row["last_id"] for row in self._rows(_LAST_RUN, {"kind": kind.value})), 0)

    def seal_backlog(self) -> SealBacklog:
        """Return what no seal covers yet; calls that came late are not counted."""
        last = {"event": RunKind.EVENT, "call": RunKind.CALL_RANGE}
        (row,) = self._rows(_BACKLOG, {name: self.last_sealed_id(kind) for name, kind in last.items()})
        return SealBacklog(**row)

    def append_seal(self, runs: Sequence[SealRun], tree_size: int, checkpoint: str) -> None:
        """Record a seal and the runs that it adds, all or nothing.

        Args:
            runs: They follow the leaves that are sealed already.
            tree_size: Leaves of the tree with them.
            checkpoint: The signed note.

        Raises:
            ConcurrentWrite: Another sealer has recorded a seal of these leaves or of this size.
        """
        names = [name.strip() for name in _RUN_COLUMNS.split(",")]
        columns = zip(*(astuple(run) for run in runs), strict=True) if runs else ([] for _ in names)
        values = {name: list(column) for name, column in zip(names, columns, strict=True)}

        def write(cursor: Any) -> None:
            cursor.execute(_APPEND_RUNS.encode(), values)
            cursor.execute(_APPEND_SEAL.encode(), {"tree_size": tree_size, "checkpoint": checkpoint})

        self._written(write)

    def raw_events(self, after_id: int, until_id: int) -> Iterator[RawEvent]:
        """Yield the stored events with an id after `after_id`, up to `until_id`, in the order of their ids.

        Every event that can be seen may be sealed: ids have the order of the commits.
        """
        yield from self._paged(_EVENTS, _NEXT_EVENT, after_id, until_id)

    def raw_calls(self, first_id: int, last_id: int) -> Iterator[RawCall]:
        """Yield the stored calls from one id to another: the values of CALL_COLUMNS."""
        yield from self._paged(_CALLS, _NEXT_CALL, first_id - 1, last_id)

    def settled_calls(self, after_id: int) -> list[RawCall]:
        """Return the next calls that were written before the oldest open transaction, PAGE_SIZE_MAX at most.

        Ids have no order of commits: one that comes later than its neighbor lies in a gap (`call_gaps`).

        Args:
            after_id: The calls have greater ids.
        """
        next_id = self._next_id(_NEXT_CALL, after_id)
        if next_id is None:
            return []
        return self._tuples(_SETTLED_CALLS, {"after": next_id - 1, "until": next_id - 1 + PAGE_SIZE_MAX})

    def call_gaps(self) -> list[tuple[int, int]]:
        """Return the ids below the greatest sealed call that no seal covers, as first and last of each gap.

        Most belong to no row: a save that failed has used up its ids.
        """
        return [(first, last) for first, last in self._tuples(_GAPS, {})]

    def calls_in(self, gaps: Iterable[tuple[int, int]], limit: int = PAGE_SIZE_MAX) -> list[RawCall]:
        """Return calls whose ids lie in gaps."""
        firsts_and_lasts = list(gaps)
        parameters = {
            "firsts": [first for first, _ in firsts_and_lasts],
            "lasts": [last for _, last in firsts_and_lasts],
            "limit": checked_page_size(limit),
        }
        return self._tuples(_CALLS_IN, parameters)

    def _run_of(self, kind: RunKind, record_id: int) -> SealRun | None:
        runs = (_run(row) for row in self._rows(_RUN_OF_ID, {"kind": kind.value, "id": record_id}))
        return next((run for run in runs if record_id <= run.last_id), None)

    def _paged(self, query: str, next_query: str, after_id: int, until_id: int) -> Iterator[Any]:
        """Yield rows page by page, so that neither memory nor a transaction grows with the record."""
        while after_id < until_id:
            end_id = min(after_id + PAGE_SIZE_MAX, until_id)
            rows = self._tuples(query, {"after": after_id, "until": end_id}, is_binary=True)
            yield from rows
            after_id = end_id
            if not rows:
                # Over a gap of any width at once.
                next_id = self._next_id(next_query, end_id)
                after_id = until_id if next_id is None else next_id - 1

    def _next_id(self, query: str, after_id: int) -> int | None:
        return next((row[0] for row in self._tuples(query, {"after": after_id})), None)


def _run(row: DictRow) -> SealRun:
    return SealRun(**{**row, "kind": RunKind(row["kind"])})


def _seal(row: DictRow) -> StoredSeal:
    return StoredSeal(**{**row, "sealed_at": row["sealed_at"].astimezone(UTC)})
