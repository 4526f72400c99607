"""Loading, folding and saving of rows of one version: a batch is one transaction with its position.

What can't be folded, or what the tables refuse of one event, costs its own stream alone: that is put aside,
marked, and not folded until a rebuild.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from domain.text.plain_text import cleaned_facts, cleaned_text
from projections.board.fold import fold, put_aside, switch_of
from projections.board.product_acts import act_id_of
from projections.board.rows import (
    BoardRow,
    CheckoutRow,
    DeadLetter,
    Folded,
    IncompleteStream,
    ProductActRow,
    Rows,
    SubscriptionRow,
    TimelineRow,
)
from projections.running.schema import PROJECTION, SCHEMA, Connection
from store.record.notifications import StoredNotification

#: Streams that a status names, the newest first; it counts all of them.
NAMED_MAX = 20
REMEDY = "Update planswitch, then run `planswitch projection rebuild`: it tries the event again."
_INSERT = f"""
INSERT INTO {SCHEMA}.dead_letter
    (projection, version, notification_id, topic, error, stream_id, stream_version)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""  # noqa: S608  # a constant
_STREAMS = f"""
SELECT stream_id, stream_version FROM {SCHEMA}.dead_letter
WHERE projection = %s AND version = %s AND stream_id = ANY(%s::uuid[])
"""  # noqa: S608  # a constant
_NEWEST = f"""
SELECT stream_id::text, stream_version AS since_version, notification_id, topic, error, at
FROM {SCHEMA}.dead_letter
WHERE projection = %s AND version = %s AND stream_id IS NOT NULL ORDER BY notification_id DESC LIMIT %s
"""  # noqa: S608  # a constant
#: PostgreSQL's SQLSTATE for a value of a type that a column does not take.
_WRONG_TYPES = frozenset({None, "42804", "42846", "42P18"})
_UNFIT = (psycopg.DataError, psycopg.IntegrityError, ValueError, TypeError, OverflowError)
Row = TypeVar("Row", BoardRow, SubscriptionRow, CheckoutRow, ProductActRow)
_TIMELINE = tuple(field.name for field in fields(TimelineRow))


def fold_saved(
    connection: Connection, version: int, events: Sequence[StoredNotification]
) -> tuple[DeadLetter, ...]:
    """Fold events into a version, save rows and position, and return what was put aside.

    A batch that can't be saved is halved until the event is found by itself; the others are saved as ever.

    Args:
        connection: Within the transaction of the batch.
        version: Version to build.
        events: At least one, in the order of the log.
    """
    try:
        with connection.transaction():
            folded = fold(load_rows(connection, version, events), events)
            save_folded(connection, version, folded, events[-1].id)
            return folded.dead_letters
    except (*_UNFIT, psycopg.ProgrammingError) as error:
        if not _is_of_an_event(error):
            raise
        if len(events) == 1:
            return _put_aside(connection, version, events[0], error)
    half = len(events) // 2
    first = fold_saved(connection, version, events[:half])
    return first + fold_saved(connection, version, events[half:])


def _put_aside(
    connection: Connection, version: int, event: StoredNotification, error: Exception
) -> tuple[DeadLetter, ...]:
    """Put the stream of one event aside; where even the mark of its switch can't be saved, without that."""
    try:
        with connection.transaction():
            folded = put_aside(load_rows(connection, version, [event]), event, error)
            save_folded(connection, version, folded, event.id)
            return folded.dead_letters
    except (*_UNFIT, psycopg.ProgrammingError) as second:
        if not _is_of_an_event(second):
            raise
    stream_id = str(event.stream_id)
    known = put_aside_of(connection, version, [stream_id])
    letter = DeadLetter(
        notification_id=event.id,
        topic=event.topic,
        error=type(error).__name__,
        stream_id=stream_id,
        stream_version=event.version,
    )
    letters = () if known else (letter,)
    bare = Folded(
        switches={}, subscriptions={}, checkouts={}, product_acts={}, timeline=(), dead_letters=letters
    )
    save_folded(connection, version, bare, event.id)
    return letters


def _is_of_an_event(error: Exception) -> bool:
    """Return whether an error says that values do not fit, and not that a table is missing or a right."""
    if not isinstance(error, psycopg.ProgrammingError):
        return True
    return error.sqlstate in _WRONG_TYPES


def position_of(connection: Connection, version: int) -> int:
    """Return the notification up to which a version is built."""
    row = connection.execute(
        f"SELECT notification_id FROM {SCHEMA}.projection_position"  # noqa: S608  # a constant
        " WHERE projection = %s AND version = %s",
        [PROJECTION, version],
    ).fetchone()
    return int(row["notification_id"]) if row else 0


def load_rows(connection: Connection, version: int, events: Iterable[StoredNotification]) -> Rows:
    """Return the rows that the events may change, as they are now."""
    keys = _keys(events)
    streams = keys.streams
    return Rows(
        switches=_rows(connection, BoardRow, f"switch_board_v{version}", "switch_id", keys.switches),
        subscriptions=_rows(
            connection, SubscriptionRow, f"switch_subscription_v{version}", "stream_id", streams
        ),
        checkouts=_rows(connection, CheckoutRow, f"checkout_board_v{version}", "stream_id", streams),
        product_acts=_rows(connection, ProductActRow, f"product_act_v{version}", "act_id", keys.product_acts),
        put_aside=put_aside_of(connection, version, streams),
    )


def _rows(
    connection: Connection, kind: type[Row], table: str, key: str, ids: Iterable[str]
) -> dict[str, Row]:
    """Return rows of a table by their key, with ids as text."""
    query = f"SELECT * FROM {SCHEMA}.{table} WHERE {key} = ANY(%s::uuid[])"  # noqa: S608  # names of our own
    rows: dict[str, Row] = {}
    for row in connection.execute(query.encode(), [sorted(ids)]):
        plain: dict[str, Any] = {
            name: str(fact) if isinstance(fact, UUID) else fact for name, fact in row.items()
        }
        rows[plain[key]] = kind(**plain)
    return rows


def save_folded(connection: Connection, version: int, folded: Folded, position: int) -> None:
    """Write what a batch made, and the position, inside the caller's transaction."""
    _upsert(connection, f"switch_board_v{version}", "switch_id", folded.switches)
    _upsert(connection, f"switch_subscription_v{version}", "stream_id", folded.subscriptions)
    _upsert(connection, f"checkout_board_v{version}", "stream_id", folded.checkouts)
    _upsert(connection, f"product_act_v{version}", "act_id", folded.product_acts)
    _insert_timeline(connection, version, folded.timeline)
    save_put_aside(connection, version, folded.dead_letters)
    connection.execute(
        f"UPDATE {SCHEMA}.projection_position SET notification_id = %s, updated_at = clock_timestamp()"  # noqa: S608
        " WHERE projection = %s AND version = %s",
        [position, PROJECTION, version],
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Keys:
    """Which rows a batch of events may change."""

    streams: set[str] = field(default_factory=set)
    switches: set[str] = field(default_factory=set)
    product_acts: set[str] = field(default_factory=set)


def _keys(events: Iterable[StoredNotification]) -> _Keys:
    keys = _Keys()
    for logged in events:
        keys.streams.add(str(logged.stream_id))
        # What belongs to nothing is told by no key; what can't be read is put aside by the fold.
        with suppress(Exception):
            keys.switches.add(str(UUID(switch_of(logged.event))))
        with suppress(Exception):
            if act_id := act_id_of(logged.event):
                keys.product_acts.add(act_id)
    return keys


def _upsert(connection: Connection, table: str, key: str, rows: Mapping[str, Any]) -> None:
    if not rows:
        return
    columns = [field.name for field in fields(next(iter(rows.values())))]
    names = ", ".join(columns)
    marks = ", ".join(f"%({name})s" for name in columns)
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns if name != key)
    query = (
        f"INSERT INTO {SCHEMA}.{table} ({names}) VALUES ({marks})"  # noqa: S608  # names of our own
        f" ON CONFLICT ({key}) DO UPDATE SET {changes}"
    )
    # One order of keys for every writer: no two transactions wait for each other.
    parameters = [_parameters(rows[name]) for name in sorted(rows)]
    with connection.cursor() as cursor:
        cursor.executemany(query.encode(), parameters)


def _insert_timeline(connection: Connection, version: int, lines: Sequence[TimelineRow]) -> None:
    if not lines:
        return
    target = f"{SCHEMA}.switch_timeline_v{version} ({', '.join(_TIMELINE)})"
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN".encode()) as copy:
        for line in lines:
            parameters = _parameters(line)
            copy.write_row([parameters[name] for name in _TIMELINE])


def _parameters(row: Any) -> dict[str, Any]:
    # Not `asdict`: it copies the quote's whole table for each row.
    return {field.name: _storable(getattr(row, field.name)) for field in fields(row)}


def _storable(value: Any) -> Any:
    """Return a value that PostgreSQL accepts: older events hold text that no table can."""
    if isinstance(value, str):
        return cleaned_text(value)
    if isinstance(value, dict):
        return Jsonb(value, dumps=_plain_json)
    return cleaned_facts(value) if isinstance(value, list) else value


def _plain_json(value: dict[str, Any]) -> str:
    text = json.dumps(value)
    # Without an escape there is nothing to clean, and a quote's whole table need not be walked.
    return json.dumps(cleaned_facts(value)) if "\\u" in text or "\x7f" in text else text


def put_aside_of(connection: Connection, version: int, streams: Iterable[str]) -> dict[str, int]:
    """Return which of some streams are put aside, each with the version since when."""
    rows = connection.execute(_STREAMS.encode(), [PROJECTION, version, sorted(streams)])
    return {str(row["stream_id"]): int(row["stream_version"]) for row in rows}


def newest_put_aside(connection: Connection, version: int) -> tuple[IncompleteStream, ...]:
    """Return the streams that were put aside last, NAMED_MAX at most."""
    rows = connection.execute(_NEWEST.encode(), [PROJECTION, version, NAMED_MAX])
    return tuple(IncompleteStream(**row) for row in rows)


def save_put_aside(connection: Connection, version: int, letters: Sequence[DeadLetter]) -> None:
    """Write down what could not be folded, and mark what is shown of its streams."""
    for letter in letters:
        connection.execute(_INSERT.encode(), _values(version, letter))
        for table in ("checkout_board", "product_act"):
            _mark_rows(connection, f"{table}_v{version}", letter)
        if not letter.switch_id:
            _mark_switches(connection, version, letter)


def _values(version: int, letter: DeadLetter) -> list[Any]:
    columns = (letter.notification_id, cleaned_text(letter.topic), cleaned_text(letter.error))
    return [PROJECTION, version, *columns, letter.stream_id, letter.stream_version]


def _mark_rows(connection: Connection, table: str, letter: DeadLetter) -> None:
    """Mark the rows that are made of a stream alone."""
    connection.execute(
        f"UPDATE {SCHEMA}.{table} SET incomplete_since = %s, position = %s"  # noqa: S608
        " WHERE stream_id = %s AND incomplete_since IS NULL".encode(),
        [letter.stream_version, letter.notification_id, letter.stream_id],
    )


def _mark_switches(connection: Connection, version: int, letter: DeadLetter) -> None:
    """Mark the switches that an event may belong to which does not tell: the open ones, and the last one."""
    lines = f"SELECT switch_id FROM {SCHEMA}.switch_timeline_v{version} WHERE stream_id = %(stream)s"  # noqa: S608
    connection.execute(
        f"UPDATE {SCHEMA}.switch_board_v{version} SET incomplete_since = %(since)s,"  # noqa: S608
        " incomplete_stream = %(stream)s, position = %(position)s"
        f" WHERE incomplete_since IS NULL AND switch_id IN ({lines})"
        f" AND (outcome = '' OR switch_id = ({lines} ORDER BY position DESC LIMIT 1))".encode(),
        {"since": letter.stream_version, "stream": letter.stream_id, "position": letter.notification_id},
    )
