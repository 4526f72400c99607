"""The views that docs/roles.md lists: who of the database reads them, and who does not (roles#sql-views)."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors
from psycopg.sql import SQL, Composed, Identifier

from store.roles.rights import VIEWS_SCHEMA
from store.roles.role import DatabaseRole
from tests.support.access.documented_roles import documented
from tests.support.databases.database_roles import url_as

VIEWS = documented("SQL views")
_OF_DASHBOARDS = "SELECT table_name::text FROM information_schema.views WHERE table_schema = %s"


def _query(name: str) -> Composed:
    schema, _, view = name.partition(".")
    return SQL("SELECT count(*) FROM {}").format(Identifier(schema, view))


def test_every_view_of_dashboards_is_in_the_document(database_url: str) -> None:
    """A view without a row fails here: nobody has decided who reads it."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(_OF_DASHBOARDS, [VIEWS_SCHEMA]).fetchall()

    views = {name.partition(".")[2] for name in VIEWS if name.startswith(f"{VIEWS_SCHEMA}.")}
    assert views == {name for (name,) in rows}
    assert {(row.roles, row.over) for row in VIEWS.values()} == {(frozenset({"viewer"}), "all")}


def test_people_read_every_view_and_dashboards_their_own(database_url: str) -> None:
    """The reader's account reads each row of the table; a dashboard's is refused the read models."""
    reader, dashboard = url_as(database_url, DatabaseRole.READER, DatabaseRole.DASHBOARD)
    with (
        psycopg.connect(reader, autocommit=True) as people,
        psycopg.connect(dashboard, autocommit=True) as board,
    ):
        for name in VIEWS:
            people.execute(_query(name))
            if name.startswith(f"{VIEWS_SCHEMA}."):
                board.execute(_query(name))
            else:
                with pytest.raises(errors.InsufficientPrivilege):
                    board.execute(_query(name))
