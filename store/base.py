"""What every part of the store shares: the application, its pool, and translated errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from eventsourcing.domain import DomainEventProtocol
from psycopg import Cursor
from psycopg.rows import DictRow, tuple_row

from domain.errors import InvalidInput
from store.application import SwitchApplication
from store.errors import translated

#: Rows of one page of any read at most.
PAGE_SIZE_MAX = 5_000

#: Events of streams are of many classes; readers tell them apart by class or topic.
StoredDomainEvent = DomainEventProtocol[Any]


class StorePart:
    """Base of the parts of the store: they share one application and one connection pool."""

    def __init__(self, application: SwitchApplication) -> None:
        self._application = application

    @contextmanager
    def _transaction(self) -> Iterator[Cursor[DictRow]]:
        """Yield a cursor; what it did is committed when the block ends well."""
        with translated(), self._application.datastore.transaction(commit=True) as cursor:
            yield cursor

    def _tuples(self, query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Return rows in the order of the query's columns: cheaper than by name, for many rows."""
        with translated(), self._application.datastore.cursor() as cursor:
            plain = cursor.connection.cursor(row_factory=tuple_row)
            return plain.execute(query.encode(), parameters).fetchall()

    def _rows(self, query: str, parameters: dict[str, Any]) -> list[DictRow]:
        with translated(), self._application.datastore.cursor() as cursor:
            return cursor.execute(query.encode(), parameters).fetchall()


def checked_page_size(limit: int) -> int:
    """Return `limit` if a page may have that size.

    Raises:
        InvalidInput: It is not between 1 and PAGE_SIZE_MAX.
    """
    if not 0 < limit <= PAGE_SIZE_MAX:
        raise InvalidInput(field="limit", value=limit, allowed=f"1 to {PAGE_SIZE_MAX}")
    return limit
