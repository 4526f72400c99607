"""The projector: reads the log in batches, folds in memory, writes rows and position in one transaction.

It polls, so that a lost notification of the database can't stop it; one at a time is active, a second one
stands by; a stream with an event that can't be folded is put aside, and everything else goes on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import structlog

# Imported for their topics: a stored event can be read only when its class is registered.
from domain import stored_events  # noqa: F401
from domain.kernel.errors import PlanSwitchError
from projections.running.schema import Connection, active_version, connected
from projections.running.tables import fold_saved, position_of
from store.core.application import SwitchApplication
from store.core.database_url import refuse_pooler
from store.core.errors import SchemaOutdated, StoreUnavailable
from store.health.heartbeats import BEAT_SECONDS, PROJECTOR, beat, forget_ended
from store.health.process_health import EVENT_STORE, ProcessHealth
from store.record.notifications import NotificationStore

#: Events folded into one transaction at most.
BATCH_EVENTS_MAX = 2_000
#: The projector looks for new events this often, if nobody has called it.
POLL_SECONDS = 0.25
#: A projector that stands by asks this often whether the active one is gone.
STANDBY_SECONDS = 1.0
#: A database that does not answer is asked this often at most.
BACK_OFF_SECONDS = 1.0
#: Key of the advisory lock of the active projector; any number that nothing else of the database uses.
_ACTIVE_LOCK_KEY = 7_306_116_254
_log = structlog.get_logger()


class Projector:
    """Keeps the shown version of the read models up to date.

    Args:
        database_url: PostgreSQL of the event store and the read models.
        health: Told of each round, for probes.
    """

    def __init__(self, database_url: str, health: ProcessHealth | None = None) -> None:
        self._database_url = database_url
        self._health = health or ProcessHealth()

    def run(self, stop: threading.Event, *, on_ready: Callable[[], None] = lambda: None) -> None:
        """Work until `stop` is set; a database that is down is tried again and again.

        Args:
            stop: Ends the work after the batch at hand.
            on_ready: Called once, when the database answered and the tables are there.
        """
        with SwitchApplication(self._database_url, pool_size=1) as application:
            log = NotificationStore(application)
            ready = _Once(on_ready)
            while not stop.is_set():
                began = time.monotonic()
                try:
                    with connected(self._database_url) as connection:
                        self._work(connection, log, stop, ready)
                except (StoreUnavailable, SchemaOutdated) as error:
                    # A connection that worked and broke is replaced at once.
                    pause = began + BACK_OFF_SECONDS - time.monotonic()
                    _log.warning("projector_waits", code=error.code, message=error.message)
                    self._health.fails(EVENT_STORE, error)
                    self._health.go_round()
                    stop.wait(max(pause, 0))

    def catch_up(self) -> int:
        """Fold everything that is in the log now, once, and return the position reached."""
        with (
            SwitchApplication(self._database_url, pool_size=1) as application,
            connected(self._database_url) as connection,
        ):
            log = NotificationStore(application)
            while fold_batch(connection, log) > 0:
                pass
            return position_of(connection, shown_version(connection))

    def _work(
        self, connection: Connection, log: NotificationStore, stop: threading.Event, ready: _Once
    ) -> None:
        refuse_pooler(connection, "DATABASE_PROJECTOR_URL")
        shown_version(connection)
        ready()
        self._health.works()
        while not stop.is_set():
            self._round()
            with _active(connection) as is_active:
                if is_active:
                    _log.info("projector_active", position=position_of(connection, shown_version(connection)))
                    _follow(connection, log, stop, self._round)
            stop.wait(STANDBY_SECONDS)

    def _round(self) -> None:
        self._health.works(EVENT_STORE)
        self._health.go_round()


class _Once:
    """Calls a function the first time only."""

    def __init__(self, function: Callable[[], None]) -> None:
        self._function: Callable[[], None] | None = function

    def __call__(self) -> None:
        function, self._function = self._function, None
        if function is not None:
            function()


def shown_version(connection: Connection, *, lock: bool = False) -> int:
    """Return the version that the views show.

    Raises:
        SchemaOutdated: There is none: `planswitch migrate` has not been run.
    """
    version = active_version(connection, lock=lock)
    if version is None:
        raise SchemaOutdated("The read models have no tables yet.", remedy="Run `planswitch migrate`.")
    return version


def fold_batch(
    connection: Connection,
    log: NotificationStore,
    *,
    version: int | None = None,
    until: int | None = None,
) -> int:
    """Fold the next batch into a version in one transaction and return how many events it had.

    Args:
        connection: An autocommit connection.
        log: The log of all events.
        version: Version to build; None builds the one that is shown, which may be swapped between batches.
        until: Last notification to fold; None folds all there are.
    """
    with connection.transaction():
        shown = shown_version(connection, lock=version is None)
        target = shown if version is None else version
        events = log.notifications(position_of(connection, target), BATCH_EVENTS_MAX)
        events = [event for event in events if until is None or event.id <= until]
        if not events:
            return 0
        letters = fold_saved(connection, target, events)
    for letter in letters:
        _log.error(
            "event_not_folded",
            notification_id=letter.notification_id,
            topic=letter.topic,
            stream_id=letter.stream_id,
            incomplete_since=letter.stream_version,
        )
    return len(events)


def _follow(
    connection: Connection, log: NotificationStore, stop: threading.Event, on_round: Callable[[], None]
) -> None:
    forget_ended(connection, PROJECTOR)
    beaten_at = -BEAT_SECONDS
    while not stop.is_set():
        is_more = fold_batch(connection, log) == BATCH_EVENTS_MAX
        on_round()
        # After the fold: one that can't fold gives no sign of life.
        if time.monotonic() - beaten_at >= BEAT_SECONDS:
            beat(connection, PROJECTOR)
            beaten_at = time.monotonic()
        if not is_more:
            stop.wait(POLL_SECONDS)


@contextmanager
def _active(connection: Connection) -> Iterator[bool]:
    """Yield whether this session is the only active projector; the lock ends with the session."""
    row = connection.execute("SELECT pg_try_advisory_lock(%s) AS mine", [_ACTIVE_LOCK_KEY]).fetchone()
    is_mine = bool(row and row["mine"])
    try:
        yield is_mine
    finally:
        if is_mine and not connection.closed:
            _unlock(connection)


def _unlock(connection: Connection) -> None:
    try:
        connection.execute("SELECT pg_advisory_unlock(%s)", [_ACTIVE_LOCK_KEY])
    except psycopg.OperationalError as error:
        # The server is gone, and the lock with it.
        _log.warning("projector_lock_lost", message=str(PlanSwitchError(str(error))))
