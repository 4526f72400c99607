"""What is ordered at the seller, and the order as he shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from domain.ports.credit_port import CreditCheckState


@dataclass(frozen=True, kw_only=True, slots=True)
class AddonLine:
    """An add-on that is ordered with a plan."""

    plan_id: str
    quantity: int
    term: str
    billing_cycle: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderLine:
    """What to order."""

    plan_id: str
    quantity: int
    term: str
    billing_cycle: str
    currency: str
    #: card or invoice; paying by invoice may need a credit check (rules#credit-check).
    payment_method: str = "card"
    #: Attached to the subscription that is ordered (rules#addon_incompatible).
    addons: tuple[AddonLine, ...] = ()
    #: Subscription whose place it takes, for a seller that changes a plan in place; it serves on until it is
    #: cancelled. None: it takes nobody's place.
    replaced_subscription_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedAddon:
    """An add-on of an order."""

    plan_id: str
    quantity: int
    #: None until the seller has named the subscription.
    subscription_id: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedOrder:
    """An order as the seller shows it."""

    order_id: str
    #: pending, completed or cancelled.
    status: str
    #: None until the seller has named the subscription.
    subscription_id: str | None
    ordered_at: datetime
    #: None: the seller wants no credit check for this order.
    credit_check: CreditCheckState | None = None
    addons: tuple[PlacedAddon, ...] = ()
    #: Until when a void is free; None if the seller does not say.
    voidable_until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StoppedRenewal:
    """The seller's answer to a subscription that is not to renew."""

    subscription_id: str
    #: First day on which it is no more.
    ends_on: date
    stopped_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Cancellation:
    """The seller's answer to a cancellation."""

    subscription_id: str
    status: str
    cancelled_at: datetime
