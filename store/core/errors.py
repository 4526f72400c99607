"""Errors of the event store: translated from what PostgreSQL and the library raise, or overcome.

What was lost with its connection is done again on another one, where that can do no harm.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

import psycopg
from eventsourcing import persistence
from psycopg_pool import PoolTimeout

from domain.kernel.errors import ConcurrentWrite, PlanSwitchError, RecordInconsistent
from store.core.refusals import remedy_of

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

#: Times that something is tried; connections are checked before use, so the second try is the rule.
ATTEMPTS_MAX = 3
#: Pause before the third try.
PAUSE_SECONDS = 0.2
#: What PostgreSQL says when it ends a session: told to by an administrator, after a crash, or not yet ready.
_ENDED_SESSIONS = frozenset({"57P01", "57P02", "57P03"})
_CONNECTION_CLASS = "08"
_FAILURES = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    persistence.OperationalError,
    persistence.InterfaceError,
)
#: PostgreSQL's SQLSTATE for "a row of this key exists".
_UNIQUE_VIOLATION = "23505"
#: SQLSTATE classes that mean "table, column, type or schema is not there".
_MISSING_OBJECT = frozenset({"42P01", "42703", "42704", "3F000", "42883"})
_INSUFFICIENT_PRIVILEGE = "42501"
#: A statement of this name is prepared already, by another session: a pooler stands between.
_DUPLICATE_STATEMENT = "42P05"
_APPEND_ONLY = "append-only"
_RIGHT_REMEDY = (
    "Run `planswitch migrate` as the owner of the tables (DATABASE_OWNER_URL), and see that DATABASE_URL"
    " of this process names its own role (docs/security.md#database-roles)."
)


class StoreUnavailable(PlanSwitchError):
    """PostgreSQL did not answer; nothing is known about the last write, so load again before deciding."""

    code = "STORE_UNAVAILABLE"


class SchemaOutdated(PlanSwitchError):
    """The database's tables are not those that this version of the program works with."""

    code = "SCHEMA_OUTDATED"


class OldProcesses(PlanSwitchError):
    """A process that works now needs what a step of the schema would take away."""

    code = "OLD_PROCESSES"


class DatabaseRightMissing(PlanSwitchError):
    """The role as which this process works lacks a right (docs/security.md#database-roles)."""

    code = "DATABASE_RIGHT_MISSING"


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
        DatabaseRightMissing: This process works as another role than its own, or the roles are out of date.
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
    except _FAILURES as error:
        raise unavailable(error) from error
    except (persistence.ProgrammingError, psycopg.ProgrammingError) as error:
        if _is_missing_right(error):
            raise DatabaseRightMissing(
                f"PostgreSQL refuses what this process needs: {first_line(error)}",
                remedy=_RIGHT_REMEDY,
            ) from error
        if _sqlstate(error) == _DUPLICATE_STATEMENT:
            raise unavailable(error) from error
        if not _is_missing_object(error):
            raise
        raise SchemaOutdated(
            f"The database lacks a table or type that this version needs: {first_line(error)}",
            remedy="Run `planswitch migrate`, then try again.",
        ) from error


def unavailable(error: BaseException) -> StoreUnavailable:
    """Return the error that says PostgreSQL did not answer, without connection details."""
    cause = first_line(error)
    return StoreUnavailable(f"The event store (PostgreSQL) did not answer: {cause}", remedy=remedy_of(cause))


def _sqlstate(error: BaseException) -> str | None:
    for candidate in (error, error.__cause__):
        state = getattr(candidate, "sqlstate", None)
        if isinstance(state, str):
            return state
    return None


def _is_missing_object(error: BaseException) -> bool:
    return _sqlstate(error) in _MISSING_OBJECT or "Composite type" in str(error)


def _is_missing_right(error: BaseException) -> bool:
    """Return whether a role lacks a right; the triggers that guard the record refuse with the same state."""
    return _sqlstate(error) == _INSUFFICIENT_PRIVILEGE and _APPEND_ONLY not in str(error)


def first_line(error: BaseException) -> str:
    """Return what an error says, without its detail."""
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__


def is_lost_connection(error: BaseException) -> bool:
    """Return whether a connection broke while it was used; one that was never had is not lost."""
    if not isinstance(error, _FAILURES):
        return False
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    if isinstance(cause, PoolTimeout | psycopg.errors.ConnectionTimeout):
        return False
    state = cause.sqlstate if isinstance(cause, psycopg.Error) else None
    return state is None or state in _ENDED_SESSIONS or state.startswith(_CONNECTION_CLASS)


def repeated(
    action: Callable[Parameters, Result],
    *,
    is_repeatable: Callable[[BaseException], bool] = is_lost_connection,
) -> Callable[Parameters, Result]:
    """Return `action`, tried again when its connection was lost; it must do no harm when done twice.

    Args:
        action: Takes a connection of its own each time.
        is_repeatable: Tells whether an error is worth another try.
    """

    @functools.wraps(action)
    def trying(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        for attempt in range(1, ATTEMPTS_MAX):
            try:
                return action(*args, **kwargs)
            except _FAILURES as error:
                if not is_repeatable(error):
                    raise
                time.sleep(PAUSE_SECONDS if attempt > 1 else 0)
        return action(*args, **kwargs)

    return trying
