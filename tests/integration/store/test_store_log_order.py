"""The log of all events misses nothing for a reader that follows its end, whatever the writers do."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors

from store.core.errors import UnreadableEvent
from store.switch_store import SwitchStore
from tests.support.consoles.store_parts import ORGANIZATION, open_store, organization

WRITERS = 12
SECONDS = 5.0
#: A save of the version before, which locks the table instead of taking the advisory lock.
OLD_SAVE = """
SELECT * FROM planswitch.save_events(ARRAY[gen_random_uuid()], ARRAY[1::bigint],
    ARRAY['organization.registered'], ARRAY['{}'::bytea], '60s', 'switch_events', NULL, NULL, '', 0, '', '')
"""


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store on a fresh database."""
    with open_store(database_url, tmp_path, pool_size=WRITERS + 1) as store:
        yield store


def _write_until(stop: threading.Event, store: SwitchStore, written: list[int]) -> None:
    while not stop.is_set():
        saved = store.save(organization(str(uuid4())))
        assert saved.notification_id is not None
        written.append(saved.notification_id)


def _write_as_before_until(stop: threading.Event, database_url: str, written: list[int]) -> None:
    """Save as the version before does, which locks the table."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        while not stop.is_set():
            row = connection.execute(OLD_SAVE).fetchone()
            assert row is not None
            written.append(row[0])


@pytest.mark.parametrize("old_writers", [0, WRITERS // 2], ids=["of this version", "of two versions"])
def test_a_tailing_reader_misses_nothing(store: SwitchStore, database_url: str, old_writers: int) -> None:
    """Twelve writers for five seconds, and the reader sees every id, in order (hazard H1)."""
    stop, written, seen = threading.Event(), list[int](), list[int]()
    writers = [
        threading.Thread(target=_write_until, args=(stop, store, written))
        for _ in range(WRITERS - old_writers)
    ]
    writers += [
        threading.Thread(target=_write_as_before_until, args=(stop, database_url, written))
        for _ in range(old_writers)
    ]
    for writer in writers:
        writer.start()
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        seen += [found.id for found in store.notifications(seen[-1] if seen else 0, 100)]
    stop.set()
    for writer in writers:
        writer.join()
    while page := store.notifications(seen[-1] if seen else 0):
        seen += [found.id for found in page]
    assert seen == sorted(written)
    assert len(seen) > SECONDS * WRITERS
    instants = [found.recorded_at for found in store.notifications()]
    assert instants == sorted(instants)
    print(f"{len(seen)} events, 0 missed")


def test_a_notification_tells_all_of_an_event(store: SwitchStore) -> None:
    """Topic, stream, version, bytes and instant come with the event, in one read."""
    store.save(organization())
    (found,) = store.notifications()
    assert (found.id, found.version, found.topic) == (1, 1, "organization.registered")
    assert getattr(found.event, "organization_id", "") == ORGANIZATION
    assert found.recorded_at.utcoffset() is not None
    assert store.notifications(after_id=1) == []


def test_an_altered_event_is_named_and_stops_nobody_else(store: SwitchStore, database_url: str) -> None:
    """A poison event is an error of that event alone, with its id."""
    store.save(organization("organization-1"))
    store.save(organization("organization-2"))
    with psycopg.connect(database_url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE planswitch.switch_events SET state = 'x' WHERE notification_id = 1")
    altered, intact = store.notifications()
    with pytest.raises(UnreadableEvent, match="Event 1 "):
        _ = altered.event
    assert getattr(intact.event, "organization_id", "") == "organization-2"


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("switch_events", "topic"),
        ("provider_call", "text"),
        ("license_move", "error"),
        ("roster", "position"),
    ],
)
def test_history_is_append_only(
    store: SwitchStore, database_url: str, statement: str, table: str, column: str
) -> None:
    """Neither a slip nor a script changes what was recorded."""
    query = statement.format(f"planswitch.{table}", column, column)
    refused = pytest.raises(errors.InsufficientPrivilege, match="append-only")
    with psycopg.connect(database_url) as connection, refused:
        connection.execute(query.encode())
