"""The library's PostgreSQL recorder, with the instant of recording, and detail rows in the same save.

Here alone are parts of eventsourcing that it does not offer for use: the undecorated methods of its recorder,
its list of statements, and the threads of its subscription (tests/unit/providers/test_library_versions.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any
from uuid import UUID

from eventsourcing.persistence import InterfaceError, OperationalError, ProgrammingError, StoredEvent
from eventsourcing.postgres import (
    PostgresApplicationRecorder,
    PostgresDatastore,
    PostgresSubscription,
)
from psycopg import Connection
from psycopg.rows import DictRow, tuple_row
from psycopg.sql import SQL, Identifier
from psycopg.types.numeric import Int8
from psycopg_pool import PoolTimeout

from domain.ports.spans import annotate, span
from store.core.detail import OUTSIDE_ANY_SWITCH, call_parameters, write_moves
from store.core.errors import is_lost_connection, repeated
from store.core.rows import DetailRows, SaveDetail

#: The table of events, the one that the database's function writes to.
EVENTS_TABLE = "switch_events"
#: A subscription looks this often whether it was stopped.
_BELL_SECONDS = 0.1
#: Events go in binary, where text would cost a pass over each state; arrays of one length stand for the rows.
_SAVE_EVENTS = """
SELECT * FROM {schema}.save_events_2(
    %(stream_ids)b::uuid[], %(versions)b::bigint[], %(topics)b::text[], %(states)b::bytea[],
    %(lock_wait)s, %(channel)s, %(calls)s::jsonb, %(switch_id)s::uuid, %(step)s, %(attempt)s::integer,
    %(run_id)s, %(activity_id)s)
"""


def _is_no_wait(error: BaseException) -> bool:
    """Return whether an error is worth another try: a wait for a connection was long enough already."""
    return not isinstance(error.__cause__, PoolTimeout)


def _patiently(method: Callable[..., Any]) -> Callable[..., Any]:
    """Try a method a few times; a save recognizes itself (`SaveDetail.insert_attempts`)."""
    return repeated(method, is_repeatable=_is_no_wait)


def _fewer_retries(method: Any) -> Any:
    """Wrap the undecorated method of the library; its own ten attempts take a minute at a stopped server."""
    return _patiently(method.__wrapped__)


class RecordedAtRecorder(PostgresApplicationRecorder):
    """Recorder whose rows also say when the server stored them.

    Writers wait for each other, so that `recorded_at` and the notification ids have one order and a tailing
    reader misses nothing. Our function `save_events_2` (store/migrations) takes the lock for that; the
    library's database functions skip it and are refused, not merely left off.
    Statements are put together once: the library does it at each use.
    """

    def __init__(self, datastore: PostgresDatastore, *, events_table_name: str = EVENTS_TABLE) -> None:
        if datastore.enable_db_functions:
            raise ProgrammingError("ENABLE_DB_FUNCTIONS loses events for tailing readers; leave it off.")
        if events_table_name != EVENTS_TABLE:
            raise ProgrammingError(f"Events are saved in {EVENTS_TABLE} and not in {events_table_name}.")
        super().__init__(datastore, events_table_name=events_table_name)
        del self.sql_create_statements[self.create_insert_function_statement_index]
        self.sql_create_statements.append(
            SQL(
                "ALTER TABLE {schema}.{table} ADD COLUMN IF NOT EXISTS"
                " recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()"
            ).format(schema=Identifier(datastore.schema), table=Identifier(events_table_name))
        )
        self._save_events = SQL(_SAVE_EVENTS).format(schema=Identifier(datastore.schema)).as_string().encode()
        self._waiting = {"lock_wait": f"{datastore.lock_timeout}s", "channel": self.channel_name}
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
        bounds = {"stream_id": originator_id, "gt": gt, "lte": lte, "limit": limit}
        parameters = {name: value for name, value in bounds.items() if value is not None}
        statement = _select_statement(self._events_table, frozenset(parameters), desc=desc)
        with self.datastore.get_connection() as connection:
            cursor = connection.cursor(binary=True, row_factory=tuple_row)
            rows = cursor.execute(statement, parameters, prepare=True).fetchall()
        return [StoredEvent(*row) for row in rows]

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> RecordedAtSubscription:
        """Return a subscription, as the library does."""
        return RecordedAtSubscription(recorder=self, gt=gt, topics=topics)

    select_notifications = _fewer_retries(PostgresApplicationRecorder.select_notifications)
    max_notification_id = _fewer_retries(PostgresApplicationRecorder.max_notification_id)

    @_patiently
    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        detail: SaveDetail | None = None,
        **_: Any,
    ) -> Sequence[int]:
        """Insert events and what belongs to them, all or nothing; return their notification ids."""
        detail = detail or SaveDetail()
        parameters = self._parameters(stored_events, detail)
        with span("save events"), self.datastore.get_connection() as connection:
            # From here on the server may have written it, whatever comes back.
            detail.insert_attempts += 1
            with _with_rows(connection, detail.rows):
                cursor = connection.cursor(binary=True, row_factory=tuple_row)
                rows = cursor.execute(self._save_events, parameters, prepare=True).fetchall()
            ids = [row[0] for row in rows]
            if ids:
                annotate(first_notification=str(ids[0]), last_notification=str(ids[-1]))
        return ids

    def _parameters(self, stored_events: Sequence[StoredEvent], detail: SaveDetail) -> dict[str, Any]:
        """Return a save as the function of the database takes it."""
        return {
            "stream_ids": [event.originator_id for event in stored_events],
            # Int8: plain numbers would go as the smallest type they fit, and each type is another statement.
            "versions": [Int8(event.originator_version) for event in stored_events],
            "topics": [event.topic for event in stored_events],
            "states": [event.state for event in stored_events],
            **self._waiting,
            **call_parameters(detail.calls, detail.call_context or OUTSIDE_ANY_SWITCH),
        }


class RecordedAtSubscription(PostgresSubscription):
    """The library's subscription, which looks once more when it has begun to listen.

    The library reads what is there and begins to listen in two threads. A save between the two rings no bell,
    and it would not be seen before the next save.
    """

    def _listen(self) -> None:
        try:
            while not self._is_over():
                self._listen_while_it_lives()
        except BaseException as error:  # noqa: BLE001 - the reader's thread raises it
            self._thread_error = self._thread_error or error
            self.stop()

    def _is_over(self) -> bool:
        return bool(self._has_been_stopped or self._thread_error)

    def _listen_while_it_lives(self) -> None:
        """Listen on one connection until it breaks; the next one looks again for what was missed."""
        try:
            with self._recorder.datastore.get_connection() as connection:
                channel = Identifier(self._recorder.channel_name)
                connection.execute(SQL("LISTEN {channel}").format(channel=channel))
                self._has_been_notified.set()
                while not self._is_over():
                    for _ in connection.notifies(timeout=_BELL_SECONDS, stop_after=1):
                        self._has_been_notified.set()
        except (InterfaceError, OperationalError) as error:
            if not is_lost_connection(error):
                raise


@contextmanager
def _with_rows(connection: Connection[DictRow], rows: DetailRows | None) -> Iterator[None]:
    """Run the save inside: in the transaction that copies the rows, or, without any, in its own."""
    if rows is None:
        yield
        return
    with connection.transaction():
        if rows.moves:
            write_moves(connection.cursor(), rows)
        yield


@cache
def _select_statement(table: str, names: frozenset[str], *, desc: bool) -> bytes:
    """Return the query for events of a stream, with the bounds that are given."""
    parts = (
        "SELECT originator_id, originator_version, topic, state FROM",
        table,
        "WHERE originator_id = %(stream_id)s",
        "AND originator_version > %(gt)s" if "gt" in names else "",
        "AND originator_version <= %(lte)s" if "lte" in names else "",
        "ORDER BY originator_version",
        "DESC" if desc else "ASC",
        "LIMIT %(limit)s" if "limit" in names else "",
    )
    return " ".join(filter(None, parts)).encode()
