"""Creation and change of the schema: one command, under one lock, each step once and for ever.

Step 0000 is the library's own table creation for our recorder; the others are SQL files. A step's checksum is
kept, so that a program and a database that do not fit each other say so. Programs of before there were
declarations read `schema_step` alone and refuse a name that they do not know. So a step that expands stands
in `schema_declaration` alone, and one that contracts in both tables (ADR 59).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import structlog

from store.core.application import SCHEMA, SwitchApplication
from store.core.database_url import parse_database_url, refuse_pooler
from store.core.errors import OldProcesses, SchemaOutdated, translated
from store.core.schema_steps import EVENTS_STEP, MIGRATIONS, Phase, SchemaStep, known_steps

#: Key of the advisory lock; any number that no other program of the database uses.
_LOCK_KEY = 7_306_116_252
_CREATE_LEDGER = f"""
CREATE SCHEMA IF NOT EXISTS {SCHEMA};
CREATE TABLE IF NOT EXISTS {SCHEMA}.schema_step (
    name       text PRIMARY KEY,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE IF NOT EXISTS {SCHEMA}.schema_declaration (
    name       text PRIMARY KEY,
    checksum   text NOT NULL,
    phase      text NOT NULL CHECK (phase IN ('expand', 'contract')),
    -- Programs that know this step can do without what a contraction took away.
    after      text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
"""
_ADD_STEP = f"INSERT INTO {SCHEMA}.schema_step (name, checksum) VALUES (%s, %s)"  # noqa: S608  # a constant
_DECLARE = f"""
INSERT INTO {SCHEMA}.schema_declaration (name, checksum, phase, after) VALUES (%s, %s, %s, %s)
"""  # noqa: S608  # a constant
_STEPS = f"SELECT name, checksum FROM {SCHEMA}.schema_step"  # noqa: S608  # a constant
_DECLARED = f"SELECT name, checksum, phase, after FROM {SCHEMA}.schema_declaration"  # noqa: S608  # a constant
#: A process that has said nothing for so long is gone: the slowest part says so every few minutes.
_SILENT = "10 minutes"
_PROCESSES = f"""
SELECT part, instance, newest_step FROM {SCHEMA}.heartbeat
WHERE at > clock_timestamp() - greatest(%s::interval, make_interval(secs => 2 * every_seconds))
ORDER BY part, instance
"""  # noqa: S608  # a constant
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class MigrationPlan:
    """What a migration would do now."""

    #: Steps that expand, or that a fresh database begins with, in order.
    pending: tuple[str, ...]
    #: Steps that take something away; they are run on request alone.
    contracting: tuple[str, ...]
    #: Processes that work now and need what would be taken away: part and instance.
    held_by: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MigrationReport:
    """What a migration did."""

    #: Names of the steps run now, in order; empty when the schema was up to date.
    applied: tuple[str, ...]
    #: Number of steps the schema has now.
    steps: int
    #: Steps that take something away and wait for `migrate --contract`.
    held_back: tuple[str, ...] = ()

    def text(self) -> str:
        """Return it in words for a terminal."""
        done = f"{len(self.applied)} steps run" if self.applied else "nothing to do"
        waiting = f"; held back for `planswitch migrate --contract`: {', '.join(self.held_back)}"
        return f"{done}, the schema has {self.steps} steps{waiting if self.held_back else ''}"


def migrate(database_url: str, *, contract: bool = False, folder: Path = MIGRATIONS) -> MigrationReport:
    """Bring the schema up to date; several at once wait for each other, a second run changes nothing.

    Args:
        database_url: PostgreSQL, as the owner of the tables.
        contract: Run also the steps that take away what older programs need.
        folder: Holds the SQL of the steps.

    Raises:
        SchemaOutdated: The database was changed by a newer version of the program.
        OldProcesses: Something is to be taken away that a process needs which works now.
        StoreUnavailable: PostgreSQL does not answer.
        InvalidInput: The URL is no PostgreSQL URL.
    """
    with schema_lock(database_url) as connection:
        # Two sessions that create the same schema at once fail, so this too is done under the lock.
        connection.execute(_CREATE_LEDGER)
        plan = _plan(connection, folder)
        if contract and plan.held_by:
            raise OldProcesses(
                f"{', '.join(plan.contracting)} would take away what these processes need: "
                f"{', '.join(plan.held_by)}.",
                remedy="Stop them or start the new version in their place, wait 10 minutes after the last"
                " one has ended, then try again (docs/upgrades.md#contract).",
            )
        steps = known_steps(folder)
        wanted = {*plan.pending, *(plan.contracting if contract else ())}
        applied = tuple(name for name in steps if name in wanted)
        for name in applied:
            _apply(connection, steps[name], database_url, folder)
            _log.info("schema_step_applied", step=name)
        held_back = () if contract else plan.contracting
        return MigrationReport(applied=applied, steps=len(steps) - len(held_back), held_back=held_back)


def plan_migration(database_url: str, *, folder: Path = MIGRATIONS) -> MigrationPlan:
    """Return what `migrate` would do, and change nothing.

    Raises:
        SchemaOutdated: The database was changed by a newer version of the program.
        StoreUnavailable: PostgreSQL does not answer.
    """
    with _connected(database_url) as connection:
        return _plan(connection, folder)


def check_schema(database_url: str, *, folder: Path = MIGRATIONS) -> None:
    """Refuse to work on a schema that lacks a step, or has one that this version can't bear.

    Raises:
        SchemaOutdated: `planswitch migrate` has not been run, or another version ran it.
        StoreUnavailable: PostgreSQL does not answer.
    """
    known = known_steps(folder)
    with _connected(database_url) as connection:
        applied = _applied(connection)
    _refuse_newer(step for step in applied.values() if not step.is_borne_by(known))
    missing = [each.name for each in _missing(applied, known) if each.phase != Phase.CONTRACT]
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


def _plan(connection: psycopg.Connection, folder: Path) -> MigrationPlan:
    known, applied = known_steps(folder), _applied(connection)
    # Also one that this program could bear: rights that an older program gives anew lack those of a newer.
    _refuse_newer(step for step in applied.values() if step.name not in known)
    missing = _missing(applied, known)
    # Nobody can work on a database without any step.
    contracting = [each for each in missing if applied and each.phase == Phase.CONTRACT]
    names = tuple(each.name for each in contracting)
    return MigrationPlan(
        pending=tuple(each.name for each in missing if each.name not in names),
        contracting=names,
        held_by=_held_by(connection, contracting),
    )


def _held_by(connection: psycopg.Connection, contracting: list[SchemaStep]) -> tuple[str, ...]:
    """Return the processes that need what is to be taken away."""
    if not contracting:
        return ()
    if not _has_table(connection, "heartbeat", column="newest_step"):
        return ("every process: none of them says yet how new it is",)
    after = max(each.after or each.name for each in contracting)
    rows = connection.execute(_PROCESSES.encode(), [_SILENT])
    return tuple(f"{part} {instance}" for part, instance, newest in rows if newest < after)


def _apply(connection: psycopg.Connection, step: SchemaStep, database_url: str, folder: Path) -> None:
    if step.name == EVENTS_STEP:
        # The library creates its types in transactions of their own; each is safe to repeat.
        with SwitchApplication(database_url, pool_size=1) as application:
            application.postgres_recorder.create_table()
    with connection.transaction():
        if step.name != EVENTS_STEP:
            connection.execute((folder / f"{step.name}.sql").read_bytes())
        if step.phase != Phase.EXPAND:
            connection.execute(_ADD_STEP.encode(), [step.name, step.checksum])
        if step.phase != Phase.BASE:
            connection.execute(_DECLARE.encode(), [step.name, step.checksum, step.phase, step.after])


def _applied(connection: psycopg.Connection) -> dict[str, SchemaStep]:
    """Return every step the database has had, by name; one without a declaration is as one of before."""
    if not _has_table(connection, "schema_step"):
        return {}
    rows = connection.execute(_STEPS.encode())
    steps = {name: SchemaStep(name=name, checksum=checksum, phase=Phase.BASE) for name, checksum in rows}
    if not _has_table(connection, "schema_declaration"):
        return steps
    declared = connection.execute(_DECLARED.encode())
    return steps | {
        name: SchemaStep(name=name, checksum=checksum, phase=Phase(phase), after=after)
        for name, checksum, phase, after in declared
    }


def _has_table(connection: psycopg.Connection, table: str, *, column: str = "") -> bool:
    """Return whether the event store has a table, with a column if one is named."""
    name = f"{SCHEMA}.{table}"
    row = connection.execute(
        "SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass(%s) AND (attname = %s OR %s = '')",
        [name, column, column],
    ).fetchone()
    return bool(row and row[0])


def _missing(applied: Mapping[str, SchemaStep], known: Mapping[str, SchemaStep]) -> list[SchemaStep]:
    """Return the steps that were not run.

    Raises:
        SchemaOutdated: One that was run is another one than the program has.
    """
    shared = sorted(applied.keys() & known.keys())
    changed = [name for name in shared if applied[name].checksum != known[name].checksum]
    if changed:
        raise SchemaOutdated(
            f"Schema step {', '.join(changed)} differs from the one that was applied.",
            remedy="Start the version of planswitch that migrated the database; report it if it is this one.",
        )
    return [step for name, step in known.items() if name not in applied]


def _refuse_newer(steps: Iterator[SchemaStep]) -> None:
    names = ", ".join(sorted(step.name for step in steps))
    if names:
        raise SchemaOutdated(
            f"The database is newer than this program: it has {names}.",
            remedy="Start the version of planswitch that migrated it, or a later one.",
        )
