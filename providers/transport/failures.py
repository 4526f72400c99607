"""The error for each meaning of an answer that is no success, with what the operator can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.kernel.awaited import Awaited, Party
from domain.kernel.errors import (
    AccessExpired,
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
from providers.transport.answers import redact, retry_after_seconds
from providers.transport.meanings import Meaning, claims_of, meaning_of, said_by

_EXPIRED = (
    "Renew this installation's sign-in at the {provider}, and check that the organization has not withdrawn "
    "its consent; the switch asks again by itself."
)
_NOT_ALLOWED = (
    "Grant this installation what it needs at the {provider}, or have the organization consent again; "
    "the switch asks again by itself."
)
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
        """Return the error to raise.

        Args:
            unknown: What it means that the thing asked for is not there.
        """
        message = (
            f"The {self.provider} answered {self.status} to {asked_words(self.operation)}: {self._words}"
        )
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
            return AccessExpired(
                message,
                remedy=_EXPIRED.format(provider=self.provider),
                claims=claims_of(self.headers),
                awaited=self._of_operator("renew this installation's sign-in", _EXPIRED),
                **details,
            )
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

    @property
    def _words(self) -> str:
        return self.text or self.code or "no text"


def failed_answer(
    provider: str, operation: str, status: int, body: object, headers: Mapping[str, str]
) -> FailedAnswer:
    """Read an answer that is no success.

    Args:
        provider: As records name it.
        operation: Name of the call in the record.
        status: HTTP status of the call or the item.
        body: Parsed JSON, or None.
        headers: Of the call or the item.
    """
    code, text = said_by(body, headers)
    return FailedAnswer(
        provider=provider, operation=operation, status=status, code=code, text=redact(text), headers=headers
    )
