"""Endpoints of approvals by a second person: list, show, approve, refuse (docs/approvals.md)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from console.access.dependencies import Caller, Console
from console.approvals.models import ApprovalAnswer, ApprovalList
from console.approvals.views import DecisionBody, approval_answer, approval_answers
from console.edge.plain_bodies import PathId
from domain.approvals.approval import ApprovalState
from domain.kernel.limits import TEXT_MAX
from projections.reads.queries import PAGE_MAX, POSITION_MAX
from services.approving import deciding

router = APIRouter(prefix="/api/v1/approvals", tags=["approvals"])

Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]
Place = Annotated[int | None, Query(ge=1, le=POSITION_MAX)]
StateQuery = Annotated[
    str | None, Query(max_length=TEXT_MAX, description=f"One of {', '.join(ApprovalState)}")
]
OrganizationQuery = Annotated[
    str | None,
    Query(
        max_length=TEXT_MAX,
        description="Directory id of an organization, its first 8 characters, or its name",
    ),
]


@router.get("")
def list_approvals(
    *,
    caller: Caller,
    console: Console,
    state: StateQuery = None,
    organization: OrganizationQuery = None,
    limit: Limit = 50,
    after: Place = None,
) -> ApprovalList:
    """List requests for approvals, the one that changed last first; `after` is `next` of the page before."""
    owner = console.reads.organization(organization) if organization else None
    page = deciding.approval_page(
        console, caller, state=state, organization_id=owner, limit=limit, after=after
    )
    return ApprovalList(
        approvals=approval_answers(console, caller, page.approvals),
        waiting=deciding.waiting_count(console, caller),
        next=page.next_id,
    )


@router.get("/{approval}")
def show_approval(approval: PathId, caller: Caller, console: Console) -> ApprovalAnswer:
    """Show one request: what it would do, who wants it and why, and what became of it."""
    return approval_answer(console, caller, deciding.shown_approval(console, caller, approval))


@router.post("/{approval}/approve")
def approve(approval: PathId, body: DecisionBody, caller: Caller, console: Console) -> ApprovalAnswer:
    """Approve a request as a second person; it is carried out at once, in the name of its requester."""
    decided = deciding.approve(console, caller, approval, digest=body.digest, reason=body.reason)
    return approval_answer(console, caller, decided)


@router.post("/{approval}/refuse")
def refuse(approval: PathId, body: DecisionBody, caller: Caller, console: Console) -> ApprovalAnswer:
    """Refuse a request as a second person; nothing is done."""
    decided = deciding.refuse(console, caller, approval, digest=body.digest, reason=body.reason)
    return approval_answer(console, caller, decided)
