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

from domain.kernel.errors import ConcurrentWrite
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
#: Where the rows of the newest log begin: its leaves count from there (ADR 58).
_BASE = "(SELECT coalesce(max(base), 0) FROM planswitch.log_origin)"
_SHOWN_RUN = f"first_leaf - {_BASE} AS first_leaf, kind, first_id, last_id, digest"
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
_GAPS = f"""
SELECT before + 1, first_id - 1 FROM (
    SELECT first_id, lag(last_id, 1, 0::bigint) OVER (ORDER BY first_id) AS before
    FROM planswitch.seal_run WHERE kind = 'call-range' AND first_leaf >= {_BASE}
) AS neighbors
WHERE before < first_id - 1 ORDER BY first_id
"""  # noqa: S608  # a constant
_RUNS = f"""
SELECT {_SHOWN_RUN} FROM planswitch.seal_run
WHERE first_leaf > %(after)s + {_BASE} ORDER BY planswitch.seal_run.first_leaf LIMIT %(limit)s
"""  # noqa: S608  # a constant
_RUN_OF_LEAF = f"""
SELECT {_SHOWN_RUN} FROM planswitch.seal_run
WHERE first_leaf BETWEEN {_BASE} AND %(leaf)s + {_BASE} ORDER BY planswitch.seal_run.first_leaf DESC LIMIT 1
"""  # noqa: S608  # a constant
_RUN_OF_ID = f"""
SELECT {_SHOWN_RUN} FROM planswitch.seal_run
WHERE kind = %(kind)s AND first_id <= %(id)s AND first_leaf >= {_BASE} ORDER BY first_id DESC LIMIT 1
"""  # noqa: S608  # a constant
_LAST_RUN = f"""
SELECT {_SHOWN_RUN} FROM planswitch.seal_run
WHERE kind = %(kind)s AND first_leaf >= {_BASE} ORDER BY first_id DESC LIMIT 1
"""  # noqa: S608  # a constant
_SHOWN_SEAL = f"SELECT tree_size - {_BASE} AS tree_size, checkpoint, sealed_at FROM planswitch.seal"  # noqa: S608
_NEWEST_SEAL = f"""
{_SHOWN_SEAL} WHERE tree_size > {_BASE} ORDER BY planswitch.seal.tree_size DESC LIMIT 1
"""
_SEALS = f"""
{_SHOWN_SEAL} WHERE tree_size > %(after)s + {_BASE} ORDER BY planswitch.seal.tree_size LIMIT %(limit)s
"""
_LOG = "SELECT base, origin, leaf, checkpoint FROM planswitch.log_origin ORDER BY base DESC LIMIT 1"
_END = """
SELECT greatest(
    (SELECT first_leaf + CASE kind WHEN 'event' THEN last_id - first_id + 1 ELSE 1 END
     FROM planswitch.seal_run ORDER BY first_leaf DESC LIMIT 1),
    (SELECT max(tree_size) FROM planswitch.seal), 1) AS end
"""
_APPEND_LOG = """
INSERT INTO planswitch.log_origin (base, origin, leaf, checkpoint)
VALUES (%(base)s, %(origin)s, %(leaf)s, %(checkpoint)s)
"""
_BACKLOG = """
SELECT (SELECT count(*) FROM planswitch.switch_events WHERE notification_id > %(event)s) AS events,
       (SELECT count(*) FROM planswitch.provider_call WHERE id > %(call)s) AS calls
"""
_APPEND_RUNS = """
INSERT INTO planswitch.seal_run (first_leaf, kind, first_id, last_id, digest)
SELECT first_leaf + %(base)s, kind, first_id, last_id, digest
FROM unnest(%(first_leaf)s::bigint[], %(kind)s::text[], %(first_id)s::bigint[],
            %(last_id)s::bigint[], %(digest)s::text[]) AS run (first_leaf, kind, first_id, last_id, digest)
"""
_APPEND_SEAL = """
INSERT INTO planswitch.seal (tree_size, checkpoint) VALUES (%(tree_size)s + %(base)s, %(checkpoint)s)
"""


_UNSEALED = f"""
SELECT greatest(extract(epoch FROM clock_timestamp() - recorded_at), 0.001)::double precision AS seconds
FROM planswitch.switch_events
WHERE notification_id > coalesce(
    (SELECT last_id FROM planswitch.seal_run WHERE kind = 'event' AND first_leaf >= {_BASE}
     ORDER BY first_id DESC LIMIT 1), 0)
ORDER BY notification_id LIMIT 1
"""  # noqa: S608  # a constant


class RunKind(StrEnum):
    """What a run of leaves stands for; the words are stored."""

    EVENT = "event"
    CALL_RANGE = "call-range"
    #: The first leaf of a log that follows another one; its ids mean nothing.
    ORIGIN = "origin"


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
class SuccessorLog:
    """A log that follows another one, as the table has it."""

    #: Where its rows begin; the store counts leaves and sizes from there.
    base: int
    #: Name of the log.
    origin: str
    #: The first leaf, as it is sealed.
    leaf: str
    #: The signed note of the tree of this leaf alone.
    checkpoint: str


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
    """The tables of seals, and the rows that seals cover.

    Leaves and sizes are those of the newest log: what stands there of logs before is past.
    """

    def log(self) -> SuccessorLog | None:
        """Return the newest log, or None as long as the first one goes on."""
        return next((SuccessorLog(**row) for row in self._rows(_LOG, {})), None)

    def append_log(self, origin: str, leaf: str, checkpoint: str) -> None:
        """Record that a log begins after all that is recorded of others, with the seal of its first leaf.

        Args:
            origin: Its name.
            leaf: Its first leaf.
            checkpoint: The signed note of the tree of this leaf alone.

        Raises:
            ConcurrentWrite: Somebody else has sealed or begun a log meanwhile.
        """

        def write(cursor: Any) -> None:
            base = cursor.execute(_END.encode()).fetchone()["end"]
            facts = {"base": base, "origin": origin, "leaf": leaf, "checkpoint": checkpoint}
            cursor.execute(_APPEND_LOG.encode(), facts)
            first = SealRun(first_leaf=0, kind=RunKind.ORIGIN, first_id=0, last_id=0)
            _append(cursor, [first], 1, checkpoint, base=base)

        self._written(write)

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

        def write(cursor: Any) -> None:
            log = cursor.execute(_LOG.encode()).fetchone()
            if log is not None and log["origin"] != checkpoint.partition("\n")[0]:
                raise ConcurrentWrite(f"The log {log['origin']} was begun meanwhile.")
            # A log that begins right now takes the place at which this one would go on.
            _append(cursor, runs, tree_size, checkpoint, base=log["base"] if log else 0)

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


def _append(cursor: Any, runs: Sequence[SealRun], tree_size: int, checkpoint: str, *, base: int) -> None:
    names = [name.strip() for name in _RUN_COLUMNS.split(",")]
    columns = zip(*(astuple(run) for run in runs), strict=True) if runs else ([] for _ in names)
    values: dict[str, Any] = {name: list(column) for name, column in zip(names, columns, strict=True)}
    cursor.execute(_APPEND_RUNS.encode(), {**values, "base": base})
    facts = {"tree_size": tree_size, "checkpoint": checkpoint, "base": base}
    cursor.execute(_APPEND_SEAL.encode(), facts)


def _run(row: DictRow) -> SealRun:
    return SealRun(**{**row, "kind": RunKind(row["kind"])})


def _seal(row: DictRow) -> StoredSeal:
    return StoredSeal(**{**row, "sealed_at": row["sealed_at"].astimezone(UTC)})
