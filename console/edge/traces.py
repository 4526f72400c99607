"""A span for each request, below that of whoever asked (docs/metrics.md#traces)."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.edge.envelope import route_of
from domain.ports.spans import annotate, is_traced, span

#: Headers of the W3C by which a trace goes on.
_CARRIED = ("traceparent", "tracestate")


class Traces:
    """ASGI middleware inside the one that gives each request its id; without tracing it does nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not is_traced():
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value for name, value in scope["headers"]}
        carrier = {name: headers[name].decode("latin-1") for name in _CARRIED if name in headers}
        route = route_of(scope) or "unknown address"

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                annotate(status=str(message["status"]))
            await send(message)

        request_id = str(scope.get("state", {}).get("request_id", ""))
        with span(f"{scope['method']} {route}", carrier=carrier, request_id=request_id, route=route):
            await self._app(scope, receive, noting)
