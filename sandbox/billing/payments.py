"""The account of a customer: what is due, its invoices, and payments."""

from __future__ import annotations

from sandbox.billing.billing import check_currency, ledger_entry
from sandbox.cloud.answers import HTTP_CONFLICT, HTTP_CREATED, Idempotency, Refusal
from sandbox.cloud.state import Sandbox
from sandbox.kernel.bodies import Count, OpenBody
from sandbox.kernel.clock import iso, parse_instant
from sandbox.kernel.model import Json, Organization

_BALANCE = "balance_due_minor_units"


class PaymentBody(OpenBody):
    """Money that the customer pays of what is due."""

    amount_minor_units: Count
    currency: str


def statement_view(sandbox: Sandbox, organization: Organization) -> Json:
    """Return what is due, and every invoice, the newest first."""
    profile, now = organization.profile, iso(sandbox.now())
    invoices = [
        {
            "invoice_id": entry["entry_id"],
            "number": entry["number"],
            "issued_at": entry["booked_at"],
            "total_minor_units": entry["amount_minor_units"],
            "charged_minor_units": entry["charged_minor_units"],
            "payment_method": entry["payment_method"],
            "delivered_at": entry["delivers_at"] if _is_past(entry["delivers_at"], now) else None,
        }
        for entry in reversed(organization.ledger)
        if entry["kind"] == "invoice"
    ]
    return {"currency": profile["currency"], _BALANCE: profile[_BALANCE], "invoices": invoices}


def _is_past(at: str, now: str) -> bool:
    return parse_instant(at) <= parse_instant(now)


def pay(sandbox: Sandbox, organization: Organization, body: PaymentBody, idempotency: Idempotency) -> Json:
    """Take a payment.

    Raises:
        InvalidInput: The currency is another one (422).
        Refusal: More would be paid than is due (409).
    """
    check_currency(organization, body.currency)
    due, amount = organization.profile[_BALANCE], body.amount_minor_units
    if amount > due:
        text = f"{due} are due, and {amount} would be paid: nothing was taken."
        raise Refusal(HTTP_CONFLICT, "PAYMENT_EXCEEDS_BALANCE", text)
    at = iso(sandbox.now())
    entry = ledger_entry(organization, "payment", at, amount_minor_units=amount, currency=body.currency)
    answer = {"payment_id": entry["entry_id"], "paid_at": at, _BALANCE: due - amount}
    sandbox.commit(
        "paid",
        organization_id=organization.organization_id,
        entries=[entry],
        profile={_BALANCE: due - amount},
        sequence=organization.sequence + 1,
        **idempotency.facts(HTTP_CREATED, answer),
    )
    return answer
