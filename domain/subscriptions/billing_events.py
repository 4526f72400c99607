"""Events of the target after the cutover: the invoice on its way, and the end of the watch over it."""

from __future__ import annotations

from datetime import datetime

from domain.kernel.recorded import stored
from domain.subscriptions.subscription import TargetEvent


@stored("subscription.invoice-delivered")
class InvoiceDelivered(TargetEvent):
    """Billing delivered the invoice with the credit (rules#promises)."""

    invoice_id: str
    delivered_at: datetime
    #: sha256 over the provider calls of the step.
    calls_digest: str


@stored("subscription.invoice-awaited")
class InvoiceAwaited(TargetEvent):
    """Billing was asked, and something of the invoice is still open."""

    invoice_id: str
    #: not_delivered or not_settled.
    open_point: str
    #: When billing is asked again.
    looks_at: datetime


@stored("subscription.invoice-watch-ended")
class InvoiceWatchEnded(TargetEvent):
    """Nobody looks any more although something is open; in the good case nothing tells so."""

    invoice_id: str
    #: not_delivered or not_settled.
    reason: str
