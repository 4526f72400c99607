"""Who has the tables: everything of this product belongs to one role, as which no process works."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Composable, Identifier

from store.core.application import SCHEMA
from store.roles.rights import READ_SCHEMA, VIEWS_SCHEMA
from store.roles.role import DatabaseRole

#: From this version on a membership says by itself whether it brings the rights.
_INHERITING_VERSION = 160_000
_OBJECTS = """
SELECT kind, name, pg_get_userbyid(owner)::text FROM (
    SELECT 0 AS step, 'SCHEMA' AS kind, quote_ident(nspname) AS name, nspowner AS owner
    FROM pg_namespace WHERE nspname = ANY(%(schemas)s)
    UNION ALL
    SELECT 1,
           CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'c' THEN 'TYPE' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
           format('%%I.%%I', nspname, relname), relowner
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE nspname = ANY(%(schemas)s) AND relkind IN ('r', 'v', 'c', 'S')
        -- A sequence that counts the rows of a table goes with it.
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass
            AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND relkind = 'S')
    UNION ALL
    SELECT 2, 'FUNCTION', format('%%I.%%I(%%s)', nspname, proname, pg_get_function_identity_arguments(p.oid)),
           proowner
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE nspname = ANY(%(schemas)s)
) AS object WHERE pg_get_userbyid(owner) <> %(owner)s ORDER BY step, name
"""
_FOREIGN_OWNERS = (
    "SELECT rolname::text FROM pg_roles WHERE rolname = ANY(%s) AND NOT rolsuper ORDER BY rolname"
)


def ownership_statements(connection: Connection[Any]) -> Iterator[Composable]:
    """Yield the statements after which the owner's role has every table, for a superuser to run.

    Whoever had one before becomes a member of that role, and can do what they could.

    Args:
        connection: A connection to the database.
    """
    cursor = connection.cursor(row_factory=tuple_row)
    facts = {"schemas": [SCHEMA, READ_SCHEMA, VIEWS_SCHEMA], "owner": DatabaseRole.OWNER.value}
    objects = cursor.execute(_OBJECTS, facts).fetchall()
    owner = Identifier(DatabaseRole.OWNER)
    yield SQL("GRANT CONNECT, CREATE ON DATABASE {} TO {}").format(Identifier(connection.info.dbname), owner)
    for (name,) in cursor.execute(_FOREIGN_OWNERS, [sorted({each[2] for each in objects})]).fetchall():
        is_inheriting = connection.info.server_version >= _INHERITING_VERSION
        option = SQL(" WITH INHERIT TRUE") if is_inheriting else SQL("")
        yield SQL("GRANT {} TO {}{}").format(owner, Identifier(name), option)
    for kind, name, _owner in objects:
        # Both come quoted from the catalog.
        yield SQL("ALTER {} {} OWNER TO {}").format(SQL(kind), SQL(name), owner)
