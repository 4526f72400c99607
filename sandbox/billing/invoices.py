"""Invoices and notices to the customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sandbox.billing.billing import (
    check_currency,
    ledger_entry,
    read_date,
    read_integer,
    read_text,
)
from sandbox.cloud.answers import HTTP_CREATED, HTTP_NOT_FOUND, Idempotency, Refusal
from sandbox.cloud.bounds import QUANTITY_MAX, invalid
from sandbox.cloud.state import Sandbox, next_id
from sandbox.kernel.calendar_days import local_day
from sandbox.kernel.clock import iso, parse_instant
from sandbox.kernel.model import Json, Organization, seconds

LINES_LIMIT = 1_000
PAYMENT_METHODS = frozenset({"card", "invoice"})


def issue_invoice(sandbox: Sandbox, organization: Organization, body: Json, idempotency: Idempotency) -> Json:
    """Issue an invoice; by card its total is taken, or given back, at once.

    Raises:
        Refusal: A field is wrong, or lines and tax do not add up to the total (422).
    """
    switch_id = read_text(body, "switch_id")
    lines = _lines(body.get("lines"))
    tax, total = read_integer(body, "tax_minor_units"), read_integer(body, "total_minor_units")
    currency = check_currency(organization, body)
    method = body.get("payment_method")
    if method not in PAYMENT_METHODS:
        raise invalid(f"payment_method must be one of {', '.join(sorted(PAYMENT_METHODS))}.")
    if sum(line["amount_minor_units"] for line in lines) + tax != total:
        raise invalid("The lines and tax_minor_units must add up to total_minor_units.")
    now = sandbox.now()
    at = iso(now)
    charged = total if method == "card" else 0
    count = 1 + sum(entry["kind"] == "invoice" for entry in organization.ledger)
    entry = ledger_entry(
        organization,
        "invoice",
        at,
        switch_id=switch_id,
        number=f"{at[:4]}-{count:06d}",
        lines=lines,
        tax_minor_units=tax,
        amount_minor_units=total,
        charged_minor_units=charged,
        currency=currency,
        payment_method=method,
        delivers_at=iso(now + seconds(sandbox.settings.invoice_delivery_delay_seconds)),
    )
    answer = {
        "invoice_id": entry["entry_id"],
        "number": entry["number"],
        "charged_minor_units": charged,
        "charged_at": at,
    }
    owed = 0 if method == "card" else max(0, total)
    sandbox.commit(
        "invoiced",
        organization_id=organization.organization_id,
        entries=[entry],
        profile={"balance_due_minor_units": organization.profile["balance_due_minor_units"] + owed},
        sequence=organization.sequence + 1,
        **idempotency.facts(HTTP_CREATED, answer),
    )
    return answer


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
    days = [date.fromisoformat(entry["settles_on"]) for entry in references if entry["kind"] == "credit"]
    return max(days).isoformat() if days and max(days) <= today else None


def _lines(value: Any) -> list[Json]:
    if not isinstance(value, list) or not 1 <= len(value) <= LINES_LIMIT:
        raise invalid(f"lines must be a list of 1 to {LINES_LIMIT} lines.")
    lines = []
    for item in value:
        if not isinstance(item, dict):
            raise invalid("Each line must be an object.")
        reference = item.get("reference_id")
        if reference is not None and not isinstance(reference, str):
            raise invalid("reference_id must be a text or null.")
        lines.append(
            {
                "kind": read_text(item, "kind"),
                "amount_minor_units": read_integer(item, "amount_minor_units"),
                "reference_id": reference,
            }
            | _free_days(item)
        )
    return lines


def _free_days(item: Json) -> Json:
    """Return what a line tells of days that nobody pays for; nothing of any other line."""
    if "code" not in item:
        return {}
    days = {name: read_date(item, name).isoformat() for name in ("from_on", "to_on")}
    quantity = read_integer(item, "quantity", minimum=1, maximum=QUANTITY_MAX)
    return days | {"code": read_text(item, "code"), "quantity": quantity}


def send_notice(sandbox: Sandbox, organization: Organization, body: Json, idempotency: Idempotency) -> Json:
    """Send a notice to the customer.

    Raises:
        Refusal: A field is missing (422).
    """
    notice, sequence = _notice(sandbox, organization, body, ("kind", "switch_id", "subject", "body"))
    answer = {"notice_id": notice["notice_id"]}
    sandbox.commit(
        "notice_sent",
        organization_id=organization.organization_id,
        notices=[notice],
        sequence=sequence,
        **idempotency.facts(HTTP_CREATED, answer),
    )
    return answer


def send_alarm(sandbox: Sandbox, organization: Organization, body: Json, idempotency: Idempotency) -> Json:
    """Call whoever runs the installation about a switch of the customer's.

    Raises:
        Refusal: A field is missing (422).
    """
    alarm, sequence = _notice(sandbox, organization, body, ("to", "switch_id", "subject", "body"))
    answer = {"notice_id": alarm["notice_id"]}
    sandbox.commit(
        "alarm_sent",
        organization_id=organization.organization_id,
        alarms=[alarm],
        sequence=sequence,
        **idempotency.facts(HTTP_CREATED, answer),
    )
    return answer


def _notice(
    sandbox: Sandbox, organization: Organization, body: Json, names: Sequence[str]
) -> tuple[Json, int]:
    """Return a message as it is kept, and the counter behind its id."""
    notice_id, sequence = next_id(organization, "notice")
    told = {name: read_text(body, name) for name in names}
    return {"notice_id": notice_id, "sent_at": iso(sandbox.now()), **told}, sequence
