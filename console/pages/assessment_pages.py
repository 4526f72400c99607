"""Pages of recorded assessments: those of an organization, and one with the figures that were compared."""

from __future__ import annotations

from fastapi import APIRouter, Response

from audit.assessments.records import NOT_RECORDED
from console.access.dependencies import Actor, Console
from console.api.audit import routes_assessments as api
from console.edge.plain_bodies import PathId
from console.lists.paging import FIRST_PAGE
from console.lists.row_filters import EVERY_ASSESSMENT
from console.words.rendering import page

router = APIRouter(include_in_schema=False)

PAGE_SIZE = 50


@router.get("/organizations/{organization_id}/assessments")
def assessments_page(
    organization_id: PathId, actor: Actor, console: Console, after: api.Before = None
) -> Response:
    """Show every recorded look at a switch of an organization, the newest first."""
    view = api.list_assessments(
        organization_id=organization_id,
        _actor=actor,
        console=console,
        paging=FIRST_PAGE,
        choice=EVERY_ASSESSMENT,
        limit=PAGE_SIZE,
        after=after,
    )
    name = console.reads.names.names_of([view.organization_id]).get(view.organization_id, "")
    return page("assessments.html", actor=actor, view=view, organization=name, is_first=after is None)


@router.get("/organizations/{organization_id}/assessments/{assessment}")
def assessment_page(organization_id: PathId, assessment: str, actor: Actor, console: Console) -> Response:
    """Show one of them with everything that it rests on."""
    view = api.show_assessment(assessment, actor, console)
    is_lost = view.refusal_code == NOT_RECORDED
    return page("assessment.html", actor=actor, view=view, organization_id=organization_id, is_lost=is_lost)
