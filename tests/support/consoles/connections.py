"""Connections to the store that the server ends."""

from __future__ import annotations

import psycopg


def end_connections(database_url: str) -> int:
    """End every other session of the database, as a restarted server would; return how many there were."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    return len(ended)
