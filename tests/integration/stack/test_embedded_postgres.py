"""The embedded PostgreSQL server survives what happens to servers."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psycopg
import pytest

from ops.processes.errors import StackInUse
from ops.stack.postgres_server import EmbeddedPostgres


def test_it_keeps_what_was_committed_when_it_is_killed(reachable_folder: Path) -> None:
    """A server killed with SIGKILL starts again on its folder and still has every committed row."""
    server = EmbeddedPostgres(reachable_folder / "postgres")
    server.start()
    url = server.create_database("kept")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE fact (number int)")
        connection.execute("INSERT INTO fact SELECT generate_series(1, 1000)")
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    assert server.process is not None
    server.process.wait()

    server.start()

    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM fact").fetchone() == (1000,)
    server.stop()


def test_it_is_closed_without_the_password(database_url: str) -> None:
    """The server refuses a client that does not know the generated password."""
    host = database_url.rpartition("@")[2]
    wrong = f"postgresql://planswitch:guess@{host}"

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_a_second_starter_is_refused_by_name(reachable_folder: Path) -> None:
    """A second server on a folder in use is refused with the process id of the holder."""
    second = EmbeddedPostgres(reachable_folder / "postgres")

    with EmbeddedPostgres(reachable_folder / "postgres"), pytest.raises(StackInUse, match=str(os.getpid())):
        second.start()


def test_the_text_order_is_the_same_everywhere(database_url: str) -> None:
    """Text sorts by code point and text is UTF-8, whatever the machine's locale says."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT word FROM (VALUES ('b'), ('A'), ('ä'), ('a')) AS words (word) ORDER BY word"
        ).fetchall()

    assert [row[0] for row in rows] == ["A", "a", "b", "ä"]
