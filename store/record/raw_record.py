"""The record as PostgreSQL holds it: raw rows of one moment, streamed, for whoever checks it.

Nothing of it is decoded here, and none of the product's reads is used: what checks the record believes no
part that wrote it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any, LiteralString

import psycopg
from psycopg import Connection
from psycopg.errors import error_from_result
from psycopg.rows import TupleRow

from domain.kernel.errors import PlanSwitchError
from store.core.database_url import parse_database_url
from store.core.errors import translated

#: Rows that a cursor fetches at once.
FETCH_ROWS = 5_000
#: PostgreSQL puts a signature, flags and the length of an extension before the first row of a binary COPY.
_COPY_HEADER_BYTES = 19
_COPY_SIGNATURE = b"PGCOPY\n\xff\r\n\x00"
#: What follows the last row.
_COPY_END = b"\xff\xff"
#: Of libpq's function that takes a row of a COPY.
_WITHOUT_WAITING = 1
_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
#: What has a fixed length stands first, so that a reader knows where everything begins.
_EVENTS = """
COPY (SELECT notification_id, originator_id, originator_version, recorded_at, topic, state
      FROM planswitch.switch_events ORDER BY notification_id)
TO STDOUT (FORMAT BINARY)
"""


class RecordGone(PlanSwitchError):
    """The rows of the record can't be read as they are."""

    code = "AUDIT_MISMATCH"


class RawRecord:
    """Rows of one moment; what is written meanwhile is not in them."""

    def __init__(self, stream: Connection[TupleRow], side: Connection[TupleRow]) -> None:
        """Take two connections with one snapshot: events stream on the first, the second answers the rest."""
        self._stream = stream
        self._side = side

    def event_rows(self) -> Iterator[memoryview | bytes]:
        """Yield all events in the order of their ids, each as a row of a binary COPY.

        A row has the number of its columns, and each column its length before it: id, stream, version,
        instant of recording (microseconds since 2000), topic, state.
        """
        try:
            yield from self._copied()
        except psycopg.OperationalError:
            # Whoever found what was looked for closes the record before its end.
            if not self._stream.closed:
                raise

    def _copied(self) -> Iterator[memoryview | bytes]:
        with translated(), self._stream.cursor().copy(_EVENTS) as copy:
            rows = iter(copy)
            first = memoryview(next(rows, b""))
            if first[: len(_COPY_SIGNATURE)] != _COPY_SIGNATURE:
                raise RecordGone("PostgreSQL sent the events in another form than it documents.")
            row: Any = first[_COPY_HEADER_BYTES:]
            take = self._stream.pgconn.get_copy_data
            while row and row != _COPY_END:
                yield row
                # Most rows have arrived already. Only for one that has not is the way through the
                # library's waiting, which costs as much as half of the verification of a row, worth it.
                length, row = take(_WITHOUT_WAITING)
                if length < 0:
                    raise self._broken_off()
                if not length:
                    row = next(rows, b"")
            # The end of the copy is read, so that the connection can be used again.
            for _ in rows:
                pass

    def _broken_off(self) -> Exception:
        """Return why the server ended the COPY before its last row."""
        result = self._stream.pgconn.get_result()
        return (
            RecordGone("PostgreSQL sent no end of the events.")
            if result is None
            else error_from_result(result)
        )

    def rows(self, query: LiteralString, parameters: Mapping[str, Any] | None = None) -> list[TupleRow]:
        """Return the rows of a query that has few."""
        with translated():
            cursor = self._side.cursor(binary=True)
            return cursor.execute(query, parameters, prepare=True).fetchall()

    def stream(
        self, name: LiteralString, query: LiteralString, parameters: Sequence[Any] = ()
    ) -> Iterator[TupleRow]:
        """Yield the rows of a query that may have many.

        Args:
            name: Of the cursor; two at once have different names.
            query: Its text.
            parameters: Its values, by position.
        """
        with translated(), self._side.cursor(name) as cursor:
            cursor.itersize = FETCH_ROWS
            yield from cursor.execute(query, parameters, binary=True)


@contextmanager
def raw_record(database_url: str) -> Iterator[RawRecord]:
    """Open the record as it is at this moment, to be read and not to be written.

    Args:
        database_url: PostgreSQL's URL.

    Raises:
        StoreUnavailable: PostgreSQL does not answer.
        SchemaOutdated: The tables of seals are not there.
        InvalidInput: The URL is none.
    """
    arguments = parse_database_url(database_url).as_arguments()
    with (
        translated(),
        closing(psycopg.connect(**arguments, autocommit=True)) as stream,
        closing(psycopg.connect(**arguments, autocommit=True)) as side,
    ):
        stream.execute(_SNAPSHOT)
        (snapshot,) = stream.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        side.execute(_SNAPSHOT)
        side.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'".encode())
        for connection in (stream, side):
            connection.execute("SET LOCAL timezone TO 'UTC'")
        yield RawRecord(stream, side)
