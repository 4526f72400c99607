"""The credit bureau as a Protocol: what a switch needs to know of a check (rules#credit-check)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

#: `CreditCheckState.status`.
REQUIRED = "required"
APPROVED = "approved"
DECLINED = "declined"


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditCheckState:
    """A credit check as seller and bureau show it."""

    #: The bureau's name of the check.
    check_id: str
    #: required (not decided yet), approved or declined.
    status: str
    requested_at: datetime
    #: None while it is not decided.
    decided_at: datetime | None = None

    @property
    def is_decided(self) -> bool:
        """Return whether the bureau has given its answer."""
        return self.status in {APPROVED, DECLINED}


class CreditBureau(Protocol):
    """Who decides whether an order may be paid by invoice; it calls back, and may be asked."""

    def check(self, organization_id: str, check_id: str) -> CreditCheckState:
        """Return a check as it stands.

        Raises:
            ProviderRefused: The bureau knows no check of that id.
        """

    def decide(self, organization_id: str, check_id: str, *, verdict: str, key: str) -> CreditCheckState:
        """Tell the bureau what an operator decided in its place; a decided check is answered as it stands.

        Raises:
            ProviderRefused: The bureau knows no check of that id.
        """
