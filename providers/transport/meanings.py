"""What an answer that is no success means: one table for each provider, from status and code to a meaning.

Whole calls, items of a batch and reads all use it. "No" is only what the table calls REFUSED: an expired
token, an expired page, a lock and a concurrent change mean "ask anew" (rules#ask-anew).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from providers.transport.answers import error_of

_SERVER_FAILURES = range(500, 600)


class Meaning(StrEnum):
    """What a caller does with an answer."""

    #: An answered no: nothing was done, and the same question gets the same answer.
    REFUSED = "refused"
    #: The organization is not there for the provider.
    UNKNOWN_ORGANIZATION = "unknown_organization"
    #: What the address names is not there, or not yet.
    UNKNOWN = "unknown"
    #: Ask again after the wait that is told.
    THROTTLED = "throttled"
    #: Ask again; what became of the call is not known.
    UNAVAILABLE = "unavailable"
    #: Something else changes or locks the thing at this moment: read it again, then ask again.
    BUSY = "busy"
    #: Read the list again from its first page.
    PAGE_EXPIRED = "page_expired"
    #: The token is not accepted: renew it, then ask again.
    ACCESS_EXPIRED = "access_expired"
    #: The installation may not do this; somebody has to grant it.
    PERMISSION_MISSING = "permission_missing"


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """The answers of one provider: the first of the three that knows the answer counts."""

    #: Code in lower case -> meaning, whatever the status.
    codes: Mapping[str, Meaning]
    #: What tells of any other code that it speaks of the request itself, and so is a refusal.
    is_refusal: Callable[[str], bool]
    #: Status -> meaning.
    statuses: Mapping[int, Meaning]

    def meaning(self, status: int, code: str) -> Meaning:
        """Return what an answer means.

        Args:
            status: HTTP status of the call or of the item.
            code: The provider's own code, in any case; "" where it gives none.
        """
        named = self.codes.get(code.lower())
        if named is not None:
            return named
        if status in _SERVER_FAILURES:
            return Meaning.UNAVAILABLE
        meaning = self.statuses.get(status, Meaning.REFUSED)
        is_spoken_of = meaning in _OF_THE_REQUEST and self.is_refusal(code)
        return Meaning.REFUSED if is_spoken_of else meaning


#: Meanings of a status that a code which speaks of the request corrects.
_OF_THE_REQUEST = frozenset({Meaning.BUSY, Meaning.PERMISSION_MISSING})
_STATUSES = {
    401: Meaning.ACCESS_EXPIRED,
    403: Meaning.PERMISSION_MISSING,
    404: Meaning.UNKNOWN,
    408: Meaning.UNAVAILABLE,
    409: Meaning.BUSY,
    412: Meaning.BUSY,
    423: Meaning.BUSY,
    424: Meaning.UNAVAILABLE,
    425: Meaning.UNAVAILABLE,
    429: Meaning.THROTTLED,
}
#: Words of an `error` in WWW-Authenticate and of error bodies, the same at every provider (RFC 6750).
_ACCESS = {
    "expired_token": Meaning.ACCESS_EXPIRED,
    "expiredauthenticationtoken": Meaning.ACCESS_EXPIRED,
    "authentication_expiredtoken": Meaning.ACCESS_EXPIRED,
    "insufficient_claims": Meaning.ACCESS_EXPIRED,
    "insufficient_scope": Meaning.PERMISSION_MISSING,
    "invalid_token": Meaning.ACCESS_EXPIRED,
    "invalidauthenticationtoken": Meaning.ACCESS_EXPIRED,
    "organizationnotfound": Meaning.UNKNOWN_ORGANIZATION,
    "tokenexpired": Meaning.ACCESS_EXPIRED,
}
#: 403 of the directory that speak of the organization or the request, not of what the installation may do.
_DIRECTORY_REFUSALS = frozenset(
    {
        "authentication_requestfromnonpremiumtenantorb2ctenant",
        "directory_objectquotaexceeded",
        "directory_quotaexceeded",
    }
)
_DIRECTORY = Table(
    codes={
        **_ACCESS,
        "accessdenied": Meaning.PERMISSION_MISSING,
        "authorization_identitynotfound": Meaning.PERMISSION_MISSING,
        "authorization_requestdenied": Meaning.PERMISSION_MISSING,
        "directory_concurrencyviolation": Meaning.BUSY,
        "directory_expiredpagetoken": Meaning.PAGE_EXPIRED,
        "licenseassignmentattributeconcurrencyexception": Meaning.BUSY,
        "licenseassignmentattributeconcurrencyviolation": Meaning.BUSY,
        "request_throttledtemporarily": Meaning.THROTTLED,
        "toomanyrequests": Meaning.THROTTLED,
    },
    is_refusal=lambda code: code.lower() in _DIRECTORY_REFUSALS,
    statuses=_STATUSES,
)
#: Numbers of orders, carts and subscriptions (vendor#refusals), whatever status they come with.
_SELLER_NUMBER = re.compile(r"\s*(?:2\d{3,4}|60\d{3}|[89]\d{5})\s*")
_SELLER = Table(
    codes={
        **_ACCESS,
        "2055": Meaning.BUSY,  # outdated etag
        "concurrencyconflict": Meaning.BUSY,
        "expiredcontinuationtoken": Meaning.PAGE_EXPIRED,
        "invalidcontinuationtoken": Meaning.PAGE_EXPIRED,
    },
    is_refusal=lambda code: _SELLER_NUMBER.fullmatch(code) is not None,
    statuses=_STATUSES,
)
#: Our own interfaces (docs/api): a code in capitals tells of the request; these tell of caller or moment.
_OWN = Table(
    codes={
        **_ACCESS,
        "forbidden": Meaning.PERMISSION_MISSING,
        "locked": Meaning.BUSY,
        "concurrent_write": Meaning.BUSY,
        "unauthorized": Meaning.ACCESS_EXPIRED,
    },
    is_refusal=lambda code: re.fullmatch(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+", code) is not None,
    statuses=_STATUSES,
)
#: Provider as records name it -> its table.
TABLES: Mapping[str, Table] = {
    "directory": _DIRECTORY,
    "health": _DIRECTORY,
    "seller": _SELLER,
    "billing": _OWN,
    "credit": _OWN,
    "notices": _OWN,
}

_CHALLENGE_ERROR = re.compile(r'\berror="?([A-Za-z_]+)"?')
_CHALLENGE_CLAIMS = re.compile(r'\bclaims="?([A-Za-z0-9+/=_-]+)"?')


def meaning_of(provider: str, status: int, code: str) -> Meaning:
    """Return what an answer of a provider means."""
    return TABLES[provider].meaning(status, code)


def said_by(body: Any, headers: Mapping[str, str]) -> tuple[str, str]:
    """Return the code and the text of an answer that is no success, from its body or from its headers.

    Args:
        body: Parsed JSON of the call or the item.
        headers: Of the same; a challenge tells a code where the body has none.
    """
    code, text = error_of(body)
    challenge = _challenge(headers)
    named = _CHALLENGE_ERROR.search(challenge)
    if named is not None and (not code or named.group(1).lower() == "insufficient_claims"):
        return named.group(1), text
    return code, text


def claims_of(headers: Mapping[str, str]) -> str:
    """Return the claims that a renewed token has to meet, as JSON text; "" where none are asked for."""
    match = _CHALLENGE_CLAIMS.search(_challenge(headers))
    if match is None:
        return ""
    padded = match.group(1) + "=" * (-len(match.group(1)) % 4)
    try:
        return base64.urlsafe_b64decode(padded.replace("+", "-").replace("/", "_")).decode()
    except (binascii.Error, ValueError):
        return ""


def _challenge(headers: Mapping[str, str]) -> str:
    return next((str(value) for name, value in headers.items() if name.lower() == "www-authenticate"), "")
