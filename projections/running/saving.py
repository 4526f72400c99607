"""Folding and saving of a batch: what the tables refuse of one event costs its own stream alone."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from projections.board.fold import LoggedEvent, fold, put_aside
from projections.board.rows import DeadLetter, Folded
from projections.running.put_aside import put_aside_of
from projections.running.schema import Connection
from projections.running.tables import load_rows, save_folded

#: PostgreSQL's SQLSTATE for a value of a type that a column does not take.
_WRONG_TYPES = frozenset({None, "42804", "42846", "42P18"})
_UNFIT = (psycopg.DataError, psycopg.IntegrityError, ValueError, TypeError, OverflowError)


def fold_saved(connection: Connection, version: int, events: Sequence[LoggedEvent]) -> tuple[DeadLetter, ...]:
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
    connection: Connection, version: int, event: LoggedEvent, error: Exception
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
    bare = Folded(switches={}, subscriptions={}, checkouts={}, timeline=(), dead_letters=letters)
    save_folded(connection, version, bare, event.id)
    return letters


def _is_of_an_event(error: Exception) -> bool:
    """Return whether an error says that values do not fit, and not that a table is missing or a right."""
    if not isinstance(error, psycopg.ProgrammingError):
        return True
    return error.sqlstate in _WRONG_TYPES
