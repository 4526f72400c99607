"""What each role may do with each table: what its processes execute, and no more.

Tables of the record are found by their trigger `append_only`, so a new one is added to and never changed by
anybody, without a word here. A column that the server fills, such as the instant of recording, is nobody's
to give.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Composable, Identifier

from store.core.application import SCHEMA
from store.roles.role import LIMITED_ROLES, PROCESS_ROLES, DatabaseRole

#: Schema of the read models, which stand above the store (projections/running/schema.py).
READ_SCHEMA = "planswitch_read"
#: Schema of the views for dashboards (projections/running/dashboards.py).
VIEWS_SCHEMA = "planswitch_views"
#: Of these the sealer writes, and nobody else.
SEALS = frozenset({"seal", "seal_run", "log_origin"})
#: What a seal covers.
_SEALED = ("switch_events", "provider_call", "roster_freeze", "roster", "license_move")
#: Whom an opaque key stands for, who is let in, here and at a cloud, what signs webhooks, what was
#: answered, and who gets notices.
SECRETS = frozenset(
    {
        "organization_key",
        "user_vault",
        "key_check",
        "spent_token",
        "cloud_sign_in",
        "api_key",
        "console_session",
        "webhook_secret",
        "idempotency_key",
        "notice_address",
    }
)
_EVENTS, _HEARTBEAT = "switch_events", "heartbeat"
#: Every process reads them before it works.
_STEPS = ("schema_step", "schema_declaration")
_BEAT = "INSERT, UPDATE, DELETE"
#: Table that is no record -> what worker and console do there beside reading it.
_MUTABLE = {
    # To hold a row of keys while people are sealed by it asks for the right to change a column; the trigger
    # `unchanged` refuses the change itself.
    "organization_key": "INSERT, UPDATE (key_provider)",
    "user_vault": "INSERT",
    "key_check": "INSERT",
    _HEARTBEAT: _BEAT,
    "known_worker": "INSERT, UPDATE",
    "workflow_trouble": "INSERT, DELETE",
    "spent_token": "INSERT, DELETE",
    "cloud_sign_in": _BEAT,
    "api_key_use": "INSERT, UPDATE",
    "webhook_queue": _BEAT,
    "webhook_standing": "INSERT, UPDATE",
    "webhook_position": "UPDATE",
    "webhook_secret": "INSERT",
    "idempotency_key": _BEAT,
    "notice_address": "INSERT, DELETE",
    "notice_queue": _BEAT,
    "notice_cursor": "UPDATE",
}
#: Who reads the views of dashboards: the console for exports, people, and dashboards.
_VIEW_READERS = frozenset({DatabaseRole.WORKER, DatabaseRole.READER, DatabaseRole.DASHBOARD})
_TABLES = """
SELECT c.relname,
       EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'append_only'),
       ARRAY(SELECT a.attname::text FROM pg_attribute a
             LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                 AND coalesce(pg_get_expr(d.adbin, d.adrelid), '') !~ '^(nextval|clock_timestamp)[(]'
             ORDER BY a.attnum),
       ARRAY(SELECT s.relname::text FROM pg_class s
             JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass
             WHERE s.relkind = 'S' AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
                 AND d.deptype IN ('a', 'i'))
FROM pg_class c WHERE c.relnamespace = to_regnamespace(%s) AND c.relkind = 'r' ORDER BY c.relname
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table of the event store, as the catalog of the database has it."""

    name: str
    #: The trigger `append_only` guards it.
    is_record: bool
    #: Columns that the server does not fill by its clock or by counting.
    given_columns: tuple[str, ...]
    #: Sequences that count its rows.
    sequences: tuple[str, ...]


def store_tables(connection: Connection[Any]) -> tuple[Table, ...]:
    """Return the tables of the event store; none before the first migration."""
    cursor = connection.cursor(row_factory=tuple_row)
    return tuple(
        Table(name=name, is_record=is_record, given_columns=tuple(columns), sequences=tuple(sequences))
        for name, is_record, columns, sequences in cursor.execute(_TABLES, [SCHEMA])
    )


def store_rights(tables: Sequence[Table]) -> Iterator[Composable]:
    """Yield the statements that give each role its rights in the event store, after taking what it had.

    Args:
        tables: Of the event store.
    """
    yield from _revocation(SCHEMA)
    yield _usage(SCHEMA, *PROCESS_ROLES)
    yield from _worker(tables)
    for table in tables:
        if table.name in SEALS:
            yield _grant(_adding(table), table.name, DatabaseRole.SEALER)
        if table.is_record and table.name not in SECRETS:
            yield _grant(SQL("SELECT"), table.name, DatabaseRole.READER)
        if table.name in _SEALED or table.name in SEALS:
            yield _grant(SQL("SELECT"), table.name, DatabaseRole.SEALER)
    for role in (DatabaseRole.PROJECTOR, DatabaseRole.SEALER):
        yield _grant(SQL(f"SELECT, {_BEAT}"), _HEARTBEAT, role)
    yield _grant(SQL("SELECT"), _EVENTS, DatabaseRole.PROJECTOR)
    names = {table.name for table in tables}
    for ledger in _STEPS:
        if ledger in names:
            yield _grant(SQL("SELECT"), ledger, *PROCESS_ROLES)


def read_model_rights(known: Sequence[DatabaseRole] = LIMITED_ROLES) -> Iterator[Composable]:
    """Yield the statements that give each role its rights in the read models, after taking what it had.

    Args:
        known: Limited roles that the server has, each role of a process among them.
    """
    yield from _revocation(READ_SCHEMA, known)
    yield _usage(READ_SCHEMA, *PROCESS_ROLES)
    everything = SQL("GRANT {} ON ALL TABLES IN SCHEMA {} TO {}")
    # A view reads by the rights of its owner, also where somebody else has made the tables.
    readers = _names(DatabaseRole.OWNER, DatabaseRole.WORKER, DatabaseRole.READER)
    yield everything.format(SQL("SELECT"), Identifier(READ_SCHEMA), readers)
    writing = SQL(f"SELECT, {_BEAT}")
    yield everything.format(writing, Identifier(READ_SCHEMA), Identifier(DatabaseRole.PROJECTOR))


def view_rights(known: Sequence[DatabaseRole] = LIMITED_ROLES) -> Iterator[Composable]:
    """Yield the statements that let some roles read the views of dashboards, and nobody change them.

    Args:
        known: Limited roles that the server has, each role of a process among them.
    """
    yield from _revocation(VIEWS_SCHEMA, known)
    readers = [role for role in known if role in _VIEW_READERS]
    yield _usage(VIEWS_SCHEMA, *readers)
    yield SQL("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}").format(
        Identifier(VIEWS_SCHEMA), _names(*readers)
    )


def _worker(tables: Sequence[Table]) -> Iterator[Composable]:
    """Yield the rights of worker and console: they read all, add to the record, and keep the rest."""
    yield SQL("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}").format(
        Identifier(SCHEMA), Identifier(DatabaseRole.WORKER)
    )
    for table in tables:
        if table.is_record and table.name not in SEALS:
            yield _grant(_adding(table), table.name, DatabaseRole.WORKER)
            for sequence in table.sequences:
                yield SQL("GRANT USAGE ON SEQUENCE {} TO {}").format(
                    Identifier(SCHEMA, sequence), Identifier(DatabaseRole.WORKER)
                )
        elif table.name in _MUTABLE:
            yield _grant(SQL(_MUTABLE[table.name]), table.name, DatabaseRole.WORKER)


def _revocation(schema: str, known: Sequence[DatabaseRole] = LIMITED_ROLES) -> Iterator[Composable]:
    """Yield what takes every right in a schema: a release may need fewer than the last."""
    roles, name = _names(*known), Identifier(schema)
    yield SQL("REVOKE ALL ON ALL TABLES IN SCHEMA {} FROM {}").format(name, roles)
    yield SQL("REVOKE ALL ON ALL SEQUENCES IN SCHEMA {} FROM {}").format(name, roles)
    yield SQL("REVOKE ALL ON SCHEMA {} FROM {}").format(name, roles)


def _usage(schema: str, *roles: DatabaseRole) -> Composable:
    """Return the right to name what a schema has."""
    return SQL("GRANT USAGE ON SCHEMA {} TO {}").format(Identifier(schema), _names(*roles))


def _adding(table: Table) -> Composable:
    """Return the right to add rows, with what the server does not fill itself."""
    return SQL("INSERT ({})").format(SQL(", ").join(map(Identifier, table.given_columns)))


def _grant(privileges: Composable, table: str, *roles: DatabaseRole) -> Composable:
    return SQL("GRANT {} ON {} TO {}").format(privileges, Identifier(SCHEMA, table), _names(*roles))


def _names(*roles: DatabaseRole) -> Composable:
    return SQL(", ").join(map(Identifier, roles))
