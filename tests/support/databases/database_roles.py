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
#: Database and roles -> the tables to which rights were given, and the URLs: to give them anew for each test
#: would take a third of a second.
_URLS: dict[tuple[str, tuple[DatabaseRole, ...]], tuple[int, tuple[str, ...]]] = {}


def url_as(database_url: str, *roles: DatabaseRole) -> tuple[str, ...]:
    """Return the URL of a database for each of some roles, with the rights that its tables ask for now.

    Args:
        database_url: A migrated database, as a superuser.
        roles: Those that sign in.
    """
    tables = _tables(database_url)
    if _URLS.get((database_url, roles), (0, ()))[0] == tables:
        return _URLS[database_url, roles][1]
    ensure_roles(database_url)
    password = str(conninfo_to_dict(database_url)["password"])
    urls = tuple(role_url(database_url, role) for role in roles)
    with _ONE_AT_A_TIME, psycopg.connect(database_url, autocommit=True) as connection:
        for role, url in zip(roles, urls, strict=True):
            own = str(conninfo_to_dict(url)["password"])
            assert own != password
            connection.execute(sign_in_statement(connection, role, own))
    _URLS[database_url, roles] = (tables, urls)
    return urls


def _tables(database_url: str) -> int:
    """Return a number that changes with the tables of a database, as a rebuild makes new ones."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        row = connection.execute(_TABLES).fetchone()
    assert row is not None
    return int(row[0])
