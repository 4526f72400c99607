"""The page that takes a completed switch back: its quote, whom it does not restore, and its start."""

from __future__ import annotations

from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.api.routes_switch_back import quote_back, start_back
from console.api.routes_switches import named
from console.models.quotes import QuoteMade
from console.pages.checkout_forms import Fields, Posted, body_of, kept_texts, text_of
from console.switches.bodies import BackBody, BackQuoteBody
from console.words.rendering import page
from domain.kernel.errors import PlanSwitchError
from domain.reasons.findings import ACKNOWLEDGED

router = APIRouter(include_in_schema=False)

#: Users whom the page names of one kind; the API has every one.
USERS_SHOWN = 50
_ACKNOWLEDGED = "acknowledged"
_CHECKED = "yes"
_SEE_OTHER = 303
_UNAVAILABLE = 503


@router.get("/switches/{switch}/back")
def back_page(switch: str, actor: Actor, console: Console) -> Response:
    """Show what taking a switch back would cost and do; nothing is ordered."""
    return _one(console, switch, actor)


@router.post("/switches/{switch}/back")
def take_back(switch: str, fields: Posted, actor: Actor, console: Console, response: Response) -> Response:
    """Start the switch back and show it; a refusal is told on the page."""
    try:
        body = body_of(
            BackBody,
            quote_digest=text_of(fields, "quote_digest") or None,
            acknowledgments=tuple(fields.get(_ACKNOWLEDGED, ())),
            accept_forfeiture=text_of(fields, "accept_forfeiture") == _CHECKED,
            request_id=text_of(fields, "request_id") or str(uuid4()),
            reason=text_of(fields, "reason"),
        )
        started = start_back(switch, body, actor, console, response)
    except PlanSwitchError as error:
        return _one(console, switch, actor, refusal=error, kept=fields)
    return RedirectResponse(f"/switches/{quote(started.switch_id, safe='')}", status_code=_SEE_OTHER)


def _one(
    console: ConsoleDependencies,
    switch: str,
    actor: str,
    *,
    refusal: PlanSwitchError | None = None,
    kept: Fields | None = None,
) -> Response:
    row = console.reads.switch(switch)
    view, closed = _quoted(console, row.switch_id, actor)
    status = refusal or closed
    # What was not answered may still be done: the same id, sent again, acts once.
    is_open = refusal is not None and refusal.handling.http_status >= _UNAVAILABLE
    kept_id = kept_texts(kept).get("request_id", "") if is_open else ""
    return page(
        "switch_back.html",
        status=status.handling.http_status if status else 200,
        actor=actor,
        row=named(console, row),
        told=refusal,
        users_shown=USERS_SHOWN,
        words_of=ACKNOWLEDGED,
        kept=kept_texts(kept),
        checked=tuple((kept or {}).get(_ACKNOWLEDGED, ())),
        request_id=kept_id or str(uuid4()),
        view=view,
        closed=closed,
    )


def _quoted(
    console: ConsoleDependencies, switch_id: str, actor: str
) -> tuple[QuoteMade | None, PlanSwitchError | None]:
    """Return the quote of a switch back, or why there is none."""
    try:
        return quote_back(switch_id, BackQuoteBody(), actor, console), None
    except PlanSwitchError as error:
        return None, error
