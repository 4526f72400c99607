"""What an answer that is no success means: one table for each provider, and the error for each meaning.

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

from domain.kernel.awaited import Awaited, Party
from domain.kernel.errors import (
    AccessExpired,
    AccessLost,
    PageExpired,
    PermissionMissing,
    PlanSwitchError,
    ProviderBusy,
    ProviderRefused,
    ProviderThrottled,
    ProviderUnavailable,
    UnknownOrganization,
)
from domain.operator.step_words import asked_words
from providers.transport.answers import error_of, redact, retry_after_seconds

_SERVER_FAILURES = range(500, 600)
_CHALLENGE_ERROR = re.compile(r'\berror="?([A-Za-z_]+)"?')
_CHALLENGE_CLAIMS = re.compile(r'\bclaims="?([A-Za-z0-9+/=_-]+)"?')
_EXPIRED = (
    "Renew this installation's sign-in at the {provider}, and check that the organization has not withdrawn "
    "its consent; the switch asks again by itself."
)
_RENEW = "renew this installation's sign-in"
_NOT_ALLOWED = (
    "Grant this installation what it needs at the {provider}, or have the organization consent again; "
    "the switch asks again by itself."
)


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
    """The answers of one provider: its codes count first, then the statuses, which are the same of all."""

    #: Code in lower case -> meaning, whatever the status.
    codes: Mapping[str, Meaning]
    #: What tells of any other code that it speaks of the request itself, and so is a refusal.
    is_refusal: Callable[[str], bool]

    def meaning(self, status: int, code: str) -> Meaning:
        """Return what an answer or an item of that status means; `code` is in any case, or "" for none."""
        named = self.codes.get(code.lower())
        if named is not None:
            return named
        if status in _SERVER_FAILURES:
            return Meaning.UNAVAILABLE
        meaning = _STATUSES.get(status, Meaning.REFUSED)
        is_spoken_of = meaning in _OF_THE_REQUEST and self.is_refusal(code)
        return Meaning.REFUSED if is_spoken_of else meaning


#: Meanings of a status that a code which speaks of the request corrects.
_OF_THE_REQUEST = frozenset({Meaning.BUSY, Meaning.PERMISSION_MISSING})
#: Status -> meaning, at every provider.
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
)
#: Numbers of orders, carts and subscriptions (vendor#refusals), whatever status they come with.
_SELLER_NUMBER = re.compile(r"\s*(?:2\d{3,4}|60\d{3}|[89]\d{5})\s*")
_SELLER = Table(
    codes={
        **_ACCESS,
        "2055": Meaning.BUSY,  # outdated etag
        # The person lacks a role or a relationship, a policy blocks, an application alone is not let in.
        "900308": Meaning.PERMISSION_MISSING,
        "900309": Meaning.PERMISSION_MISSING,
        "900329": Meaning.PERMISSION_MISSING,
        "concurrencyconflict": Meaning.BUSY,
        "expiredcontinuationtoken": Meaning.PAGE_EXPIRED,
        "invalidcontinuationtoken": Meaning.PAGE_EXPIRED,
    },
    is_refusal=lambda code: _SELLER_NUMBER.fullmatch(code) is not None,
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

#: Meaning -> class of the error and its remedy; the others depend on the call.
_ERRORS: Mapping[Meaning, tuple[type[PlanSwitchError], str]] = {
    Meaning.UNKNOWN_ORGANIZATION: (
        UnknownOrganization,
        "Check the organization's id and that this installation is connected to it.",
    ),
    Meaning.UNAVAILABLE: (ProviderUnavailable, "Try again; the same call is safe to repeat."),
    Meaning.BUSY: (
        ProviderBusy,
        "Wait, then try again; stop whoever else changes the same at the {provider} if it lasts.",
    ),
    Meaning.PAGE_EXPIRED: (PageExpired, "Read the list again from its first page."),
    Meaning.ACCESS_EXPIRED: (AccessExpired, _EXPIRED),
    Meaning.PERMISSION_MISSING: (PermissionMissing, _NOT_ALLOWED),
    Meaning.REFUSED: (ProviderRefused, "Read the provider's reason, remove it, then retry."),
}


def meaning_of(provider: str, status: int, code: str) -> Meaning:
    """Return what an answer of a provider means."""
    return TABLES[provider].meaning(status, code)


def said_by(body: Any, headers: Mapping[str, str]) -> tuple[str, str]:
    """Return the code and the text of an answer or an item that is no success, from its body or headers.

    A challenge in the headers tells a code where the body has none.
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


@dataclass(frozen=True, kw_only=True, slots=True)
class FailedAnswer:
    """An answer that is no success, of a whole call or of one item of a batch."""

    provider: str
    operation: str
    status: int
    #: The provider's own code, and its text without personal data.
    code: str
    text: str
    headers: Mapping[str, str]

    @property
    def meaning(self) -> Meaning:
        """Return what the provider's table says."""
        return meaning_of(self.provider, self.status, self.code)

    def error(self, unknown: type[PlanSwitchError]) -> PlanSwitchError:
        """Return the error to raise; `unknown` is that for a thing that is not there."""
        words = self.text or self.code or "no text"
        message = f"The {self.provider} answered {self.status} to {asked_words(self.operation)}: {words}"
        # A remedy may follow, and is a sentence of its own.
        message += "" if message.endswith((".", "!", "?", "…")) else "."
        details: dict[str, Any] = {
            "provider": self.provider,
            "operation": self.operation,
            "provider_code": self.code,
            "provider_text": self.text,
            "status": self.status,
        }
        meaning = self.meaning
        if meaning is Meaning.THROTTLED:
            wait = retry_after_seconds(self.headers)
            return ProviderThrottled(
                message, retry_after_seconds=wait, remedy="Wait, then ask again.", **details
            )
        if meaning is Meaning.UNKNOWN:
            return unknown(message, remedy="Check the id and look again.", **details)
        if meaning is Meaning.ACCESS_EXPIRED:
            details["claims"] = claims_of(self.headers)
            details["awaited"] = self._of_operator(_RENEW, _EXPIRED)
        if meaning is Meaning.PERMISSION_MISSING:
            details["awaited"] = self._of_operator("grant this installation what it needs", _NOT_ALLOWED)
        error_class, remedy = _ERRORS[meaning]
        return error_class(message, remedy=remedy.format(provider=self.provider), **details)

    def _of_operator(self, action: str, remedy: str) -> Awaited:
        """Return what an operator of this installation is waited for with."""
        return Awaited(
            party=Party.OPERATOR,
            action=f"{action} at the {self.provider}",
            remedy=remedy.format(provider=self.provider),
        )


def access_lost(expired: AccessExpired) -> AccessLost:
    """Return the error for a token that is refused although it was renewed: somebody has to act."""
    details = {name: value for name, value in expired.details.items() if name != "awaited"}
    provider = details["provider"]
    return AccessLost(
        expired.message,
        action=f"{_RENEW} at the {provider}",
        remedy=_EXPIRED.format(provider=provider),
        vendor_code=str(details.get("provider_code", "")),
        claims=expired.claims,
        **details,
    )


def failed_answer(
    provider: str, operation: str, status: int, body: object, headers: Mapping[str, str]
) -> FailedAnswer:
    """Read an answer that is no success, of a whole call or of one item of a batch."""
    code, text = said_by(body, headers)
    return FailedAnswer(
        provider=provider, operation=operation, status=status, code=code, text=redact(text), headers=headers
    )
