"""Pages of approvals: the list, and one request with the form that decides it.

The form does what the API does, by the same functions; it sends the digest of what was shown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import RedirectResponse

from console.access.dependencies import Caller, Console, ConsoleDependencies
from console.approvals.views import DecisionBody, approval_answer, approval_answers
from console.edge.plain_bodies import PathId
from console.pages.checkout_forms import Fields, Posted, body_of, kept_texts, text_of
from console.words.rendering import page
from domain.approvals.approval import Approval, ApprovalState
from domain.kernel.errors import PlanSwitchError
from domain.kernel.limits import TEXT_MAX
from domain.people.principal import Principal
from projections.reads.queries import POSITION_MAX
from services.approving import deciding

router = APIRouter(include_in_schema=False)

_OK = 200
_SEE_OTHER = 303
PAGE_ROWS = 50
#: State -> meaning and icon of its mark.
MARKS: dict[ApprovalState, tuple[str, str]] = {
    ApprovalState.WAITING: ("wait", "‖"),
    ApprovalState.APPROVED: ("wait", "✔"),
    ApprovalState.DONE: ("good", "✔"),
    ApprovalState.EXPIRED: ("plain", "⊘"),
    ApprovalState.REFUSED: ("bad", "✘"),
    ApprovalState.FAILED: ("bad", "✘"),
    ApprovalState.VOID: ("plain", "⊘"),
}
Search = Annotated[str, Query(max_length=TEXT_MAX)]
Place = Annotated[int, Query(ge=0, le=POSITION_MAX)]
Decision = Annotated[str, Path(alias="decision")]
Decide = Callable[..., Approval]


@router.get("/approvals")
def list_page(caller: Caller, console: Console, state: Search = "", after: Place = 0) -> Response:
    """Show requests for approvals, the one that changed last first; all state is in the address."""
    word = state.strip()
    shown = deciding.approval_page(console, caller, state=word or None, limit=PAGE_ROWS, after=after or None)
    filters = {"state": word} if word else {}
    following = urlencode({**filters, "after": shown.next_id}) if shown.next_id else ""
    return page(
        "approvals.html",
        actor=caller.actor,
        rows=approval_answers(console, caller, shown.approvals),
        waiting=deciding.waiting_count(console, caller),
        states=list(ApprovalState),
        marks=MARKS,
        state=word,
        is_on=console.approvals.is_on,
        first_page=f"/approvals?{urlencode(filters)}" if filters else "/approvals",
        is_first=not after,
        next_page=f"/approvals?{following}" if following else "",
    )


@router.get("/approvals/{approval}")
def approval_page(approval: PathId, caller: Caller, console: Console) -> Response:
    """Show one request, what it would do, and the form that decides it."""
    return _one(console, caller, approval)


@router.get("/approvals/{approval}/{decision}")
def decision_page(
    approval: PathId, _decision: Annotated[str, Path(alias="decision")], _caller: Caller
) -> Response:
    """Lead to the request: a reload of a form that was refused asks for this address."""
    return _to(approval)


@router.post("/approvals/{approval}/approve")
def approve(approval: PathId, fields: Posted, caller: Caller, console: Console) -> Response:
    """Approve a request; it is carried out at once."""
    return _decided(console, caller, approval, fields, deciding.approve)


@router.post("/approvals/{approval}/refuse")
def refuse(approval: PathId, fields: Posted, caller: Caller, console: Console) -> Response:
    """Refuse a request; nothing is done."""
    return _decided(console, caller, approval, fields, deciding.refuse)


def _decided(
    console: ConsoleDependencies, caller: Principal, approval: str, fields: Fields, decide: Decide
) -> Response:
    try:
        texts = {name: text_of(fields, name) for name in DecisionBody.model_fields}
        body = body_of(DecisionBody, **texts)
        decide(console, caller, approval, digest=body.digest, reason=body.reason)
    except PlanSwitchError as error:
        return _one(console, caller, approval, error=error, kept=fields)
    return _to(approval)


def _to(approval: str) -> Response:
    return RedirectResponse(f"/approvals/{quote(approval, safe='')}", status_code=_SEE_OTHER)


def _one(
    console: ConsoleDependencies,
    caller: Principal,
    approval: str,
    *,
    error: PlanSwitchError | None = None,
    kept: Fields | None = None,
) -> Response:
    shown = deciding.shown_approval(console, caller, approval)
    return page(
        "approval.html",
        status=error.handling.http_status if error else _OK,
        actor=caller.actor,
        view=approval_answer(console, caller, shown),
        marks=MARKS,
        told=error,
        kept=kept_texts(kept),
    )
