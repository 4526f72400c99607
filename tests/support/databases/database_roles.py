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


def url_as(database_url: str, *roles: DatabaseRole) -> tuple[str, ...]:
    """Return the URL of a database for each of some roles, with the rights that its tables ask for now.

    Args:
        database_url: A migrated database, as a superuser.
        roles: Those that sign in.
    """
    ensure_roles(database_url)
    password = str(conninfo_to_dict(database_url)["password"])
    urls = tuple(role_url(database_url, role) for role in roles)
    with _ONE_AT_A_TIME, psycopg.connect(database_url, autocommit=True) as connection:
        for role, url in zip(roles, urls, strict=True):
            own = str(conninfo_to_dict(url)["password"])
            assert own != password
            connection.execute(sign_in_statement(connection, role, own))
    return urls
