"""Pages: sign-in, and the list of switches with live progress. They read the same API as everybody."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs

import structlog
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from console.authentication import SESSION_COOKIE, Actor, Console, address_of, is_right_key
from console.rendering import page
from console.return_paths import local_path, sign_in_path
from console.sessions import CODE_LIFETIME, SESSION_LIFETIME
from console.stage_marks import MARKS
from console.wrong_tries import KEYS
from domain.plain_text import require_plain_text

router = APIRouter(include_in_schema=False)

_OK = 200
_SEE_OTHER = 303
_UNAUTHORIZED = 401
_log = structlog.get_logger()

Next = Annotated[str, Query(alias="next")]


@router.get("/")
def list_page(request: Request, console: Console) -> Response:
    """Show the switches; a browser that is not signed in is sent to the sign-in."""
    if not console.sessions.is_valid(request.cookies.get(SESSION_COOKIE, "")):
        return RedirectResponse(sign_in_path(request), status_code=_SEE_OTHER)
    return page("switches.html", actor=console.actor, marks=MARKS)


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
    _log.info("signed_in", by="key", actor=console.actor, address=address_of(request))
    return _signed_in(console.sessions.new_session(), next_path)


@router.post("/api/sign-in-codes")
def make_code(_actor: Actor, console: Console) -> dict[str, str | int]:
    """Return a path that signs a browser in once; for `planswitch up` to print."""
    return {
        "path": f"/sign-in?code={console.sessions.new_code()}",
        "lifetime_seconds": int(CODE_LIFETIME.total_seconds()),
    }


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
