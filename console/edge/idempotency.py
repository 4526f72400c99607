"""Writes with an idempotency key: carried out once, and answered alike every time (ADR 49)."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from hashlib import sha256
from http import HTTPStatus

import structlog
from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.access.authorization import RepetitionAllowed, reach_of
from console.access.dependencies import ConsoleDependencies, dependencies, principal_of
from console.edge.body_limits import OPEN_PATHS, handed_on
from console.edge.request_ids import keyed_request
from console.words.header_names import KEY_HEADER, KEY_PATTERN, REPLAYED_HEADER
from console.words.problems import methods_of, product_error
from console.words.readers import is_for_programs
from domain.kernel.errors import InvalidInput, PlanSwitchError
from domain.kernel.shown_values import Words
from domain.people.principal import Grant
from store.people.accounts import grants_as_json, grants_of_json
from store.vault.kept_answers import Claim, KeptAnswer, KeyBusy, KeyedRequest, KeyReused

#: The draft of the IETF puts the key in quotation marks; most clients leave them out.
_KEY = re.compile(rf'"({KEY_PATTERN})"|({KEY_PATTERN})')
_ALLOWED = "1 to 255 visible characters of ASCII without blanks, quotation marks and backslashes; once"
#: A try that is not heard of for so long is dead: another one may carry the request out.
LEASE_SECONDS = 30.0
_RENEWALS_PER_LEASE = 3
#: Methods that change nothing.
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: Refusals that say nothing of the request itself: the next try may have another answer, as after each 5xx.
_PASSING = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
_VERSIONED, _UNVERSIONED = "/api/v1/", "/api/"
#: The server counts anew, and a cookie belongs to one answer.
_NOT_KEPT = frozenset({b"content-length", b"set-cookie"})
#: Says of an answer that it is kept nowhere, such as one that shows a secret.
_CACHE_CONTROL, _NO_STORE = b"cache-control", b"no-store"
_log = structlog.get_logger()


class IdempotencyKeyReused(PlanSwitchError):
    """The idempotency key was used before for another request; nothing was changed."""

    code = "IDEMPOTENCY_KEY_REUSED"


class IdempotencyKeyBusy(PlanSwitchError):
    """A request with this idempotency key is being carried out."""

    code = "IDEMPOTENCY_KEY_BUSY"


class AnswerNotKept(PlanSwitchError):
    """The request was carried out; its answer showed a secret, and no answer shows that again."""

    code = "ANSWER_NOT_KEPT"


class Idempotency:
    """ASGI middleware: a write with a key that was answered gets the same answer, and does not act again."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if not is_api_write(scope) or KEY_HEADER not in Headers(scope=scope) or not _is_taken(scope):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        console = dependencies(request)
        try:
            body = (await receive()).get("body", b"")
            keyed = await run_in_threadpool(_keyed, request, console, body)
            claim = await run_in_threadpool(_claimed, console, keyed)
        except PlanSwitchError as error:
            await product_error(request, error)(scope, receive, send)
            return
        receiving = handed_on(body, receive)
        if isinstance(claim, KeptAnswer):
            await self._given_again(scope, receiving, send, claim)
        else:
            await self._carried_out(scope, receiving, send, _Try(console, claim))

    async def _given_again(self, scope: Scope, receive: Receive, send: Send, kept: KeptAnswer) -> None:
        """Give an answer again to whoever may still make the request; anybody else is refused."""
        request, (answer, reach) = Request(scope), _of_kept(kept)
        request.state.repeated_reach = reach
        try:
            await self._app(scope, receive, send)
        except RepetitionAllowed:
            if answer is None:
                await product_error(request, _not_kept())(scope, receive, send)
            else:
                await answer.sent(send)

    async def _carried_out(self, scope: Scope, receive: Receive, send: Send, own: _Try) -> None:
        answer = _Answer()
        try:
            async with own.renewed():
                with keyed_request(own.claim.request_id):
                    await self._app(scope, receive, answer.take)
        except Exception:
            await own.released()
            raise
        # Before the answer goes out: whoever got it gets the same one again.
        if answer.lasts:
            await own.kept(answer.to_keep(reach_of(Request(scope))))
        else:
            await own.released()
        await answer.sent(send)


def is_api_write(scope: Scope) -> bool:
    """Tell whether a request asks the API to change something, and says who asks."""
    return (
        scope["type"] == "http"
        and scope["method"] not in SAFE_METHODS
        and is_for_programs(scope["path"])
        and scope["path"] not in OPEN_PATHS
    )


def _is_taken(scope: Scope) -> bool:
    """Tell whether the address of a request takes its method; where it does not, a key counts for nothing."""
    return scope["method"] in methods_of(scope["app"].state.routes, scope)


def idempotency_key(values: list[str]) -> str:
    """Return the key that the headers of a request name.

    Args:
        values: Every value of the header.

    Raises:
        InvalidInput: There are several, or it is no key.
    """
    if len(values) > 1:
        raise InvalidInput(field=KEY_HEADER, value=Words("given more than once"), allowed=_ALLOWED)
    match = _KEY.fullmatch(values[0].strip())
    if match is None:
        raise InvalidInput(field=KEY_HEADER, value=values[0], allowed=_ALLOWED)
    return match[1] or match[2]


def _keyed(request: Request, console: ConsoleDependencies, body: bytes) -> KeyedRequest:
    key = idempotency_key(request.headers.getlist(KEY_HEADER))
    path: str = request.scope["path"]
    if path.startswith(_VERSIONED):
        # Both addresses are one.
        path = _UNVERSIONED + path.removeprefix(_VERSIONED)
    digest = sha256()
    for part in (key, request.method, path, request.url.query):
        digest.update(f"{len(part)}:{part}".encode())
    digest.update(body)
    return KeyedRequest(
        caller=principal_of(request, console).actor, key=key, request_digest=digest.hexdigest()
    )


def _claimed(console: ConsoleDependencies, keyed: KeyedRequest) -> Claim | KeptAnswer:
    """Return the right to carry a request out, or the answer that it got.

    Raises:
        IdempotencyKeyReused: The key was used for another request.
        IdempotencyKeyBusy: It is being carried out.
    """
    claim = console.store.kept_answers.claim(
        keyed, lease_seconds=LEASE_SECONDS, kept_seconds=console.idempotency_kept_seconds
    )
    if isinstance(claim, KeyReused):
        raise IdempotencyKeyReused(
            f"The {KEY_HEADER} was used before with another method, address, query or body.",
            remedy="Send a new request with a new key; nothing was changed.",
            field=KEY_HEADER,
        )
    if isinstance(claim, KeyBusy):
        raise IdempotencyKeyBusy(
            f"A request with this {KEY_HEADER} is being carried out.",
            remedy="Send it again, with the same key, after the seconds of Retry-After.",
            field=KEY_HEADER,
            retry_after_seconds=min(claim.seconds, 1.0),
        )
    return claim


class _Try:
    """One try that holds the claim; trouble with the claim itself never hides the answer."""

    def __init__(self, console: ConsoleDependencies, claim: Claim) -> None:
        self.claim = claim
        self._answers = console.store.kept_answers
        self._kept_seconds = console.idempotency_kept_seconds

    @asynccontextmanager
    async def renewed(self) -> AsyncIterator[None]:
        """Say again and again that the try is alive."""
        task = asyncio.create_task(self._renew())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(LEASE_SECONDS / _RENEWALS_PER_LEASE)
            try:
                await run_in_threadpool(self._answers.renew, self.claim, lease_seconds=LEASE_SECONDS)
            except PlanSwitchError as error:
                _log.warning("idempotency_claim_not_renewed", code=error.code)

    async def kept(self, answer: KeptAnswer) -> None:
        """Keep the answer; without it the next try acts under the same request id."""
        try:
            await run_in_threadpool(self._answers.keep, self.claim, answer, kept_seconds=self._kept_seconds)
        except PlanSwitchError as error:
            _log.warning("idempotent_answer_not_kept", code=error.code)

    async def released(self) -> None:
        """Let the next try carry the request out at once."""
        try:
            await run_in_threadpool(self._answers.release, self.claim)
        except PlanSwitchError as error:
            _log.warning("idempotency_claim_not_released", code=error.code)


class _Answer:
    """An answer that is held back until it is whole."""

    def __init__(
        self, status: int = 0, headers: list[tuple[bytes, bytes]] | None = None, body: bytes = b""
    ) -> None:
        self._status = status
        self._headers = headers or []
        self._body = bytearray(body)

    async def take(self, message: Message) -> None:
        """Take one message of the app."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = list(message["headers"])
        else:
            self._body += message.get("body", b"")

    @property
    def lasts(self) -> bool:
        """Tell whether the same request has this answer also later."""
        return self._status < HTTPStatus.INTERNAL_SERVER_ERROR and self._status not in _PASSING

    @property
    def is_storable(self) -> bool:
        """Tell whether it may be kept as it is; one with a secret says that it may not."""
        return (_CACHE_CONTROL, _NO_STORE) not in {(name.lower(), value) for name, value in self._headers}

    def to_keep(self, reach: tuple[Grant, ...]) -> KeptAnswer:
        """Return what is kept of it: of one with a secret only that it was given.

        Args:
            reach: What a caller must hold to get it again.
        """
        head: dict[str, object] = {"reach": grants_as_json(reach)}
        if not self.is_storable:
            return KeptAnswer(status=self._status, content=json.dumps(head).encode())
        head["headers"] = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in self._headers
            if name.lower() not in _NOT_KEPT
        ]
        content = json.dumps(head).encode() + b"\n" + bytes(self._body)
        return KeptAnswer(status=self._status, content=content)

    async def sent(self, send: Send) -> None:
        """Send it."""
        others = [each for each in self._headers if each[0].lower() != b"content-length"]
        length = (b"content-length", str(len(self._body)).encode())
        await send({"type": "http.response.start", "status": self._status, "headers": [*others, length]})
        await send({"type": "http.response.body", "body": bytes(self._body)})


def _of_kept(kept: KeptAnswer) -> tuple[_Answer | None, tuple[Grant, ...]]:
    """Return an answer as it is given again, None where it showed a secret, and who may get it."""
    line, _, body = kept.content.partition(b"\n")
    head = json.loads(line)
    reach = grants_of_json(head["reach"])
    if "headers" not in head:
        return None, reach
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in head["headers"]]
    return _Answer(kept.status, [*headers, (REPLAYED_HEADER.lower().encode(), b"true")], body), reach


def _not_kept() -> AnswerNotKept:
    return AnswerNotKept(
        "The request was carried out before. Its answer showed a secret, which is shown once.",
        remedy="List what it made. If the secret was lost, revoke or roll it; then ask for another one with "
        f"a new {KEY_HEADER}.",
    )
