"""Pages: sign-in, and the list of switches with live progress. They read the same API as everybody."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs, urlencode

import structlog
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from console.access.dependencies import (
    SESSION_COOKIE,
    Actor,
    Console,
    address_of,
    is_right_key,
    local_principal,
)
from console.access.sessions import CODE_LIFETIME, SESSION_LIFETIME
from console.access.wrong_tries import KEYS
from console.models.system import SignInCode
from console.words.readers import SIGN_IN, local_path
from console.words.rendering import page
from domain.kernel.limits import TEXT_MAX
from domain.switch.stage import BOARD, Stage
from domain.switch.stage_words import phrase_of, words_of
from domain.text.plain_text import require_plain_text
from projections.board.stages import ATTENTION, ENDED, RUNNING, STAGE_WORDS, stage_word

router = APIRouter(include_in_schema=False)

#: Switches on one page.
PAGE_ROWS = 50
#: What the list counts over all of its pages.
ALL = "all"
COUNTED = (ALL, ATTENTION, Stage.HELD, Stage.FAILED, RUNNING, ENDED)
_OK = 200
_SEE_OTHER = 303
_UNAUTHORIZED = 401
_log = structlog.get_logger()
Next = Annotated[str, Query(alias="next")]


def mark_of(stage: str) -> tuple[str, str, str]:
    """Return meaning, icon and word of a stage."""
    words = words_of(stage)
    return words.meaning, words.icon, phrase_of(stage)


#: Stage -> meaning, icon and word; the list of switches gets the same table.
MARKS: dict[str, tuple[str, str, str]] = {stage: mark_of(stage) for stage in BOARD}


#: What a list is searched by.
Search = Annotated[str, Query(max_length=TEXT_MAX)]


@router.get("/")
def list_page(
    *,
    actor: Actor,
    console: Console,
    stage: str = "",
    find: Search = "",
    organization: Search = "",
    after: str = "",
) -> Response:
    """Show the switches, the newest request first; all state of the list is in its address."""
    word = stage_word(stage) if stage.strip() else ""
    owner = console.reads.organization(organization) if organization.strip() else ""
    texts = (("stage", word), ("find", find.strip()), ("organization", owner))
    filters = {name: text for name, text in texts if text}
    place = {"after": console.reads.switch_of_id(after, field="after").switch_id} if after else {}
    query = urlencode({**filters, **place, "limit": PAGE_ROWS})
    return page(
        "switches.html",
        actor=actor,
        marks=MARKS,
        filters=filters,
        words=STAGE_WORDS,
        counts=[_count(name, filters) for name in COUNTED],
        is_first=not after,
        first_page=_address(filters),
        source=f"/api/switches?{query}",
    )


def _count(name: str, filters: dict[str, str]) -> dict[str, object]:
    """Return the link that counts switches of a stage, or of several, and leads to them."""
    others = {name: text for name, text in filters.items() if name != "stage"}
    is_all = name == ALL
    return {
        "name": name,
        "address": _address(others if is_all else {"stage": name, **others}),
        "is_shown": filters.get("stage", ALL) == name,
    }


def _address(filters: dict[str, str]) -> str:
    return f"/?{urlencode(filters)}" if filters else "/"


@router.get("/sign-in")
def sign_in_page(request: Request, console: Console, code: str = "", next_path: Next = "") -> Response:
    """Show the sign-in, or use up the one-time code of a link; `next` is the page that was asked for."""
    if not code:
        return _form("", next_path)
    address = address_of(request)
    console.wrong_tries.require_room(KEYS, address)
    session = console.sessions.sign_in(code)
    if session is None:
        console.wrong_tries.count(KEYS, address)
        _log.warning("sign_in_refused", by="link", address=address)
        message = "This link was used before or is too old. Ask for a new one, or sign in with the key."
        return _form(message, next_path, status=_UNAUTHORIZED)
    request.state.principal = local_principal(console)
    _log.info("signed_in", by="link", actor=console.actor, address=address)
    return _signed_in(session, next_path)


@router.post("/sign-in")
async def sign_in(request: Request, console: Console) -> Response:
    """Sign in with the operator's key."""
    posted = await _posted(request)
    next_path, key = posted.get("next", ""), posted.get("key", "").strip()
    if not key or not is_right_key(key, request, console):
        _log.warning("sign_in_refused", by="key", address=address_of(request))
        return _form("This is not the key.", next_path, status=_UNAUTHORIZED)
    request.state.principal = local_principal(console)
    _log.info("signed_in", by="key", actor=console.actor, address=address_of(request))
    return _signed_in(console.sessions.new_session(), next_path)


@router.post("/sign-out")
def sign_out(request: Request, actor: Actor, console: Console) -> Response:
    """End the session of this browser, for every console."""
    console.sessions.sign_out(request.cookies.get(SESSION_COOKIE, ""))
    _log.info("signed_out", actor=actor, address=address_of(request))
    response = RedirectResponse(SIGN_IN, status_code=_SEE_OTHER)
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict")
    return response


@router.post("/api/sign-in-codes")
def make_code(_actor: Actor, console: Console) -> SignInCode:
    """Return a path that signs a browser in once; for `planswitch up` to print."""
    return SignInCode(
        path=f"/sign-in?code={console.sessions.new_code()}",
        lifetime_seconds=int(CODE_LIFETIME.total_seconds()),
    )


async def _posted(request: Request) -> dict[str, str]:
    """Return the fields of the sign-in form; a body that is no such form has none."""
    body = await request.body()
    fields = {name: values[0] for name, values in parse_qs(body.decode("utf-8", errors="replace")).items()}
    require_plain_text(fields)
    return fields


def _form(message: str, next_path: str, *, status: int = _OK) -> Response:
    return page("sign_in.html", message=message, next=local_path(next_path), status=status)


def _signed_in(session: str, next_path: str) -> Response:
    response = RedirectResponse(local_path(next_path), status_code=_SEE_OTHER)
    response.set_cookie(
        SESSION_COOKIE,
        session,
        max_age=int(SESSION_LIFETIME.total_seconds()),
        httponly=True,
        samesite="strict",
    )
    return response
