"""The library's PostgreSQL recorder, with the instant of recording and detail rows in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    InterfaceError,
    OperationalError,
    ProgrammingError,
    StoredEvent,
)
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.utils import retry
from psycopg import Cursor
from psycopg.rows import DictRow, tuple_row
from psycopg.sql import SQL, Identifier

from store.detail import write_detail
from store.rows import SaveDetail

#: The library tries ten times, which is a minute in front of a stopped server; the activity retries anyway.
_ATTEMPTS_MAX = 3
_RETRY_WAIT_SECONDS = 0.2
_pipelined_insert = PostgresApplicationRecorder.insert_events.__wrapped__
_patiently = retry((InterfaceError, OperationalError), max_attempts=_ATTEMPTS_MAX, wait=_RETRY_WAIT_SECONDS)


def _fewer_retries(method: Any) -> Any:
    """Wrap the undecorated method of the library with our number of attempts."""
    return _patiently(method.__wrapped__)


class RecordedAtRecorder(PostgresApplicationRecorder):
    """Recorder whose rows also say when the server stored them.

    Writers lock the table, so that `recorded_at` and the notification ids have one order and a tailing reader
    misses nothing. The library's database functions skip that lock; they are refused, not merely left off.
    Statements are put together once: the library does it at each use.
    """

    def __init__(self, datastore: PostgresDatastore, *, events_table_name: str = "stored_events") -> None:
        if datastore.enable_db_functions:
            raise ProgrammingError("ENABLE_DB_FUNCTIONS loses events for tailing readers; leave it off.")
        super().__init__(datastore, events_table_name=events_table_name)
        del self.sql_create_statements[self.create_insert_function_statement_index]
        self.sql_create_statements.append(
            SQL(
                "ALTER TABLE {schema}.{table} ADD COLUMN IF NOT EXISTS"
                " recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()"
            ).format(schema=Identifier(datastore.schema), table=Identifier(events_table_name))
        )
        self.insert_events_statement = _plain(self.insert_events_statement)
        self.lock_table_statements = [_plain(each) for each in self.lock_table_statements]
        self._notify_statement = _plain(SQL("NOTIFY {0}").format(Identifier(self.channel_name)))
        self._events_table = Identifier(datastore.schema, events_table_name).as_string()

    @_patiently
    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Return the events of a stream, as the library does."""
        asked = {"stream_id": originator_id, "gt": gt, "lte": lte, "limit": limit}
        given = {name: value for name, value in asked.items() if value is not None}
        statement = _select_statement(self._events_table, frozenset(given), desc=desc)
        with self.datastore.get_connection() as connection:
            cursor = connection.cursor(binary=True, row_factory=tuple_row)
            rows = cursor.execute(statement, given, prepare=True).fetchall()
        return [StoredEvent(*row) for row in rows]

    select_notifications = _fewer_retries(PostgresApplicationRecorder.select_notifications)
    max_notification_id = _fewer_retries(PostgresApplicationRecorder.max_notification_id)

    @_patiently
    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        detail: SaveDetail | None = None,
        **kwargs: Any,
    ) -> Sequence[int] | None:
        """Insert events and what belongs to them in one transaction; return their notification ids."""
        if detail is None or detail.rows is None:
            inserted: Sequence[int] | None = _pipelined_insert(self, stored_events, detail=detail, **kwargs)
            return inserted
        # PostgreSQL allows no COPY in the pipeline that the library saves in.
        with self.datastore.get_connection() as connection, connection.transaction():
            cursor = connection.cursor()
            self._insert_events(cursor, stored_events, detail=detail, **kwargs)
            self._insert_stored_events(cursor, stored_events)
            return self._fetch_ids_after_insert_events(cursor, stored_events)

    def _notify_channel(self, curs: Cursor[DictRow]) -> None:
        curs.execute(self._notify_statement)

    def _insert_events(
        self,
        curs: Cursor[DictRow],
        stored_events: Sequence[StoredEvent],
        *,
        detail: SaveDetail | None = None,
        **kwargs: Any,
    ) -> None:
        """Write the detail rows; the library calls this inside the transaction of the events."""
        super()._insert_events(curs, stored_events, **kwargs)
        if detail is not None:
            detail.insert_attempts += 1
            write_detail(curs, detail)


def _plain(statement: Any) -> Any:
    """Return a composed statement as bytes, whose reading the driver keeps."""
    return statement.as_string().encode()


@cache
def _select_statement(table: str, given: frozenset[str], *, desc: bool) -> bytes:
    """Return the query for events of a stream, with the bounds that are given."""
    parts = (
        "SELECT originator_id, originator_version, topic, state FROM",
        table,
        "WHERE originator_id = %(stream_id)s",
        "AND originator_version > %(gt)s" if "gt" in given else "",
        "AND originator_version <= %(lte)s" if "lte" in given else "",
        "ORDER BY originator_version",
        "DESC" if desc else "ASC",
        "LIMIT %(limit)s" if "limit" in given else "",
    )
    return " ".join(filter(None, parts)).encode()
