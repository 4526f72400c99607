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

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.cloud.answers import HTTP_OK, HTTP_TOO_MANY, HTTP_UNAVAILABLE, Refusal, refusal_answer
from sandbox.cloud.bounds import invalid
from sandbox.cloud.state import Sandbox
from sandbox.control.fault_happenings import Happenings
from sandbox.faults.fault_calls import Call, call_of, owner_of, subscription_in
from sandbox.faults.fault_engine import Fired
from sandbox.faults.fault_program import ANSWERS, PAGINGS
from sandbox.kernel.model import Json
from sandbox.lists.paging import PAGING, PagingFault

FAULTS_LIMIT = 100
HTTP_FAILED = 500
_STATUSES = {
    "throttled": (HTTP_TOO_MANY, "TooManyRequests", "Please retry again later."),
    "unavailable": (HTTP_UNAVAILABLE, "serviceNotAvailable", "The service is temporarily unavailable."),
    "failed": (HTTP_FAILED, "generalException", "An internal server error occurred."),
}
LATE = "late"
KINDS = frozenset({*_STATUSES, "lost_answer", LATE})
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


def check_faults(value: Any) -> None:
    """Check a list of faults.

    Raises:
        Refusal: One of them is not understood (422).
    """
    if not isinstance(value, list) or len(value) > FAULTS_LIMIT:
        raise invalid(f"faults must be a list of at most {FAULTS_LIMIT} faults.")
    for fault in value:
        if (
            not isinstance(fault, dict)
            or set(fault) != {"match", "kind", "count"}
            or not isinstance(fault["match"], str)
            or fault["kind"] not in KINDS
            or type(fault["count"]) is not int
        ):
            raise invalid(f"A fault is match, kind ({', '.join(sorted(KINDS))}) and count.")


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
            body = await _body_of(receive)
            receive = _again(body)
            fired = await self._programmed(scope, body)
            if fired is not None:
                await self._go_wrong(fired, scope, body, send)
                return
        await self._planted(self._next_fault(f"{scope['method']} {scope['path']}"), scope, receive, send)

    async def _programmed(self, scope: Scope, body: bytes) -> Fired | None:
        """Let happen what the program wants beside the request; return the fault that answers it, if any."""
        call = self._call_of(scope, body)
        fired = self._sandbox.faults.on_request(call)
        scope[PAGING] = PagingFault(
            page_size=self._sandbox.faults.page_size(call),
            kinds=frozenset(each.rule.fault for each in fired if each.rule.fault in PAGINGS),
        )
        for each in fired:
            if each.rule.fault not in ANSWERS | PAGINGS:
                await self._happenings.happen(each, call, scope)
        return next((each for each in fired if each.rule.fault in ANSWERS), None)

    def _call_of(self, scope: Scope, body: bytes) -> Call:
        """Return which call a request is."""
        header = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        authorization = header.decode("latin-1")
        organization = self._sandbox.organizations.get(owner_of(authorization))
        owned = organization.subscriptions.get(subscription_in(scope["path"])) if organization else None
        quantity = owned.quantity if owned else None
        return call_of(scope["method"], scope["path"], authorization, body, quantity=quantity)

    async def _go_wrong(self, fired: Fired, scope: Scope, body: bytes, send: Send) -> None:
        """Answer a request as a fault of the program says, or not at all."""
        kind, told = fired.rule.fault, fired.rule.parameters
        has_effect = told.get("is_carried_out", kind in {"lost_answer", "timeout_after"})
        if has_effect:
            await self._app(scope, _again(body), _swallow)
        if kind in {"throttled", "failed", "refused"}:
            refusal = _refusal_of(kind, told)
            await refusal_answer(self._sandbox, scope, refusal)(scope, _again(body), send)
            return
        if kind == LATE:
            self._keep(self._have_effect_late(scope, body, told["seconds"]))
        elif kind != "lost_answer":
            await asyncio.sleep(told["seconds"])
        await send(_TORN_START)

    async def _planted(self, fault: Json | None, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it as a planted fault says."""
        if fault is None:
            await self._app(scope, receive, send)
        elif fault["kind"] == "lost_answer":
            await self._app(scope, receive, _swallow)
            await send(_TORN_START)
        elif fault["kind"] == LATE:
            late_seconds = self._sandbox.settings.late_seconds
            self._keep(self._have_effect_late(scope, await _body_of(receive), late_seconds))
            await send(_TORN_START)
        else:
            refusal = Refusal(*_STATUSES[fault["kind"]], headers={"Retry-After": "1"})
            await refusal_answer(self._sandbox, scope, refusal)(scope, receive, send)

    def _keep(self, coroutine: Coroutine[Any, Any, None]) -> None:
        work = asyncio.create_task(coroutine)
        self._late.add(work)
        work.add_done_callback(self._late.discard)

    async def _have_effect_late(self, scope: Scope, body: bytes, seconds: float) -> None:
        """Carry a request out whose client has given it up long ago."""
        await asyncio.sleep(seconds)
        await self._app(scope, _again(body), _swallow)

    def _next_fault(self, request_line: str) -> Json | None:
        for fault in self._sandbox.settings.faults:
            if fault["count"] > 0 and request_line.startswith(fault["match"]):
                fault["count"] -= 1
                return fault
        return None


async def _body_of(receive: Receive) -> bytes:
    """Read a request's body to its end."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _again(body: bytes) -> Receive:
    """Return a way to read a body that was read already."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _refusal_of(kind: str, told: Json) -> Refusal:
    """Return how a program's fault answers."""
    if kind == "refused":
        return Refusal(told["status"], told["code"], told["text"])
    status = HTTP_TOO_MANY if kind == "throttled" else told["status"]
    same = next((words for words in _STATUSES.values() if words[0] == status), _STATUSES["failed"])
    seconds = told["retry_after_seconds"]
    headers = {"Retry-After": f"{seconds:g}"} if seconds or kind == "throttled" else {}
    return Refusal(status, *same[1:], headers=headers)


async def _swallow(_message: Message) -> None:
    """Take an answer and send nothing."""
