"""Addresses with control characters are refused before anything reads them: paths and queries alike."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from console.words.problems import product_error
from domain.kernel.errors import UnacceptableText
from domain.text.plain_text import require_plain_text


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
