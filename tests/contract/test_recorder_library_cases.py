"""The library's own test cases of a recorder, run against ours: what it promises, we keep."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from threading import Event
from typing import Any
from uuid import uuid4

import eventsourcing.cryptography
import pytest
from eventsourcing.persistence import ProgrammingError, StoredEvent
from eventsourcing.postgres import PostgresDatastore
from psycopg import Connection
from psycopg.sql import Composed

from store.core.application import SCHEMA
from store.core.database_url import parse_database_url
from store.core.recorder import RecordedAtRecorder
from store.migrate import migrate

# The cases import the library's cipher on PyCryptodome, which we lack; its twin on `cryptography` will do.
sys.modules.setdefault("eventsourcing.cipher", eventsourcing.cryptography)
cases = importlib.import_module("eventsourcing.tests.persistence")


def _datastore(database_url: str, *, enable_db_functions: bool = False) -> PostgresDatastore:
    settings = parse_database_url(database_url)
    return PostgresDatastore(
        dbname=settings.dbname,
        host=settings.host,
        port=settings.port,
        user=settings.user,
        password=settings.password,
        schema=SCHEMA,
        pool_size=4,
        max_overflow=10,
        enable_db_functions=enable_db_functions,
    )


class _OnOurRecorder:
    """Gives a library case a fresh database, made by our migrations, and our recorder."""

    datastore: PostgresDatastore

    @pytest.fixture(autouse=True)
    def _connect(self, database_url: str) -> Iterator[None]:
        migrate(database_url)
        with _datastore(database_url) as self.datastore:
            yield

    def create_recorder(self) -> RecordedAtRecorder:
        """Return our recorder."""
        return RecordedAtRecorder(self.datastore)


class TestApplicationRecorder(_OnOurRecorder, cases.ApplicationRecorderTestCase):  # type: ignore[misc,name-defined]
    """Inserting, selecting, conflicts, many writers, subscriptions."""

    # A conflict uses up an id; completeness is never judged by ids.
    EXPECT_CONTIGUOUS_NOTIFICATION_IDS = False

    def test_insert_subscribe(self) -> None:
        """A subscription sees what is inserted, as the library promises."""
        self.optional_test_insert_subscribe()


@pytest.mark.timeout(60)
def test_what_is_saved_before_a_subscription_listens_is_seen(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading and listening begin in two threads: a save between the two rings no bell, and is seen."""
    migrate(database_url)
    may_listen, execute = Event(), Connection.execute

    def late(connection: Connection, query: Any, *arguments: Any, **named: Any) -> Any:
        if isinstance(query, Composed) and query.as_string().startswith("LISTEN"):
            may_listen.wait()
        return execute(connection, query, *arguments, **named)

    monkeypatch.setattr(Connection, "execute", late)
    with _datastore(database_url) as datastore:
        recorder = RecordedAtRecorder(datastore)
        first, second = _event(), _event()
        recorder.insert_events([first])
        with recorder.subscribe() as subscription:
            seen = [next(subscription).originator_id]
            recorder.insert_events([second])
            may_listen.set()
            seen.append(next(subscription).originator_id)

    assert seen == [first.originator_id, second.originator_id]


class TestNonInterleavingNotificationIds(_OnOurRecorder, cases.NonInterleavingNotificationIDsBaseCase):  # type: ignore[misc,name-defined]
    """Ids of two saves at once never mix."""


def test_the_functions_that_skip_the_lock_are_refused(database_url: str) -> None:
    """A datastore with database functions is refused: they lose events for tailing readers."""
    datastore = _datastore(database_url, enable_db_functions=True)
    with pytest.raises(ProgrammingError, match="ENABLE_DB_FUNCTIONS"):
        RecordedAtRecorder(datastore)


def test_a_table_that_the_function_does_not_write_to_is_refused(database_url: str) -> None:
    """A recorder of another table would save its events among ours."""
    with _datastore(database_url) as datastore, pytest.raises(ProgrammingError, match="not in other_events"):
        RecordedAtRecorder(datastore, events_table_name="other_events")


def test_recorded_at_grows_with_the_notification_id(database_url: str) -> None:
    """The instant of recording has the order of the ids, so an as-of by time is one by position."""
    migrate(database_url)
    with _datastore(database_url) as datastore:
        recorder = RecordedAtRecorder(datastore)
        for _ in range(20):
            recorder.insert_events([_event()])
        with datastore.cursor() as cursor:
            rows = cursor.execute(
                "SELECT recorded_at FROM planswitch.switch_events ORDER BY notification_id"
            ).fetchall()
    instants = [row["recorded_at"] for row in rows]
    assert instants == sorted(set(instants))
    assert all(instant.tzinfo is not None for instant in instants)


def _event() -> StoredEvent:
    return StoredEvent(originator_id=uuid4(), originator_version=1, topic="topic", state=b"{}")
