"""Which call of a range was altered: the range has one digest over all of its calls.

A value that a call may have had before is tried in its place: where the digest is then the sealed one, the
call is certain. Where no value fits, the range is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from psycopg.rows import TupleRow

from audit.verification.call_rows import CALL_COLUMNS, call_digest
from audit.verification.findings import Deviation, Difference, Fault, Subject
from store.record.raw_record import RawRecord

#: Values of one column that are tried.
VALUES_MAX = 2_000
#: Calls of a range that are tried; a digest of more is not made so often.
_CALLS_MAX = 1_000
_NUMBERS = {"status": range(600), "duration_ms": range(VALUES_MAX), "attempt": range(1, 200)}
_TEXTS = ("code", "text", "operation", "provider", "step", "key", "request_id", "switch_id", "refusals")
_KNOWN = """
SELECT DISTINCT {column} FROM planswitch.provider_call WHERE {column} IS NOT NULL LIMIT {limit}
"""


def altered_call(
    record: RawRecord, first_id: int, rows: Sequence[TupleRow], digest: str, leaf: int
) -> Deviation:
    """Return which call of a range was altered, or that one of them was.

    Args:
        record: The rows of the walk.
        first_id: Id of the first call of the range.
        rows: The calls of the range, all of them.
        digest: The digest that was sealed.
        leaf: Index of their leaf.
    """
    last_id = first_id + len(rows) - 1
    if len(rows) == 1:
        return _deviation(leaf, first_id, "")
    certain = _swapped(rows, digest) or _restored(record, rows, digest)
    if certain is None:
        return Deviation(
            fault=Fault.ALTERED,
            subject=Subject.CALL,
            ids={"calls": f"{first_id} to {last_id}"},
            leaf=leaf,
            sentence=f"One of the provider calls {first_id} to {last_id} was altered.",
        )
    return _named(leaf, rows, certain)


def _named(leaf: int, rows: Sequence[TupleRow], certain: tuple[int, str, Any]) -> Deviation:
    place, name, value = certain
    row = rows[place]
    if name == "id":
        other = rows[value][0]
        return Deviation(
            fault=Fault.REORDERED,
            subject=Subject.CALL,
            ids={"call": str(row[0]), "now": str(other)},
            leaf=leaf,
            sentence=f"Provider calls {row[0]} and {other} changed places.",
        )
    now = row[CALL_COLUMNS.index(name)]
    return _deviation(leaf, row[0], name, Difference(name=name, sealed=str(value), now=str(now)))


def _deviation(leaf: int, call_id: int, name: str, *differences: Difference) -> Deviation:
    which = f": {name} differs" if name else ""
    return Deviation(
        fault=Fault.ALTERED,
        subject=Subject.CALL,
        ids={"call": str(call_id)},
        leaf=leaf,
        differences=differences,
        sentence=f"Provider call {call_id} was altered{which}.",
    )


def _swapped(rows: Sequence[TupleRow], digest: str) -> tuple[int, str, int] | None:
    """Return two calls whose ids were exchanged."""
    digests = [call_digest(row) for row in rows[:_CALLS_MAX]]
    if len(rows) > len(digests):
        return None
    for left in range(len(rows)):
        for right in range(left + 1, min(len(rows), left + _CALLS_MAX // 10)):
            changed = list(digests)
            changed[left] = call_digest((rows[left][0], *rows[right][1:]))
            changed[right] = call_digest((rows[right][0], *rows[left][1:]))
            if sha256(b"".join(changed)).hexdigest() == digest:
                return left, "id", right
    return None


def _restored(record: RawRecord, rows: Sequence[TupleRow], digest: str) -> tuple[int, str, Any] | None:
    """Return the call, the column and the former value with which the digest is the sealed one."""
    if len(rows) > _CALLS_MAX:
        return None
    digests = [call_digest(row) for row in rows]
    known = {name: _values(record, name) for name in (*_NUMBERS, *_TEXTS)}
    before = sha256()
    for place, row in enumerate(rows):
        after = b"".join(digests[place + 1 :])
        for name, value in _candidates(known):
            column = CALL_COLUMNS.index(name)
            whole = before.copy()
            whole.update(call_digest((*row[:column], value, *row[column + 1 :])) + after)
            if whole.hexdigest() == digest:
                return place, name, value
        before.update(digests[place])
    return None


def _candidates(known: dict[str, list[Any]]) -> Iterator[tuple[str, Any]]:
    for name, values in known.items():
        for value in values:
            yield name, value


def _values(record: RawRecord, column: str) -> list[Any]:
    """Return what a column may have held: numbers of its range, and what it holds anywhere."""
    if column in _NUMBERS:
        return list(_NUMBERS[column])
    query = _KNOWN.format(column=column, limit=VALUES_MAX // 20)
    rows = record.rows(query)
    texts = [""] if column not in {"switch_id", "refusals"} else []
    return [*texts, *(row[0] for row in rows), *([[]] if column == "refusals" else [])]
