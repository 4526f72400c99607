"""What PostgreSQL lets every user of a database do, and no dashboard needs (ADR 52).

Whoever may connect may store large objects, keep temporary tables, and hold advisory locks, such as the one
at which writers wait. A superuser takes that from PUBLIC and gives the locks to the processes alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Composable, Identifier

from store.roles.role import PROCESS_ROLES, DatabaseRole

_FUNCTIONS = """
SELECT oid::regprocedure::text, proname ~ 'advisory' FROM pg_proc
WHERE pronamespace = 'pg_catalog'::regnamespace AND has_function_privilege('public', oid, 'EXECUTE')
    AND proname ~ '^(lo_.*|loread|lowrite|pg_(try_)?advisory_.*)$'
ORDER BY 1
"""
_HAS_TEMPORARY = "SELECT has_database_privilege('public', current_database(), 'TEMPORARY')"


def withholding_statements(connection: Connection[Any]) -> Iterator[Composable]:
    """Yield the statements that take from every user what is not needed, for a superuser to run.

    Args:
        connection: A connection to the database.
    """
    cursor = connection.cursor(row_factory=tuple_row)
    processes = SQL(", ").join(map(Identifier, (DatabaseRole.OWNER, *PROCESS_ROLES)))
    for function, is_lock in cursor.execute(_FUNCTIONS).fetchall():
        # It comes quoted from the catalog.
        if is_lock:
            yield SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(SQL(function), processes)
        yield SQL("REVOKE EXECUTE ON FUNCTION {} FROM PUBLIC").format(SQL(function))
    if cursor.execute(_HAS_TEMPORARY).fetchone() == (True,):
        database = Identifier(connection.info.dbname)
        yield SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(database)
