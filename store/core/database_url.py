"""The one setting that says where the event store is, a PostgreSQL URL, and the folder of its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import tuple_row

from domain.kernel.errors import InvalidInput
from domain.kernel.shown_values import Words
from store.core.errors import translated

#: Seconds after which a connection attempt, or the wait for a pooled connection, is given up.
CONNECT_TIMEOUT_SECONDS = 5
#: Seconds a writer waits for another writer of the events table.
LOCK_TIMEOUT_SECONDS = 5
DEFAULT_PORT = "5432"
#: What the URL may say otherwise. Keep-alives let a socket say within a minute that its other end is gone
#: without a word (a firewall, a dead machine): the check before each use then sees it.
_DEFAULT_OPTIONS: Mapping[str, Any] = {
    "connect_timeout": CONNECT_TIMEOUT_SECONDS,
    "application_name": "planswitch",
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 20_000,
}
_LIBRARY_KEYS = frozenset({"dbname", "host", "port", "user", "password"})
#: Addresses of this machine; "" and a path are sockets in the file system.
_LOCAL_HOSTS = ("", "127.0.0.1", "::1", "localhost")
#: Says of a URL that PgBouncer in transaction mode answers at its address; libpq does not know it.
_POOLER = "pgbouncer"
_YES_OR_NO: Mapping[str, bool] = {"true": True, "false": False}
_OPTIONS = "options"


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionSettings:
    """A parsed URL: the five parts the library knows, and the rest (TLS and the like)."""

    dbname: str
    host: str
    port: str
    user: str
    password: str
    extra: dict[str, Any]
    #: PgBouncer in transaction mode answers there: a session ends with each transaction.
    is_pooled: bool = False

    @property
    def is_local(self) -> bool:
        """Return whether nothing goes over a network: an address or a socket of this machine."""
        return self.host in _LOCAL_HOSTS or self.host.startswith("/")

    def as_arguments(self) -> dict[str, Any]:
        """Return keyword arguments of `psycopg.connect`."""
        return {
            "dbname": self.dbname,
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password or None,
            **self.extra,
        }


def parse_database_url(database_url: str) -> ConnectionSettings:
    """Parse a PostgreSQL URL; the password never shows up in an error.

    Raises:
        InvalidInput: It is no PostgreSQL URL, or it names no database or user.
    """
    plain_url, is_pooled = _without_pooler(database_url)
    try:
        parts = dict(conninfo_to_dict(plain_url))
    except psycopg.ProgrammingError:
        raise _refused("text that is no URL") from None
    missing = [name for name in ("dbname", "user") if not parts.get(name)]
    if missing:
        raise _refused(f"a URL without {' and '.join(missing)}")
    extra = {name: value for name, value in parts.items() if name not in _LIBRARY_KEYS}
    return ConnectionSettings(
        dbname=str(parts["dbname"]),
        host=str(parts.get("host") or "127.0.0.1"),
        port=str(parts.get("port") or DEFAULT_PORT),
        user=str(parts["user"]),
        password=str(parts.get("password") or ""),
        # A statement that one server has prepared is unknown to the next one behind a pooler.
        extra={**_DEFAULT_OPTIONS, **extra, **({"prepare_threshold": None} if is_pooled else {})},
        is_pooled=is_pooled,
    )


def with_time_outs(database_url: str, *, statement_seconds: float, idle_seconds: float) -> str:
    """Return the URL with the time-outs that the server is asked for; what its own options say goes before.

    A URL of PgBouncer stays as it is: a pooler takes no options of a session (docs/connections.md#time-outs).

    Args:
        database_url: A PostgreSQL URL.
        statement_seconds: Longest time of a statement; 0 leaves it to the server.
        idle_seconds: Longest silence within a transaction; 0 leaves it to the server.

    Raises:
        InvalidInput: It is no PostgreSQL URL.
    """
    settings = parse_database_url(database_url)
    wanted = {"statement_timeout": statement_seconds, "idle_in_transaction_session_timeout": idle_seconds}
    options = " ".join(f"-c {name}={round(value * 1_000)}" for name, value in wanted.items() if value)
    if settings.is_pooled or not options:
        return database_url
    whole = f"{options} {settings.extra.get(_OPTIONS, '')}".strip()
    if "://" not in database_url:
        return f"{database_url} {_OPTIONS}='{whole}'"
    base, pieces = _split(database_url)
    others = [each for each in pieces if not each.startswith(f"{_OPTIONS}=")]
    return f"{base}?{'&'.join([*others, f'{_OPTIONS}={quote(whole)}'])}"


def refuse_pooler(connection: Connection[Any], variable: str) -> None:
    """Refuse a connection that ends at a pooler: whose session it is in changes from time to time.

    A pooler can't tell which process of the server will answer, so it makes up the number that it tells.

    Args:
        connection: In autocommit.
        variable: The setting that names the server.

    Raises:
        InvalidInput: A pooler answers there.
    """
    row = connection.cursor(row_factory=tuple_row).execute("SELECT pg_backend_pid()").fetchone()
    if row is None or row[0] != connection.info.backend_pid:
        raise _pooled(variable, Words("the address of a pooler"))


def require_own_session(database_url: str, variable: str) -> str:
    """Return a URL whose sessions last as long as their connection: who holds a lock needs one.

    Args:
        database_url: A PostgreSQL URL.
        variable: The setting that should name it.

    Raises:
        InvalidInput: PgBouncer in transaction mode answers there.
    """
    if database_url and parse_database_url(database_url).is_pooled:
        raise _pooled(variable, Words("the address of PgBouncer (pgbouncer=true)"))
    return database_url


def _pooled(variable: str, value: Words) -> InvalidInput:
    return InvalidInput(
        field=variable,
        value=value,
        allowed="the address of PostgreSQL itself, because a lock of this process outlasts a transaction",
        remedy=f"Set {variable} to PostgreSQL's own address (docs/connections.md#pgbouncer).",
    )


def _without_pooler(database_url: str) -> tuple[str, bool]:
    """Return the URL as libpq takes it, and whether a pooler answers there.

    Raises:
        InvalidInput: What it says of the pooler is neither true nor false.
    """
    if f"{_POOLER}=" not in database_url or "://" not in database_url:
        return database_url, False
    base, pieces = _split(database_url)
    own = [each.partition("=")[2] for each in pieces if each.startswith(f"{_POOLER}=")]
    others = [each for each in pieces if not each.startswith(f"{_POOLER}=")]
    if not own:
        return database_url, False
    if own[-1] not in _YES_OR_NO:
        raise InvalidInput(field=f"{_POOLER} of DATABASE_URL", value=own[-1], allowed="true or false")
    return f"{base}?{'&'.join(others)}" if others else base, _YES_OR_NO[own[-1]]


def _split(database_url: str) -> tuple[str, list[str]]:
    """Return a URL without its parameters, and each of them as it stands there."""
    base, _, query = database_url.partition("?")
    return base, [each for each in query.split("&") if each]


def _refused(what: str) -> InvalidInput:
    return InvalidInput(
        field="DATABASE_URL", value=what, allowed="postgresql://user:password@host:port/database"
    )


def data_folder(database_url: str) -> Path | None:
    """Return PostgreSQL's data folder; None where it is on another machine, or is not told to this account.

    Raises:
        StoreUnavailable: PostgreSQL does not answer.
    """
    settings = parse_database_url(database_url)
    if not settings.is_local:
        return None
    with translated(), psycopg.connect(**settings.as_arguments(), autocommit=True) as connection:
        try:
            row = connection.execute("SELECT current_setting('data_directory')").fetchone()
        except psycopg.errors.InsufficientPrivilege:
            return None
    return _on_this_machine(Path(row[0])) if row else None


def _on_this_machine(folder: Path) -> Path | None:
    """Return the folder, or None: a container at a local address names one of its own."""
    try:
        return folder if folder.exists() else None
    except PermissionError:
        return None
