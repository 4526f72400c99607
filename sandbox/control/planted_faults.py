"""Latency and planted faults: what a client must survive.

A fault is `{"match": "POST /v1/", "kind": KIND, "count": n}`: the next n requests whose method and path begin
with `match` get it. Kinds: `throttled` (429), `unavailable` (503), `failed` (500), each without any effect;
`lost_answer`: the request has its effect, then the connection breaks without an answer. `late`: the
connection breaks first, and the effect comes `late_seconds` (a setting) afterwards.

A fault program (fault_program.py) says more: at which hits, with which parameters, and what happens beside.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.authority.exchanges import refused_token
from sandbox.cloud.answers import (
    HTTP_OK,
    HTTP_TOO_MANY,
    HTTP_UNAVAILABLE,
    Refusal,
    read_content,
    refusal_answer,
)
from sandbox.cloud.state import Sandbox
from sandbox.control.fault_happenings import Happenings
from sandbox.faults.fault_calls import Call, call_of, owner_in, subscription_in
from sandbox.faults.fault_rules import (
    Answer,
    Failed,
    Happening,
    Late,
    Paging,
    Refused,
    Throttled,
    Timeout,
    TokenRefused,
)
from sandbox.kernel.settings import PlantedFault
from sandbox.lists.paging import PAGING, PagingFault

HTTP_FAILED = 500
_STATUSES = {
    "throttled": (HTTP_TOO_MANY, "TooManyRequests", "Please retry again later."),
    "unavailable": (HTTP_UNAVAILABLE, "serviceNotAvailable", "The service is temporarily unavailable."),
    "failed": (HTTP_FAILED, "generalException", "An internal server error occurred."),
}
_CONTROL_PATHS = ("/sandbox/", "/health")
MILLISECONDS = 1_000
#: Answer to everything once a record could not be written: memory may know more than the journal.
_BROKEN = Refusal(
    HTTP_UNAVAILABLE, "serviceNotAvailable", "The journal can't be written; free disk space and restart."
)
#: An answer that promises more than is sent: the server then breaks the connection.
_TORN_START: Message = {
    "type": "http.response.start",
    "status": HTTP_OK,
    "headers": [(b"content-type", b"application/json"), (b"content-length", b"1000000")],
}


class FaultyNetwork:
    """Middleware between the client and the emulated cloud; the control API is never touched."""

    def __init__(self, app: ASGIApp, *, sandbox: Sandbox) -> None:
        self._app = app
        self._sandbox = sandbox
        self._late: set[asyncio.Task[None]] = set()
        self._happenings = Happenings(sandbox)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, late or not at all."""
        settings, engine = self._sandbox.settings, self._sandbox.faults
        is_plain = not settings.latency_ms and not settings.faults and engine.is_idle
        if self._sandbox.is_broken and scope["type"] == "http":
            await refusal_answer(self._sandbox, scope, _BROKEN)(scope, receive, send)
            return
        if scope["type"] != "http" or scope["path"].startswith(_CONTROL_PATHS) or is_plain:
            await self._app(scope, receive, send)
            return
        if settings.latency_ms:
            await asyncio.sleep(settings.latency_ms / MILLISECONDS)
        if not engine.is_idle:
            body = await read_content(Request(scope, receive))
            receive = _again(body)
            answer = await self._programmed(scope, body)
            if answer is not None:
                await self._go_wrong(answer, scope, body, send)
                return
        await self._planted(self._next_fault(f"{scope['method']} {scope['path']}"), scope, receive, send)

    async def _programmed(self, scope: Scope, body: bytes) -> Answer | None:
        """Carry out what the program wants beside the request; return the fault that answers it, if any."""
        call = self._call_of(scope, body)
        fired = self._sandbox.faults.on_request(call)
        scope[PAGING] = PagingFault(
            page_size=self._sandbox.faults.page_size(call),
            kinds=frozenset(each.rule.fault for each in fired if isinstance(each.rule, Paging)),
        )
        for each in fired:
            if isinstance(each.rule, Happening):
                await self._happenings.happen(each, call, scope)
        return next((each.rule for each in fired if isinstance(each.rule, Answer)), None)

    def _call_of(self, scope: Scope, body: bytes) -> Call:
        """Return which call a request is."""
        authorization = Headers(scope=scope).get("authorization", "")
        organization = self._sandbox.organizations.get(owner_in(scope["path"], authorization))
        owned = organization.subscriptions.get(subscription_in(scope["path"])) if organization else None
        quantity = owned.quantity if owned else None
        return call_of(scope["method"], scope["path"], authorization, body, quantity=quantity)

    async def _go_wrong(self, rule: Answer, scope: Scope, body: bytes, send: Send) -> None:
        """Answer a request as a fault of the program says, or not at all."""
        is_carried_out = isinstance(rule, Throttled | Failed | Refused) and rule.is_carried_out
        if is_carried_out or rule.fault in {"lost_answer", "timeout_after"}:
            await self._app(scope, _again(body), _swallow)
        if isinstance(rule, TokenRefused):
            await refused_token(self._sandbox, rule.number, scope)(scope, _again(body), send)
            return
        if isinstance(rule, Throttled | Failed | Refused):
            await refusal_answer(self._sandbox, scope, _refusal_of(rule))(scope, _again(body), send)
            return
        if isinstance(rule, Late):
            self._keep(self._have_effect_late(scope, body, rule.seconds))
        elif isinstance(rule, Timeout):
            await asyncio.sleep(rule.seconds)
        await send(_TORN_START)

    async def _planted(self, fault: PlantedFault | None, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it as a planted fault says."""
        if fault is None:
            await self._app(scope, receive, send)
        elif fault.kind == "lost_answer":
            await self._app(scope, receive, _swallow)
            await send(_TORN_START)
        elif fault.kind == "late":
            late_seconds = self._sandbox.settings.late_seconds
            self._keep(
                self._have_effect_late(scope, await read_content(Request(scope, receive)), late_seconds)
            )
            await send(_TORN_START)
        else:
            refusal = Refusal(*_STATUSES[fault.kind], headers={"Retry-After": "1"})
            await refusal_answer(self._sandbox, scope, refusal)(scope, receive, send)

    def _keep(self, coroutine: Coroutine[Any, Any, None]) -> None:
        work = asyncio.create_task(coroutine)
        self._late.add(work)
        work.add_done_callback(self._late.discard)

    async def _have_effect_late(self, scope: Scope, body: bytes, seconds: float) -> None:
        """Carry a request out whose client has given it up long ago."""
        await asyncio.sleep(seconds)
        await self._app(scope, _again(body), _swallow)

    def _next_fault(self, request_line: str) -> PlantedFault | None:
        for fault in self._sandbox.settings.faults:
            if fault.count > 0 and request_line.startswith(fault.match):
                fault.count -= 1
                return fault
        return None


def _again(body: bytes) -> Receive:
    """Return what receives a body that was read already."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _refusal_of(rule: Throttled | Failed | Refused) -> Refusal:
    """Return how a program's fault answers."""
    if isinstance(rule, Refused):
        return Refusal(rule.status, rule.code, rule.text)
    status = HTTP_TOO_MANY if isinstance(rule, Throttled) else rule.status
    same = next((words for words in _STATUSES.values() if words[0] == status), _STATUSES["failed"])
    seconds = rule.retry_after_seconds
    headers = {"Retry-After": f"{seconds:g}"} if seconds or isinstance(rule, Throttled) else {}
    return Refusal(status, *same[1:], headers=headers)


async def _swallow(_message: Message) -> None:
    """Take an answer and send nothing."""
