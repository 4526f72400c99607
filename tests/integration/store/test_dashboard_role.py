"""The role of dashboards reads the views of docs/views.md, and PostgreSQL refuses it everything else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import Connection, errors
from psycopg.sql import SQL, Composed, Identifier

from ops.stack.postgres_server import SUPERUSER
from store.roles.rights import READ_SCHEMA, VIEWS_SCHEMA
from store.roles.role import DatabaseRole
from store.roles.setup import ensure_roles, role_script
from tests.support.databases.database_roles import url_as

_RELATIONS = """
SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname LIKE 'planswitch%' AND c.relkind IN ('r', 'v', 'S', 'm') ORDER BY 1, 2
"""
_FUNCTIONS = """
SELECT n.nspname::text, p.proname::text, p.pronargs
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname LIKE 'planswitch%'
"""


@contextmanager
def _dashboard(database_url: str, *, is_writing: bool = True) -> Iterator[Connection[Any]]:
    """Yield a session of a dashboard; one that may write switches its own read-only default off."""
    (url,) = url_as(database_url, DatabaseRole.DASHBOARD)
    with psycopg.connect(url, autocommit=True) as connection:
        if is_writing:
            connection.execute("SET default_transaction_read_only = off")
        yield connection


def _relations(database_url: str) -> list[tuple[str, str]]:
    with psycopg.connect(database_url) as connection:
        return connection.execute(_RELATIONS).fetchall()


def _ways_to_read(schema: str, name: str) -> list[Composed]:
    names = {"name": Identifier(schema, name)}
    return [
        SQL(statement).format(**names)
        for statement in ("SELECT * FROM {name}", "TABLE {name}", "COPY {name} TO STDOUT")
    ]


def test_it_reads_every_view(database_url: str) -> None:
    """Each view answers a dashboard, without the schema's name too (views#the-role)."""
    views = [name for schema, name in _relations(database_url) if schema == VIEWS_SCHEMA]
    assert len(views) >= 13
    with _dashboard(database_url, is_writing=False) as connection:
        for name in views:
            connection.execute(SQL("SELECT * FROM {}").format(Identifier(name))).fetchall()


def test_it_reads_nothing_else(database_url: str) -> None:
    """Every table, view and sequence of ours beside the views is refused, by each statement that reads."""
    others = [each for each in _relations(database_url) if each[0] != VIEWS_SCHEMA]
    assert {schema for schema, _ in others} == {"planswitch", READ_SCHEMA}
    assert len(others) > 30
    with _dashboard(database_url) as connection:
        for schema, name in others:
            for statement in _ways_to_read(schema, name):
                with pytest.raises(errors.InsufficientPrivilege):
                    connection.execute(statement)


def test_it_calls_no_function_of_ours(database_url: str) -> None:
    """Functions of the store are refused, whoever else may call them."""
    with psycopg.connect(database_url) as connection:
        functions = connection.execute(_FUNCTIONS).fetchall()
    assert {"save_events_2", "meta_of"} <= {name for _, name, _ in functions}
    with _dashboard(database_url) as connection:
        for schema, name, count in functions:
            nothing = SQL(", ").join([SQL("NULL")] * count)
            call = SQL("SELECT {}({})").format(Identifier(schema, name), nothing)
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(call)


def test_it_changes_no_view(database_url: str) -> None:
    """A view is neither written through, nor replaced, dropped, commented or locked against others."""
    views = [name for schema, name in _relations(database_url) if schema == VIEWS_SCHEMA]
    with _dashboard(database_url) as connection:
        for name in views:
            for statement in (
                "DELETE FROM {name}",
                "INSERT INTO {name} DEFAULT VALUES",
                "DROP VIEW {name}",
                "COMMENT ON VIEW {name} IS 'mine'",
                "CREATE OR REPLACE VIEW {name} AS SELECT 1 AS one",
                "DO $$BEGIN LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE; END$$",
            ):
                with pytest.raises((errors.InsufficientPrivilege, errors.ObjectNotInPrerequisiteState)):
                    connection.execute(SQL(statement).format(name=Identifier(VIEWS_SCHEMA, name)))


@pytest.mark.parametrize(
    "statement",
    [
        *(f"SET ROLE {role}" for role in DatabaseRole if role is not DatabaseRole.DASHBOARD),
        f"SET ROLE {SUPERUSER}",
        "SET SESSION AUTHORIZATION planswitch_owner",
        "SET session_replication_role = replica",
        "GRANT planswitch_reader TO CURRENT_USER",
        "GRANT SELECT ON planswitch.switch_events TO CURRENT_USER",
        "CREATE TABLE planswitch_views.mine (id int)",
        "CREATE TABLE public.mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE TEMPORARY VIEW mine AS SELECT * FROM planswitch.switch_events",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION planswitch_views.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION pg_temp.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "COPY (SELECT 1) TO '/mine'",
        "COPY (SELECT 1) TO PROGRAM 'cat'",
        "COPY planswitch_views.switches FROM STDIN",
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT pg_read_binary_file('PG_VERSION')",
        "SELECT pg_ls_dir('.')",
        "SELECT pg_stat_file('PG_VERSION')",
        "SELECT lo_import('/etc/passwd')",
        "SELECT lo_create(0)",
        "SELECT lo_from_bytea(0, 'mine')",
        "SELECT lo_get(1)",
        "SELECT lo_open(1, 131072)",
        "SELECT pg_advisory_lock(7306116255)",
        "SELECT pg_advisory_xact_lock(7306116255)",
        "SELECT pg_try_advisory_lock(7306116254)",
        "SELECT pg_terminate_backend(pg_backend_pid()) FROM pg_authid",
        "SELECT * FROM pg_authid",
        "SELECT * FROM pg_largeobject",
        "SELECT query_to_xml('TABLE planswitch.switch_events', true, true, '')",
        "SELECT table_to_xml('planswitch.switch_events', true, true, '')",
        "SELECT has_table_privilege('planswitch.switch_events', 'SELECT') FROM planswitch.switch_events",
        "EXPLAIN ANALYZE SELECT * FROM planswitch_read.switch_board",
        "PREPARE mine AS SELECT * FROM planswitch.provider_call",
        "DECLARE mine CURSOR WITH HOLD FOR SELECT * FROM planswitch.user_vault",
        "DO $$BEGIN PERFORM * FROM planswitch.user_vault; END$$",
    ],
)
def test_it_becomes_no_more(database_url: str, statement: str) -> None:
    """Roles, files, programs, large objects, locks of writers and whatever runs a text are refused."""
    with (
        _dashboard(database_url) as connection,
        pytest.raises((errors.InsufficientPrivilege, errors.ObjectNotInPrerequisiteState)),
    ):
        connection.execute(statement.encode())


def test_a_search_path_leads_nowhere_else(database_url: str) -> None:
    """With our schemas on the path, tables stay refused, and a name of a table is not found as a view."""
    with _dashboard(database_url) as connection:
        connection.execute("SET search_path = planswitch, planswitch_read, pg_temp, planswitch_views")
        for name in ("switch_events", "user_vault", "switch_board", "provider_call"):
            with pytest.raises((errors.UndefinedTable, errors.InsufficientPrivilege)):
                connection.execute(SQL("SELECT * FROM {}").format(Identifier(name)))
        assert connection.execute("SELECT count(*) FROM projection").fetchone() == (1,)


def test_a_function_of_a_query_sees_no_hidden_row(database_url: str) -> None:
    """Each view is a barrier: a condition that tells what it sees is asked after the view's own."""
    with psycopg.connect(database_url) as connection:
        options = connection.execute(
            "SELECT relname, reloptions FROM pg_class WHERE relnamespace = to_regnamespace(%s)",
            [VIEWS_SCHEMA],
        ).fetchall()
    assert options
    assert all(each == ["security_barrier=true"] for _, each in options)


def test_its_sessions_begin_with_bounds(database_url: str) -> None:
    """A session of a dashboard begins read only, and a query or an idle transaction ends by itself."""
    with _dashboard(database_url, is_writing=False) as connection:
        settings = {
            name: connection.execute("SELECT current_setting(%s)", [name]).fetchone()
            for name in (
                "default_transaction_read_only",
                "statement_timeout",
                "idle_in_transaction_session_timeout",
                "search_path",
            )
        }
        connection.execute("SET statement_timeout = '50ms'")
        with pytest.raises(errors.QueryCanceled):
            connection.execute("SELECT pg_sleep(30)")
    assert settings == {
        "default_transaction_read_only": ("on",),
        "statement_timeout": ("30s",),
        "idle_in_transaction_session_timeout": ("30s",),
        "search_path": ("planswitch_views",),
    }


def test_what_is_granted_by_hand_is_taken_back(database_url: str) -> None:
    """A right beyond the views ends with the next migrate; a second run changes nothing (ADR 32)."""
    role = Identifier(DatabaseRole.DASHBOARD)
    with psycopg.connect(database_url, autocommit=True) as connection:
        for schema in ("planswitch", READ_SCHEMA):
            connection.execute(SQL("GRANT USAGE ON SCHEMA {} TO {}").format(Identifier(schema), role))
            every = SQL("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}")
            connection.execute(every.format(Identifier(schema), role))
    assert ensure_roles(database_url).is_complete
    with _dashboard(database_url) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("SELECT * FROM planswitch.provider_call")
    assert "REVOKE EXECUTE" not in role_script(database_url)
