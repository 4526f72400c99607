"""Tables and views of the read models, created by `planswitch migrate` and by a rebuild."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row

from projections.running.dashboards import show_dashboards
from store.core.database_url import parse_database_url
from store.core.errors import translated
from store.roles.setup import grant_read_models

#: The projection behind `switch_board` and `switch_timeline`.
PROJECTION = "switches"
SCHEMA = "planswitch_read"
VIEWS = (f"{SCHEMA}.switch_board", f"{SCHEMA}.switch_timeline", f"{SCHEMA}.checkout_board")
#: Key of the advisory lock of schema changes; any number that nothing else of the database uses.
_SCHEMA_LOCK_KEY = 7_306_116_253
_SQL = Path(__file__).parents[1] / "sql"
_TABLES = ("switch_board", "switch_timeline", "switch_subscription", "checkout_board", "product_act")

Connection = psycopg.Connection[DictRow]


@contextmanager
def connected(database_url: str, *, autocommit: bool = True) -> Iterator[Connection]:
    """Yield a connection whose errors have a code and a remedy.

    Raises:
        StoreUnavailable: PostgreSQL does not answer.
        SchemaOutdated: A table is missing: `planswitch migrate` has not been run.
    """
    with translated(), opened(database_url, autocommit=autocommit) as connection:
        yield connection


@contextmanager
def opened(database_url: str, *, autocommit: bool = True) -> Iterator[Connection]:
    """Yield a connection whose errors are PostgreSQL's own."""
    arguments: dict[str, Any] = parse_database_url(database_url).as_arguments()
    with psycopg.connect(**arguments, autocommit=autocommit, row_factory=dict_row) as connection:
        yield connection


def create(database_url: str) -> tuple[str, ...]:
    """Create what is missing and return the names of the views; a second run changes nothing.

    When the tables of the shown version are of an older program, the next version is shown at once and begins
    with the first event: the projector fills it, and its lag tells how far it is.
    """
    with connected(database_url) as connection:
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_SCHEMA_LOCK_KEY])
            connection.execute(_text("base"))
            version = active_version(connection)
            if version is None or shown_shape(connection) != _shape():
                version = newest_version(connection) + 1
                create_version(connection, version)
                show_version(connection, version)
        show_version_to_dashboards(connection, version)
    return VIEWS


def active_version(connection: Connection, *, lock: bool = False) -> int | None:
    """Return the version that the views show, or None before the first.

    Args:
        connection: An open connection.
        lock: Hold the row until the transaction ends, so that no swap comes between.
    """
    query = f"SELECT version FROM {SCHEMA}.projection_active WHERE projection = %s"  # noqa: S608  # a constant
    row = connection.execute((query + (" FOR UPDATE" if lock else "")).encode(), [PROJECTION]).fetchone()
    return None if row is None else int(row["version"])


def shown_shape(connection: Connection) -> str | None:
    """Return the digest of the definitions behind the shown version, or None before the first version."""
    query = f"SELECT shape FROM {SCHEMA}.projection_active WHERE projection = %s"  # noqa: S608  # a constant
    row = connection.execute(query.encode(), [PROJECTION]).fetchone()
    return None if row is None else str(row["shape"])


def newest_version(connection: Connection) -> int:
    """Return the highest version that was ever begun."""
    row = connection.execute(
        f"SELECT max(version) AS version FROM {SCHEMA}.projection_position WHERE projection = %s",  # noqa: S608
        [PROJECTION],
    ).fetchone()
    return int(row["version"] or 0) if row else 0


def create_version(connection: Connection, version: int) -> None:
    """Create the tables of a version and its position at the beginning of the log."""
    connection.execute(_text("tables", version))
    grant_read_models(connection)
    connection.execute(
        f"INSERT INTO {SCHEMA}.projection_position (projection, version) VALUES (%s, %s)"  # noqa: S608
        " ON CONFLICT DO NOTHING",
        [PROJECTION, version],
    )


def show_version(connection: Connection, version: int) -> None:
    """Point the views at a version, inside the caller's transaction."""
    connection.execute(_text("views", version))
    grant_read_models(connection)
    connection.execute(
        f"INSERT INTO {SCHEMA}.projection_active (projection, version, shape) VALUES (%s, %s, %s)"  # noqa: S608
        " ON CONFLICT (projection) DO UPDATE SET version = excluded.version, shape = excluded.shape,"
        " since = clock_timestamp()",
        [PROJECTION, version, _shape()],
    )


def show_version_to_dashboards(connection: Connection, version: int) -> None:
    """Point the views of dashboards at a version that is shown, after the transaction that shows it.

    Args:
        connection: In autocommit.
        version: Of the tables.

    Raises:
        StoreUnavailable: A session of a dashboard holds a view for minutes.
    """
    if show_dashboards(connection, version):
        with connection.transaction():
            grant_read_models(connection)


def drop_version(connection: Connection, version: int) -> None:
    """Drop the tables, the position and the dead letters of a version."""
    for table in _TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {SCHEMA}.{table}_v{int(version)}".encode())
    for table in ("projection_position", "dead_letter"):
        connection.execute(
            f"DELETE FROM {SCHEMA}.{table} WHERE projection = %s AND version = %s".encode(),  # noqa: S608
            [PROJECTION, version],
        )


def _shape() -> str:
    """Return the digest of the table definitions, without the number of a version."""
    return sha256(_text("tables")).hexdigest()


def _text(name: str, version: int = 0) -> bytes:
    text = (_SQL / f"{name}.sql").read_text(encoding="utf-8")
    return text.replace("@version", str(int(version))).encode()
