"""Streams with an event that could not be folded: put aside, marked, not folded until a rebuild."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from domain.text.plain_text import cleaned_text
from projections.board.rows import DeadLetter, IncompleteStream
from projections.running.schema import PROJECTION, SCHEMA, Connection

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
SELECT stream_id, stream_version, notification_id, topic, error, at FROM {SCHEMA}.dead_letter
WHERE projection = %s AND version = %s AND stream_id IS NOT NULL ORDER BY notification_id DESC LIMIT %s
"""  # noqa: S608  # a constant


def put_aside_of(connection: Connection, version: int, streams: Iterable[str]) -> dict[str, int]:
    """Return which of some streams are put aside, each with the version since when."""
    rows = connection.execute(_STREAMS.encode(), [PROJECTION, version, sorted(streams)])
    return {str(row["stream_id"]): int(row["stream_version"]) for row in rows}


def newest_put_aside(connection: Connection, version: int) -> tuple[IncompleteStream, ...]:
    """Return the streams that were put aside last, NAMED_MAX at most."""
    rows = connection.execute(_NEWEST.encode(), [PROJECTION, version, NAMED_MAX])
    return tuple(
        IncompleteStream(
            stream_id=str(row["stream_id"]),
            since_version=row["stream_version"],
            notification_id=row["notification_id"],
            topic=row["topic"],
            error=row["error"],
            at=row["at"],
        )
        for row in rows
    )


def save_put_aside(connection: Connection, version: int, letters: Sequence[DeadLetter]) -> None:
    """Write down what could not be folded, and mark what is shown of its streams."""
    for letter in letters:
        connection.execute(_INSERT.encode(), _values(version, letter))
        _mark_checkout(connection, version, letter)
        if not letter.switch_id:
            _mark_switches(connection, version, letter)


def _values(version: int, letter: DeadLetter) -> list[Any]:
    columns = (letter.notification_id, cleaned_text(letter.topic), cleaned_text(letter.error))
    return [PROJECTION, version, *columns, letter.stream_id, letter.stream_version]


def _mark_checkout(connection: Connection, version: int, letter: DeadLetter) -> None:
    connection.execute(
        f"UPDATE {SCHEMA}.checkout_board_v{version} SET incomplete_since = %s, position = %s"  # noqa: S608
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
