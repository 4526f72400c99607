"""The page of notices: what was sent, who gets which kinds, and a test of the mail server (docs/notices.md).

Every form does what the API does, by the same functions.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, urlencode
from uuid import uuid4

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from console.access.dependencies import Caller, Console, ConsoleDependencies
from console.notices.routes_notices import (
    OrderBody,
    ProbeBody,
    RecipientBody,
    add_recipient,
    remove_recipient,
    resend_notice,
    send_test,
)
from console.notices.views import notice_filters, notice_list, recipient_list
from console.pages.checkout_forms import Fields, Posted, body_of, kept_texts, text_of
from console.words.rendering import page
from domain.kernel.errors import InvalidInput, PlanSwitchError
from domain.notices.delivery import NoticeState
from domain.notices.kinds import NoticeKind
from domain.people.principal import Principal

router = APIRouter(include_in_schema=False)

_SEE_OTHER = 303
PAGE_ROWS = 50
#: Forms of the page.
ADD, REMOVE, RESEND, TEST = "add", "remove", "resend", "test"
_FILTERS = ("kind", "state", "switch", "organization")
_DIGITS_MAX = 18


@router.get("/notices")
def notices_page(
    *,
    caller: Caller,
    console: Console,
    kind: str = "",
    state: str = "",
    switch: str = "",
    organization: str = "",
    after: str = "",
) -> Response:
    """Show notices and recipients; all state of the list is in its address."""
    filters = {"kind": kind, "state": state, "switch": switch, "organization": organization}
    chosen = {name: text.strip() for name, text in filters.items() if text.strip()}
    return _shown(console, caller, filters=chosen, after=_number(after))


@router.get("/notices/{form}")
def form_page(form: str, _caller: Caller) -> Response:
    """Lead to the form: a reload of one that was refused asks for this address."""
    return _to(form)


@router.post("/notices/{form}")
def post_form(form: str, fields: Posted, caller: Caller, console: Console) -> Response:
    """Do what a form asks for; a refusal is shown beside it."""
    act = _ACTS.get(form)
    if act is None:
        raise InvalidInput(field="form", value=form, allowed=", ".join(_ACTS))
    try:
        message = act(fields, caller, console)
    except PlanSwitchError as error:
        return _shown(console, caller, form=form, error=error, kept=fields)
    return _shown(console, caller, form=form, message=message) if message else _to(form)


def _add(fields: Fields, caller: Principal, console: ConsoleDependencies) -> str:
    body = body_of(
        RecipientBody,
        **_order_of(fields),
        address=text_of(fields, "address"),
        organization_id=text_of(fields, "organization_id") or None,
        kinds=tuple(fields.get("kinds", ())),
    )
    add_recipient(body, caller, console)
    return ""


def _remove(fields: Fields, caller: Principal, console: ConsoleDependencies) -> str:
    body = body_of(OrderBody, **_order_of(fields))
    remove_recipient(text_of(fields, "subscription_id"), body, caller, console)
    return ""


def _resend(fields: Fields, caller: Principal, console: ConsoleDependencies) -> str:
    body = body_of(OrderBody, **_order_of(fields))
    resend_notice(text_of(fields, "notice_id"), body, caller, console)
    return ""


def _test(fields: Fields, caller: Principal, console: ConsoleDependencies) -> str:
    body = body_of(ProbeBody, address=text_of(fields, "test_address"))
    answer = send_test(body, caller, console)
    return f"The mail server took the test: {answer.code} {answer.text}"


#: Form -> what it does; it returns what is told on the page, "" where the page shows it by itself.
_ACTS: dict[str, Callable[[Fields, Principal, ConsoleDependencies], str]] = {
    ADD: _add,
    REMOVE: _remove,
    RESEND: _resend,
    TEST: _test,
}


def _order_of(fields: Fields) -> dict[str, str]:
    request_id = text_of(fields, "request_id")
    return {"reason": text_of(fields, "reason"), "request_id": request_id or str(uuid4())}


def _number(after: str) -> int | None:
    text = after.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > _DIGITS_MAX:
        raise InvalidInput(field="after", value=after, allowed="the number of a notice")
    return int(text)


def _to(form: str) -> Response:
    mark = f"#{quote(form)}" if form in _ACTS else ""
    return RedirectResponse(f"/notices{mark}", status_code=_SEE_OTHER)


def _shown(
    console: ConsoleDependencies,
    caller: Principal,
    *,
    filters: dict[str, str] | None = None,
    after: int | None = None,
    form: str = "",
    error: PlanSwitchError | None = None,
    kept: Fields | None = None,
    message: str = "",
) -> Response:
    chosen = filters or {}
    wanted = {name: chosen.get(name) for name in _FILTERS}
    rows = notice_list(
        console,
        caller,
        notice_filters(console, caller, **wanted),
        after=after,
        limit=PAGE_ROWS,
    )
    following = {**chosen, "after": rows.next}
    return page(
        "notices.html",
        status=error.handling.http_status if error else 200,
        actor=caller.actor,
        rows=rows.notices,
        has_mail_server=rows.has_mail_server,
        recipients=recipient_list(console, caller).recipients,
        kinds=[each.value for each in NoticeKind],
        states=[each.value for each in NoticeState],
        filters=chosen,
        is_first=after is None,
        first_page=f"/notices?{urlencode(chosen)}" if chosen else "/notices",
        next_page=f"/notices?{urlencode(following)}" if rows.next else "",
        form=form,
        error=error,
        message=message,
        kept=kept_texts(kept),
        kept_kinds=(kept or {}).get("kinds", []),
        request_id=str(uuid4()),
    )
