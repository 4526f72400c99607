"""Worlds work as the roles of the database: whatever a test does, a right that is missing fails it."""

from __future__ import annotations

import threading

import psycopg
from psycopg.conninfo import conninfo_to_dict

from ops.stack.postgres_server import role_url
from store.roles.role import DatabaseRole
from store.roles.setup import ensure_roles, sign_in_statement

#: PostgreSQL refuses two changes of one role at once.
_ONE_AT_A_TIME = threading.Lock()
_TABLES = """
SELECT hashtextextended(coalesce(string_agg(c.oid::text, ',' ORDER BY c.oid), ''), 0)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname LIKE 'planswitch%' AND c.relkind IN ('r', 'v', 'S')
"""
#: Database -> the tables to which rights were given: to give them anew for each test would take too long.
_WITH_RIGHTS: dict[str, int] = {}
#: Server and role that may sign in: roles belong to the server.
_SIGNED_IN: set[tuple[str, DatabaseRole]] = set()


def url_as(database_url: str, *roles: DatabaseRole) -> tuple[str, ...]:
    """Return the URL of a database for each of some roles, with the rights that its tables ask for now.

    Args:
        database_url: A migrated database, as a superuser.
        roles: Those that sign in.
    """
    tables = _tables(database_url)
    if _WITH_RIGHTS.get(database_url) != tables:
        ensure_roles(database_url)
        _WITH_RIGHTS[database_url] = tables
    facts = conninfo_to_dict(database_url)
    password = str(facts["password"])
    # A later server may have the port of one that has stopped, and never its password.
    server = f"{facts['port']} {password}"
    urls = tuple(role_url(database_url, role) for role in roles)
    with _ONE_AT_A_TIME:
        new = [(role, url) for role, url in zip(roles, urls, strict=True) if (server, role) not in _SIGNED_IN]
        if new:
            _let_in(database_url, new, password)
            _SIGNED_IN.update((server, role) for role, _url in new)
    return urls


def note_rights_of_copy(database_url: str, template_url: str) -> None:
    """Note that a copy of a database has its rights: its tables have the same numbers."""
    _WITH_RIGHTS[database_url] = _WITH_RIGHTS[template_url]


def _let_in(database_url: str, new: list[tuple[DatabaseRole, str]], password: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        for role, url in new:
            own = str(conninfo_to_dict(url)["password"])
            assert own != password
            connection.execute(sign_in_statement(connection, role, own))


def _tables(database_url: str) -> int:
    """Return a number that changes with the tables of a database, as a rebuild makes new ones."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        row = connection.execute(_TABLES).fetchone()
    assert row is not None
    return int(row[0])
