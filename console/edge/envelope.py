"""What every request gets: an id, headers that keep a page from what others serve, and a line in the log."""

from __future__ import annotations

import re
import time
from http import HTTPStatus
from uuid import uuid4

import structlog
from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.access.dependencies import address_of

#: Requested all the time, and logged only when they fail.
_QUIET_PATHS = ("/static/", "/seals/", "/api/v1/health", "/api/v1/ready", "/metrics")
_log = structlog.get_logger()
REQUEST_ID_HEADER = "X-Request-ID"
_REQUEST_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")
#: What everybody gets alike, and may keep.
_KEPT_PATHS = ("/static/", "/seals/")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Envelope:
    """ASGI middleware; it passes streams through untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID_HEADER] = request_id
                headers.update(_HEADERS)
                if not scope["path"].startswith(_KEPT_PATHS):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._app(scope, receive, send_with_headers)


def _request_id(scope: Scope) -> str:
    """Return the id that a proxy gave, when it is harmless, or a new one."""
    headers = {name.decode("latin-1").lower(): value for name, value in scope["headers"]}
    text = headers.get(REQUEST_ID_HEADER.lower(), b"").decode("latin-1")
    return text if _REQUEST_ID.match(text) else str(uuid4())


class AccessLog:
    """ASGI middleware; the request id comes from the one around it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        #: What an exception becomes, which passes by on its way to the outermost handler.
        status = int(HTTPStatus.INTERNAL_SERVER_ERROR)

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            _tell(scope, status, (time.perf_counter() - began) * 1000)


def _tell(scope: Scope, status: int, duration_ms: float) -> None:
    request = Request(scope)
    is_quiet = scope["path"].startswith(_QUIET_PATHS) and status < HTTPStatus.BAD_REQUEST
    tell = _log.debug if is_quiet else _log.info
    tell(
        "request_answered",
        actor=getattr(getattr(request.state, "principal", None), "actor", ""),
        address=address_of(request),
        method=scope["method"],
        route=route_of(scope),
        status=status,
        duration_ms=round(duration_ms, 1),
    )


def route_of(scope: Scope) -> str:
    """Return the template of a request's path, such as `/api/v1/switches/{switch}`; "" where there is none.

    The path itself may hold ids of users.
    """
    route = scope.get("route")
    if route is None:
        # Refused before the framework looked for it.
        matches = (each for each in scope["app"].state.routes if each.matches(scope)[0] is not Match.NONE)
        route = next(matches, None)
    return str(getattr(route, "path_format", ""))
