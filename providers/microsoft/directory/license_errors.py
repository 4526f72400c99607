"""What the directory's answer for one user means (rules#license-failures).

A direct assignment fails with one code, `Request_BadRequest`; only the text tells why.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from typing import Any

from domain.ports.cloud import LicenseChange, LicenseChangeResult
from providers.transport.answers import is_refused, redact, request_id_of, retry_after_seconds
from providers.transport.meanings import Meaning, meaning_of, said_by

#: The license to remove is not there: done, or taken away by hand; only reading back tells.
NOT_HELD = "NotHeld"
#: The user is not found: gone, or not yet where the directory looked; only reading back tells.
USER_DELETED = "UserDeleted"

_DIRECTORY = "directory"
_OK = range(200, 300)
_BAD_REQUEST = 400

#: What the directory's table makes of status and code -> our word; a refusal is told by its text.
_WORDS = {
    Meaning.ACCESS_EXPIRED: "AccessExpired",
    Meaning.BUSY: "Concurrency",
    Meaning.PAGE_EXPIRED: "Unavailable",
    Meaning.PERMISSION_MISSING: "PermissionMissing",
    Meaning.THROTTLED: "Throttled",
    Meaning.UNAVAILABLE: "Unavailable",
    Meaning.UNKNOWN: USER_DELETED,
    Meaning.UNKNOWN_ORGANIZATION: "AccessExpired",
}
#: First match wins.
_TEXTS = tuple(
    (re.compile(pattern, re.IGNORECASE), error)
    for pattern, error in (
        (r"does not have a corresponding license|no license changes provided", NOT_HELD),
        (r"does not have any available licenses|not enough licenses|CountViolation", "CountViolation"),
        (r"usage ?location", "ProhibitedInUsageLocationViolation"),
        (r"depends on the service plan|DependencyViolation", "DependencyViolation"),
        (r"mutually exclusive|MutuallyExclusive|conflicting service plans", "MutuallyExclusiveViolation"),
        (
            r"inherited from (?:a )?group|assigned by a group|group membership|group-based",
            "GroupInherited",
        ),
        (r"proxy ?address|uniqueness ?violation", "UniquenessViolation"),
        (r"concurrency", "Concurrency"),
        (r"license \S+ cannot be assigned to a user", "PlanNotAssignable"),
        (r"is not part of (?:the )?SKU", "ServiceNotInPlan"),
        (r"does not correspond to a valid company license", "PlanNotOwned"),
    )
)


def result_of(change: LicenseChange, item: dict[str, Any] | None) -> LicenseChangeResult:
    """Return what one item of a batch answer says on `change`.

    Args:
        change: What was asked.
        item: The item of the same id, or None when the answer has none.
    """
    if item is None:
        return _failed(change, 0, "Unavailable", "The batch answer left this user out.")
    status, used_part = int(item["status"]), _used_part(item)
    code, text = said_by(item.get("body"), item.get("headers") or {}) if is_refused(item) else ("", "")
    if status in _OK and not (code or text):
        return done(change) if used_part is None else replace(done(change), used_part=used_part)
    error = _WORDS.get(meaning_of(_DIRECTORY, status, code)) or word_of(f"{code}: {text}")
    wait = _wait_seconds(error, item)
    refused = _failed(change, status, error, text, retry_after_seconds=wait)
    request_id = request_id_of(item.get("headers") or {}, item.get("body"))
    return replace(refused, used_part=used_part, code=code, request_id=request_id)


def done(change: LicenseChange) -> LicenseChangeResult:
    """Return that `change` took effect."""
    return LicenseChangeResult(directory_id=change.directory_id, status=200)


def failed(change: LicenseChange, error: str, text: str, *, wait_seconds: float = 0.0) -> LicenseChangeResult:
    """Return that reading the user back showed `change` undone.

    Args:
        change: What was asked.
        error: Word of rules#license-failures.
        text: What was seen; must leave personal data out.
        wait_seconds: Seconds to wait before a repetition, 0 when nobody says.
    """
    return _failed(change, _BAD_REQUEST, error, text, retry_after_seconds=wait_seconds)


def _failed(
    change: LicenseChange, status: int, error: str, text: str, *, retry_after_seconds: float = 0.0
) -> LicenseChangeResult:
    return LicenseChangeResult(
        directory_id=change.directory_id,
        status=status,
        error=error,
        text=redact(text, hidden=change.directory_id),
        retry_after_seconds=retry_after_seconds,
    )


def _used_part(item: dict[str, Any]) -> float | None:
    """Return which part of its quota the directory says is used; it tells from about 0.8 on."""
    for name, value in (item.get("headers") or {}).items():
        if name.lower() == "x-ms-throttle-limit-percentage":
            with suppress(ValueError):
                return min(max(float(value), 0.0), 2.0)
    return None


def word_of(text: str) -> str:
    """Return our word for what the directory says of a license, in a sentence or a word of its own."""
    return next((error for pattern, error in _TEXTS if pattern.search(text)), "Other")


def _wait_seconds(error: str, item: dict[str, Any]) -> float:
    headers = item.get("headers") or {}
    if error == "Throttled":
        return retry_after_seconds(headers)
    return retry_after_seconds(headers, default=0.0) if error in {"Concurrency", "Unavailable"} else 0.0
