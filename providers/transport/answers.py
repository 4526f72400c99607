"""What every provider's answer is read with: error texts, waiting times, instants, and redaction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import DecimalException
from email.utils import parsedate_to_datetime
from functools import lru_cache
from math import isfinite
from typing import Any

from domain.kernel.errors import ProviderRefused
from domain.operator.step_words import asked_words
from domain.ports.refusals import Refusal
from providers.transport.redacted_text import redacted_text

#: One JSON object of an answer.
JsonObject = dict[str, Any]

#: What is waited when a provider throttles without saying how long.
DEFAULT_RETRY_AFTER_SECONDS = 5.0
#: Longest wait that is believed; a provider that says more is asked again after this.
RETRY_AFTER_MAX_SECONDS = 86_400.0
#: Where answers have the id by which the provider's support finds them, the first that is there.
_REQUEST_IDS = ("request-id", "x-ms-request-id", "ms-correlationid", "x-request-id", "client-request-id")
#: Fields of the vendor's errors and of problem documents; an answer that has nothing else is one.
_TEXT_FIELDS = ("message", "description", "detail", "title")
_ERROR_FIELDS = {*_TEXT_FIELDS, "code", "data", "source", "type", "status", "instance", "innerError"}
_SUCCESS_FROM, _SUCCESS_TO = 200, 300
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


#: The same with a memory: thousands of items may say the same.
redact = lru_cache(maxsize=1024)(redacted_text)


def request_id_of(headers: Mapping[str, str], body: Any = None) -> str:
    """Return by what the provider's support finds an answer or an item, "" where it has nothing.

    In `headers` the case of names does not matter; `body` is parsed JSON.
    """
    values = {name.lower(): str(value).strip() for name, value in headers.items()}
    error = body.get("error") if isinstance(body, dict) else None
    inner = error.get("innerError") or error.get("innererror") if isinstance(error, dict) else None
    inside = {name.lower(): str(value) for name, value in inner.items()} if isinstance(inner, dict) else {}
    ids = [values.get(name) or inside.get(name) for name in _REQUEST_IDS]
    return next((each for each in ids if each and _REQUEST_ID.fullmatch(each)), "")


def traced_ids(answered: str, sent: str) -> str:
    """Return by what a call is found, as its row tells it: the provider's own id, and the one that we sent.

    Args:
        answered: The provider's id of the answer, "" where it gave none.
        sent: The id that went with the request, "" where none did.
    """
    if not answered or answered == sent:
        return sent
    return f"{answered}, sent as {sent}" if sent else answered


def error_of(body: Any) -> tuple[str, str]:
    """Return the provider's own code and text from an error body, or empty strings.

    Understands the directory's `{"error": {code, message}}`, the seller's `{code, description}` and the
    problem documents of our own contracts.
    """
    if not isinstance(body, dict):
        return "", ""
    inner = body.get("error", body)
    if not isinstance(inner, dict):
        return "", str(inner)
    texts = (inner.get(name) for name in _TEXT_FIELDS)
    code = inner.get("code", "")
    return redact(str("" if code is None else code)), str(next((text for text in texts if text), ""))


def is_refused(item: Mapping[str, Any]) -> bool:
    """Return whether an item of a batch was not done: by its status, or by an error that its body holds."""
    body = item.get("body")
    return not _SUCCESS_FROM <= int(item["status"]) < _SUCCESS_TO or (
        isinstance(body, dict) and isinstance(body.get("error"), dict)
    )


def refusal_of(item: Mapping[str, Any]) -> Refusal:
    """Return what an item of a batch that was not done says."""
    code, text = error_of(item.get("body"))
    return Refusal(
        status=int(item["status"]),
        code=code,
        text=redact(text),
        request_id=request_id_of(item.get("headers") or {}, item.get("body")),
    )


def error_in_success(status: int, body: Any) -> Refusal | None:
    """Return the error that a whole answer is although its status is a success; None where it is none."""
    if not isinstance(body, dict):
        return None
    is_error = isinstance(body.get("error"), dict) or (
        "code" in body and any(name in body for name in _TEXT_FIELDS) and set(body) <= _ERROR_FIELDS
    )
    code, text = error_of(body) if is_error else ("", "")
    return Refusal(status=status, code=code, text=redact(text)) if code or text else None


def retry_after_seconds(headers: Mapping[str, str], default: float = DEFAULT_RETRY_AFTER_SECONDS) -> float:
    """Return the seconds that `Retry-After` asks for: a number, a date, or else the default.

    In `headers` the case of names does not matter.
    """
    values = {name.lower(): str(value).strip() for name, value in headers.items()}
    try:
        seconds = float(values.get("retry-after", ""))
    except ValueError:
        until = date_of({"date": values.get("retry-after", "")})
        seconds = -1.0 if until is None else (until - (date_of(values) or datetime.now(UTC))).total_seconds()
    if not isfinite(seconds) or seconds < 0:
        return default
    return min(seconds, RETRY_AFTER_MAX_SECONDS)


def instant(text: str) -> datetime:
    """Return the UTC instant of an ISO 8601 text; one without a zone is UTC.

    Raises:
        ValueError: It is no instant.
    """
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def date_of(headers: Mapping[str, str]) -> datetime | None:
    """Return the instant of the `Date` header, or None when it is absent or unreadable."""
    return _instant_of_date(headers.get("date", ""))


@lru_cache(maxsize=16)
def _instant_of_date(text: str) -> datetime | None:
    """Read a date; all answers of a second have the same one."""
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, TypeError):
        return None


@contextmanager
def understood(provider: str, operation: str) -> Iterator[None]:
    """Turn an answer that breaks the provider's contract into a clear refusal.

    Raises:
        ProviderRefused: A field is missing or is not what the contract says.
    """
    try:
        yield
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, DecimalException) as error:
        message = (
            f"The {provider} answered {asked_words(operation)} in a shape that is not its contract "
            f"({type(error).__name__}: {redact(str(error))})."
        )
        remedy = "Check the provider's address and its announced changes; nothing more was sent."
        raise ProviderRefused(
            message, remedy=remedy, provider_code="UNREADABLE", provider_text=redact(str(error)), status=200
        ) from error
