"""Pages of the views of dashboards: the list with what each column means, and the first rows of one."""

from __future__ import annotations

from fastapi import APIRouter, Response

from console.access.dependencies import Caller, Console
from console.edge.plain_bodies import PathId
from console.words.rendering import page
from domain.people.roles import Role
from projections.reads.dashboard_views import dashboard_views
from services.reports.view_files import ViewFormat, cell_text
from services.reports.views import first_rows

router = APIRouter(include_in_schema=False)

#: Rows that a page shows; its files have all.
PAGE_ROWS = 50


@router.get("/reports")
def list_page(caller: Caller, console: Console) -> Response:
    """Show the views, each with its columns and its files."""
    return page(
        "reports.html",
        actor=caller.actor,
        views=dashboard_views(console.reads.views_url()),
        formats=tuple(ViewFormat),
    )


@router.get("/reports/{view}")
def view_page(view: PathId, caller: Caller, console: Console) -> Response:
    """Show the first rows of a view, of the organizations that the caller may see."""
    known, rows = first_rows(
        console.reads.views_url(), view, organizations=caller.organizations(Role.VIEWER), limit=PAGE_ROWS + 1
    )
    return page(
        "report.html",
        actor=caller.actor,
        view=known,
        rows=[[(cell_text(cell), _is_figure(cell)) for cell in row] for row in rows[:PAGE_ROWS]],
        is_more=len(rows) > PAGE_ROWS,
        rows_max=PAGE_ROWS,
        formats=tuple(ViewFormat),
    )


def _is_figure(cell: object) -> bool:
    return type(cell) in {int, float}
