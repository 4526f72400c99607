"""Billing over our own interface (docs/api/billing.yaml): the ledger of charges and credits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from domain.kernel.errors import PlanSwitchError, ProviderRefused, UnknownOrganization, UnknownSubscription
from domain.kernel.money import Money
from domain.periods.billing_periods import BILLING_DAY_MAX
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
from providers.transport.answers import JsonObject, instant
from providers.transport.http import ProviderHttp, ProviderRequest, segment

Read = TypeVar("Read")
#: Where a person pays without us.
PAYMENT_PLACE = "the account page of billing, under “Pay now”"


class BillingClient:
    """The ledger of charges and credits behind the billing interface."""

    def __init__(self, http: ProviderHttp) -> None:
        self._http = http

    def profile(self, organization_id: str) -> BillingProfile:
        """Return what billing knows of the organization."""
        return self._get(organization_id, "profile", "", _profile, unknown=UnknownOrganization)

    def period(self, organization_id: str, subscription_id: str) -> BilledPeriod:
        """Return the current billing period of a subscription.

        Raises:
            UnknownSubscription: Billing has none of that id.
        """
        return self._get(organization_id, "period", f"/subscriptions/{segment(subscription_id)}", _period)

    def booked_lines(self, organization_id: str, billed: BilledPeriod) -> tuple[BookedLine, ...]:
        """Return what was booked for the days of a period that `period` told, in the order of booking."""
        path = _subscription_path(billed.subscription_id, "lines")
        days = f"from_on={billed.period_start_on.isoformat()}&to_on={billed.period_end_on.isoformat()}"
        return self._get(organization_id, "booked_lines", path, _booked_lines, query=days)

    def stop(self, organization_id: str, subscription_id: str, *, effective_on: date, key: str) -> date:
        """Stop billing; `effective_on` is the first day that is not billed. Return the day recorded."""
        body = {"effective_on": effective_on.isoformat()}
        path = _subscription_path(subscription_id, "stop")
        return self._post(organization_id, "stop_billing", path, body, _day("stopped_on"), key=key)

    def resume(self, organization_id: str, subscription_id: str, *, key: str) -> date:
        """Take a stop back: billed as if there had been none. Return the first day that is billed again."""
        path = _subscription_path(subscription_id, "resume")
        return self._post(organization_id, "resume_billing", path, {}, _day("resumed_on"), key=key)

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
        body = {
            "amount_minor_units": amount.minor_units,
            "currency": amount.currency,
            "from_on": from_on.isoformat(),
            "to_on": to_on.isoformat(),
            "reason": reason,
        }
        path = _subscription_path(subscription_id, "credits")
        return self._post(organization_id, "credit", path, body, _issued_credit, key=key)

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
        """Start billing and charge `amount` for the days up to `period_end_on`. Return the charge's id."""
        body = {
            "effective_on": effective_on.isoformat(),
            "period_end_on": period_end_on.isoformat(),
            "quantity": quantity,
            "unit_price_minor_units": unit_price.minor_units,
            "amount_minor_units": amount.minor_units,
            "currency": amount.currency,
        }
        if billing_day not in {None, period_end_on.day}:
            # A shorter month hides it: told only then, so that every other request stays what it was.
            body["billing_day"] = billing_day
        path = _subscription_path(subscription_id, "start")
        return self._post(
            organization_id, "start_billing", path, body, lambda answer: str(answer["charge_id"]), key=key
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
        """Issue the invoice of a switch; by card it is charged at once."""
        body = {
            "switch_id": switch_id,
            "lines": [_line(line) for line in lines],
            "tax_minor_units": tax.minor_units,
            "total_minor_units": total.minor_units,
            "currency": total.currency,
            "payment_method": payment_method,
        }

        def invoice_of(answer: JsonObject) -> IssuedInvoice:
            return IssuedInvoice(
                invoice_id=str(answer["invoice_id"]),
                number=str(answer["number"]),
                charged=Money(minor_units=answer["charged_minor_units"], currency=total.currency),
                charged_at=instant(answer["charged_at"]),
            )

        return self._post(organization_id, "invoice", "/invoices", body, invoice_of, key=key)

    def invoice_status(self, organization_id: str, invoice_id: str) -> InvoiceStatus:
        """Return whether an invoice was delivered and its credit arrived."""
        path = f"/invoices/{segment(invoice_id)}"
        return self._get(organization_id, "invoice_status", path, _invoice_status, unknown=ProviderRefused)

    def capability(self, act: ProductAct) -> Capability:
        """Return that payments are taken; no other act is one of billing."""
        return Capability(act=act, is_able=act == ProductAct.PAY, place=PAYMENT_PLACE)

    def statement(self, organization_id: str) -> AccountStatement:
        """Return the balance that is due and the invoices."""
        return self._get(organization_id, "invoices", "/invoices", _statement, unknown=UnknownOrganization)

    def pay(self, organization_id: str, *, amount: Money, key: str) -> Payment:
        """Pay a part of the balance, or all of it."""
        body = {"amount_minor_units": amount.minor_units, "currency": amount.currency}

        def payment_of(answer: JsonObject) -> Payment:
            due = Money(minor_units=answer["balance_due_minor_units"], currency=amount.currency)
            return Payment(
                payment_id=str(answer["payment_id"]),
                amount=amount,
                paid_at=instant(answer["paid_at"]),
                balance_due=due,
            )

        return self._post(organization_id, "pay_balance", "/payments", body, payment_of, key=key)

    def _get(
        self,
        organization_id: str,
        operation: str,
        path: str,
        reading: Callable[[JsonObject], Read],
        *,
        unknown: type[PlanSwitchError] = UnknownSubscription,
        query: str = "",
    ) -> Read:
        request = ProviderRequest(
            operation=operation,
            method="GET",
            path=f"/customers/{segment(organization_id)}{path}",
            query=query,
            unknown=unknown,
        )
        return self._http.read(organization_id, request, reading)

    def _post(
        self,
        organization_id: str,
        operation: str,
        path: str,
        body: JsonObject,
        reading: Callable[[JsonObject], Read],
        *,
        key: str,
    ) -> Read:
        request = ProviderRequest(
            operation=operation,
            method="POST",
            path=f"/customers/{segment(organization_id)}{path}",
            body=body,
            key=key,
            headers={"Idempotency-Key": key},
            unknown=UnknownSubscription,
        )
        return self._http.read(organization_id, request, reading)


def _statement(body: JsonObject) -> AccountStatement:
    currency = body["currency"]
    return AccountStatement(
        balance_due=Money(minor_units=body["balance_due_minor_units"], currency=currency),
        invoices=tuple(_invoice_of(each, currency) for each in body["invoices"]),
    )


def _invoice_of(body: JsonObject, currency: str) -> BilledInvoice:
    delivered_at = body["delivered_at"]
    return BilledInvoice(
        invoice_id=str(body["invoice_id"]),
        number=str(body["number"]),
        issued_at=instant(body["issued_at"]),
        total=Money(minor_units=body["total_minor_units"], currency=currency),
        charged=Money(minor_units=body["charged_minor_units"], currency=currency),
        payment_method=str(body["payment_method"]),
        delivered_at=None if delivered_at is None else instant(delivered_at),
    )


def _subscription_path(subscription_id: str, action: str) -> str:
    return f"/subscriptions/{segment(subscription_id)}/{action}"


def _line(line: InvoiceLine) -> JsonObject:
    facts = {
        "kind": line.kind,
        "amount_minor_units": line.amount.minor_units,
        "reference_id": line.reference_id,
    }
    if line.free is None:
        return facts
    days = {"from_on": line.free.from_on.isoformat(), "to_on": line.free.to_on.isoformat()}
    return facts | days | {"code": line.free.code, "quantity": line.free.quantity}


def _booked_lines(body: JsonObject) -> tuple[BookedLine, ...]:
    return tuple(
        BookedLine(
            amount=Money(minor_units=line["amount_minor_units"], currency=line["currency"]),
            from_on=date.fromisoformat(line["from_on"]),
            to_on=date.fromisoformat(line["to_on"]),
            quantity=int(line["quantity"]),
        )
        for line in body["lines"]
    )


def _day(field: str) -> Callable[[JsonObject], date]:
    return lambda body: date.fromisoformat(body[field])


def _issued_credit(body: JsonObject) -> IssuedCredit:
    return IssuedCredit(credit_id=str(body["credit_id"]), settles_on=date.fromisoformat(body["settles_on"]))


def _invoice_status(body: JsonObject) -> InvoiceStatus:
    delivered_at, settled_on = body["delivered_at"], body["credit_settled_on"]
    return InvoiceStatus(
        invoice_id=str(body["invoice_id"]),
        issued_at=instant(body["issued_at"]),
        delivered_at=None if delivered_at is None else instant(delivered_at),
        credit_settled_on=None if settled_on is None else date.fromisoformat(settled_on),
    )


def _profile(body: JsonObject) -> BillingProfile:
    currency = body["currency"]
    return BillingProfile(
        organization_id=str(body["organization_id"]),
        display_name=str(body["display_name"]),
        country=str(body["country"]),
        subdivision=body["subdivision"],
        time_zone=str(body["time_zone"]),
        currency=currency,
        segment=str(body["segment"]),
        tax_rate=Decimal(str(body["tax_rate"])),
        balance_due=Money(minor_units=body["balance_due_minor_units"], currency=currency),
        payment_method=str(body["payment_method"]),
        custom_domains=tuple(str(domain) for domain in body["custom_domains"]),
        closing_days=tuple(date.fromisoformat(day) for day in body.get("closing_days") or ()),
        cut_off_hour=body.get("cut_off_hour"),
    )


def _period(body: JsonObject) -> BilledPeriod:
    def money(field: str) -> Money:
        return Money(minor_units=body[field], currency=body["currency"])

    return BilledPeriod(
        subscription_id=str(body["subscription_id"]),
        plan_id=str(body["plan_id"]).lower(),
        quantity=int(body["quantity"]),
        unit_price=money("unit_price_minor_units"),
        period_start_on=date.fromisoformat(body["period_start_on"]),
        period_end_on=date.fromisoformat(body["period_end_on"]),
        paid=money("paid_minor_units"),
        credited=money("credited_minor_units"),
        billing_cycle=str(body["billing_cycle"]),
        state=str(body["state"]),
        billing_day=_billing_day(body.get("billing_day")),
    )


def _billing_day(stated: Any) -> int | None:
    """Return the stated day of the month, 1 to 31, or None where billing states none.

    Raises:
        ValueError: It is none.
    """
    if stated is None:
        return None
    if type(stated) is not int or not 1 <= stated <= BILLING_DAY_MAX:
        raise ValueError(f"billing_day is {stated!r}, not a day of the month")
    return stated
