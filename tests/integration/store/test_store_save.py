"""A save is one statement, with the lock, the atomicity and the notice of a transaction of several."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError
from psycopg import Connection, Cursor, errors

import store.core.application
from domain.kernel.errors import ConcurrentWrite
from domain.organizations.organization import Organization
from store.core.errors import StoreUnavailable
from store.core.rows import CallContext
from store.switch_store import SwitchStore
from tests.support.consoles.store_parts import AT, call, meta, new_switch_id, open_store, organization

EVENTS, SAVES = 40, 8
WAIT_SECONDS = 60.0
_SAVE = """
SELECT * FROM planswitch.{}(ARRAY[gen_random_uuid()], ARRAY[1::bigint], ARRAY['by-hand'],
    ARRAY['{{}}'::bytea], '{}', 'switch_events', NULL, NULL, '', 0, '', '')
"""
#: A save by hand, in whatever transaction is open.
SAVE = _SAVE.format("save_events_2", "1s")
#: What a program of before, which goes on while a fleet is replaced, does in its stead.
OLD_SAVE = _SAVE.format("save_events", "60s")
#: What a save holds until its commit.
LOCK = "SELECT pg_advisory_xact_lock(7306116255)"
#: Waiting for another writer: at the advisory lock, or for the table.
WAITING = """
SELECT count(*) FROM pg_locks
WHERE NOT granted AND (
    locktype = 'advisory' OR relation = 'planswitch.switch_events'::regclass)
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@pytest.fixture(name="opened")
def _opened(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store on a fresh database."""
    with open_store(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture(name="narrow")
def _narrow(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SwitchStore]:
    """Yield a store of one connection that waits for one second."""
    monkeypatch.setattr(store.core.application, "POOL_OVERFLOW", 0)
    monkeypatch.setattr(store.core.application, "LOCK_TIMEOUT_SECONDS", 1)
    with open_store(database_url, tmp_path, pool_size=1) as opened:
        yield opened


def _reserved(switch_id: str) -> Organization:
    """Return an organization with two events to save."""
    found = organization(str(uuid4()))
    found.reserve_switch(switch_id, source_stream_id="source", promised_end=AT, at=AT, meta=meta(switch_id))
    return found


def _context(switch_id: str) -> CallContext:
    return CallContext(switch_id=switch_id, step="purchase", attempt=1, run_id="run-1", activity_id="7")


def _one(connection: Connection[Any], query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_save_is_one_prepared_statement(narrow: SwitchStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events and calls go in one statement without a transaction around it."""
    narrow.save(organization())
    executed: list[tuple[bytes, bool | None]] = []
    stock = Cursor.execute

    def execute(cursor: Any, query: Any, parameters: Any = None, **options: Any) -> Any:
        executed.append((query, options.get("prepare")))
        return stock(cursor, query, parameters, **options)

    monkeypatch.setattr(Cursor, "execute", execute)
    monkeypatch.delattr(Connection, "transaction")
    switch_id = new_switch_id()
    narrow.save(_reserved(switch_id), calls=[call(), call(status=0)], call_context=_context(switch_id))

    ((statement, is_prepared),) = executed
    assert b"save_events_2(" in statement
    assert is_prepared


def test_saves_of_every_kind_share_one_prepared_statement(narrow: SwitchStore) -> None:
    """Neither calls nor the size of a version make another statement of it."""
    for number in range(SAVES):
        switch_id = new_switch_id()
        calls = [call()] * (number % 2)
        narrow.save(_reserved(switch_id), calls=calls, call_context=_context(switch_id) if calls else None)
    with narrow.application.datastore.cursor() as cursor:
        found = cursor.execute(
            "SELECT generic_plans + custom_plans AS uses FROM pg_prepared_statements"
            " WHERE statement LIKE '%save_events_2(%'"
        ).fetchall()
    assert found == [{"uses": SAVES}]


def test_ids_have_the_order_of_the_events(opened: SwitchStore, database_url: str) -> None:
    """The ids that come back belong to the events as they were given, whatever their streams."""
    given = [organization(str(uuid4())) for _ in range(EVENTS)]
    recordings = opened.application.save(*given)
    assert [found.notification.id for found in recordings] == list(range(1, EVENTS + 1))
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT originator_id, recorded_at FROM planswitch.switch_events ORDER BY notification_id"
        ).fetchall()
    assert [row[0] for row in rows] == [found.id for found in given]
    assert [row[1] for row in rows] == sorted(row[1] for row in rows)


@pytest.mark.parametrize("statement", [SAVE, OLD_SAVE], ids=["of this version", "of the version before"])
def test_a_saver_waits_for_the_commit_of_the_one_before(
    opened: SwitchStore, database_url: str, statement: str
) -> None:
    """Ids and instants have the order of the commits, so who follows the log misses nothing (hazard H1)."""
    with psycopg.connect(database_url) as first, ThreadPoolExecutor(1) as pool:
        first_id = _one(first, statement)
        second = pool.submit(opened.save, organization())
        with psycopg.connect(database_url, autocommit=True) as watching:
            _wait_until(lambda: _one(watching, WAITING) == 1)
            assert not second.done()
            assert opened.notifications() == []
        first.commit()
        assert second.result(WAIT_SECONDS).notification_id == first_id + 1
    found = opened.notifications()
    assert [each.topic for each in found] == ["by-hand", "organization.registered"]
    assert found[0].recorded_at < found[1].recorded_at


def test_a_saver_of_the_version_before_waits_for_one_of_this(opened: SwitchStore, database_url: str) -> None:
    """A fleet is replaced process by process: its lock of the table waits for an open save of ours."""
    with (
        psycopg.connect(database_url) as first,
        psycopg.connect(database_url, autocommit=True) as old,
        psycopg.connect(database_url, autocommit=True) as watching,
        ThreadPoolExecutor(1) as pool,
    ):
        first_id = _one(first, SAVE)
        second = pool.submit(_one, old, OLD_SAVE)
        _wait_until(lambda: _one(watching, WAITING) == 1)
        assert not second.done()
        assert opened.notifications() == []
        first.commit()
        assert second.result(WAIT_SECONDS) == first_id + 1
    first_saved, second_saved = opened.notifications()
    assert first_saved.recorded_at < second_saved.recorded_at


def test_a_saver_gives_up_after_the_lock_timeout(narrow: SwitchStore, database_url: str) -> None:
    """It is the error of a store that did not answer, nothing is written, and the session is as before."""
    switch_id = new_switch_id()
    with psycopg.connect(database_url) as holding:
        holding.execute(LOCK)
        with pytest.raises(StoreUnavailable, match="lock timeout"):
            narrow.save(_reserved(switch_id), calls=[call()], call_context=_context(switch_id))
    assert narrow.max_notification_id() == 0
    assert narrow.calls(switch_id) == ()
    with narrow.application.datastore.cursor() as cursor:
        assert cursor.execute("SHOW lock_timeout").fetchone() == {"lock_timeout": "0"}


def test_calls_without_events_wait_for_nobody(narrow: SwitchStore, database_url: str) -> None:
    """Calls have no order with events of others; a save of nothing else writes them under a locked table."""
    switch_id = new_switch_id()
    with psycopg.connect(database_url) as holding:
        holding.execute(LOCK)
        saved = narrow.save(calls=[call()], call_context=_context(switch_id))
    assert saved.notification_id is None
    assert [found.run_id for found in narrow.calls(switch_id)] == ["run-1"]


def test_a_conflict_names_its_constraint_and_writes_nothing(opened: SwitchStore) -> None:
    """Neither events of other streams nor calls are left of a save that met somebody else's event."""
    switch_id, taken = new_switch_id(), organization()
    opened.save(organization())
    with pytest.raises(ConcurrentWrite) as refused:
        opened.save(_reserved(switch_id), taken, calls=[call()], call_context=_context(switch_id))
    integrity = refused.value.__cause__
    assert isinstance(integrity, IntegrityError)
    assert isinstance(integrity.__cause__, errors.UniqueViolation)
    assert integrity.__cause__.diag.constraint_name == "switch_events_pkey"
    assert len(opened.notifications()) == 1
    assert opened.calls(switch_id) == ()


def test_another_integrity_error_is_no_conflict(opened: SwitchStore) -> None:
    """A call that lacks a fact is a fault of the program; its event is not written."""
    nothing: Any = None
    with pytest.raises(IntegrityError, match="operation") as refused:
        opened.save(organization(), calls=[call(operation=nothing)])
    assert isinstance(refused.value.__cause__, errors.NotNullViolation)
    assert opened.notifications() == []


def test_listeners_hear_of_what_was_saved_and_of_nothing_else(opened: SwitchStore, database_url: str) -> None:
    """The notice of a save comes on the library's channel; that of a refused one never does."""
    with psycopg.connect(database_url, autocommit=True) as listening:
        listening.execute("LISTEN switch_events")
        opened.save(organization())
        assert [each.payload for each in listening.notifies(timeout=WAIT_SECONDS, stop_after=1)] == [""]
        with pytest.raises(ConcurrentWrite):
            opened.save(organization())
        assert list(listening.notifies(timeout=0.3)) == []


def test_the_functions_have_the_rights_of_who_calls_them(opened: SwitchStore, database_url: str) -> None:
    """Who may write to the tables may save, and nobody else."""
    tables = "planswitch.switch_events, planswitch.provider_call"
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE ROLE planswitch_guest")
        connection.execute("GRANT USAGE ON SCHEMA planswitch TO planswitch_guest")
        connection.execute("SAVEPOINT guest")
        connection.execute("SET LOCAL ROLE planswitch_guest")
        with pytest.raises(errors.InsufficientPrivilege, match=r"switch_events|pg_advisory_xact_lock"):
            connection.execute(SAVE)
        connection.execute("ROLLBACK TO guest")
        connection.execute("GRANT EXECUTE ON FUNCTION pg_advisory_xact_lock(bigint) TO planswitch_guest")
        connection.execute(f"GRANT SELECT, INSERT ON {tables} TO planswitch_guest".encode())
        connection.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA planswitch TO planswitch_guest")
        connection.execute("SET LOCAL ROLE planswitch_guest")
        assert _one(connection, SAVE) > 0
        connection.rollback()
    assert opened.notifications() == []
