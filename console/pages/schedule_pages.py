"""Pages of what is scheduled and what waits: the list, and one request with its forms.

See rules#scheduled-starts.

Every form does what the API does, by the same functions. A change is quoted first, and accepted with its
digest.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode
from uuid import uuid4

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.models.schedules import StartOffered
from console.pages.checkout_forms import Fields, Posted, body_of, kept_texts, text_of
from console.switches.bodies import CommandBody
from console.switches.schedules import (
    AcceptBody,
    ChangeBody,
    NewStartBody,
    offer_answer,
    schedule_answer,
    schedule_answers,
)
from console.words.rendering import page
from domain.kernel.errors import PlanSwitchError, RuleViolated, UnknownSwitch
from services.answers import CommandTaken
from services.assessment import schedules
from services.base.switch_rows import is_waiting, shown_change

router = APIRouter(include_in_schema=False)

_SEE_OTHER = 303
PAGE_ROWS = 50
#: Forms of the page of one request.
CHANGE, UNDO, PRICE = "change", "undo", "price"
#: Fields of the form of a change.
_START_FIELDS = tuple(NewStartBody.model_fields)


@router.get("/schedule")
def list_page(actor: Actor, console: Console, organization: str = "", after: str = "") -> Response:
    """Show what is scheduled and what waits, the newest first; all state of the list is in its address."""
    owner = console.reads.organization(organization) if organization.strip() else ""
    rows = schedules.waiting_page(
        console, organization=owner or None, limit=PAGE_ROWS, after=after.strip() or None
    )
    filters = {"organization": owner} if owner else {}
    following = {**filters, "after": rows.next_id}
    return page(
        "schedules.html",
        actor=actor,
        rows=schedule_answers(console, rows.requests),
        total=rows.total,
        filters=filters,
        is_first=not after,
        first_page=f"/schedule?{urlencode(filters)}" if filters else "/schedule",
        next_page=f"/schedule?{urlencode(following)}" if rows.next_id else "",
    )


@router.get("/schedule/{switch}")
def schedule_page(switch: str, actor: Actor, console: Console) -> Response:
    """Show one request; one that waits no more is shown as the switch that it is."""
    row = console.reads.switch(switch)
    if not is_waiting(row):
        return RedirectResponse(f"/switches/{row.switch_id}", status_code=_SEE_OTHER)
    return _one(console, row.switch_id, actor)


@router.get("/schedule/{switch}/{form}")
def form_page(switch: str, form: str, _actor: Actor) -> Response:
    """Lead to the form: a reload of one that was refused asks for this address."""
    return _to(switch, form)


@router.post("/schedule/{switch}/quote")
def quote_change(switch: str, fields: Posted, actor: Actor, console: Console) -> Response:
    """Quote a request for another time, and show that with the button that accepts it."""
    try:
        request = schedules.waiting_request(console, switch)
        change = body_of(NewStartBody, **_start_of(fields)).change()
        offer = offer_answer(console, request, schedules.new_start(console, request, change, actor=actor))
    except PlanSwitchError as error:
        return _one(console, switch, actor, form=CHANGE, error=error, kept=fields)
    return _one(console, switch, actor, form=CHANGE, kept=fields, offer=offer)


@router.post("/schedule/{switch}/change")
def change(switch: str, fields: Posted, actor: Actor, console: Console) -> Response:
    """Change when a request starts, by the quote that was shown."""
    try:
        body = body_of(ChangeBody, **_start_of(fields), **_accepted(fields))
        taken = schedules.change_start(console, switch, body.change(), body.acceptance(), body.command(actor))
    except PlanSwitchError as error:
        return _one(console, switch, actor, form=CHANGE, error=error, kept=fields)
    return _shown(console, taken)


@router.post("/schedule/{switch}/price")
def accept_price(switch: str, fields: Posted, actor: Actor, console: Console) -> Response:
    """Accept the new price that was shown."""
    try:
        body = body_of(AcceptBody, **_accepted(fields))
        taken = schedules.accept_price(console, switch, body.acceptance(), body.command(actor))
    except PlanSwitchError as error:
        return _one(console, switch, actor, form=PRICE, error=error, kept=fields)
    return _shown(console, taken)


@router.post("/schedule/{switch}/undo")
def undo(switch: str, fields: Posted, actor: Actor, console: Console) -> Response:
    """End a request that has not started, or decline its new price."""
    try:
        body = body_of(CommandBody, **_said(fields))
        taken = schedules.undo(console, switch, body.command(actor))
    except PlanSwitchError as error:
        return _one(console, switch, actor, form=UNDO, error=error, kept=fields)
    return _shown(console, taken)


def _start_of(fields: Fields) -> dict[str, str]:
    """Return the fields of another time that were filled in."""
    return {name: text for name in _START_FIELDS if (text := text_of(fields, name))}


def _said(fields: Fields) -> dict[str, str]:
    given = text_of(fields, "request_id")
    return {"reason": text_of(fields, "reason"), "request_id": given or str(uuid4())}


def _accepted(fields: Fields) -> dict[str, str | None]:
    return {**_said(fields), "quote_digest": text_of(fields, "quote_digest") or None}


def _shown(console: ConsoleDependencies, taken: CommandTaken) -> Response:
    """Show the request after a command, by a request of its own, so that a reload sends nothing again."""
    row = console.reads.switch(taken.switch_id)
    shown_change(console.reads, row.switch_id, row.position)
    return _to(row.switch_id)


def _to(switch: str, form: str = "") -> Response:
    mark = f"#{quote(form)}" if form in {CHANGE, UNDO, PRICE} else ""
    return RedirectResponse(f"/schedule/{quote(switch, safe='')}{mark}", status_code=_SEE_OTHER)


def _one(
    console: ConsoleDependencies,
    switch: str,
    actor: str,
    *,
    form: str = "",
    error: PlanSwitchError | None = None,
    kept: Fields | None = None,
    offer: StartOffered | None = None,
) -> Response:
    try:
        request = schedules.waiting_request(console, switch)
    except (RuleViolated, UnknownSwitch):
        # Where it waits no more, its own page says what became of it; the refusal is the answer.
        if error is not None:
            raise error from None
        raise
    shown = schedule_answer(console, request, organization_name=_name_of(console, request))
    price, told = _price_of(console, request, actor, error)
    return page(
        "schedule.html",
        status=error.handling.http_status if error else 200,
        actor=actor,
        view=shown,
        form=form,
        told=error,
        price=price,
        price_told=told,
        offer=offer,
        kept=kept_texts(kept),
        quiet_hours=console.quiet_hours,
        request_id=str(uuid4()),
    )


def _name_of(console: ConsoleDependencies, request: schedules.WaitingRequest) -> str:
    organization_id = request.row.organization_id
    names: Mapping[str, str] = console.reads.names.names_of([organization_id])
    return names.get(organization_id, "")


def _price_of(
    console: ConsoleDependencies,
    request: schedules.WaitingRequest,
    actor: str,
    error: PlanSwitchError | None,
) -> tuple[StartOffered | None, PlanSwitchError | None]:
    """Return what a switch costs now whose price has changed, or why nobody can say it."""
    if request.wait.price is None or error is not None:
        return None, None
    try:
        return offer_answer(console, request, schedules.new_price(console, request, actor=actor)), None
    except PlanSwitchError as refusal:
        return None, refusal
