"""The page that takes a completed switch back: its quote, whom it does not restore, and its start."""

from __future__ import annotations

from typing import Annotated, TypeVar
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.api.routes_switch_back import quote_back, start_back
from console.api.routes_switches import named
from console.models.quotes import QuoteMade
from console.pages.checkout_forms import Fields, Posted, body_of, kept_texts, number_of, text_of
from console.switches.bodies import BackBody, BackQuoteBody
from console.words.rendering import page
from domain.kernel.errors import PlanSwitchError
from domain.licenses.restored_settings import CHANGED, JOINED
from domain.quote.overlap import OVERLAP
from domain.reasons.findings import ACKNOWLEDGED, FindingCode
from domain.requests.switch_back import SwitchBackRefused
from domain.requests.terms import DOMAIN_PREFIX

router = APIRouter(include_in_schema=False)

#: Users whom the page names of one kind; the API has every one.
USERS_SHOWN = 50
#: What is confirmed with the start, and what is accepted first, since the quote or the rules depend on it.
_ACKNOWLEDGED, _ACCEPTED = "acknowledged", "accepted"
#: Reasons that clear by what is accepted on the page.
_NOT_CANCELLABLE, _DOMAINS_OPEN = "SOURCE_NOT_CANCELLABLE", "CUSTOM_DOMAIN_REVIEW"
_LEAVE_OTHERS = "leave_others"
_CHECKED = "yes"
_SEE_OTHER = 303
Body = TypeVar("Body", bound=BackQuoteBody)
_UNAVAILABLE = 503


@router.get("/switches/{switch}/back")
def back_page(
    *,
    switch: str,
    actor: Actor,
    console: Console,
    quantity: str = "",
    payment_method: str = "",
    leave_others: str = "",
    accepted: Annotated[tuple[str, ...], Query()] = (),
) -> Response:
    """Show what taking a switch back would cost and do, as it was chosen; nothing is ordered."""
    texts = {"quantity": quantity, "payment_method": payment_method, _LEAVE_OTHERS: leave_others}
    chosen = {**{name: [text] for name, text in texts.items()}, _ACCEPTED: [*accepted]}
    return _one(console, switch, actor, chosen=chosen)


@router.post("/switches/{switch}/back")
def take_back(switch: str, fields: Posted, actor: Actor, console: Console, response: Response) -> Response:
    """Start the switch back and show it; a refusal is told on the page."""
    try:
        body = _chosen(
            BackBody,
            fields,
            confirmed=(_ACCEPTED, _ACKNOWLEDGED),
            selection=text_of(fields, "selection") or None,
            quote_digest=text_of(fields, "quote_digest") or None,
            accept_forfeiture=text_of(fields, "accept_forfeiture") == _CHECKED,
            request_id=text_of(fields, "request_id") or str(uuid4()),
            reason=text_of(fields, "reason"),
        )
        started = start_back(switch, body, actor, console, response)
    except PlanSwitchError as error:
        return _one(console, switch, actor, chosen=fields, refusal=error, kept=fields)
    return RedirectResponse(f"/switches/{quote(started.switch_id, safe='')}", status_code=_SEE_OTHER)


def _one(
    console: ConsoleDependencies,
    switch: str,
    actor: str,
    *,
    chosen: Fields,
    refusal: PlanSwitchError | None = None,
    kept: Fields | None = None,
) -> Response:
    row = console.reads.switch(switch)
    view, closed = _quoted(console, row.switch_id, actor, chosen)
    accepted = tuple(chosen.get(_ACCEPTED, ()))
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
        is_open=not isinstance(closed, SwitchBackRefused),
        chosen={name: text_of(chosen, name) for name in ("quantity", "payment_method", _LEAVE_OTHERS)},
        accepted=accepted,
        acceptable=_acceptable(view, accepted),
        is_by_hand=_is_leaving(chosen),
        may_leave=_is_leaving(chosen) or _has_others(view),
        undecided=(JOINED, CHANGED),
    )


def _is_leaving(chosen: Fields) -> bool:
    """Return whether only those are to move whom the switch back restores."""
    return text_of(chosen, _LEAVE_OTHERS) == _CHECKED


def _has_others(view: QuoteMade | None) -> bool:
    """Return whether there are users whom the switch back would move and does not restore."""
    return view is not None and any(each.code == FindingCode.USERS_NOT_RESTORED for each in view.findings)


def _chosen(kind: type[Body], fields: Fields, *, confirmed: tuple[str, ...], **start: object) -> Body:
    """Return what was chosen, as the API takes it.

    Args:
        kind: The body.
        fields: Of the form; blank ones choose nothing.
        confirmed: Names of the fields whose values are acknowledgments.
        start: Further fields of the body.

    Raises:
        InvalidInput: The API would not take it either.
    """
    return body_of(
        kind,
        quantity=number_of(fields, "quantity") if text_of(fields, "quantity") else None,
        payment_method=text_of(fields, "payment_method") or None,
        acknowledgments=tuple(each for name in confirmed for each in fields.get(name, ())),
        leave_others=_is_leaving(fields),
        **start,
    )


def _acceptable(view: QuoteMade | None, accepted: tuple[str, ...]) -> dict[str, str]:
    """Return acknowledgment -> words of what may be accepted before the quote, or was accepted."""
    words = {
        OVERLAP: "The plan that is left goes on being paid until its term ends, beside the new one.",
        **{
            each: f"{each.removeprefix(DOMAIN_PREFIX)} does not serve the public website any more."
            for each in accepted
            if each.startswith(DOMAIN_PREFIX)
        },
    }
    needed: set[str] = set()
    for reason in view.assessment.reasons if view else ():
        if reason.code == _NOT_CANCELLABLE:
            needed.add(OVERLAP)
        if reason.code == _DOMAINS_OPEN:
            for domain in str(reason.evidence.get("domains", "")).split(", "):
                name = f"{DOMAIN_PREFIX}{domain.lower()}"
                words[name] = f"{domain} does not serve the public website any more."
                needed.add(name)
    return {name: text for name, text in words.items() if name in needed or name in accepted}


def _quoted(
    console: ConsoleDependencies, switch_id: str, actor: str, chosen: Fields
) -> tuple[QuoteMade | None, PlanSwitchError | None]:
    """Return the quote of a switch back as it was chosen, or why there is none."""
    try:
        body = _chosen(BackQuoteBody, chosen, confirmed=(_ACCEPTED,))
        return quote_back(switch_id, body, actor, console), None
    except PlanSwitchError as error:
        return None, error
