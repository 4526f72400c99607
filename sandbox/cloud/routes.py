"""What the handlers of all interfaces have in common."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.cloud.answers import Idempotency, json_answer, json_body
from sandbox.cloud.bearers import organization_of
from sandbox.cloud.state import Sandbox
from sandbox.kernel.model import Json, Organization

Effect = Callable[[Sandbox, Organization, Request, Json, Idempotency], Json]
#: What a path shows of the organization of the token.
View = Callable[[Organization, Request], Json]
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Routes:
    """Handlers over one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def _show(self, path: str, view: View) -> Route:
        """Return the route of what changes nothing."""

        async def handle(request: Request) -> Response:
            return json_answer(view(organization_of(self._sandbox, request), request))

        return Route(path, handle, methods=["GET"])

    def _once(self, effect: Effect, status: int, key_header: str, *, is_body_checked: bool) -> Handler:
        """Return a handler that has its effect once per key, and then gives its first answer again."""

        async def handle(request: Request) -> Response:
            organization = organization_of(self._sandbox, request)
            body = await json_body(request)
            idempotency = Idempotency(organization, request, key_header, body)
            earlier = idempotency.earlier(is_body_checked=is_body_checked)
            if earlier is not None:
                return earlier
            return json_answer(effect(self._sandbox, organization, request, body, idempotency), status)

        return handle
