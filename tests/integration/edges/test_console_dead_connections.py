"""Dead connections of the console: a server that ended every session, and a server that was away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from console.app import create_app
from console.server import open_dependencies
from ops.stack.postgres_server import EmbeddedPostgres
from projections.running.projector import Projector
from store.core.database_url import parse_database_url
from store.core.errors import StoreUnavailable, repeated
from store.core.pool import LivePool
from store.migrate import migrate
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.consoles.connections import end_connections
from tests.support.consoles.store_parts import lone_settings, open_store

KEY = "a-key-of-the-tests"
HEADERS = {"X-API-Key": KEY}
#: Reads of every pool: read models, event store and catalog, projections.
PATHS = ("/api/switches", "/api/catalog/versions", "/api/projections", "/metrics")
#: The library's pool would try a server that is away after 1, 3, 7, 15 and 31 seconds.
AWAY_SECONDS = 17.0
#: The promise is five seconds; the rest is for a busy machine.
BACK_SECONDS = 15.0
#: What a request once waited for, before it failed; a reconnect takes milliseconds, on a busy machine more.
RECONNECT_SECONDS_MAX = 6.0
#: Far above what a busy machine needs for a few requests.
PATIENCE_SECONDS = 60.0
ROUNDS = 6
CLIENTS = 4


@contextmanager
def console(database_url: str, folder: Path) -> Iterator[TestClient]:
    """Yield a client of a console on a database."""
    settings = lone_settings(database_url, folder, api_key=KEY)
    with (
        open_dependencies(settings) as dependencies,
        TestClient(create_app(dependencies), headers=HEADERS, raise_server_exceptions=False) as client,
    ):
        yield client


def test_no_request_fails_when_every_session_was_ended(database_url: str, tmp_path: Path) -> None:
    """Each pool of an idle console is dead: the first request of each works, and costs a reconnect."""
    with console(database_url, tmp_path) as client:
        for _ in range(ROUNDS):
            for path in PATHS:
                assert client.get(path).status_code == 200
            assert end_connections(database_url)
            began = time.monotonic()
            answers = {path: client.get(path).status_code for path in PATHS}
            took = time.monotonic() - began

            assert answers == dict.fromkeys(PATHS, 200)
    print(f"{took * 1000:.0f} ms for {len(PATHS)} requests")
    assert took < RECONNECT_SECONDS_MAX * len(PATHS)


def test_no_request_under_way_fails_when_sessions_end(database_url: str, tmp_path: Path) -> None:
    """Sessions that end again and again under the requests of several clients fail none of them."""
    with console(database_url, tmp_path) as client, ThreadPoolExecutor(CLIENTS) as threads:
        stop, answered = threading.Event(), [0] * CLIENTS
        asked = [threads.submit(asking, client, stop, answered, number) for number in range(CLIENTS)]
        for _ in range(ROUNDS):
            goals = [count + 2 for count in answered]
            end_connections(database_url)
            # No request meets the end of its session twice: how often one is tried is another promise.
            wait_for(partial(are_reached, answered, goals))
        stop.set()
        failures = [failure for each in asked for failure in each.result()]

    assert sum(answered) > CLIENTS
    assert not failures


def asking(client: TestClient, stop: threading.Event, answered: list[int], number: int) -> list[str]:
    """Ask until told to stop, count the answers at a place of one's own, and return those that failed."""
    failures: list[str] = []
    while not stop.is_set():
        for path in PATHS:
            answer = client.get(path)
            if answer.status_code != 200:
                failures.append(f"{path}: {answer.status_code} {answer.text}")
            answered[number] += 1
    return failures


def are_reached(counts: list[int], goals: list[int]) -> bool:
    """Tell whether each client has been answered so often."""
    return all(count >= goal for count, goal in zip(counts, goals, strict=True))


def wait_for(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_console_answers_soon_after_the_server_is_back(reachable_folder: Path, tmp_path: Path) -> None:
    """A server that was away is asked again and again, and not at ever longer distances."""
    with (
        EmbeddedPostgres(reachable_folder / "postgres", database="planswitch") as server,
        console(server.url("planswitch"), tmp_path) as client,
    ):
        assert client.get(PATHS[0]).status_code == 200
        server.stop()
        away_until = time.monotonic() + AWAY_SECONDS
        while time.monotonic() < away_until:
            assert client.get(PATHS[0]).status_code == 503
        server.start()
        back_at = time.monotonic()
        while client.get(PATHS[0]).status_code != 200:
            assert time.monotonic() - back_at < BACK_SECONDS
        assert client.get(PATHS[1]).status_code == 200


def test_projector_and_standby_go_on_when_every_session_was_ended(database_url: str, tmp_path: Path) -> None:
    """The projector takes new connections, and one of two is active again."""
    with console(database_url, tmp_path) as client:
        stop, ready = threading.Event(), threading.Event()
        projectors = [
            threading.Thread(target=Projector(database_url).run, args=(stop,), kwargs={"on_ready": ready.set})
            for _ in range(2)
        ]
        for projector in projectors:
            projector.start()
        try:
            assert ready.wait(60)
            for _ in range(ROUNDS):
                end_connections(database_url)
                assert wait_for_active(database_url)
                assert all(projector.is_alive() for projector in projectors)
        finally:
            stop.set()
            for projector in projectors:
                projector.join()
        assert client.get("/api/projections").status_code == 200


def wait_for_active(database_url: str) -> bool:
    """Wait until a session holds the lock of the active projector."""
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with psycopg.connect(database_url) as connection:
            row = connection.execute(held).fetchone()
        if row and row[0]:
            return True
        time.sleep(0.05)
    return False


def test_vault_and_detail_rows_survive_ended_sessions(database_url: str, tmp_path: Path) -> None:
    """The vault, provider calls and saves of the store take new connections as reads do."""
    with open_store(database_url, tmp_path) as store:
        users = [f"user-{number}" for number in range(50)]
        keys = store.vault.keys_for("organization-1", users)
        for _ in range(ROUNDS):
            end_connections(database_url)
            assert store.vault.keys_for("organization-1", users) == keys
            end_connections(database_url)
            assert len(store.vault.directory_ids("organization-1", keys)) == len(users)
            end_connections(database_url)
            assert store.vault.keys_for("organization-1", [f"another-{time.monotonic_ns()}"])


def test_a_write_is_repeated_only_where_nothing_was_written(store: SwitchStore, database_url: str) -> None:
    """A session that ends before the commit is sent costs another try; the second one counts once."""
    tries: list[int] = []

    def write(cursor: Any) -> int:
        tries.append(1)
        if len(tries) == 1:
            end_connections(database_url)
        cursor.execute("SELECT 1")
        return len(tries)

    assert store._written(write) == 2


def test_a_lost_commit_is_not_repeated(store: SwitchStore, database_url: str) -> None:
    """Nobody knows what a server did whose answer to the commit was lost: the caller decides."""
    tries: list[int] = []

    def write(_cursor: Any) -> None:
        tries.append(1)
        end_connections(database_url)

    with pytest.raises(StoreUnavailable):
        store._written(write)
    assert len(tries) == 1


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store on a fresh database."""
    with open_store(database_url, tmp_path) as opened:
        yield opened


def test_too_few_connections_of_the_server_name_the_setting(reachable_folder: Path, tmp_path: Path) -> None:
    """A server that takes no more connections says so at once, and the remedy names max_connections."""
    few = {"max_connections": "4", "superuser_reserved_connections": "0"}
    with EmbeddedPostgres(reachable_folder / "postgres", database="planswitch", settings=few) as server:
        url = server.url("planswitch")
        migrate(url)
        held = [psycopg.connect(url) for _ in range(4)]
        pool = LivePool(kwargs=parse_database_url(url).as_arguments(), connections=1, overflow=1)
        try:
            with pytest.raises(StoreUnavailable) as refused:
                SwitchStore.open(url, FileKeyProvider.create(tmp_path / "master.key"))
            with pytest.raises(psycopg.OperationalError, match="too many clients"):
                pool.getconn()
        finally:
            pool.close()
            for connection in held:
                connection.close()
    assert "max_connections" in refused.value.remedy


def test_a_full_pool_says_so(store: SwitchStore, database_url: str) -> None:
    """Where all connections of a process are in use the remedy names the settings, not the server."""
    pool = LivePool(kwargs=parse_database_url(database_url).as_arguments(), connections=1, overflow=0)
    try:
        pool.getconn()
        with pytest.raises(psycopg.OperationalError, match="all 1 connections of this process are in use"):
            pool.getconn(timeout=0.1)
    finally:
        pool.close()


def test_what_is_no_lost_connection_is_not_repeated(database_url: str) -> None:
    """A wrong statement, or a wait for a lock that took too long, fails at its first try."""
    tries: list[int] = []

    @repeated
    def wrong() -> None:
        tries.append(1)
        with psycopg.connect(database_url) as connection:
            connection.execute("SET statement_timeout = 10; SELECT pg_sleep(5)")

    with pytest.raises(psycopg.errors.QueryCanceled):
        wrong()
    assert len(tries) == 1
