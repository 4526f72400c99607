"""What eligibility asks the outside beyond what a switch needs: the seller's word, purchases, roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.ports.seller_port import SellerSubscription, SubscriptionState, state_of


@dataclass(frozen=True, kw_only=True, slots=True)
class SellerRefusal:
    """One "no" of the seller."""

    #: Code of rules#reasons that it means; UNKNOWN_REASON where it means none of them.
    reason: str
    #: The seller's own code and text, verbatim.
    code: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SellerVerdict:
    """What the seller says on switching one subscription to one plan."""

    #: "": on whatever plan, as the seller answered nothing else.
    target_plan_id: str
    is_eligible: bool
    refusals: tuple[SellerRefusal, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Purchase:
    """A subscription as the directory lists it, whoever sold it."""

    #: The id that its seller gave it.
    subscription_id: str
    plan_id: str
    #: The directory's own name of the plan.
    plan_name: str
    quantity: int
    #: active, suspended, disabled or deleted.
    status: str
    #: The directory's own word for the status, as evidence.
    vendor_status: str
    is_trial: bool
    created_at: datetime

    @property
    def state(self) -> SubscriptionState:
        """Return what its status means."""
        return state_of(self.status)


class Inquiries(Protocol):
    """Questions whose answers are evidence of an assessment; each may raise ProviderUnavailable."""

    def seller_verdicts(self, organization_id: str, source: SellerSubscription) -> tuple[SellerVerdict, ...]:
        """Return what the seller says on each plan to which the subscription could be switched.

        Raises:
            UnknownSubscription: The seller has none of that id.
        """

    def purchases(self, organization_id: str) -> tuple[Purchase, ...]:
        """Return every subscription that the directory lists."""

    def roles(self, organization_id: str, user_id: str) -> tuple[str, ...]:
        """Return the names of the roles that a user has in the organization; none for an unknown user."""


def verdict_on(verdicts: Iterable[SellerVerdict], target_plan_id: str) -> SellerVerdict | None:
    """Return what was said on a plan, or on every plan; None where the seller said nothing."""
    wanted = {target_plan_id.lower(), ""}
    return next((verdict for verdict in verdicts if verdict.target_plan_id in wanted), None)
