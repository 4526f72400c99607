"""One attempt of one call to a provider: sent, reported to the observer, and its failure named.

Retries belong to Temporal: nothing here tries twice, but for a token that is renewed, and for the reads of a
process that people wait for (ADR 60).
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import uuid4

import orjson

from domain.kernel.errors import (
    AccessExpired,
    InvalidInput,
    PlanSwitchError,
    ProviderUnavailable,
    UnknownOrganization,
)
from domain.kernel.ids import attempt_id_of_key, require_organization_id
from domain.operator.step_words import asked_words
from domain.ports.cloud import (
    AnsweredAttempts,
    CallAnnouncer,
    CallObserver,
    ProviderCall,
    none_answered,
    unannounced,
)
from domain.ports.refusals import Refusal
from domain.ports.spans import annotate, span
from domain.text.plain_text import cleaned_facts
from providers.access.profiles import Access
from providers.transport.answers import (
    date_of,
    error_in_success,
    redact,
    request_id_of,
    traced_ids,
    understood,
)
from providers.transport.call_figures import OK, UNANSWERED, count_call
from providers.transport.line import Answer, NoAnswer
from providers.transport.meanings import FailedAnswer, access_lost, failed_answer
from providers.transport.operations import needed_access, require_access
from providers.transport.places import Place, PlaceOf
from providers.transport.repeats import repeated

Read = TypeVar("Read")

#: Seconds a provider has for one answer unless the settings say otherwise.
REQUEST_TIMEOUT_SECONDS = 10.0

_SUCCESS = range(200, 300)
#: What is the same when it is quoted, such as every GUID.
_PLAIN_SEGMENT = re.compile(r"[A-Za-z0-9_-]+")
_MILLISECONDS = 1000
#: JSON that may hold a character to clean: escapes, DEL, and in UTF-8 C1 and turns of direction.
_SUSPECT = re.compile(rb"\\[bfru]|\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]")
#: Code in the record of an answer that could not be read.
UNREADABLE = "UNREADABLE"
#: Code of a refusal that has none of its own, where the row needs one: in a success.
NO_CODE = "NO_CODE"
#: Headers by which a call is found: at the seller, and at the directory.
CORRELATION, CLIENT_REQUEST = "MS-CorrelationId", "client-request-id"
SENT_IDS = (CORRELATION, CLIENT_REQUEST)


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
    #: Header that carries an id of its own for each attempt that was answered, "" for none (ADR 40).
    attempt_header: str = ""
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
    """The way to one provider, wherever that is for an organization; safe to use from several threads."""

    def __init__(
        self,
        *,
        provider: str,
        place_of: PlaceOf,
        tracing_header: str = "",
        observer: CallObserver,
        announce: CallAnnouncer = unannounced,
        answered: AnsweredAttempts = none_answered,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.provider = provider
        self._place_of = place_of
        self._tracing_header = tracing_header
        self._observer = observer
        self._announce = announce
        self._answered = answered
        self._now = now

    def host_of(self, organization_id: str) -> str:
        """Return the only host that is asked about an organization, and given tokens."""
        return self._place_of(organization_id).host

    def send(self, organization_id: str, request: ProviderRequest) -> ProviderAnswer:
        """Send one request and return its success; with another token once more where the first has expired.

        Raises:
            ProviderUnavailable: No answer came, or the provider cannot answer now; the effect is unknown.
            ProviderThrottled: The provider asks to wait.
            ProviderBusy: Something else changes the thing at this moment; read it again.
            PageExpired: The list is to be read again from its first page.
            AccessLost: The provider does not accept the renewed token either (401), or there is none.
            PermissionMissing: The installation may not do this (403).
            UnknownOrganization: The provider does not have the organization.
            ProviderRefused: The provider said no; `details` hold provider_code, provider_text and status.
            ReadOnlyAccess: It would change something, and the installation may only read; nothing was sent.
            PartyMissing: The organization's profile has no such provider.
        """
        require_organization_id(organization_id)
        place = self._place_of(organization_id)
        self._require_access(place, request)
        if place.repeats_reads and _needed_access(request) is Access.READ:
            return repeated(lambda: self._send(organization_id, place, request))
        return self._send(organization_id, place, request)

    def _send(self, organization_id: str, place: Place, request: ProviderRequest) -> ProviderAnswer:
        token = place.tokens.token(organization_id, place.audience)
        try:
            return self._traced(organization_id, place, request, token)
        except AccessExpired as expired:
            renewed = place.tokens.renewed(
                organization_id, place.audience, refused=token, claims=expired.claims
            )
        try:
            return self._traced(organization_id, place, request, renewed)
        except AccessExpired as expired:
            raise access_lost(expired) from expired

    def read(self, organization_id: str, request: ProviderRequest, reading: Callable[[Any], Read]) -> Read:
        """Send one request, and return what `reading` makes of the body of its success.

        Raises:
            PlanSwitchError: As `send`; ProviderRefused too where the body breaks the provider's contract.
        """
        body = self.send(organization_id, request).body
        with understood(self.provider, request.operation):
            return reading(body)

    def access_of(self, organization_id: str) -> Access:
        """Return what this installation may do there."""
        return self._place_of(organization_id).access

    def token_of(self, organization_id: str) -> str:
        """Return the token that the next call about an organization would carry, for what it says of itself.

        Raises:
            AccessLost: There is none until somebody acts.
        """
        place = self._place_of(organization_id)
        return place.tokens.token(organization_id, place.audience)

    def renew_token(self, organization_id: str, *, claims: str = "") -> None:
        """Have another token ready that meets `claims`: a batch's item says that the one sent has expired."""
        place = self._place_of(organization_id)
        refused = place.tokens.token(organization_id, place.audience)
        place.tokens.renewed(organization_id, place.audience, refused=refused, claims=claims)

    def _require_access(self, place: Place, request: ProviderRequest) -> None:
        require_access(
            place.access,
            provider=self.provider,
            operation=request.operation,
            method=request.method,
            path=request.path,
            body=request.body,
        )

    def _traced(
        self, organization_id: str, place: Place, request: ProviderRequest, token: str
    ) -> ProviderAnswer:
        with span(
            f"call {request.operation}",
            provider=self.provider,
            operation=request.operation,
            organization_id=organization_id,
        ):
            return self._send_once(place, request, token)

    def _send_once(self, place: Place, request: ProviderRequest, token: str) -> ProviderAnswer:
        self._announce(request.operation)
        attempt = self._attempt(place, request, token)
        try:
            response = place.line.request(
                request.method, attempt.url, content=attempt.content, headers=attempt.headers
            )
        except NoAnswer as error:
            self._report(attempt, status=0, code=error.code, meaning=UNANSWERED)
            raise self._unanswered(request, error.code) from error
        except BaseException as error:  # a cancelled thread: the provider may have carried it out
            self._report(attempt, status=0, code=type(error).__name__, meaning=UNANSWERED)
            raise
        return self._answer(attempt, response)

    def _attempt(self, place: Place, request: ProviderRequest, token: str) -> _Attempt:
        target = f"{request.path}?{request.query}" if request.query else request.path
        content = b"" if request.body is None else orjson.dumps(request.body)
        headers = {
            "Accept": "application/json",
            "Authorization": f"Bearer {token}",
            **({} if request.body is None else {"Content-Type": "application/json"}),
            **({self._tracing_header: str(uuid4())} if self._tracing_header else {}),
            **request.headers,
            **self._attempt_id(request),
        }
        return _Attempt(
            request=request,
            url=place.base_url.rstrip("/") + target,
            content=content,
            headers=headers,
            digest=hashlib.sha256(f"{request.method} {target}\n".encode() + content).hexdigest(),
            started_at=self._now(),
            started=time.perf_counter(),
        )

    def _attempt_id(self, request: ProviderRequest) -> dict[str, str]:
        """Return the header by which a provider tells a repeated attempt from a new one (ADR 40)."""
        if not request.attempt_header:
            return {}
        return {request.attempt_header: attempt_id_of_key(request.key, self._answered(request.key))}

    def _answer(self, attempt: _Attempt, response: Answer) -> ProviderAnswer:
        status, request = response.status, attempt.request
        body, is_readable = _parsed(response)
        if status not in _SUCCESS:
            failed = failed_answer(self.provider, request.operation, status, body, response.headers)
            self._report_failed(attempt, failed, body)
            raise failed.error(request.unknown)
        if not is_readable:
            self._report(attempt, status=status, code=UNREADABLE, meaning=UNANSWERED)
            raise self._unanswered(request, "an answer that is not JSON")
        self._require_not_refused(attempt, response, body)
        summary = request.summarize(body) if request.summarize else ""
        refusals = request.refusals(body) if request.refusals else ()
        text, request_id = redact(summary), request_id_of(response.headers, body)
        self._report(attempt, status=status, text=text, request_id=request_id, refusals=refusals)
        answered_at = date_of(response.headers) or self._now().replace(microsecond=0)
        return ProviderAnswer(status=status, body=body, headers=response.headers, answered_at=answered_at)

    def _unanswered(self, request: ProviderRequest, reason: str) -> ProviderUnavailable:
        message = f"The {self.provider} gave no usable answer to {asked_words(request.operation)} ({reason})."
        return ProviderUnavailable(
            message,
            remedy="Check the connection; the same call is safe to repeat.",
            provider=self.provider,
            operation=request.operation,
            status=0,
        )

    def _require_not_refused(self, attempt: _Attempt, response: Answer, body: Any) -> None:
        """Refuse a success that holds an error: the code in its row ends its idempotency key.

        Raises:
            PlanSwitchError: The same as for the error as a status of its own.
        """
        request = attempt.request
        refusal = request.refused(body) if request.refused else None
        refusal = refusal or error_in_success(response.status, body)
        if refusal is None:
            return
        failed = FailedAnswer(
            provider=self.provider,
            operation=request.operation,
            status=response.status,
            code=refusal.code or NO_CODE,
            text=refusal.text,
            headers=response.headers,
        )
        self._report_failed(attempt, failed, body)
        raise failed.error(request.unknown)

    def _report_failed(self, attempt: _Attempt, failed: FailedAnswer, body: Any) -> None:
        request_id = request_id_of(failed.headers, body)
        self._report(
            attempt,
            status=failed.status,
            code=failed.code,
            text=failed.text,
            request_id=request_id,
            meaning=failed.meaning,
        )

    def _report(
        self,
        attempt: _Attempt,
        *,
        status: int,
        code: str = "",
        text: str = "",
        request_id: str = "",
        refusals: tuple[Refusal, ...] = (),
        meaning: str = OK,
    ) -> None:
        elapsed = time.perf_counter() - attempt.started
        operation = attempt.request.operation
        annotate(meaning=meaning)
        count_call(provider=self.provider, operation=operation, meaning=meaning, seconds=elapsed)
        self._observer(
            ProviderCall(
                provider=self.provider,
                operation=operation,
                key=attempt.request.key,
                request_digest=attempt.digest,
                status=status,
                code=code,
                text=text,
                started_at=attempt.started_at,
                duration_ms=round(elapsed * _MILLISECONDS),
                request_id=traced_ids(request_id, _sent_id(attempt)),
                refusals=refusals,
            )
        )


def _needed_access(request: ProviderRequest) -> Access:
    return needed_access(request.operation, method=request.method, path=request.path, body=request.body)


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


def _sent_id(attempt: _Attempt) -> str:
    """Return the id of ours by which a provider's support finds a call."""
    return next((attempt.headers[name] for name in SENT_IDS if name in attempt.headers), "")


def _parsed(response: Answer) -> tuple[Any, bool]:
    """Return the body and whether it could be read; no body is readable and None.

    What a provider says goes into the record, and to people: every text of it is cleaned here, once.
    """
    if not response.content:
        return None, True
    try:
        body = orjson.loads(response.content)
        return (body if _is_plain(response.content) else cleaned_facts(body)), True
    except (ValueError, RecursionError):
        return _parsed_leniently(response.content)


def _is_plain(content: bytes) -> bool:
    """Return whether JSON holds nothing to clean, without a look at each of its texts: pages are long."""
    return _SUSPECT.search(content) is None


def _parsed_leniently(content: bytes) -> tuple[Any, bool]:
    """Read what the fast reader refuses, such as half a surrogate pair: the words beside it count."""
    try:
        return cleaned_facts(json.loads(content)), True
    except (ValueError, RecursionError):  # a bracket for each byte is no JSON to us either
        return None, False
