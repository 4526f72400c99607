"""One attempt of one call to a provider: sent, reported to the observer, and its failure named.

Retries belong to Temporal: nothing here tries twice.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import quote

import orjson

from domain.errors import (
    InvalidInput,
    PlanSwitchError,
    ProviderRefused,
    ProviderThrottled,
    ProviderUnavailable,
    UnknownOrganization,
)
from domain.ports import CallAnnouncer, CallObserver, ProviderCall, unannounced
from domain.refusals import Refusal
from providers.answers import date_of, error_of, redact, request_id_of, retry_after_seconds
from providers.line import Answer, Line, NoAnswer

#: Seconds a provider has for one answer unless the settings say otherwise.
REQUEST_TIMEOUT_SECONDS = 10.0

_SUCCESS = range(200, 300)
_SERVER_FAILURES = range(500, 600)
#: 408 request time-out and 425 too early mean the same as a 503: ask again.
_ASK_AGAIN = frozenset({408, 425})
_UNAUTHORIZED = 401
_NOT_FOUND = 404
_THROTTLED = 429
_ORGANIZATION_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
#: What is the same when it is quoted, such as every GUID.
_PLAIN_SEGMENT = re.compile(r"[A-Za-z0-9_-]+")
_MILLISECONDS = 1000
#: Code in the record of an answer that could not be read.
UNREADABLE = "UNREADABLE"
#: Code of a refusal that has none of its own, where the row needs one: in a success.
NO_CODE = "NO_CODE"
#: Header by which a call is found at the seller.
CORRELATION = "MS-CorrelationId"


class TokenSource(Protocol):
    """Where the bearer tokens of organizations come from."""

    def token(self, organization_id: str) -> str:
        """Return a token that is valid now for `organization_id`."""


class SandboxTokens:
    """The tokens of the sandbox cloud: they only name the organization."""

    def token(self, organization_id: str) -> str:
        """Return the sandbox's token of `organization_id`."""
        return f"sandbox-{organization_id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderRequest:
    """One call as a client words it."""

    #: Name of the call in the record of provider calls.
    operation: str
    method: str
    #: Below the base URL, with a leading slash; ids in it are quoted by `segment`.
    path: str
    #: Already encoded, without the question mark.
    query: str = ""
    #: JSON to send, or None for no body.
    body: Any = None
    #: Idempotency key of an effect, "" for reads; the header that carries it is in `headers`.
    key: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    #: What a 404 means here.
    unknown: type[PlanSwitchError] = UnknownOrganization
    #: Words for the record what an answer of many items said; must leave personal data out.
    summarize: Callable[[Any], str] | None = None
    #: Tells which items of an answer were refused; must leave personal data out.
    refusals: Callable[[Any], tuple[Refusal, ...]] | None = None
    #: Tells of a success whether it is a refusal of the whole call all the same: None where it is none.
    refused: Callable[[Any], Refusal | None] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderAnswer:
    """A success as the provider answered it."""

    status: int
    #: Parsed JSON, or None when there was no body.
    body: Any
    headers: Mapping[str, str]
    #: When the provider answered, by its own clock where it tells it; whole seconds.
    answered_at: datetime


def segment(value: str) -> str:
    """Return `value` quoted as one segment of a path.

    Raises:
        InvalidInput: It is empty or would walk up the path.
    """
    if _PLAIN_SEGMENT.fullmatch(value):
        return value
    if not value or value in {".", ".."}:
        raise InvalidInput(field="id", value=value, allowed="an id that is not empty and no dots")
    return quote(value, safe="")


class ProviderHttp:
    """The way to one provider; safe to use from several threads."""

    def __init__(
        self,
        *,
        base_url: str,
        provider: str,
        tokens: TokenSource,
        observer: CallObserver,
        line: Line,
        announce: CallAnnouncer = unannounced,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.provider = provider
        self._base_url = base_url.rstrip("/")
        self._tokens = tokens
        self._observer = observer
        self._line = line
        self._announce = announce
        self._now = now

    def send(self, organization_id: str, request: ProviderRequest) -> ProviderAnswer:
        """Send one request once and return its success.

        Raises:
            ProviderUnavailable: No answer came, or the provider cannot answer now; the effect is unknown.
            ProviderThrottled: The provider asks to wait.
            UnknownOrganization: The provider does not accept the organization (401), or does not have it.
            ProviderRefused: The provider said no; `details` hold provider_code, provider_text and status.
        """
        self._announce(request.operation)
        attempt = self._attempt(organization_id, request)
        try:
            response = self._line.request(
                request.method, attempt.url, content=attempt.content, headers=attempt.headers
            )
        except NoAnswer as error:
            self._report(attempt, status=0, code=error.code)
            raise self._unanswered(request, error.code) from error
        except BaseException as error:  # a cancelled thread: the provider may have carried it out
            self._report(attempt, status=0, code=type(error).__name__)
            raise
        return self._answer(attempt, response)

    def _attempt(self, organization_id: str, request: ProviderRequest) -> _Attempt:
        if not _ORGANIZATION_ID.fullmatch(organization_id):
            allowed = "letters, digits, dots, dashes and underscores, at most 128"
            raise InvalidInput(field="organization_id", value=organization_id, allowed=allowed)
        target = f"{request.path}?{request.query}" if request.query else request.path
        content = b"" if request.body is None else orjson.dumps(request.body)
        headers = {
            "Accept": "application/json",
            "Authorization": f"Bearer {self._tokens.token(organization_id)}",
            **({} if request.body is None else {"Content-Type": "application/json"}),
            **request.headers,
        }
        return _Attempt(
            request=request,
            url=self._base_url + target,
            content=content,
            headers=headers,
            digest=hashlib.sha256(f"{request.method} {target}\n".encode() + content).hexdigest(),
            started_at=self._now(),
            started=time.perf_counter(),
        )

    def _answer(self, attempt: _Attempt, response: Answer) -> ProviderAnswer:
        status, request = response.status, attempt.request
        body, is_readable = _parsed(response)
        if status not in _SUCCESS:
            code, text = error_of(body)
            request_id = request_id_of({**_sent_ids(attempt), **response.headers}, body)
            self._report(attempt, status=status, code=code, text=redact(text), request_id=request_id)
            raise self._failure(request, response, code, redact(text))
        if not is_readable:
            self._report(attempt, status=status, code=UNREADABLE)
            raise self._unanswered(request, "an answer that is not JSON")
        self._require_not_refused(attempt, response, body)
        summary = request.summarize(body) if request.summarize else ""
        refusals = request.refusals(body) if request.refusals else ()
        self._report(attempt, status=status, text=redact(summary), refusals=refusals)
        answered_at = date_of(response.headers) or self._now().replace(microsecond=0)
        return ProviderAnswer(status=status, body=body, headers=response.headers, answered_at=answered_at)

    def _failure(self, request: ProviderRequest, response: Answer, code: str, text: str) -> PlanSwitchError:
        status = response.status
        said = f"The {self.provider} answered {status} to {request.operation}: {text or code or 'no text'}"
        details: dict[str, Any] = {
            **self._of(request),
            "provider_code": code,
            "provider_text": text,
            "status": status,
        }
        if status == _THROTTLED:
            wait = retry_after_seconds(response.headers)
            return ProviderThrottled(
                said, retry_after_seconds=wait, remedy="Wait, then ask again.", **details
            )
        if status in _SERVER_FAILURES or status in _ASK_AGAIN:
            return ProviderUnavailable(said, remedy="Try again; the same call is safe to repeat.", **details)
        if status == _UNAUTHORIZED:
            remedy = "Check the organization's id and that this installation is connected to it."
            return UnknownOrganization(said, remedy=remedy, **details)
        if status == _NOT_FOUND:
            return request.unknown(said, remedy="Check the id and look again.", **details)
        return ProviderRefused(said, remedy="Read the provider's reason, remove it, then retry.", **details)

    def _unanswered(self, request: ProviderRequest, reason: str) -> ProviderUnavailable:
        message = f"The {self.provider} gave no usable answer to {request.operation} ({reason})."
        return ProviderUnavailable(
            message,
            remedy="Check the connection; the same call is safe to repeat.",
            **self._of(request),
            status=0,
        )

    def _of(self, request: ProviderRequest) -> dict[str, str]:
        """Return whose answer it is, for whoever tells what is waited for."""
        return {"provider": self.provider, "operation": request.operation}

    def _require_not_refused(self, attempt: _Attempt, response: Answer, body: Any) -> None:
        """Refuse a success that holds an error: the code in its row ends its idempotency key.

        Raises:
            PlanSwitchError: The same as for the error as a status of its own.
        """
        request = attempt.request
        refusal = request.refused(body) if request.refused else None
        if refusal is None and isinstance(body, dict) and isinstance(body.get("error"), dict):
            code, text = error_of(body)
            refusal = Refusal(status=response.status, code=code, text=redact(text))
        if refusal is None:
            return
        code = refusal.code or NO_CODE
        request_id = request_id_of({**_sent_ids(attempt), **response.headers}, body)
        self._report(attempt, status=response.status, code=code, text=refusal.text, request_id=request_id)
        raise self._failure(request, response, code, refusal.text)

    def _report(
        self,
        attempt: _Attempt,
        *,
        status: int,
        code: str = "",
        text: str = "",
        request_id: str = "",
        refusals: tuple[Refusal, ...] = (),
    ) -> None:
        elapsed = time.perf_counter() - attempt.started
        self._observer(
            ProviderCall(
                provider=self.provider,
                operation=attempt.request.operation,
                key=attempt.request.key,
                request_digest=attempt.digest,
                status=status,
                code=code,
                text=text,
                started_at=attempt.started_at,
                duration_ms=round(elapsed * _MILLISECONDS),
                request_id=request_id,
                refusals=refusals,
            )
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Attempt:
    """One request on its way, with what the record needs."""

    request: ProviderRequest
    url: str
    content: bytes
    headers: Mapping[str, str]
    digest: str
    started_at: datetime
    #: Reading of the monotonic clock, in seconds.
    started: float


def _sent_ids(attempt: _Attempt) -> dict[str, str]:
    """Return the ids of ours by which a provider's support finds a call."""
    return {name: value for name, value in attempt.headers.items() if name == CORRELATION}


def _parsed(response: Answer) -> tuple[Any, bool]:
    """Return the body and whether it could be read; no body is readable and None."""
    if not response.content:
        return None, True
    try:
        return orjson.loads(response.content), True
    except ValueError:
        return _parsed_leniently(response.content)


def _parsed_leniently(content: bytes) -> tuple[Any, bool]:
    """Read what the fast reader refuses, such as half a surrogate pair: the words beside it count."""
    try:
        return json.loads(content), True
    except (ValueError, RecursionError):  # a bracket for each byte is no JSON to us either
        return None, False
