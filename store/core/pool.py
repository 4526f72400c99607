"""The one pool of connections: a dead one costs a reconnect, and none waits longer than a server is away.

The library's pool sleeps a second, then two, then four after each dead connection that it meets, and tries a
server that is away at ever longer distances, for five minutes. Both make people wait for a server that is
there. This pool hands out the next connection at once, and gives a reconnect up after a second: whoever asks
next begins anew.

Here alone is a part of psycopg_pool that it does not offer for use, how it connects
(tests/unit/providers/test_library_versions.py).
"""

from __future__ import annotations

import math
import select
import threading
import time
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
import structlog
from eventsourcing.postgres import ConnectionPool
from psycopg import Connection
from psycopg_pool import PoolTimeout
from psycopg_pool.pool import ConnectionPool as AnyPool

from store.core.database_url import CONNECT_TIMEOUT_SECONDS
from store.core.errors import first_line, unavailable

#: A connection that answered this recently is used without asking it again, if its socket is quiet.
CHECKED_SECONDS = 30.0
#: A server that is away is asked for a connection about this often, as long as somebody waits for one.
RECONNECT_SECONDS = 1.0
#: One connection of a crowded moment that nobody needed for this long is given back.
IDLE_SECONDS = 60.0
_log = structlog.get_logger()


class NoConnection(PoolTimeout):
    """No connection in time: the server gave none, or all are in use."""


class LivePool(ConnectionPool[Connection[Any]]):
    """Connections to one database; safe for several threads.

    Args:
        kwargs: Arguments of `psycopg.connect`.
        connections: Connections kept open.
        overflow: Connections beyond them for a moment of crowding.
        configure: Called with each new connection.
        is_open: Connect now; else `open` does.
    """

    def __init__(
        self,
        *,
        kwargs: dict[str, Any],
        connections: int,
        overflow: int,
        configure: Callable[[Connection[Any]], None] | None = None,
        is_open: bool = True,
    ) -> None:
        self._check_alive = RecentCheck()
        #: Why the server gave no connection the last time it was asked, or None where it gave one.
        self.refusal: Exception | None = None
        super().__init__(
            kwargs=kwargs,
            min_size=connections,
            max_size=connections + overflow,
            timeout=CONNECT_TIMEOUT_SECONDS,
            reconnect_timeout=RECONNECT_SECONDS,
            reconnect_failed=_tell_failed,
            max_idle=IDLE_SECONDS,
            configure=configure,
            open=is_open,
        )

    def getconn(self, timeout: float | None = None) -> Connection[Any]:
        """Return a connection that lives; dead ones are replaced behind it.

        Args:
            timeout: Seconds to wait; the pool's own when None.

        Raises:
            NoConnection: There was none in time.
        """
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        while True:
            connection = self._next(deadline)
            try:
                self._check_alive(connection)
            except psycopg.Error:
                connection.close()
                self.putconn(connection)
            else:
                return connection

    def _next(self, deadline: float) -> Connection[Any]:
        """Wait for a connection, asking for a new one again and again: a reconnect that failed is over."""
        while True:
            left = deadline - time.monotonic()
            try:
                return super().getconn(min(left, RECONNECT_SECONDS))
            except PoolTimeout:
                if left <= RECONNECT_SECONDS:
                    raise self._none() from self.refusal

    def _none(self) -> NoConnection:
        if self.refusal is None:
            return NoConnection(f"all {self.max_size} connections of this process are in use")
        return NoConnection(first_line(self.refusal))

    def _connect(self, timeout: float | None = None) -> Connection[Any]:
        try:
            connection = super()._connect(timeout)
        except Exception as error:
            self.refusal = error
            raise
        self.refusal = None
        return connection


class RecentCheck:
    """Check of a connection before it is used; safe for several threads.

    A server that ends a session says so on its socket, where an idle one has nothing to read: looking there
    costs no round trip. The server is asked where something is to be read, or the last answer is old. What
    breaks while it is used is repeated by its user (store/core/errors.py).
    """

    def __init__(self) -> None:
        self._checked_at: WeakKeyDictionary[Connection[Any], float] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def __call__(self, connection: Connection[Any]) -> None:
        """Ask the server for an answer where the connection may be broken.

        Raises:
            psycopg.OperationalError: The connection is broken; the pool takes another.
        """
        now = time.monotonic()
        with self._lock:
            is_recent = now - self._checked_at.get(connection, -math.inf) < CHECKED_SECONDS
        if is_recent and _is_quiet(connection):
            return
        ConnectionPool.check_connection(connection)
        with self._lock:
            self._checked_at[connection] = now


def _is_quiet(connection: Connection[Any]) -> bool:
    """Return whether an idle connection is open and has nothing to read, not even its end."""
    if connection.closed:
        return False
    looking = select.poll()
    looking.register(connection.fileno(), select.POLLIN)
    return not looking.poll(0)


def _tell_failed(pool: AnyPool[Any]) -> None:
    """Report that the server gave no connection, with what to do."""
    refusal = pool.refusal if isinstance(pool, LivePool) else None
    error = unavailable(refusal or NoConnection("the server gave no connection"))
    _log.warning("store_connection_refused", message=error.message, remedy=error.remedy)
