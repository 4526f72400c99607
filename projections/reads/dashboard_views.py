"""The views of dashboards as they are read for exports: which there are, what they mean, and their rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from psycopg.rows import tuple_row
from psycopg.sql import SQL, Composed, Identifier

from domain.kernel.errors import UnknownView
from projections.running.schema import Connection, connected
from store.roles.rights import VIEWS_SCHEMA

#: What a column of a view may hold.
Cell = UUID | str | int | float | bool | datetime | date | None
Row = tuple[Cell, ...]
#: Rows that are fetched at once: no more of an export is ever held.
BATCH_ROWS = 500
#: An export ends whose query takes longer, or whose reader takes nothing for so long: a migration waits.
STATEMENT_SECONDS_MAX, STALLED_SECONDS_MAX = 60, 30
ORGANIZATION = "organization_id"
#: Columns by which the rows are ordered: keys stand first in each view.
_ORDERED_BY = 3
_COLUMNS = """
SELECT c.relname::text, obj_description(c.oid, 'pg_class'), a.attname::text,
       format_type(a.atttypid, a.atttypmod), col_description(c.oid, a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = to_regnamespace(%s) AND c.relkind = 'v'
ORDER BY c.relname, a.attnum
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ViewColumn:
    """A column of a view, as the database describes it."""

    name: str
    #: PostgreSQL's name of its type.
    type: str
    #: What it tells, with its unit.
    meaning: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DashboardView:
    """A view of docs/views.md, as the database describes it."""

    name: str
    meaning: str
    columns: tuple[ViewColumn, ...]

    @property
    def is_by_organization(self) -> bool:
        """Tell whether each row belongs to an organization, or to none."""
        return any(each.name == ORGANIZATION for each in self.columns)


def dashboard_views(database_url: str) -> tuple[DashboardView, ...]:
    """Return the views, in the order of their names.

    Args:
        database_url: PostgreSQL of the read models.

    Raises:
        StoreUnavailable: PostgreSQL does not answer.
    """
    with connected(database_url) as connection:
        return _views(connection)


def dashboard_rows(
    database_url: str, name: str, *, organizations: Collection[str] | None
) -> tuple[DashboardView, Iterator[list[Row]]]:
    """Return a view and its rows, batch by batch; the query has begun to answer when this returns.

    Args:
        database_url: PostgreSQL of the read models.
        name: Of the view.
        organizations: Directory ids of those whose rows are wanted; None for all rows.

    Raises:
        UnknownView: There is no such view.
        StoreUnavailable: PostgreSQL does not answer, or not in time.
    """
    with connected(database_url) as connection:
        view = _view(connection, name)
    batches = _batches(database_url, view, organizations)
    # Its first step opens the connection, which is closed with the iterator from then on.
    next(batches)
    return view, batches


def _batches(
    database_url: str, view: DashboardView, organizations: Collection[str] | None
) -> Iterator[list[Row]]:
    """Yield an empty batch once the query answers, and then its rows."""
    with connected(database_url, autocommit=False) as connection:
        connection.execute("SET TRANSACTION READ ONLY")
        connection.execute(
            f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS_MAX}s';"
            f"SET LOCAL idle_in_transaction_session_timeout = '{STALLED_SECONDS_MAX}s'".encode()
        )
        with connection.cursor(name="export", row_factory=tuple_row) as cursor:
            query = _query(view, is_limited=organizations is not None)
            cursor.execute(query, {"organizations": sorted(organizations or ())})
            rows = cursor.fetchmany(BATCH_ROWS)
            yield []
            while rows:
                yield rows
                rows = cursor.fetchmany(BATCH_ROWS)


def _query(view: DashboardView, *, is_limited: bool) -> Composed:
    order = SQL(", ").join(Identifier(each.name) for each in view.columns[:_ORDERED_BY])
    where = SQL("WHERE lower({}) = ANY(%(organizations)s)").format(Identifier(ORGANIZATION))
    return SQL("SELECT {} FROM {} {} ORDER BY {}").format(
        SQL(", ").join(Identifier(each.name) for each in view.columns),
        Identifier(VIEWS_SCHEMA, view.name),
        where if is_limited and view.is_by_organization else SQL(""),
        order,
    )


def _view(connection: Connection, name: str) -> DashboardView:
    views = _views(connection)
    known = next((each for each in views if each.name == name), None)
    if known is None:
        raise UnknownView(
            f"There is no view {name!r}; there are {', '.join(each.name for each in views)}.",
            remedy="`planswitch report views` lists the views with their columns.",
        )
    return known


def _views(connection: Connection) -> tuple[DashboardView, ...]:
    rows = connection.cursor(row_factory=tuple_row).execute(_COLUMNS, [VIEWS_SCHEMA])
    return tuple(
        DashboardView(
            name=name,
            meaning=meaning or "",
            columns=tuple(
                ViewColumn(name=column, type=kind, meaning=text or "") for _, _, column, kind, text in columns
            ),
        )
        for (name, meaning), columns in groupby(rows, key=itemgetter(0, 1))
    )
