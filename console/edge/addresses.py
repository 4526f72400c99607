"""Addresses that are refused: with control characters, or with a query that would be ignored.

To ignore a parameter would answer another question.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from console.access.dependencies import (
    ConsoleDependencies,
    actor_of,
    administrator_of,
    credential_of,
    dependencies,
    principal_of,
)
from console.words.problems import product_error
from domain.kernel.errors import InvalidInput, UnacceptableText
from domain.kernel.shown_values import Words
from domain.text.plain_text import require_plain_text

#: What an address depends on that answers no stranger.
_KNOWN_CALLERS = (actor_of, principal_of, credential_of, administrator_of)
_NONE = "none: this address takes no query parameters"


class PlainAddress:
    """ASGI middleware: a poisoned address ends here, as a problem document or as a page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse its address."""
        if scope["type"] == "http":
            try:
                _require_plain(scope)
            except UnacceptableText as error:
                await product_error(Request(scope), error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _require_plain(scope: Scope) -> None:
    """Look at the path and at each parameter of the query, as they read once they are decoded.

    Raises:
        UnacceptableText: One of them has a control character.
    """
    require_plain_text(scope["path"], field="the address")
    query = scope["query_string"].decode("latin-1")
    for name, value in parse_qsl(query, keep_blank_values=True):
        require_plain_text(name, field="a name in the query")
        require_plain_text(value, field=name)


def require_known_queries(
    request: Request, console: Annotated[ConsoleDependencies, Depends(dependencies)]
) -> None:
    """Refuse query parameters that the address does not know, and those that are given twice.

    Raises:
        InvalidInput: One is unknown, or is given twice.
        Unauthorized: The address tells strangers nothing, not even that.
    """
    route = request.scope.get("route")
    if not isinstance(route, APIRoute) or not request.query_params:
        return
    names = [name for name, _ in request.query_params.multi_items()]
    allowed = sorted(set(query_names(route.dependant)))
    wrong = next((name for name in names if name not in allowed), None)
    twice = next((name for name in names if names.count(name) > 1), None)
    if wrong is None and twice is None:
        return
    if any(each.call in _KNOWN_CALLERS for each in _flat(route.dependant)):
        principal_of(request, console)
    if wrong is not None:
        raise _unknown(wrong, allowed)
    assert twice is not None  # noqa: S101 - one of the two is given
    raise InvalidInput(
        field=twice, value=Words("given more than once"), allowed="one value", remedy=f"Give {twice} once."
    )


def _unknown(name: str, allowed: list[str]) -> InvalidInput:
    words = ", ".join(allowed)
    remedy = f"Leave {name} out" + (f", or give one of: {words}." if words else ".")
    return InvalidInput(field="the query parameter", value=name, allowed=words or _NONE, remedy=remedy)


def query_names(dependant: Dependant) -> Iterable[str]:
    """Return the names of the query parameters that an endpoint and its dependencies take."""
    for each in _flat(dependant):
        yield from (field.alias for field in each.query_params)


def _flat(dependant: Dependant) -> Iterable[Dependant]:
    yield dependant
    for each in dependant.dependencies:
        yield from _flat(each)
