"""Creation and change of the schema: one command, under one lock, each step once and for ever.

Step 0000 is the library's own table creation for our recorder; the others are the SQL files beside this
module. A step's checksum is kept, so that a program and a database that do not fit each other say so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import structlog

from store.core.application import SCHEMA, SwitchApplication
from store.core.database_url import parse_database_url, refuse_pooler
from store.core.errors import SchemaOutdated, translated

#: Key of the advisory lock; any number that no other program of the database uses.
_LOCK_KEY = 7_306_116_252
_EVENTS_STEP = "0000_events"
#: What step 0000 means; change it when the library or our recorder creates something else.
_EVENTS_DEFINITION = b"eventsourcing 9.5 application recorder on uuid streams, with recorded_at"
_MIGRATIONS = Path(__file__).parent / "migrations"
_CREATE_LEDGER = f"""
CREATE SCHEMA IF NOT EXISTS {SCHEMA};
CREATE TABLE IF NOT EXISTS {SCHEMA}.schema_step (
    name       text PRIMARY KEY,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
"""
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class MigrationReport:
    """What a migration did."""

    #: Names of the steps run now, in order; empty when the schema was up to date.
    applied: tuple[str, ...]
    #: Number of steps the schema has now.
    steps: int


def migrate(database_url: str) -> MigrationReport:
    """Bring the schema up to date; several at once wait for each other, a second run changes nothing.

    Raises:
        SchemaOutdated: The database was changed by another version of the program.
        StoreUnavailable: PostgreSQL does not answer.
        InvalidInput: The URL is no PostgreSQL URL.
    """
    with schema_lock(database_url) as connection:
        return _migrate_locked(connection, database_url)


def check_schema(database_url: str) -> None:
    """Refuse to work on a schema that is not exactly the one this version knows.

    Raises:
        SchemaOutdated: `planswitch migrate` has not been run, or another version ran it.
        StoreUnavailable: PostgreSQL does not answer.
    """
    with _connected(database_url) as connection:
        missing = _pending(_applied(connection), _wanted())
    if missing:
        raise SchemaOutdated(
            f"The database's schema lacks {len(missing)} step(s): {', '.join(missing)}.",
            remedy="Run `planswitch migrate`, then try again.",
        )


@contextmanager
def schema_lock(database_url: str) -> Iterator[psycopg.Connection]:
    """Yield a connection in autocommit that alone may change schema and roles of its database.

    Raises:
        StoreUnavailable: PostgreSQL does not answer.
        InvalidInput: The URL is no PostgreSQL URL.
    """
    with _connected(database_url) as connection:
        refuse_pooler(connection, "DATABASE_OWNER_URL")
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK_KEY])
        try:
            yield connection
        finally:
            connection.execute("SELECT pg_advisory_unlock(%s)", [_LOCK_KEY])


@contextmanager
def _connected(database_url: str) -> Iterator[psycopg.Connection]:
    arguments = parse_database_url(database_url).as_arguments()
    with translated(), psycopg.connect(**arguments, autocommit=True) as connection:
        yield connection


def _migrate_locked(connection: psycopg.Connection, database_url: str) -> MigrationReport:
    # Two sessions that create the same schema at once fail, so this too is done under the lock.
    connection.execute(_CREATE_LEDGER)
    wanted = _wanted()
    pending = _pending(_applied(connection), wanted)
    for name in pending:
        _apply(connection, name, database_url)
        _log.info("schema_step_applied", step=name)
    return MigrationReport(applied=tuple(pending), steps=len(wanted))


def _apply(connection: psycopg.Connection, name: str, database_url: str) -> None:
    if name == _EVENTS_STEP:
        # The library creates its types in transactions of their own; each is safe to repeat.
        with SwitchApplication(database_url, pool_size=1) as application:
            application.postgres_recorder.create_table()
    with connection.transaction():
        if name != _EVENTS_STEP:
            connection.execute((_MIGRATIONS / f"{name}.sql").read_bytes())
        connection.execute(
            f"INSERT INTO {SCHEMA}.schema_step (name, checksum) VALUES (%s, %s)",  # noqa: S608  # a constant
            [name, _wanted()[name]],
        )


def _wanted() -> dict[str, str]:
    """Return name -> checksum of every step this version knows, in order."""
    files = sorted(_MIGRATIONS.glob("*.sql"))
    steps = {_EVENTS_STEP: _checksum(_EVENTS_DEFINITION)}
    return steps | {file.stem: _checksum(file.read_bytes()) for file in files}


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _applied(connection: psycopg.Connection) -> dict[str, str]:
    """Return name -> checksum of every step the database has had."""
    ledger = connection.execute("SELECT to_regclass(%s)", [f"{SCHEMA}.schema_step"]).fetchone()
    if ledger is None or ledger[0] is None:
        return {}
    rows = connection.execute(f"SELECT name, checksum FROM {SCHEMA}.schema_step")  # noqa: S608  # a constant
    return {str(name): str(checksum) for name, checksum in rows}


def _pending(applied: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
    unknown = sorted(applied.keys() - wanted.keys())
    if unknown:
        raise SchemaOutdated(
            f"The database is newer than this program: it has {', '.join(unknown)}.",
            remedy="Start the version of planswitch that migrated it, or a later one.",
        )
    changed = sorted(name for name in applied if applied[name] != wanted[name])
    if changed:
        raise SchemaOutdated(
            f"Schema step {', '.join(changed)} differs from the one that was applied.",
            remedy="Start the version of planswitch that migrated the database; report it if it is this one.",
        )
    return [name for name in wanted if name not in applied]
