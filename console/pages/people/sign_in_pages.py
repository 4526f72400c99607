"""Sign-in and sign-out of a browser: by a key, by a one-time link, or at the provider of sign-ins.

A browser that signs in gets a new session, and the one that it had ends: nobody can fix a session for
somebody else. A page of another site can't sign anybody in.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs, quote

import structlog
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from console.access.dependencies import (
    SESSION_COOKIE,
    Actor,
    Console,
    ConsoleDependencies,
    ShownCredential,
    address_of,
    credential_of_key,
    is_encrypted,
    is_foreign,
)
from console.access.wrong_tries import KEYS
from console.models.system import SignInCode
from console.words.readers import SIGN_IN, local_path
from console.words.rendering import page
from domain.kernel.errors import PlanSwitchError
from domain.people.accounts import Forbidden
from domain.text.plain_text import require_plain_text
from ops.base.sign_in import RETURN_PATH
from providers.identity.openid_provider import SignInRefused
from services.people.provider_sign_in import FLOW_LIFETIME
from services.people.sessions import CODE_LIFETIME, SESSION_LIFETIME

router = APIRouter(include_in_schema=False)

#: Keeps what is under way at the provider, until the browser comes back from there.
FLOW_COOKIE = "planswitch_sign_in"
PROVIDER_PATH = f"{SIGN_IN}/provider"
_OK = 200
_SEE_OTHER = 303
_UNAUTHORIZED = 401
_CHARACTERS_MAX = 8_000
_NO_PROVIDER = "People sign in here with a key or a link: no provider of sign-ins is set."
_FOREIGN = "Another site led here. Open the sign-in by itself: copy the link into the address bar."
_log = structlog.get_logger()
Next = Annotated[str, Query(alias="next")]
Returned = Annotated[str, Query(max_length=_CHARACTERS_MAX)]


async def _posted(request: Request) -> dict[str, str]:
    """Return the fields of the sign-in form; a body that is no such form has none."""
    body = await request.body()
    fields = {name: values[0] for name, values in parse_qs(body.decode("utf-8", errors="replace")).items()}
    require_plain_text(fields)
    return fields


SignInFields = Annotated[dict[str, str], Depends(_posted)]


@router.get(SIGN_IN)
def sign_in_page(request: Request, console: Console, code: str = "", next_path: Next = "") -> Response:
    """Show the sign-in, or use up the one-time code of a link; `next` is the page that was asked for."""
    if not code:
        return _form(console, "", next_path)
    if is_foreign(request):
        return _refused(request, console, _FOREIGN, next_path, by="link")
    address = address_of(request)
    console.wrong_tries.require_room(KEYS, address)
    token = console.sessions.use_code(code)
    if token is None:
        console.wrong_tries.count(KEYS, address)
        message = "This link was used before or is too old. Ask for a new one, or sign in with a key."
        return _refused(request, console, message, next_path, by="link")
    return _signed_in(request, console, token, next_path, by="link")


@router.post(SIGN_IN)
def sign_in(request: Request, console: Console, posted: SignInFields) -> Response:
    """Sign in with a key."""
    next_path, key = posted.get("next", ""), posted.get("key", "").strip()
    if is_foreign(request):
        return _refused(request, console, _FOREIGN, next_path, by="key")
    credential = credential_of_key(key, request, console) if key else None
    if credential is None:
        return _refused(request, console, "This is no valid key.", next_path, by="key")
    account = credential.principal.actor
    token = console.sessions.begin(account, began_by="key", key_id=credential.key_id)
    return _signed_in(request, console, token, next_path, by="key")


@router.get(PROVIDER_PATH)
def begin_at_provider(request: Request, console: Console, next_path: Next = "") -> Response:
    """Lead the browser to the provider of sign-ins."""
    sign_in_there = console.provider_sign_in
    if sign_in_there is None:
        return RedirectResponse(SIGN_IN, status_code=_SEE_OTHER)
    begun = sign_in_there.begin(local_path(next_path))
    response = RedirectResponse(begun.address, status_code=_SEE_OTHER)
    response.headers["Cache-Control"] = "no-store"
    response.set_cookie(
        FLOW_COOKIE,
        begun.flow,
        max_age=int(FLOW_LIFETIME.total_seconds()),
        path=RETURN_PATH,
        httponly=True,
        secure=is_encrypted(request, console),
        # The provider leads back here from its own site, where a strict cookie stays behind.
        samesite="lax",
    )
    return response


def returned_fields(
    *,
    code: Returned = "",
    state: Returned = "",
    iss: Returned = "",
    error: Returned = "",
    error_description: Returned = "",
    session_state: Returned = "",
    scope: Returned = "",
) -> dict[str, str]:
    """Return what a provider sends along; some of it no console needs."""
    return {
        "code": code,
        "state": state,
        "iss": iss,
        "error": error,
        "error_description": error_description,
        "session_state": session_state,
        "scope": scope,
    }


@router.get(RETURN_PATH)
def return_from_provider(
    request: Request, console: Console, returned: Annotated[dict[str, str], Depends(returned_fields)]
) -> Response:
    """Finish a sign-in at the provider, and show the page that was asked for."""
    sign_in_there = console.provider_sign_in
    if sign_in_there is None:
        return _refused(request, console, _NO_PROVIDER, "", by="provider")
    address = address_of(request)
    console.wrong_tries.require_room(KEYS, address)
    try:
        finished = sign_in_there.finish(request.cookies.get(FLOW_COOKIE, ""), returned)
    except PlanSwitchError as refusal:
        if isinstance(refusal, SignInRefused):
            console.wrong_tries.count(KEYS, address)
        message = f"{refusal.message} {refusal.remedy}".strip()
        status = refusal.handling.http_status
        return _refused(request, console, message, "", by="provider", status=status)
    response = _signed_in(request, console, finished.token, finished.next_path, by="provider")
    response.delete_cookie(FLOW_COOKIE, path=RETURN_PATH, httponly=True, samesite="lax")
    return response


@router.post("/sign-out")
def sign_out(request: Request, actor: Actor, console: Console) -> Response:
    """End the session of this browser, for every console."""
    console.sessions.end_token(request.cookies.get(SESSION_COOKIE, ""), reason="Signed out.")
    _log.info("signed_out", actor=actor, address=address_of(request))
    return signed_out(request, console)


def signed_out(request: Request, console: ConsoleDependencies) -> Response:
    """Return the way to the sign-in for a browser whose session has ended."""
    response = RedirectResponse(SIGN_IN, status_code=_SEE_OTHER)
    secure = is_encrypted(request, console)
    response.delete_cookie(SESSION_COOKIE, httponly=True, secure=secure, samesite="strict")
    return response


@router.post("/api/v1/sign-in-codes")
def make_code(credential: ShownCredential, console: Console, response: Response) -> SignInCode:
    """Return a path that signs a browser in once, by the same key; for `planswitch up` to print.

    Raises:
        Forbidden: The session came from the provider, where everybody signs in for themselves.
    """
    if not credential.key_id:
        raise Forbidden(
            "Whoever signed in at the provider makes no links.",
            remedy="Sign in at the provider in the other browser as well.",
        )
    response.headers["Cache-Control"] = "no-store"
    return SignInCode(
        path=f"{SIGN_IN}?code={console.sessions.new_code(credential)}",
        lifetime_seconds=int(CODE_LIFETIME.total_seconds()),
    )


def _form(console: ConsoleDependencies, message: str, next_path: str, *, status: int = _OK) -> Response:
    path = local_path(next_path)
    provider = f"{PROVIDER_PATH}?next={quote(path, safe='')}" if console.sign_in_provider else ""
    return page("sign_in.html", message=message, next=path, provider=provider, status=status)


def _refused(
    request: Request,
    console: ConsoleDependencies,
    message: str,
    next_path: str,
    *,
    by: str,
    status: int = _UNAUTHORIZED,
) -> Response:
    _log.warning("sign_in_refused", by=by, address=address_of(request))
    return _form(console, message, next_path, status=status)


def _signed_in(
    request: Request, console: ConsoleDependencies, token: str, next_path: str, *, by: str
) -> Response:
    """Answer with the new session, and end the one that the browser had."""
    console.sessions.end_token(request.cookies.get(SESSION_COOKIE, ""), reason="Signed in anew.")
    credential = console.sessions.credential(token)
    actor = ""
    if credential is not None:
        # The access log names who signed in.
        request.state.principal = credential.principal
        actor = credential.principal.actor
    _log.info("signed_in", by=by, actor=actor, address=address_of(request))
    path = local_path(next_path)
    # After the provider's site a strict cookie goes along only with what our own page asks for.
    is_led = by == "provider"
    response: Response = (
        page("signed_in.html", next=path) if is_led else RedirectResponse(path, status_code=_SEE_OTHER)
    )
    response.headers["Cache-Control"] = "no-store"
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(SESSION_LIFETIME.total_seconds()),
        httponly=True,
        secure=is_encrypted(request, console),
        samesite="strict",
    )
    return response
