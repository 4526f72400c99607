"""Errors of the event store, and their translation from what PostgreSQL and the library raise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from eventsourcing import persistence

from domain.kernel.errors import ConcurrentWrite, PlanSwitchError, RecordInconsistent

#: PostgreSQL's SQLSTATE for "a row of this key exists".
_UNIQUE_VIOLATION = "23505"
#: SQLSTATE classes that mean "table, column, type or schema is not there".
_MISSING_OBJECT = frozenset({"42P01", "42703", "42704", "3F000", "42883"})
_REMEDY = "Check that PostgreSQL runs and that DATABASE_URL is right, then try again."
_FEWER = "PLANSWITCH_WORKER_CONNECTIONS and PLANSWITCH_CONSOLE_CONNECTIONS (docs/connections.md)"
#: Words of a refusal -> what to do. A server that is asked for a connection tells no SQLSTATE.
_REMEDIES = (
    (
        re.compile("too many clients|too many connections|remaining connection slots"),
        f"Raise max_connections of PostgreSQL, or let this installation keep fewer connections: {_FEWER}.",
    ),
    (
        re.compile("of this process are in use"),
        f"Try again. Where it lasts, let the process keep more: {_FEWER}.",
    ),
)


class StoreUnavailable(PlanSwitchError):
    """PostgreSQL did not answer; nothing is known about the last write, so load again before deciding."""

    code = "STORE_UNAVAILABLE"


class SchemaOutdated(PlanSwitchError):
    """The database's tables are not those that this version of the program works with."""

    code = "SCHEMA_OUTDATED"


class VaultLocked(PlanSwitchError):
    """The master key at hand does not open the organization's keys."""

    code = "VAULT_LOCKED"


class UnreadableEvent(PlanSwitchError):
    """A stored event can't be decoded: unknown topic, or a state that was altered."""

    code = "AUDIT_MISMATCH"


#: A stream can't be built: an event of it can't be decoded, or it lacks one. What only looks at it goes on.
UNREADABLE = (UnreadableEvent, RecordInconsistent)


def is_unique_violation(error: BaseException) -> bool:
    """Return whether `error` says that a row of the same key is stored already."""
    return _sqlstate(error) == _UNIQUE_VIOLATION


@contextmanager
def translated() -> Iterator[None]:
    """Turn the errors of PostgreSQL and of the library into errors with a code and a remedy.

    Raises:
        ConcurrentWrite: A row or version of the same key exists.
        StoreUnavailable: The server did not answer in time.
        SchemaOutdated: A table or type is missing.
    """
    try:
        yield
    except (persistence.IntegrityError, psycopg.IntegrityError) as error:
        if not is_unique_violation(error):
            raise
        raise ConcurrentWrite(
            "Somebody else wrote to the same stream first.",
            remedy="Load it again and run the command again.",
        ) from error
    except (
        persistence.OperationalError,
        persistence.InterfaceError,
        psycopg.OperationalError,
        psycopg.InterfaceError,
    ) as error:
        raise unavailable(error) from error
    except (persistence.ProgrammingError, psycopg.ProgrammingError) as error:
        if not _is_missing_object(error):
            raise
        raise SchemaOutdated(
            f"The database lacks a table or type that this version needs: {first_line(error)}",
            remedy="Run `planswitch migrate`, then try again.",
        ) from error


def unavailable(error: BaseException) -> StoreUnavailable:
    """Return the error that says PostgreSQL did not answer, without connection details."""
    cause = first_line(error)
    remedy = next((remedy for words, remedy in _REMEDIES if words.search(cause)), _REMEDY)
    return StoreUnavailable(f"The event store (PostgreSQL) did not answer: {cause}", remedy=remedy)


def _sqlstate(error: BaseException) -> str | None:
    for candidate in (error, error.__cause__):
        state = getattr(candidate, "sqlstate", None)
        if isinstance(state, str):
            return state
    return None


def _is_missing_object(error: BaseException) -> bool:
    return _sqlstate(error) in _MISSING_OBJECT or "Composite type" in str(error)


def first_line(error: BaseException) -> str:
    """Return what an error says, without its detail."""
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__
