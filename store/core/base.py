"""What every part of the store shares: the application, its pool, and translated errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from eventsourcing.domain import DomainEventProtocol
from psycopg import Cursor
from psycopg.rows import DictRow, tuple_row

from domain.kernel.errors import InvalidInput
from store.core.application import SwitchApplication
from store.core.errors import is_lost_connection, repeated, translated

Result = TypeVar("Result")

#: Rows of one page of any read at most.
PAGE_SIZE_MAX = 5_000

#: Events of streams are of many classes; readers tell them apart by class or topic.
StoredDomainEvent = DomainEventProtocol[Any]


class StorePart:
    """Base of the parts of the store: they share one application and one connection pool.

    Every read and every write may raise StoreUnavailable: PostgreSQL did not answer.
    """

    def __init__(self, application: SwitchApplication) -> None:
        self._application = application

    @contextmanager
    def _transaction(self) -> Iterator[Cursor[DictRow]]:
        """Yield a cursor; what it did is committed when the block ends well."""
        with translated(), self._application.datastore.transaction(commit=True) as cursor:
            yield cursor

    def _written(self, write: Callable[[Cursor[DictRow]], Result]) -> Result:
        """Return what `write` returned, with its transaction committed.

        It is done again where its connection broke before the commit was sent: then nothing was written.

        Raises:
            StoreUnavailable: PostgreSQL did not answer; after a lost commit nobody knows what it did.
        """
        is_sent = False

        def once() -> Result:
            nonlocal is_sent
            with self._application.datastore.transaction(commit=True) as cursor:
                written = write(cursor)
                is_sent = True
            return written

        with translated():
            return repeated(once, is_repeatable=lambda error: not is_sent and is_lost_connection(error))()

    def _tuples(
        self, query: str, parameters: dict[str, Any], *, is_binary: bool = False
    ) -> list[tuple[Any, ...]]:
        """Return rows in the order of the query's columns: cheaper than by name, for many rows.

        Args:
            query: The query.
            parameters: By the names that it has for them.
            is_binary: How the values come: cheaper for long ones.
        """

        def read() -> list[tuple[Any, ...]]:
            with self._application.datastore.cursor() as cursor:
                plain = cursor.connection.cursor(row_factory=tuple_row, binary=is_binary)
                return plain.execute(query.encode(), parameters).fetchall()

        with translated():
            return repeated(read)()

    def _rows(self, query: str, parameters: dict[str, Any]) -> list[DictRow]:
        def read() -> list[DictRow]:
            with self._application.datastore.cursor() as cursor:
                return cursor.execute(query.encode(), parameters).fetchall()

        with translated():
            return repeated(read)()


def checked_page_size(limit: int) -> int:
    """Return `limit` if a page may have that size.

    Raises:
        InvalidInput: It is not between 1 and PAGE_SIZE_MAX.
    """
    if not 0 < limit <= PAGE_SIZE_MAX:
        raise InvalidInput(field="limit", value=limit, allowed=f"1 to {PAGE_SIZE_MAX}")
    return limit
