"""Who asks: an API key, or the session of a browser that signed in; the actor is never the client's word."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import Depends, Request

from console.dependencies import ConsoleDependencies, dependencies
from domain.errors import PlanSwitchError
from store.secret_files import CHARACTERS_MIN

SESSION_COOKIE = "planswitch_session"
KEY_HEADER = "X-API-Key"
_BEARER = "bearer "
_SAFE_METHODS = frozenset({"GET", "HEAD"})


class Unauthorized(PlanSwitchError):
    """The request carries no key or session that is valid here."""

    code = "UNAUTHORIZED"


def actor_of(request: Request, console: Annotated[ConsoleDependencies, Depends(dependencies)]) -> str:
    """Return who asks.

    Raises:
        Unauthorized: There is no valid key and no valid session.
    """
    if is_key(given_key(request), console) or _has_session(request, console):
        return console.actor
    raise Unauthorized(
        "This needs the operator's API key.",
        remedy=f"Send it as `{KEY_HEADER}`; the embedded stack keeps it in keys/api.key of its folder.",
    )


Actor = Annotated[str, Depends(actor_of)]
Console = Annotated[ConsoleDependencies, Depends(dependencies)]


def is_key(key: str, console: ConsoleDependencies) -> bool:
    """Tell whether `key` is the operator's; takes the same time for every wrong key."""
    expected = console.api_key
    if expected is None or len(expected) < CHARACTERS_MIN:
        return False
    return hmac.compare_digest(key.encode(), expected.encode())


def given_key(request: Request) -> str:
    """Return the key that a request carries, or ""."""
    authorization = request.headers.get("Authorization", "")
    if authorization.lower().startswith(_BEARER):
        return authorization[len(_BEARER) :].strip()
    return request.headers.get(KEY_HEADER, "")


def _has_session(request: Request, console: ConsoleDependencies) -> bool:
    """Tell whether a cookie is valid; a change must come from our own pages (no cross-site request)."""
    if request.method not in _SAFE_METHODS and request.headers.get("Sec-Fetch-Site") != "same-origin":
        return False
    return console.sessions.is_valid(request.cookies.get(SESSION_COOKIE, ""))
