"""What is open of a switch's invoice, on the board; it outlives the switch (rules#promises)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain.subscriptions.billing_events import InvoiceAwaited, InvoiceDelivered, InvoiceWatchEnded
from domain.switch.move_events import CreditSettled, SwitchCompleted
from projections.board.rows import BoardRow

#: Billing is asked for the first time so long after the completion (workflows/watch/invoice_watch.py).
FIRST_LOOK = timedelta(days=1)
NOT_DELIVERED = "not_delivered"


def begun(row: BoardRow, event: SwitchCompleted) -> BoardRow:
    """Show that an invoice is waited for, where one is promised."""
    if row.invoice_promised_at is None:
        return row
    return replace(row, invoice_looks_at=event.timestamp + FIRST_LOOK, invoice_open_point=NOT_DELIVERED)


def awaited(row: BoardRow, event: InvoiceAwaited) -> BoardRow:
    """Show what is open, and when billing is asked again."""
    return replace(row, invoice_looks_at=event.looks_at, invoice_open_point=event.open_point)


def delivered(row: BoardRow, event: InvoiceDelivered) -> BoardRow:
    """Show that the invoice is there."""
    return replace(_settled(row, event), invoice_delivered_at=event.delivered_at)


def _settled(row: BoardRow, _event: Any) -> BoardRow:
    return replace(row, invoice_looks_at=None, invoice_open_point="")


def given_up(row: BoardRow, event: InvoiceWatchEnded) -> BoardRow:
    """Show that nobody looks any more."""
    return replace(row, invoice_looks_at=None, invoice_open_point=event.reason)


#: Event class -> its function.
CHANGES: dict[type[Any], Callable[[BoardRow, Any], BoardRow]] = {
    InvoiceAwaited: awaited,
    InvoiceDelivered: delivered,
    InvoiceWatchEnded: given_up,
    CreditSettled: _settled,
}
