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
from console.api.routes_switches import make_quote, start_switch
from console.models.quotes import QuoteMade
from console.models.schedules import ScheduleAnswer, StartOffered
from console.pages.checkout_forms import Fields, Posted, body_of, kept_texts, number_of, text_of
from console.switches.bodies import QuoteBody, SwitchBody
from console.switches.schedules import (
    AcceptBody,
    ChangeBody,
    NewStartBody,
    UndoBody,
    offer_answer,
    schedule_answer,
    schedule_answers,
)
from console.words.rendering import page
from domain.kernel.errors import InvalidInput, PlanSwitchError, RuleViolated, UnknownSwitch
from domain.reasons.findings import ACKNOWLEDGED
from domain.requests.start_times import StartTerms
from services.answers import CommandTaken
from services.base.switch_rows import is_waiting, shown_change
from services.commands import schedules

router = APIRouter(include_in_schema=False)

_SEE_OTHER = 303
PAGE_ROWS = 50
#: Forms of the page of one request.
CHANGE, UNDO, PRICE = "change", "undo", "price"
#: Fields of the form of a change.
_START_FIELDS = tuple(NewStartBody.model_fields)
#: Fields of the form that schedules a switch.
_ASKED_FIELDS = ("organization_id", "target_plan", "quantity", *_START_FIELDS)
_A_TIME = "a day, an instant, quiet hours, or an end of the wait"
_NOT_OPEN = "a window that is not open now, or one beside a day"
_OPEN_NOW = "Name a day as well; or start a [checkout](/checkouts), which begins at once."


@router.get("/schedule")
def list_page(actor: Actor, console: Console, organization: str = "", after: str = "") -> Response:
    """Show what is scheduled and what waits, the newest first; all state of the list is in its address."""
    owner = console.reads.organization(organization) if organization.strip() else ""
    return _list(console, actor, organization=owner, after=after.strip())


@router.post("/schedule")
def schedule(fields: Posted, actor: Actor, console: Console) -> Response:
    """Quote a switch for a time and show that; with the digest that was shown, schedule it."""
    try:
        if text_of(fields, "quote_digest"):
            started = start_switch(_order_of(fields), actor, console, Response())
            return _to(started.switch_id)
        offer = _offered(console, actor, body_of(QuoteBody, **_asked_of(fields)))
    except PlanSwitchError as error:
        return _list(console, actor, error=error, kept=fields)
    return _list(console, actor, kept=fields, offer=offer)


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
        request = schedules.waiting_request(console, switch, is_to_change=True)
        change = body_of(NewStartBody, **_start_of(fields)).change()
        offer = offer_answer(console, request, schedules.new_start(console, request, change, actor=actor))
    except PlanSwitchError as error:
        return _one(console, switch, actor, form=CHANGE, error=error, kept=fields)
    return _one(console, switch, actor, form=CHANGE, kept=fields, offer=offer)


@router.post("/schedule/{switch}/change")
def change(switch: str, fields: Posted, actor: Actor, console: Console) -> Response:
    """Change when a request starts, by the quote that was shown."""
    try:
        body = body_of(ChangeBody, **_start_of(fields), **_acceptance_of(fields))
        answer = schedules.change_start(
            console,
            switch,
            body.change(),
            body.acceptance(),
            body.command(actor),
            acknowledgments=body.confirmed(),
        )
    except PlanSwitchError as error:
        return _one(console, switch, actor, form=CHANGE, error=error, kept=fields)
    return _shown(console, answer)


@router.post("/schedule/{switch}/price")
def accept_price(switch: str, fields: Posted, actor: Actor, console: Console) -> Response:
    """Accept the new price that was shown."""
    try:
        body = body_of(AcceptBody, **_acceptance_of(fields))
        answer = schedules.accept_price(
            console, switch, body.acceptance(), body.command(actor), acknowledgments=body.confirmed()
        )
    except PlanSwitchError as error:
        return _one(console, switch, actor, form=PRICE, error=error, kept=fields)
    return _shown(console, answer)


@router.post("/schedule/{switch}/undo")
def undo(switch: str, fields: Posted, actor: Actor, console: Console) -> Response:
    """End a request that has not started, or decline its new price."""
    is_decline = bool(text_of(fields, "declines_price"))
    try:
        body = body_of(UndoBody, **_command_of(fields), declines_price=is_decline)
        answer = schedules.undo(console, switch, body.command(actor), is_decline=is_decline)
    except PlanSwitchError as error:
        return _one(console, switch, actor, form=UNDO, error=error, kept=fields)
    return _shown(console, answer)


def _asked_of(fields: Fields) -> dict[str, object]:
    """Return what is asked for in the form that schedules a switch, as the API takes it."""
    question: dict[str, object] = {name: text for name in _ASKED_FIELDS if (text := text_of(fields, name))}
    if "quantity" in question:
        question["quantity"] = number_of(fields, "quantity")
    return question


def _order_of(fields: Fields) -> SwitchBody:
    return body_of(
        SwitchBody,
        **_asked_of(fields),
        **_acceptance_of(fields),
    )


def _offered(console: ConsoleDependencies, actor: str, body: QuoteBody) -> QuoteMade:
    """Return the quote of a switch for a time.

    Raises:
        InvalidInput: No time is named, or it has come.
    """
    if not any((body.start_on, body.start_at, body.quiet_hours, body.wait_until)):
        raise InvalidInput(field="start_on", value=None, allowed=_A_TIME)
    offer = make_quote(body, actor, console)
    if offer.wait is None:
        raise InvalidInput(field="quiet_hours", value=body.quiet_hours, allowed=_NOT_OPEN, remedy=_OPEN_NOW)
    return offer


def _starts(fields: Fields, offer: QuoteMade) -> str:
    """Return when a switch that was quoted would start, in words."""
    instant = text_of(fields, "start_at")
    day, window = offer.quote.start_on, text_of(fields, "quiet_hours") or None
    return instant or StartTerms(start_on=str(day) if day else None, quiet_hours=window).words


def _list(
    console: ConsoleDependencies,
    actor: str,
    *,
    organization: str = "",
    after: str = "",
    error: PlanSwitchError | None = None,
    kept: Fields | None = None,
    offer: QuoteMade | None = None,
) -> Response:
    rows = schedules.waiting_page(
        console, organization_id=organization or None, limit=PAGE_ROWS, after=after or None
    )
    filters = {"organization": organization} if organization else {}
    following = {**filters, "after": rows.next_id}
    return page(
        "schedules.html",
        status=error.handling.http_status if error else 200,
        actor=actor,
        rows=schedule_answers(console, rows.requests),
        total=rows.total,
        filters=filters,
        is_first=not after,
        first_page=f"/schedule?{urlencode(filters)}" if filters else "/schedule",
        next_page=f"/schedule?{urlencode(following)}" if rows.next_id else "",
        told=error,
        kept=kept_texts(kept),
        fields=_ASKED_FIELDS,
        offer=offer,
        offer_starts=_starts(kept or {}, offer) if offer else "",
        words_of=ACKNOWLEDGED,
        quiet_hours=console.quiet_hours,
        request_id=str(uuid4()),
    )


def _start_of(fields: Fields) -> dict[str, str]:
    """Return the fields of another time that were filled in."""
    return {name: text for name in _START_FIELDS if (text := text_of(fields, name))}


def _command_of(fields: Fields) -> dict[str, str]:
    request_id = text_of(fields, "request_id")
    return {"reason": text_of(fields, "reason"), "request_id": request_id or str(uuid4())}


def _acceptance_of(fields: Fields) -> dict[str, object]:
    return {
        **_command_of(fields),
        "quote_digest": text_of(fields, "quote_digest") or None,
        "acknowledgments": tuple(fields.get("acknowledgments", ())),
        "accept_forfeiture": bool(text_of(fields, "accept_forfeiture")),
    }


def _shown(console: ConsoleDependencies, answer: CommandTaken) -> Response:
    """Show the request after a command, by a request of its own, so that a reload sends nothing again."""
    row = console.reads.switch(answer.switch_id)
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
    price, price_refusal = _price_of(console, request, actor, error)
    return page(
        "schedule.html",
        status=error.handling.http_status if error else 200,
        actor=actor,
        view=shown,
        form=form,
        told=error,
        price=price,
        price_told=price_refusal,
        offer=offer,
        kept=kept_texts(kept),
        times=_times_of(shown),
        words_of=ACKNOWLEDGED,
        quiet_hours=console.quiet_hours,
        request_id=str(uuid4()),
    )


def _times_of(shown: ScheduleAnswer) -> dict[str, str]:
    """Return what the form of a change shows at first: when the request starts now."""
    is_day = shown.start_at is None and shown.start_on is not None
    times = {
        "start_on": shown.start_on if is_day else None,
        "start_at": shown.start_at,
        "quiet_hours": shown.quiet_hours,
        "price_tolerance_percent": shown.price_tolerance_percent,
    }
    return {name: value for name, value in times.items() if value}


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
