"""A replica of the database, which lists are read from while it answers and has what a reader must see."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextvars import ContextVar

import structlog
from psycopg import Connection
from psycopg.rows import DictRow, dict_row

from domain.kernel.errors import PlanSwitchError
from store.core.database_url import parse_database_url
from store.core.errors import translated
from store.core.pool import LivePool

#: Position of the log that what is read here has to show; a replica that is behind it is passed by.
AT_LEAST: ContextVar[int] = ContextVar("position that a read must show", default=0)
#: A replica that did not answer is left alone for so long: each reader would wait for it again.
AVOIDED_SECONDS = 10.0
_log = structlog.get_logger()


class Replica:
    """A streaming replica of the database; safe for several threads.

    Args:
        database_url: PostgreSQL URL of the replica.
        connections_max: Connections at most.
        position_query: Tells as `notification_id` which position the read models show.
    """

    def __init__(self, database_url: str, *, connections_max: int, position_query: str) -> None:
        self.database_url = database_url
        self._position_query = position_query.encode()
        self._avoided_until = 0.0
        arguments = parse_database_url(database_url).as_arguments()
        self._pool = LivePool(
            kwargs={**arguments, "autocommit": True, "row_factory": dict_row},
            connections=1,
            overflow=connections_max - 1,
        )

    def read(self, query: str, parameters: Mapping[str, object]) -> list[DictRow] | None:
        """Return the rows of a query, or None where the database itself is to be asked.

        Args:
            query: Its text, with names of its parameters.
            parameters: By these names.
        """
        if time.monotonic() < self._avoided_until:
            return None
        try:
            with translated(), self._pool.connection() as connection:
                if not self._shows(connection, AT_LEAST.get()):
                    return None
                return list(connection.execute(query.encode(), parameters).fetchall())
        except PlanSwitchError as error:
            self._avoided_until = time.monotonic() + AVOIDED_SECONDS
            _log.warning("replica_avoided", code=error.code, message=error.message, remedy=error.remedy)
            return None

    def is_usable(self) -> bool:
        """Return whether the replica answers and shows what a reader must see."""
        return self.read("SELECT 1 AS one", {}) is not None

    def close(self) -> None:
        """Give the connections back."""
        self._pool.close()

    def _shows(self, connection: Connection[DictRow], position: int) -> bool:
        if not position:
            return True
        row = connection.execute(self._position_query).fetchone()
        return row is not None and int(row["notification_id"]) >= position
