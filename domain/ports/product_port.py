"""Acts on what an organization owns: what an adapter can do for a person, and where the vendor does the rest.

An adapter declares each act. Where it can't carry one out, it names the place of the vendor in which a person
can; the record then learns of it from the next reading (products#an-act-elsewhere).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from domain.kernel.money import Money
from domain.ports.seller_port import SellerSubscription


class ProductAct(StrEnum):
    """What a person may do with the products of an organization."""

    BUY = "buy"
    RESIZE = "resize"
    CANCEL = "cancel"
    REACTIVATE = "reactivate"
    #: A trial becomes a subscription that is paid for.
    BUY_TRIAL = "buy_trial"
    PAY = "pay"


@dataclass(frozen=True, kw_only=True, slots=True)
class Capability:
    """Whether an adapter can carry out an act."""

    act: ProductAct
    is_able: bool
    #: Where a person does it at the vendor, in the vendor's words; also where an adapter can do it.
    place: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BilledInvoice:
    """An invoice as billing lists it."""

    invoice_id: str
    number: str
    issued_at: datetime
    #: With tax; negative is given back.
    total: Money
    #: What was taken from the card at once.
    charged: Money
    #: card or invoice.
    payment_method: str
    #: None while it has not reached the customer.
    delivered_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountStatement:
    """What billing shows of an organization's account."""

    balance_due: Money
    #: The newest first.
    invoices: Sequence[BilledInvoice]


@dataclass(frozen=True, kw_only=True, slots=True)
class Payment:
    """A payment of a balance that was due."""

    payment_id: str
    amount: Money
    paid_at: datetime
    #: What is still due after it.
    balance_due: Money


class Products(Protocol):
    """Acts at the seller that no switch needs; orders and changes of licenses are calls of `Seller`."""

    def capability(self, act: ProductAct) -> Capability:
        """Return whether the adapter can carry out an act, and where the vendor does."""

    def reactivate(self, organization_id: str, subscription_id: str, *, key: str) -> SellerSubscription:
        """Let a subscription serve again that was cancelled or has expired; one that serves stays as it is.

        Raises:
            UnknownSubscription: The organization has none of that id.
            ProviderRefused: It can't serve again, such as one that was deleted.
        """

    def buy_trial(
        self, organization_id: str, subscription_id: str, *, quantity: int, key: str
    ) -> SellerSubscription:
        """Make a trial a subscription that is paid for; one that is no trial stays as it is.

        Raises:
            UnknownSubscription: The organization has none of that id.
            ProviderRefused: The seller does not sell it so.
        """


class Payments(Protocol):
    """The account of an organization at billing."""

    def capability(self, act: ProductAct) -> Capability:
        """Return whether the adapter can carry out an act, and where the vendor does."""

    def statement(self, organization_id: str) -> AccountStatement:
        """Return the balance that is due and the invoices.

        Raises:
            UnknownOrganization: Billing does not know it.
        """

    def pay(self, organization_id: str, *, amount: Money, key: str) -> Payment:
        """Pay a part of the balance, or all of it.

        Raises:
            ProviderRefused: More would be paid than is due; nothing was paid.
        """
