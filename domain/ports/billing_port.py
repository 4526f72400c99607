"""Billing as a Protocol: what a switch needs from the ledger of charges and credits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from domain.kernel.facts import OMITTED_AT_DEFAULT
from domain.kernel.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class BillingProfile:
    """What billing knows of an organization."""

    organization_id: str
    display_name: str
    country: str
    subdivision: str | None
    #: IANA zone in which billing days are counted.
    time_zone: str
    currency: str
    #: commercial, education, government or nonprofit.
    segment: str
    tax_rate: Decimal
    balance_due: Money
    #: card or invoice.
    payment_method: str
    custom_domains: tuple[str, ...]
    #: Days off of its own, beside weekends and public holidays (rules#credit-check).
    closing_days: tuple[date, ...] = ()
    #: Local hour from which a day counts no more as the first one; None: it always does.
    cut_off_hour: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class BilledPeriod:
    """The current billing period of a subscription: half-open local dates."""

    subscription_id: str
    plan_id: str
    quantity: int
    #: Price of one license for one whole period.
    unit_price: Money
    period_start_on: date
    period_end_on: date
    paid: Money
    #: Credits given for this period before.
    credited: Money
    billing_cycle: str
    #: billing, stopped or not_started.
    state: str
    #: Day of the month on which it renews, 1 to 31, where billing states it or the purchase tells it; it
    #: says of which whole period a shorter one is a part (proration#every-policy).
    billing_day: int | None = field(default=None, metadata=OMITTED_AT_DEFAULT)


@dataclass(frozen=True, kw_only=True, slots=True)
class BookedLine:
    """What billing booked for days of a period: a charge, or a credit with a negative amount."""

    amount: Money
    from_on: date
    to_on: date
    #: Licenses that it added; negative for licenses that were given back, none for a mere credit.
    quantity: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FreeDays:
    """Days from `from_on` to before `to_on` that nobody pays for."""

    #: Code of the rule.
    code: str
    from_on: date
    to_on: date
    #: Licenses that are free.
    quantity: int


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceLine:
    """One line of an invoice."""

    #: charge, credit, overlap_charge, overlap_credit, rounding or free.
    kind: str
    amount: Money
    #: Id of the charge or credit it stands for.
    reference_id: str | None
    #: Days without money and the rule that makes them so; None in any other line.
    free: FreeDays | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuedInvoice:
    """An invoice as billing issued it."""

    invoice_id: str
    number: str
    #: What was taken from the card; negative is given back.
    charged: Money
    charged_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuedCredit:
    """A credit as billing issued it."""

    credit_id: str
    #: When the money is expected to arrive.
    settles_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceStatus:
    """How far an issued invoice is on its way, and its credit."""

    invoice_id: str
    issued_at: datetime
    #: None while it has not reached the customer.
    delivered_at: datetime | None
    #: Day on which the money of its credit arrived; None before, and where it carries no credit.
    credit_settled_on: date | None


class Billing(Protocol):
    """The ledger of charges and credits."""

    def profile(self, organization_id: str) -> BillingProfile:
        """Return what billing knows of the organization.

        Raises:
            UnknownOrganization: Billing does not know it.
        """

    def period(self, organization_id: str, subscription_id: str) -> BilledPeriod:
        """Return the current billing period of a subscription."""

    def booked_lines(self, organization_id: str, billed: BilledPeriod) -> tuple[BookedLine, ...]:
        """Return what was booked for the days of a period that `period` told, in the order of booking.

        Without a stop in between they add up to what was paid, net of what was credited.

        Raises:
            UnknownSubscription: Billing has none of that id.
        """

    def stop(self, organization_id: str, subscription_id: str, *, effective_on: date, key: str) -> date:
        """Stop billing; `effective_on` is the first day that is not billed. Return the day recorded.

        While it is stopped nothing renews, and the period stays the one in which it was stopped.
        """

    def resume(self, organization_id: str, subscription_id: str, *, key: str) -> date:
        """Take a stop back: billed as if there had been none. Return the first day that is billed again.

        That is the day of the stop. A renewal that fell due meanwhile is charged for its own days. What is
        not stopped stays as it is.
        """

    def credit(
        self,
        organization_id: str,
        subscription_id: str,
        *,
        amount: Money,
        from_on: date,
        to_on: date,
        reason: str,
        key: str,
    ) -> IssuedCredit:
        """Give back `amount` (positive) for the days from `from_on` to before `to_on`."""

    def start(
        self,
        organization_id: str,
        subscription_id: str,
        *,
        effective_on: date,
        period_end_on: date,
        quantity: int,
        unit_price: Money,
        amount: Money,
        key: str,
        billing_day: int | None = None,
    ) -> str:
        """Start billing and charge `amount` for the days up to `period_end_on`. Return the charge's id.

        It renews on `billing_day` of the month, 1 to 31; None: on the day of `period_end_on`.
        """

    def invoice(
        self,
        organization_id: str,
        *,
        switch_id: str,
        lines: Sequence[InvoiceLine],
        tax: Money,
        total: Money,
        payment_method: str,
        key: str,
    ) -> IssuedInvoice:
        """Issue the invoice of a switch; by card it is charged at once."""

    def invoice_status(self, organization_id: str, invoice_id: str) -> InvoiceStatus:
        """Return whether an invoice was delivered and its credit arrived.

        Raises:
            ProviderRefused: Billing issued none of that id.
        """
