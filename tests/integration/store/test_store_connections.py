"""Connections of the store are asked whether they live from time to time, and dead ones are replaced."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg_pool import ConnectionPool

import store.core.pool
from store.core.pool import RecentCheck
from store.switch_store import SwitchStore
from tests.support.consoles.connections import end_connections
from tests.support.consoles.store_parts import open_store, organization

READS = 50
#: Connections of the store at most, with its overflow.
CONNECTIONS_MAX = 12


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store on a fresh database."""
    with open_store(database_url, tmp_path) as opened:
        yield opened


def test_a_connection_is_asked_once_in_a_while(store: SwitchStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many reads in a moment ask each connection at most once whether it lives."""
    asked: list[Any] = []

    def ask(connection: Any) -> None:
        asked.append(connection)

    monkeypatch.setattr("store.core.pool.CHECKED_SECONDS", 3600.0)
    monkeypatch.setattr(ConnectionPool, "check_connection", staticmethod(ask))
    for _ in range(READS):
        store.max_notification_id()

    assert len(asked) == len(set(asked)) <= CONNECTIONS_MAX


def test_dead_connections_are_replaced_before_use(
    store: SwitchStore, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a server ended all sessions the next read does not fail, though all were asked a moment ago."""
    for _ in range(READS):
        store.max_notification_id()
    assert end_connections(database_url)
    broken: list[Any] = []
    ask = ConnectionPool.check_connection

    def asking(connection: Any) -> None:
        broken.append(connection)
        ask(connection)

    monkeypatch.setattr(ConnectionPool, "check_connection", staticmethod(asking))
    assert store.max_notification_id() == 0
    assert broken


def test_a_listener_goes_on_when_its_session_was_ended(store: SwitchStore, database_url: str) -> None:
    """The connection that listens is taken anew, and what was saved meanwhile is seen."""
    with store.application.recorder.subscribe() as subscription:
        for number in range(3):
            registered = organization(f"organization-{number}")
            store.save(registered)
            assert next(subscription).originator_id == registered.id
            assert end_connections(database_url)


def test_a_closed_connection_is_never_taken_for_alive(database_url: str) -> None:
    """A check of a moment ago says nothing for a connection that was closed since."""
    check = RecentCheck()
    with psycopg.connect(database_url, autocommit=True) as connection:
        check(connection)
        check(connection)
    with pytest.raises(psycopg.OperationalError):
        check(connection)
    assert store.core.pool.CHECKED_SECONDS <= 60.0
