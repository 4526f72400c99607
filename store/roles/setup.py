"""The roles are made and given their rights by `planswitch migrate`, again at each run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from psycopg import Connection
from psycopg.errors import DuplicateObject, UniqueViolation
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from store.core.application import SCHEMA
from store.migrate import schema_lock
from store.roles.ownership import ownership_statements
from store.roles.rights import (
    READ_SCHEMA,
    VIEWS_SCHEMA,
    read_model_rights,
    store_rights,
    store_tables,
    view_rights,
)
from store.roles.role import LIMITED_ROLES, DatabaseRole
from store.roles.withheld import withholding_statements

_PRINT = "`planswitch migrate --print-roles` prints the SQL for an administrator of the server."
_KNOWN = "SELECT rolname::text FROM pg_roles WHERE rolname = ANY(%s)"
_SELF = "SELECT rolsuper, rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
_STRANGE = """
SELECT count(*) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
WHERE nspname = ANY(%s) AND relkind IN ('r', 'v') AND NOT pg_has_role(relowner, 'USAGE')
"""
#: Role -> settings that its sessions begin with. Others write the dashboards: a query that takes too long
#: ends by itself (ADR 52).
_SETTINGS = {
    DatabaseRole.DASHBOARD: {
        "default_transaction_read_only": "on",
        "statement_timeout": "30s",
        "idle_in_transaction_session_timeout": "30s",
        "search_path": VIEWS_SCHEMA,
    }
}
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class RolesReport:
    """What became of the roles."""

    #: Roles that were made now, in the order of their names.
    made: tuple[str, ...] = ()
    #: Whether each role has its rights, and no others.
    is_complete: bool = True
    #: What keeps the roles from it, and what to do; "" when nothing does.
    remedy: str = ""


def ensure_roles(database_url: str) -> RolesReport:
    """Make the roles and give each its rights; a user who may not leaves everything as it is.

    Args:
        database_url: Of a migrated database. A superuser also gives every table to the owner's role.

    Raises:
        StoreUnavailable: PostgreSQL does not answer.
    """
    with schema_lock(database_url) as connection:
        is_superuser, may_create = _rights_of_user(connection)
        missing = missing_roles(connection)
        if missing and not may_create:
            return _left(f"this user may not make roles, and {_are_missing(missing)}.")
        made = make_roles(connection)
        if is_superuser:
            # Each by itself: a table is locked for a moment, and writers hold several.
            _execute(connection, ownership_statements(connection))
            _execute(connection, withholding_statements(connection))
        elif _has_strange_tables(connection):
            return _left("this user does not own every table, and can give no rights on them.", made)
        with connection.transaction():
            _execute(connection, _rights(connection))
    if made:
        _log.info("database_roles_made", roles=made)
    return RolesReport(made=made)


def role_script(database_url: str) -> str:
    """Return the SQL that a superuser runs in the database instead of `ensure_roles`.

    Args:
        database_url: Of a migrated database.

    Raises:
        StoreUnavailable: PostgreSQL does not answer.
    """
    with schema_lock(database_url) as connection:
        statements = [
            *(each for role in missing_roles(connection) for each in _making(role)),
            *ownership_statements(connection),
            *withholding_statements(connection),
            *_rights(connection),
        ]
        return "".join(f"{each.as_string(connection)};\n" for each in statements)


def make_roles(connection: Connection[Any]) -> tuple[str, ...]:
    """Make the roles that are missing and return them.

    Args:
        connection: In autocommit, of a user who may make roles.
    """
    made = []
    for role in missing_roles(connection):
        try:
            with connection.transaction():
                _execute(connection, _making(role))
        except (DuplicateObject, UniqueViolation):
            # Another database of this server is migrated at once: the lock is of one database.
            continue
        made.append(role.value)
    return tuple(made)


def _making(role: DatabaseRole) -> Iterator[Composable]:
    """Yield what makes a role; its settings are given once, and an administrator may change them."""
    yield SQL("CREATE ROLE {} NOLOGIN").format(Identifier(role))
    for name, value in _SETTINGS.get(role, {}).items():
        yield SQL("ALTER ROLE {} SET {} = {}").format(Identifier(role), Identifier(name), Literal(value))


def sign_in_statement(connection: Connection[Any], role: DatabaseRole, password: str) -> Composed:
    """Return the statement that lets a process sign in as a role.

    The server gets what it checks a password by, never the password: its log may show statements.

    Args:
        connection: Open, with the encoding of the server.
        role: A role that exists.
        password: Of this installation alone.
    """
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    return SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(Identifier(role), Literal(verifier.decode()))


def missing_roles(connection: Connection[Any]) -> tuple[DatabaseRole, ...]:
    """Return the roles that the server does not have yet."""
    cursor = connection.cursor(row_factory=tuple_row)
    known = {name for (name,) in cursor.execute(_KNOWN, [[role.value for role in DatabaseRole]])}
    return tuple(role for role in DatabaseRole if role not in known)


def grant_read_models(connection: Connection[Any]) -> None:
    """Give the roles their rights on tables and views of the read models, where there are roles.

    Args:
        connection: Of the user who made them, within the transaction that did.
    """
    missing = missing_roles(connection)
    # A release may bring a role that nobody has made yet: what others read and write must not wait for it.
    if not set(missing) - {DatabaseRole.DASHBOARD}:
        known = [role for role in LIMITED_ROLES if role not in missing]
        _execute(connection, _read_rights(connection, known))


def _rights(connection: Connection[Any]) -> Iterator[Composable]:
    """Yield what gives each role its rights in this database."""
    if tables := store_tables(connection):
        yield from store_rights(tables)
    yield from _read_rights(connection, LIMITED_ROLES)


def _read_rights(connection: Connection[Any], known: Sequence[DatabaseRole]) -> Iterator[Composable]:
    """Yield the rights of roles on what is made from events, as far as it is there."""
    if _has_schema(connection, READ_SCHEMA):
        yield from read_model_rights(known)
    if _has_schema(connection, VIEWS_SCHEMA):
        yield from view_rights(known)


def _execute(connection: Connection[Any], statements: Iterable[Composable]) -> None:
    for statement in list(statements):
        connection.execute(statement.as_bytes(connection))


def _one(connection: Connection[Any], query: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...]:
    (row,) = connection.cursor(row_factory=tuple_row).execute(query.encode(), parameters).fetchall()
    return row


def _rights_of_user(connection: Connection[Any]) -> tuple[bool, bool]:
    """Return whether this user is a superuser, and whether they may make roles."""
    is_superuser, may_create = _one(connection, _SELF)
    return bool(is_superuser), bool(may_create)


def _has_schema(connection: Connection[Any], name: str) -> bool:
    return _one(connection, "SELECT to_regnamespace(%s) IS NOT NULL", [name])[0] is True


def _has_strange_tables(connection: Connection[Any]) -> bool:
    return int(_one(connection, _STRANGE, [[SCHEMA, READ_SCHEMA, VIEWS_SCHEMA]])[0]) > 0


def _are_missing(roles: tuple[DatabaseRole, ...]) -> str:
    return f"{', '.join(roles)} {'is' if len(roles) == 1 else 'are'} missing"


def _left(cause: str, made: tuple[str, ...] = ()) -> RolesReport:
    return RolesReport(made=made, is_complete=False, remedy=f"{cause} {_PRINT}")
