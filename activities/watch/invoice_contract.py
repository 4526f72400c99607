"""Names and types of the activities that wait for the invoice; free of the domain, as activities.contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from activities.contract import ActivitySpec, StepInput, StepResult

#: What of an invoice may be open.
NOT_DELIVERED = "not_delivered"
NOT_SETTLED = "not_settled"
#: Days from one look to the next where nothing tells a better instant.
LOOKS_EVERY_DAYS = 7
#: After this silence of billing the next look asks again.
LOOK_SECONDS = 600


@dataclass(frozen=True, kw_only=True)
class LookForInvoiceInput(StepInput):
    """Ask billing whether the invoice was delivered and its credit has arrived."""

    #: When it is asked again if the invoice is not delivered by now; None: the run does not say.
    looks_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class LookForInvoiceResult(StepResult):
    """What billing said, or the record knew."""

    #: None while the invoice has not reached the customer.
    delivered_at: datetime | None
    #: True also where the invoice carries no credit.
    is_settled: bool
    #: When the credit's money should be there; None without a credit.
    settles_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class EndInvoiceWatchInput(StepInput):
    """Record that nobody looks any more although something is open."""

    #: not_delivered or not_settled.
    reason: str


@dataclass(frozen=True, kw_only=True)
class EndInvoiceWatchResult(StepResult):
    """The end is in the record."""


LOOK_FOR_INVOICE = ActivitySpec(
    name="invoice.look_for_invoice",
    input_type=LookForInvoiceInput,
    result_type=LookForInvoiceResult,
    schedule_to_close_seconds=LOOK_SECONDS,
)
END_INVOICE_WATCH = ActivitySpec(
    name="invoice.end_watch", input_type=EndInvoiceWatchInput, result_type=EndInvoiceWatchResult
)
