"""Quill's ledger: what each edition of a contract costs, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from domain.kernel.money import Money
from domain.ports.billing_port import (
    BilledPeriod,
    BillingProfile,
    BookedLine,
    InvoiceLine,
    InvoiceStatus,
    IssuedCredit,
    IssuedInvoice,
)
from domain.ports.product_port import AccountStatement, BilledInvoice, Capability, Payment, ProductAct
from tests.support.clouds.quill.line import QuillLine, Wish
from tests.support.clouds.quill.state import (
    CURRENCY,
    PRICES,
    TIME_ZONE,
    Account,
    Customer,
    Edition,
    QuillRefusal,
)

SETTLEMENT_DAYS = 5
TAX_RATE = Decimal("0.19")
_STOPPED, _BILLING, _NOT_STARTED = "stopped", "billing", "not_started"


class QuillBilling:
    """Charges, credits and invoices."""

    def __init__(self, line: QuillLine) -> None:
        self._line = line

    def profile(self, organization_id: str) -> BillingProfile:
        """Return how a customer pays."""
        return self._line.call("profile", organization_id, _profile_of)

    def period(self, organization_id: str, subscription_id: str) -> BilledPeriod:
        """Return the days that are paid of an edition."""
        return self._line.call(
            "period",
            organization_id,
            lambda customer: self._period(customer, customer.edition(subscription_id)),
        )

    def booked_lines(self, organization_id: str, billed: BilledPeriod) -> tuple[BookedLine, ...]:
        """Return what was booked for an edition."""

        def read(customer: Customer) -> tuple[BookedLine, ...]:
            account = customer.accounts.get(customer.edition(billed.subscription_id).edition_id)
            return tuple(account.lines) if account else ()

        return self._line.call("booked_lines", organization_id, read)

    def stop(self, organization_id: str, subscription_id: str, *, effective_on: date, key: str) -> date:
        """Stop billing once; what is stopped keeps its day."""

        def work(customer: Customer) -> date:
            account = _account(customer, subscription_id)
            if account.stopped_on is None:
                if not account.start_on <= effective_on <= account.end_on:
                    raise QuillRefusal("day_not_paid")
                account.state, account.stopped_on = _STOPPED, effective_on
                customer.ledger.append(("stop", subscription_id, 0))
            return account.stopped_on

        return self._line.change(
            organization_id,
            Wish(operation="stop_billing", key=key, content=(subscription_id, effective_on)),
            work,
        )

    def resume(self, organization_id: str, subscription_id: str, *, key: str) -> date:
        """Take a stop back."""

        def work(customer: Customer) -> date:
            account = _account(customer, subscription_id)
            resumed_on = account.stopped_on or account.start_on
            account.state, account.stopped_on = _BILLING, None
            return resumed_on

        return self._line.change(
            organization_id, Wish(operation="resume_billing", key=key, content=subscription_id), work
        )

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
        """Give money back, never more than was paid."""

        def work(customer: Customer) -> IssuedCredit:
            account = _account(customer, subscription_id)
            if amount.minor_units > sum(each.amount.minor_units for each in account.lines):
                raise QuillRefusal("more_than_paid")
            account.lines.append(BookedLine(amount=-amount, from_on=from_on, to_on=to_on, quantity=0))
            customer.ledger.append(("credit", subscription_id, amount.minor_units))
            settles_on = self._today() + timedelta(days=SETTLEMENT_DAYS)
            return IssuedCredit(credit_id=self._line.state.new_id("credit"), settles_on=settles_on)

        wanted = (subscription_id, amount, from_on, to_on, reason)
        return self._line.change(organization_id, Wish(operation="credit", key=key, content=wanted), work)

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
        """Start billing and charge the first days."""

        def work(customer: Customer) -> str:
            customer.accounts[customer.edition(subscription_id).edition_id] = Account(
                quantity=quantity,
                unit_price=unit_price,
                start_on=effective_on,
                end_on=period_end_on,
                billing_day=billing_day or period_end_on.day,
                lines=[
                    BookedLine(amount=amount, from_on=effective_on, to_on=period_end_on, quantity=quantity)
                ],
            )
            customer.ledger.append(("charge", subscription_id, amount.minor_units))
            return self._line.state.new_id("charge")

        wanted = (subscription_id, effective_on, period_end_on, quantity, unit_price, amount, billing_day)
        return self._line.change(
            organization_id, Wish(operation="start_billing", key=key, content=wanted), work
        )

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
        """Issue an invoice; by card the total is taken at once."""

        def work(customer: Customer) -> IssuedInvoice:
            if sum(each.amount.minor_units for each in lines) + tax.minor_units != total.minor_units:
                raise QuillRefusal("sum_is_wrong")
            state = self._line.state
            invoice_id = state.new_id("invoice")
            customer.invoices[invoice_id] = InvoiceStatus(
                invoice_id=invoice_id, issued_at=state.now(), delivered_at=None, credit_settled_on=None
            )
            customer.ledger.append(("invoice", switch_id, total.minor_units))
            return IssuedInvoice(
                invoice_id=invoice_id,
                number=f"Q{len(customer.invoices):04}",
                charged=total if payment_method == "card" else Money.zero(CURRENCY),
                charged_at=state.now(),
            )

        wanted = (switch_id, tuple(lines), tax, total, payment_method)
        return self._line.change(organization_id, Wish(operation="invoice", key=key, content=wanted), work)

    def invoice_status(self, organization_id: str, invoice_id: str) -> InvoiceStatus:
        """Return how far an invoice is."""

        def read(customer: Customer) -> InvoiceStatus:
            if invoice_id not in customer.invoices:
                raise QuillRefusal("invoice_missing")
            return customer.invoices[invoice_id]

        return self._line.call("invoice_status", organization_id, read)

    def capability(self, act: ProductAct) -> Capability:
        """Return that nothing is paid by the interface."""
        return Capability(act=act, is_able=False, place="Quill's customer desk")

    def statement(self, organization_id: str) -> AccountStatement:
        """Return the invoices; what is due is paid by card at once, but for what somebody planted."""

        def read(customer: Customer) -> AccountStatement:
            totals = {each[1]: each[2] for each in customer.ledger if each[0] == "invoice"}
            invoices = [
                BilledInvoice(
                    invoice_id=each.invoice_id,
                    number=f"Q{number:04}",
                    issued_at=each.issued_at,
                    total=Money(minor_units=total, currency=CURRENCY),
                    charged=Money(minor_units=total, currency=CURRENCY),
                    payment_method="card",
                    delivered_at=each.delivered_at,
                )
                for number, (each, total) in enumerate(
                    zip(customer.invoices.values(), totals.values(), strict=False), start=1
                )
            ]
            return AccountStatement(balance_due=Money.zero(CURRENCY), invoices=tuple(reversed(invoices)))

        return self._line.call("invoices", organization_id, read)

    def pay(self, organization_id: str, *, amount: Money, key: str) -> Payment:
        """Refuse: nothing is due that could be paid here."""

        def work(_customer: Customer) -> Payment:
            raise QuillRefusal("more_than_due")

        return self._line.change(
            organization_id, Wish(operation="pay_balance", key=key, content=amount), work
        )

    def _today(self) -> date:
        return self._line.state.now().astimezone(ZoneInfo(TIME_ZONE)).date()

    def _period(self, customer: Customer, edition: Edition) -> BilledPeriod:
        today = self._today()
        price = Money(minor_units=PRICES[edition.plan_id], currency=CURRENCY)
        account = customer.accounts.get(edition.edition_id) or Account(
            quantity=edition.units,
            unit_price=price,
            start_on=today,
            end_on=today + timedelta(days=30),
            billing_day=today.day,
            state=_NOT_STARTED,
        )
        charges = [each.amount.minor_units for each in account.lines if each.amount.minor_units > 0]
        given_back = [-each.amount.minor_units for each in account.lines if each.amount.minor_units < 0]
        return BilledPeriod(
            subscription_id=edition.edition_id,
            plan_id=edition.plan_id,
            quantity=account.quantity,
            unit_price=account.unit_price,
            period_start_on=account.start_on,
            period_end_on=account.end_on,
            paid=Money(minor_units=sum(charges), currency=CURRENCY),
            credited=Money(minor_units=sum(given_back), currency=CURRENCY),
            billing_cycle="monthly",
            state=account.state,
            billing_day=account.billing_day,
        )


def delivered(status: InvoiceStatus, settled_on: date) -> InvoiceStatus:
    """Return an invoice that has reached the customer, and whose credit arrived."""
    return replace(status, delivered_at=status.issued_at + timedelta(days=1), credit_settled_on=settled_on)


def _account(customer: Customer, edition_id: str) -> Account:
    account = customer.accounts.get(customer.edition(edition_id).edition_id)
    if account is None:
        raise QuillRefusal("not_billed")
    return account


def _profile_of(customer: Customer) -> BillingProfile:
    return BillingProfile(
        organization_id=customer.customer_id,
        display_name="Customer",
        country="DE",
        subdivision=None,
        time_zone=TIME_ZONE,
        currency=CURRENCY,
        segment="commercial",
        tax_rate=TAX_RATE,
        balance_due=Money.zero(CURRENCY),
        payment_method="card",
        custom_domains=(),
    )
