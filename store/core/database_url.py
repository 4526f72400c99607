"""The one setting that says where the event store is, a PostgreSQL URL, and the folder of its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from domain.kernel.errors import InvalidInput
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


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionSettings:
    """A parsed URL: the five parts the library knows, and the rest (TLS and the like)."""

    dbname: str
    host: str
    port: str
    user: str
    password: str
    extra: dict[str, Any]

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
    try:
        parts = dict(conninfo_to_dict(database_url))
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
        extra={**_DEFAULT_OPTIONS, **extra},
    )


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
    if settings.host not in _LOCAL_HOSTS and not settings.host.startswith("/"):
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
