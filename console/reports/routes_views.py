"""Endpoints of the views of dashboards: which there are, and their rows as a file."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from console.access.dependencies import Caller, Console
from console.edge.plain_bodies import PathId
from console.models.base import view_of
from console.reports.models import ViewAnswer, ViewColumnAnswer, ViewsAnswer
from domain.people.roles import Role
from projections.reads.dashboard_views import dashboard_views
from services.reports.view_files import ViewFormat
from services.reports.views import view_file

router = APIRouter(prefix="/api/v1/views", tags=["reports"])

_ID_MAX = 128
MEDIA_TYPES = {
    ViewFormat.CSV: "text/csv",
    ViewFormat.JSON_LINES: "application/jsonl",
    ViewFormat.HTML: "text/html",
}
_FILE: dict[int | str, dict[str, object]] = {
    200: {
        "description": "The rows, in the order of the view's first columns.",
        "content": {kind: {"schema": {"type": "string"}} for kind in MEDIA_TYPES.values()},
    }
}
FormatQuery = Annotated[ViewFormat, Query(alias="format", description="How the rows are written")]
OrganizationQuery = Annotated[str, Query(max_length=_ID_MAX, description="Only rows of this directory id")]


@router.get("")
def list_views(_caller: Caller, console: Console) -> ViewsAnswer:
    """List the views that dashboards read, with what each column means."""
    return ViewsAnswer(
        views=tuple(
            view_of(
                ViewAnswer,
                each,
                columns=tuple(view_of(ViewColumnAnswer, column) for column in each.columns),
            )
            for each in dashboard_views(console.reads.views_url())
        )
    )


@router.get("/{view}", response_class=StreamingResponse, responses=_FILE)
def export_view(
    view: PathId,
    caller: Caller,
    console: Console,
    form: FormatQuery = ViewFormat.JSON_LINES,
    organization: OrganizationQuery = "",
) -> StreamingResponse:
    """Return the rows of a view as a file; a caller gets those of the organizations that they may see."""
    parts = view_file(
        console.reads.views_url(),
        view,
        form,
        organizations=caller.organizations(Role.VIEWER),
        organization=organization,
    )
    headers = {
        "Content-Disposition": f'attachment; filename="planswitch-{view}.{form}"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(parts, media_type=MEDIA_TYPES[form], headers=headers)
