"""What the directory's answer for one user means, and its words for failures (rules#license-failures).

A direct assignment fails with one code, `Request_BadRequest`; only the text tells why. VENDOR_WORDS is handed
to whoever reads the record: rows and events of before hold these words, newer ones the codes.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from typing import Any

from domain.licenses.license_failures import VendorWords
from domain.licenses.preflight import DEPENDENT_OFF, FED_BY_GROUP
from domain.ports.directory_port import LicenseChange, LicenseChangeResult, LicenseFailureCode
from providers.transport.answers import is_refused, redact, request_id_of, retry_after_seconds
from providers.transport.meanings import Meaning, meaning_of, said_by

#: The directory's word, in `licenseAssignmentStates` and in documents -> our code.
LICENSE_WORDS = {
    "CountViolation": LicenseFailureCode.NO_LICENSE_FREE,
    "MutuallyExclusiveViolation": LicenseFailureCode.SERVICES_EXCLUDE,
    "DependencyViolation": LicenseFailureCode.NEEDED_SERVICE_OFF,
    "ProhibitedInUsageLocationViolation": LicenseFailureCode.LOCATION_NOT_SERVED,
    "UniquenessViolation": LicenseFailureCode.ADDRESS_TAKEN,
    "Other": LicenseFailureCode.OTHER,
}
#: Words of our own that were stored beside the vendor's.
_STORED_WORDS = {
    "AccessExpired": LicenseFailureCode.ACCESS_EXPIRED,
    "Concurrency": LicenseFailureCode.USER_BUSY,
    "GroupInherited": LicenseFailureCode.LICENSE_FROM_GROUP,
    "LicenseInactive": LicenseFailureCode.LICENSE_INACTIVE,
    "NoWorkingLicense": LicenseFailureCode.NO_WORKING_LICENSE,
    "NotHeld": LicenseFailureCode.NOT_HELD,
    "PermissionMissing": LicenseFailureCode.PERMISSION_MISSING,
    "PlanNotAssignable": LicenseFailureCode.PLAN_NOT_ASSIGNABLE,
    "PlanNotOwned": LicenseFailureCode.PLAN_NOT_OWNED,
    "ServiceNotInPlan": LicenseFailureCode.SERVICE_NOT_IN_PLAN,
    "Throttled": LicenseFailureCode.THROTTLED,
    "Unavailable": LicenseFailureCode.UNAVAILABLE,
    "UserDeleted": LicenseFailureCode.USER_GONE,
}
VENDOR_WORDS = VendorWords(
    stored={
        **LICENSE_WORDS,
        **_STORED_WORDS,
        "GroupFed": FED_BY_GROUP,
        "DependentServiceOff": DEPENDENT_OFF,
    },
    words={code: word for word, code in LICENSE_WORDS.items()},
)

_DIRECTORY = "directory"
_OK = range(200, 300)
_BAD_REQUEST = 400
_LOCKED = 423

#: What the directory's table makes of status and code -> our code; a refusal is told by its text.
_WORDS = {
    Meaning.ACCESS_EXPIRED: LicenseFailureCode.ACCESS_EXPIRED,
    Meaning.BUSY: LicenseFailureCode.USER_BUSY,
    Meaning.PAGE_EXPIRED: LicenseFailureCode.UNAVAILABLE,
    Meaning.PERMISSION_MISSING: LicenseFailureCode.PERMISSION_MISSING,
    Meaning.THROTTLED: LicenseFailureCode.THROTTLED,
    Meaning.UNAVAILABLE: LicenseFailureCode.UNAVAILABLE,
    Meaning.UNKNOWN: LicenseFailureCode.USER_GONE,
    Meaning.UNKNOWN_ORGANIZATION: LicenseFailureCode.ACCESS_EXPIRED,
}
#: First match wins; a word of the directory's stands in sentences too.
_TEXTS = tuple(
    (re.compile(pattern, re.IGNORECASE), error)
    for pattern, error in (
        *((word, code) for word, code in LICENSE_WORDS.items() if code is not LicenseFailureCode.OTHER),
        (r"does not have a corresponding license|no license changes provided", LicenseFailureCode.NOT_HELD),
        (r"does not have any available licenses|not enough licenses", LicenseFailureCode.NO_LICENSE_FREE),
        (r"usage ?location", LicenseFailureCode.LOCATION_NOT_SERVED),
        (r"depends on the service plan", LicenseFailureCode.NEEDED_SERVICE_OFF),
        (r"mutually ?exclusive|conflicting service plans", LicenseFailureCode.SERVICES_EXCLUDE),
        (
            r"inherited from (?:a )?group|assigned by a group|group membership|group-based",
            LicenseFailureCode.LICENSE_FROM_GROUP,
        ),
        (r"proxy ?address|uniqueness ?violation", LicenseFailureCode.ADDRESS_TAKEN),
        (r"concurrency", LicenseFailureCode.USER_BUSY),
        (r"license \S+ cannot be assigned to a user", LicenseFailureCode.PLAN_NOT_ASSIGNABLE),
        (r"is not part of (?:the )?SKU", LicenseFailureCode.SERVICE_NOT_IN_PLAN),
        (r"does not correspond to a valid company license", LicenseFailureCode.PLAN_NOT_OWNED),
    )
)


def result_of(change: LicenseChange, item: dict[str, Any] | None) -> LicenseChangeResult:
    """Return what one item of a batch answer says on `change`; None: the answer has no item for it."""
    if item is None:
        return failed(
            change, LicenseFailureCode.UNAVAILABLE, "The batch answer left this user out.", status=0
        )
    status, used_part = int(item["status"]), _used_part(item)
    code, text = said_by(item.get("body"), item.get("headers") or {}) if is_refused(item) else ("", "")
    if status in _OK and not (code or text):
        return done(change) if used_part is None else replace(done(change), used_part=used_part)
    error = _WORDS.get(meaning_of(_DIRECTORY, status, code)) or code_of(f"{code}: {text}")
    refused = failed(change, error, text, status=status, wait_seconds=_wait_seconds(error, item))
    request_id = request_id_of(item.get("headers") or {}, item.get("body"))
    return replace(refused, used_part=used_part, code=code, request_id=request_id)


def done(change: LicenseChange) -> LicenseChangeResult:
    """Return that `change` took effect."""
    return LicenseChangeResult(directory_id=change.directory_id)


def failed(
    change: LicenseChange,
    error: LicenseFailureCode,
    text: str,
    *,
    status: int = _BAD_REQUEST,
    wait_seconds: float = 0.0,
) -> LicenseChangeResult:
    """Return that `change` is undone: by its answer, or, without a status, as the user reads back."""
    return LicenseChangeResult(
        directory_id=change.directory_id,
        status=status,
        error=error,
        is_locked=status == _LOCKED,
        text=redact(text, hidden=change.directory_id),
        retry_after_seconds=wait_seconds,
    )


def _used_part(item: dict[str, Any]) -> float | None:
    """Return which part of its quota the directory says is used; it tells from about 0.8 on."""
    for name, value in (item.get("headers") or {}).items():
        if name.lower() == "x-ms-throttle-limit-percentage":
            with suppress(ValueError):
                return min(max(float(value), 0.0), 2.0)
    return None


def code_of(text: str) -> LicenseFailureCode:
    """Return our code for what the directory says of a license, in a sentence or a word of its own."""
    return next((error for pattern, error in _TEXTS if pattern.search(text)), LicenseFailureCode.OTHER)


def _wait_seconds(error: LicenseFailureCode, item: dict[str, Any]) -> float:
    headers = item.get("headers") or {}
    if error is LicenseFailureCode.THROTTLED:
        return retry_after_seconds(headers)
    is_later = error in {LicenseFailureCode.USER_BUSY, LicenseFailureCode.UNAVAILABLE}
    return retry_after_seconds(headers, default=0.0) if is_later else 0.0
