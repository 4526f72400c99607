"""The ids by which a call is found: the directory gives each answer one, and repeats the client's own."""

from __future__ import annotations

from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.cloud.answers import is_of_directory

REQUEST_ID, CLIENT_REQUEST_ID = "request-id", "client-request-id"
_SELLER = "/v1/"
#: What the seller repeats of a request.
_REPEATED = ("MS-CorrelationId", "MS-RequestId")


class TracedAnswers:
    """Middleware: adds the ids to answers that have none."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and add to its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        ids = _ids_of(scope)

        async def traced(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ids.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, traced)


def _ids_of(scope: Scope) -> dict[str, str]:
    path, sent = scope["path"], Headers(scope=scope)
    if is_of_directory(path):
        request_id = str(uuid4())
        return {REQUEST_ID: request_id, CLIENT_REQUEST_ID: sent.get(CLIENT_REQUEST_ID, request_id)}
    if path.startswith(_SELLER):
        return {name: sent[name] for name in _REPEATED if name in sent}
    return {}
