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

from domain.errors import ProviderRefused

#: One JSON object of an answer.
JsonObject = dict[str, Any]

#: What is waited when a provider throttles without saying how long.
DEFAULT_RETRY_AFTER_SECONDS = 5.0
#: Longest wait that is believed; a provider that says more is asked again after this.
RETRY_AFTER_MAX_SECONDS = 86_400.0
#: Longest error text that is kept.
TEXT_MAX_LENGTH = 500
#: Longest text that is looked through; the time to do so grows with its square.
_TEXT_READ_LENGTH = 2_000

_GUID = re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")
_ADDRESS = re.compile(r"[^\s@<>'\"();,:]+@[^\s@<>'\"();,]*[^\s@<>'\"();,.]")


def redact(text: str, *, keeps_ids: bool = False, hidden: str = "") -> str:
    """Return `text` without e-mail addresses and ids, at most TEXT_MAX_LENGTH characters.

    What can't be printed becomes blanks: PostgreSQL refuses some of it, and a terminal obeys some of it.

    Args:
        text: What a provider said.
        keeps_ids: Leave GUIDs in: for texts whose GUIDs name plans, not people.
        hidden: One more word to hide, such as the id of the user that the text is about.
    """
    if not text:
        return ""
    if len(text) > _TEXT_READ_LENGTH:  # without the last word, which may be half an address
        text = text[:_TEXT_READ_LENGTH].rpartition(" ")[0]
    text = "".join(each if each.isprintable() else " " for each in text)
    clean = _ADDRESS.sub("[address]", text)
    if hidden:
        clean = re.sub(re.escape(hidden), "[id]", clean, flags=re.IGNORECASE)
    if not keeps_ids:
        clean = _GUID.sub("[id]", clean)
    return clean[:TEXT_MAX_LENGTH]


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
    texts = (inner.get(name) for name in ("message", "description", "detail", "title"))
    code = inner.get("code", "")
    return redact(str("" if code is None else code)), str(next((text for text in texts if text), ""))


def retry_after_seconds(headers: Mapping[str, str], default: float = DEFAULT_RETRY_AFTER_SECONDS) -> float:
    """Return the seconds that `Retry-After` asks for: a number, a date, or the default.

    Args:
        headers: Headers of the answer or of the batch item; the name's case does not matter.
        default: Seconds when the header is absent or unreadable.
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
            f"The {provider} answered {operation} in a shape that is not its contract "
            f"({type(error).__name__}: {redact(str(error))})."
        )
        remedy = "Check the provider's address and its announced changes; nothing more was sent."
        raise ProviderRefused(
            message, remedy=remedy, provider_code="UNREADABLE", provider_text=redact(str(error)), status=200
        ) from error
