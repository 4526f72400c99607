"""What was lost with its connection is done again on another one, where that can do no harm."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import psycopg
from eventsourcing import persistence
from psycopg_pool import PoolTimeout

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
