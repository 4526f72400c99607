"""Invoices and notices to the customer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from sandbox.billing.billing import check_currency, ledger_entry
from sandbox.cloud.answers import HTTP_CREATED, HTTP_NOT_FOUND, Idempotency, Refusal, invalid
from sandbox.cloud.state import Sandbox, next_id
from sandbox.kernel.bodies import Day, Integer, OpenBody, Quantity, Text, read_body
from sandbox.kernel.calendar_days import local_day
from sandbox.kernel.clock import iso, parse_instant
from sandbox.kernel.model import Json, Organization, seconds


class _Line(OpenBody):
    """One line of an invoice."""

    kind: Text
    amount_minor_units: Integer
    reference_id: str | None = None


class _FreeDays(_Line):
    """A line about days that nobody pays for."""

    code: Text
    from_on: Day
    to_on: Day
    quantity: Quantity


class InvoiceBody(OpenBody):
    """An invoice."""

    switch_id: Text
    lines: Annotated[
        list[Any], Field(min_length=1, max_length=1_000, description="a list of 1 to 1,000 lines")
    ]
    tax_minor_units: Integer
    total_minor_units: Integer
    currency: str
    payment_method: Literal["card", "invoice"]


class MessageBody(OpenBody):
    """A message about a switch."""

    record_type: ClassVar[str]
    kept_as: ClassVar[str]

    switch_id: Text
    subject: Text
    body: Text


class NoticeBody(MessageBody):
    """A notice to the customer."""

    record_type = "notice_sent"
    kept_as = "notices"

    kind: Text


class AlarmBody(MessageBody):
    """A call to whoever runs the installation about a switch of the customer's."""

    record_type = "alarm_sent"
    kept_as = "alarms"

    to: Text


def issue_invoice(
    sandbox: Sandbox, organization: Organization, body: InvoiceBody, idempotency: Idempotency
) -> Json:
    """Issue an invoice; by card its total is taken, or given back, at once.

    Raises:
        InvalidInput: A line is wrong, or the currency is another one (422).
        Refusal: Lines and tax do not add up to the total (422).
    """
    lines = [_line(line, f"lines[{number}]") for number, line in enumerate(body.lines)]
    tax, total = body.tax_minor_units, body.total_minor_units
    check_currency(organization, body.currency)
    if sum(line["amount_minor_units"] for line in lines) + tax != total:
        raise invalid("The lines and tax_minor_units must add up to total_minor_units.")
    now = sandbox.now()
    at = iso(now)
    charged = total if body.payment_method == "card" else 0
    count = 1 + sum(entry["kind"] == "invoice" for entry in organization.ledger)
    entry = ledger_entry(
        organization,
        "invoice",
        at,
        switch_id=body.switch_id,
        number=f"{at[:4]}-{count:06d}",
        lines=lines,
        tax_minor_units=tax,
        amount_minor_units=total,
        charged_minor_units=charged,
        currency=body.currency,
        payment_method=body.payment_method,
        delivers_at=iso(now + seconds(sandbox.settings.invoice_delivery_delay_seconds)),
    )
    answer = {
        "invoice_id": entry["entry_id"],
        "number": entry["number"],
        "charged_minor_units": charged,
        "charged_at": at,
    }
    owed = 0 if body.payment_method == "card" else max(0, total)
    sandbox.commit(
        "invoiced",
        organization_id=organization.organization_id,
        entries=[entry],
        profile={"balance_due_minor_units": organization.profile["balance_due_minor_units"] + owed},
        sequence=organization.sequence + 1,
        **idempotency.facts(HTTP_CREATED, answer),
    )
    return answer


def _line(line: Any, at: str) -> Json:
    kind = _FreeDays if isinstance(line, dict) and "code" in line else _Line
    return read_body(kind, line, at).model_dump(mode="json")


def invoice_view(sandbox: Sandbox, organization: Organization, invoice_id: str) -> Json:
    """Return how far an invoice and its credit are.

    Raises:
        Refusal: There is none of that id (404).
    """
    entries = {entry["entry_id"]: entry for entry in organization.ledger}
    entry = entries.get(invoice_id)
    if entry is None or entry["kind"] != "invoice":
        raise Refusal(HTTP_NOT_FOUND, "UNKNOWN_INVOICE", f"There is no invoice {invoice_id}.")
    now = sandbox.now()
    is_delivered = parse_instant(entry["delivers_at"]) <= now
    return {
        "invoice_id": invoice_id,
        "number": entry["number"],
        "issued_at": entry["booked_at"],
        "delivered_at": entry["delivers_at"] if is_delivered else None,
        "credit_settled_on": _settled_on(
            [entries[line["reference_id"]] for line in entry["lines"] if line["reference_id"] in entries],
            local_day(now, organization.zone),
        ),
    }


def _settled_on(references: list[Json], today: date) -> str | None:
    """Return the day on which the last credit among the entries arrived, or None."""
    days = [date.fromisoformat(entry["settles_on"]) for entry in references if "settles_on" in entry]
    return max(days).isoformat() if days and max(days) <= today else None


def send(sandbox: Sandbox, organization: Organization, body: MessageBody, idempotency: Idempotency) -> Json:
    """Send a message about a switch."""
    notice_id, sequence = next_id(organization, "notice")
    answer: Json = {"notice_id": notice_id}
    message = answer | {"sent_at": iso(sandbox.now())} | body.model_dump()
    facts: Json = {body.kept_as: [message]} | idempotency.facts(HTTP_CREATED, answer)
    sandbox.commit(body.record_type, organization_id=organization.organization_id, sequence=sequence, **facts)
    return answer
