"""The views of dashboards: changed in their place, so that no query of one fails meanwhile (ADR 52)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import structlog
from psycopg.rows import scalar_row
from psycopg.sql import SQL, Identifier, Literal

from store.core.errors import StoreUnavailable, first_line
from store.roles.rights import VIEWS_SCHEMA

_SQL = Path(__file__).parents[1] / "sql"
#: Key of the advisory lock of who changes the views; any number that nothing else of the database uses.
_VIEWS_LOCK_KEY = 7_306_116_256
#: A lock is given up after this time, so that the queries that wait behind it go on.
LOCK_WAIT = "200ms"
#: Pause before the next try.
PAUSE_SECONDS = 0.1
#: Three minutes together: longer than a query of a dashboard, or of an export, holds a view.
TRIES_MAX = 600
_log = structlog.get_logger()


def show_dashboards(connection: psycopg.Connection[Any], version: int) -> bool:
    """Point the views of dashboards at a version, and return whether they were changed for that.

    Each view is changed in a transaction of its own, which holds the lock of that view alone: whatever
    dashboards hold and wait for, nobody waits in a circle. A view that was not reached shows the version of
    before, with its position.

    Args:
        connection: In autocommit.
        version: Of the tables of the read models, which are there.

    Raises:
        StoreUnavailable: A session holds a view for minutes; the next migration goes on.
    """
    mark = f"Views for dashboards (docs/views.md), of version {version}; sha256 {_digest()}"
    with _alone(connection):
        if _comment(connection) == mark:
            return False
        connection.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(Identifier(VIEWS_SCHEMA)))
        for name, text in _texts(version):
            _replace_patiently(connection, name, text)
        connection.execute(SQL("COMMENT ON SCHEMA {} IS {}").format(Identifier(VIEWS_SCHEMA), Literal(mark)))
    return True


@contextmanager
def _alone(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Let one session at a time change the views."""
    connection.execute("SELECT pg_advisory_lock(%s)", [_VIEWS_LOCK_KEY])
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%s)", [_VIEWS_LOCK_KEY])


def _replace_patiently(connection: psycopg.Connection[Any], name: str, text: bytes) -> None:
    """Replace a view as soon as nobody reads it.

    Raises:
        StoreUnavailable: A session reads it for minutes.
    """
    for number in range(1, TRIES_MAX + 1):
        try:
            _replace(connection, text)
        except psycopg.errors.LockNotAvailable as error:
            if number == TRIES_MAX:
                raise StoreUnavailable(
                    f"A session holds the view {VIEWS_SCHEMA}.{name}: {first_line(error)}",
                    remedy="End that session (`pg_locks` names it), then run `planswitch migrate`.",
                ) from error
            _log.info("dashboard_view_is_read", view=name, tries=number)
            time.sleep(PAUSE_SECONDS)
        else:
            return


def _replace(connection: psycopg.Connection[Any], text: bytes) -> None:
    with connection.transaction():
        connection.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'".encode())
        connection.execute(text)


def _comment(connection: psycopg.Connection[Any]) -> str:
    """Return the mark that the views had when they were made; "" before the first time."""
    query = "SELECT obj_description(to_regnamespace(%s), 'pg_namespace') AS comment"
    return str(connection.cursor(row_factory=scalar_row).execute(query, [VIEWS_SCHEMA]).fetchone() or "")


@cache
def _definitions() -> tuple[tuple[str, str], ...]:
    """Return name and statements of each view; `@version` stands for the number of a version."""
    projection = (_SQL / "dashboard_projection.sql").read_text(encoding="utf-8")
    _, _, query = projection.partition("\n")
    files = sorted((_SQL / "dashboards").glob("*.sql"))
    return tuple(
        (file.stem.partition("_")[2], file.read_text(encoding="utf-8").replace("@projection", query.strip()))
        for file in files
    )


def _digest() -> str:
    """Return the digest of the definitions, without the number of a version."""
    return sha256("".join(text for _, text in _definitions()).encode()).hexdigest()


def _texts(version: int) -> Iterator[tuple[str, bytes]]:
    for name, text in _definitions():
        yield name, text.replace("@version", str(int(version))).encode()
