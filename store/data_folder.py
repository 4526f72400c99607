"""Where PostgreSQL keeps its files, if that is on this machine."""

from __future__ import annotations

from pathlib import Path

import psycopg

from store.core.database_url import parse_database_url
from store.core.errors import translated

#: Addresses of this machine; "" and a path are sockets in the file system.
_LOCAL_HOSTS = ("", "127.0.0.1", "::1", "localhost")


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
