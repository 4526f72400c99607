"""Pages: sign-in, and the list of switches with live progress. They read the same API as everybody."""

from __future__ import annotations

from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from console.authentication import SESSION_COOKIE, Actor, Console, is_key
from console.rendering import page
from console.sessions import CODE_LIFETIME, SESSION_LIFETIME

router = APIRouter(include_in_schema=False)

_SEE_OTHER = 303
_UNAUTHORIZED = 401
_FORM_BYTES_MAX = 4_096


@router.get("/")
def list_page(request: Request, console: Console) -> Response:
    """Show the switches; a browser that is not signed in is sent to the sign-in."""
    if not console.sessions.is_valid(request.cookies.get(SESSION_COOKIE, "")):
        return RedirectResponse("/sign-in", status_code=_SEE_OTHER)
    return page("switches.html", actor=console.actor)


@router.get("/sign-in")
def sign_in_page(console: Console, code: str = "") -> Response:
    """Show the sign-in, or use up the one-time code of a link."""
    if not code:
        return page("sign_in.html", message="")
    session = console.sessions.sign_in(code)
    if session is None:
        message = "This link was used before or is too old. Ask for a new one, or sign in with the key."
        return page("sign_in.html", message=message, status=_UNAUTHORIZED)
    return _signed_in(session)


@router.post("/sign-in")
async def sign_in(request: Request, console: Console) -> Response:
    """Sign in with the operator's key."""
    if not is_key(await _posted_key(request), console):
        return page("sign_in.html", message="This is not the key.", status=_UNAUTHORIZED)
    return _signed_in(console.sessions.new_session())


@router.post("/api/sign-in-codes")
def make_code(_actor: Actor, console: Console) -> dict[str, str | int]:
    """Return a path that signs a browser in once; for `planswitch up` to print."""
    return {
        "path": f"/sign-in?code={console.sessions.new_code()}",
        "lifetime_seconds": int(CODE_LIFETIME.total_seconds()),
    }


async def _posted_key(request: Request) -> str:
    """Return the key of the sign-in form; a body that is no such form has none."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _FORM_BYTES_MAX:
            return ""
    return parse_qs(body.decode("utf-8", errors="replace")).get("key", [""])[0].strip()


def _signed_in(session: str) -> Response:
    response = RedirectResponse("/", status_code=_SEE_OTHER)
    response.set_cookie(
        SESSION_COOKIE,
        session,
        max_age=int(SESSION_LIFETIME.total_seconds()),
        httponly=True,
        samesite="strict",
    )
    return response
