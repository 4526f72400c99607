"""What credit check, quote, cutover and invoice of a switch look like on the board (rules#quote-and-cutover).

What is open of the invoice outlives the switch (rules#promises).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from domain.quote.quote import Quote
from domain.subscriptions.billing_events import InvoiceAwaited, InvoiceDelivered, InvoiceWatchEnded
from domain.switch.control_events import QuantityAmended
from domain.switch.events import (
    CreditCheckApproved,
    CreditCheckDeclined,
    CreditCheckExpired,
    CreditCheckExtended,
    CreditCheckNotRequired,
    CreditCheckRequired,
    QuoteFixed,
)
from domain.switch.move_events import (
    BillingCutOver,
    CreditSettled,
    LicensesReduced,
    SourceCancelled,
    SwitchCompleted,
)
from projections.board.rows import BoardRow

#: Billing is asked for the first time so long after the completion (workflows/watch/invoice_watch.py).
FIRST_LOOK = timedelta(days=1)
NOT_DELIVERED = "not_delivered"


def _credit_required(row: BoardRow, event: CreditCheckRequired) -> BoardRow:
    # The wait is promised by itself: the whole switch is put off by it.
    return replace(
        _put_off(row, event.deadline_at - event.timestamp),
        credit_check="required",
        credit_reminder_at=event.reminder_at,
        credit_deadline_at=event.deadline_at,
        credit_cap_at=event.cap_at,
    )


def _credit_extended(row: BoardRow, event: CreditCheckExtended) -> BoardRow:
    if row.credit_deadline_at is not None:
        row = _put_off(row, event.deadline_at - row.credit_deadline_at)
    return replace(row, credit_deadline_at=event.deadline_at)


def _credit_approved(row: BoardRow, event: CreditCheckApproved) -> BoardRow:
    if row.credit_deadline_at is not None:
        row = _put_off(row, event.timestamp - row.credit_deadline_at)
    return replace(row, credit_check="approved")


def _put_off(row: BoardRow, by: timedelta) -> BoardRow:
    return row if row.promised_end is None else replace(row, promised_end=row.promised_end + by)


def _credit_word(word: str) -> Callable[[BoardRow, Any], BoardRow]:
    return lambda row, _event: replace(row, credit_check=word)


def _quoted(row: BoardRow, event: QuoteFixed) -> BoardRow:
    terms = event.quote["input"]
    total = _quote_total(event.quote, date.fromisoformat(terms["order_on"]))
    return replace(row, quote=event.quote, quote_total=total, currency=terms["currency"])


def _amended(row: BoardRow, event: QuantityAmended) -> BoardRow:
    day = date.fromisoformat(event.quote["input"]["order_on"])
    total = _quote_total(event.quote, day)
    return replace(row, licenses=event.quantity, quote=event.quote, quote_total=total)


def _cutover_fixed(row: BoardRow, event: SourceCancelled | LicensesReduced) -> BoardRow:
    if row.quote is None:
        return row
    return replace(row, quote_total=_quote_total(row.quote, event.cutover_on))


def _quote_total(facts: dict[str, Any], on: date) -> int:
    """Return the total of a day: as the quote's own table tells it, computed for a day beyond the table."""
    total: int | None = facts["totals_minor_units"].get(on.isoformat())
    return Quote.from_facts(facts).day(on).total.minor_units if total is None else total


def _cut_over(row: BoardRow, event: BillingCutOver) -> BoardRow:
    return replace(
        row,
        charged_total=event.total.minor_units,
        currency=event.total.currency,
        invoice_promised_at=event.invoice_promised_at,
    )


def invoice_begun(row: BoardRow, event: SwitchCompleted) -> BoardRow:
    """Show that an invoice is waited for, where one is promised."""
    if row.invoice_promised_at is None:
        return row
    return replace(row, invoice_looks_at=event.timestamp + FIRST_LOOK, invoice_open_point=NOT_DELIVERED)


def _invoice_awaited(row: BoardRow, event: InvoiceAwaited) -> BoardRow:
    """Show what is open, and when billing is asked again."""
    return replace(row, invoice_looks_at=event.looks_at, invoice_open_point=event.open_point)


def _invoice_delivered(row: BoardRow, event: InvoiceDelivered) -> BoardRow:
    """Show that the invoice is there."""
    return replace(_invoice_settled(row, event), invoice_delivered_at=event.delivered_at)


def _invoice_settled(row: BoardRow, _event: Any) -> BoardRow:
    return replace(row, invoice_looks_at=None, invoice_open_point="")


def _invoice_given_up(row: BoardRow, event: InvoiceWatchEnded) -> BoardRow:
    """Show that nobody looks any more."""
    return replace(row, invoice_looks_at=None, invoice_open_point=event.reason)


#: Event class -> its function.
CHANGES: dict[type[Any], Callable[[BoardRow, Any], BoardRow]] = {
    CreditCheckRequired: _credit_required,
    CreditCheckExtended: _credit_extended,
    CreditCheckNotRequired: _credit_word("not_required"),
    CreditCheckApproved: _credit_approved,
    CreditCheckDeclined: _credit_word("declined"),
    CreditCheckExpired: _credit_word("expired"),
    QuoteFixed: _quoted,
    QuantityAmended: _amended,
    SourceCancelled: _cutover_fixed,
    LicensesReduced: _cutover_fixed,
    BillingCutOver: _cut_over,
    InvoiceAwaited: _invoice_awaited,
    InvoiceDelivered: _invoice_delivered,
    InvoiceWatchEnded: _invoice_given_up,
    CreditSettled: _invoice_settled,
}
