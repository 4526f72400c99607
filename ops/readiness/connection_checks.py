"""Looks at the way to PostgreSQL itself: who can read what goes over it, a pooler on it, and the replica."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import tuple_row

from domain.kernel.errors import PlanSwitchError
from ops.base.settings import Settings
from ops.readiness.part_state import PartState, ok, warning
from store.core.database_url import ConnectionSettings, parse_database_url
from store.core.errors import translated
from store.roles.role import DatabaseRole

CONNECTION, REPLICA = "connection", "replica"
CONNECTION_IN_CLEAR = "CONNECTION_IN_CLEAR"
CONNECTION_UNVERIFIED = "CONNECTION_UNVERIFIED"
POOLER_UNDECLARED = "POOLER_UNDECLARED"
SESSION_MISSING = "SESSION_MISSING"
TIME_OUTS_DIFFER = "TIME_OUTS_DIFFER"
REPLICA_BEHIND = "REPLICA_BEHIND"
#: A replica that is further behind shows lists that people take for wrong.
REPLICA_LAG_SECONDS_MAX = 30.0
_VERIFYING = frozenset({"verify-full"})
_TLS_REMEDY = (
    "Add sslmode=verify-full and sslrootcert to DATABASE_URL (docs/connections.md#tls). Where the way is"
    " protected otherwise, as by a tunnel, nothing is to be done."
)
_LAG = """
SELECT pg_is_in_recovery(), CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
    ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END
"""
_EFFECTIVE = "SELECT setting::bigint FROM pg_settings WHERE name = 'statement_timeout'"


def look_at_connection(settings: Settings) -> PartState:
    """Judge the connection of DATABASE_URL.

    Args:
        settings: Name the database.

    Raises:
        StoreUnavailable: PostgreSQL gives no connection.
        InvalidInput: No database is set, or its URL is none.
    """
    address = parse_database_url(settings.required_database_url())
    with translated(), psycopg.connect(**address.as_arguments(), autocommit=True) as connection:
        detail = _words(connection, address)
        return (
            _pooler(connection, address, settings, detail)
            or _protection(connection, address, detail)
            or ok(CONNECTION, detail)
        )


def look_at_replica(settings: Settings) -> PartState | None:
    """Judge the replica that lists are read from; None where there is none.

    Args:
        settings: Name the replica.
    """
    if not settings.database_replica_url.get_secret_value():
        return None
    try:
        address = parse_database_url(settings.replica_url())
        with translated(), psycopg.connect(**address.as_arguments(), autocommit=True) as connection:
            is_replica, lag = connection.cursor(row_factory=tuple_row).execute(_LAG).fetchone() or (False, 0)
    except PlanSwitchError as error:
        detail = "the replica does not answer; lists are read from the database itself"
        return warning(REPLICA, error.code, detail, error.remedy, cause=error.message)
    if not is_replica:
        remedy = "Let DATABASE_REPLICA_URL name a standby of the database of DATABASE_URL, or unset it."
        return warning(REPLICA, REPLICA_BEHIND, "this server takes writes: it is no replica", remedy)
    seconds = float(lag or 0)
    detail = f"{seconds:.0f} s behind the database"
    if seconds > REPLICA_LAG_SECONDS_MAX:
        remedy = (
            "Look at the replica's log and at pg_stat_replication of the database; meanwhile lists are old."
        )
        return warning(REPLICA, REPLICA_BEHIND, detail, remedy)
    return ok(REPLICA, detail)


def _words(connection: Connection[Any], address: ConnectionSettings) -> str:
    way = "encrypted" if connection.pgconn.ssl_in_use else "in clear"
    where = "on this machine" if address.is_local else f"over the network to {address.host}"
    pooler = ", by PgBouncer in transaction mode" if address.is_pooled else ""
    return f"{way}, {where}{pooler}"


def _pooler(
    connection: Connection[Any], address: ConnectionSettings, settings: Settings, detail: str
) -> PartState | None:
    if address.is_pooled:
        return _missing_session(settings, detail) or _other_time_outs(connection, settings, detail)
    row = connection.cursor(row_factory=tuple_row).execute("SELECT pg_backend_pid()").fetchone()
    if row is None or row[0] == connection.info.backend_pid:
        return None
    remedy = (
        "If it works in transaction mode, end DATABASE_URL with `?pgbouncer=true`; if a session stays with"
        " one server, nothing is to be done (docs/connections.md#pgbouncer)."
    )
    return warning(CONNECTION, POOLER_UNDECLARED, f"{detail}; a pooler answers", remedy)


def _missing_session(settings: Settings, detail: str) -> PartState | None:
    """Return what says that the projector or `migrate` has no address of its own, where it needs one."""
    for role in (DatabaseRole.PROJECTOR, DatabaseRole.OWNER):
        try:
            settings.required_database_url_of(role)
        except PlanSwitchError as error:
            whole = f"{detail}; {'the projector' if role is DatabaseRole.PROJECTOR else 'migrate'} needs more"
            return warning(CONNECTION, SESSION_MISSING, whole, error.remedy, cause=error.message)
    return None


def _other_time_outs(connection: Connection[Any], settings: Settings, detail: str) -> PartState | None:
    """Return what says that the server ends statements at another time than the settings say."""
    row = connection.cursor(row_factory=tuple_row).execute(_EFFECTIVE).fetchone()
    effective = (row[0] if row else 0) / 1_000
    if settings.database_statement_seconds in {0, effective}:
        return None
    user = parse_database_url(settings.required_database_url()).user
    remedy = (
        f"A pooler takes no time-outs of a session: ALTER ROLE {user} SET statement_timeout ="
        f" '{settings.database_statement_seconds:g}s'; the same for idle_in_transaction_session_timeout"
        f" = '{settings.database_idle_seconds:g}s' (docs/connections.md#time-outs)."
    )
    return warning(
        CONNECTION, TIME_OUTS_DIFFER, f"{detail}; statements end after {effective:g} s (0: never)", remedy
    )


def _protection(connection: Connection[Any], address: ConnectionSettings, detail: str) -> PartState | None:
    if address.is_local:
        return None
    if not connection.pgconn.ssl_in_use:
        whole = f"{detail}: anybody on the way can read passwords and data"
        return warning(CONNECTION, CONNECTION_IN_CLEAR, whole, _TLS_REMEDY)
    if address.extra.get("sslmode") not in _VERIFYING:
        whole = f"{detail}, but whose server it is is not checked (sslmode)"
        return warning(CONNECTION, CONNECTION_UNVERIFIED, whole, _TLS_REMEDY)
    return None
