"""Names of the promises, and the activities that watch them and the invoice; free of the domain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from activities.contract import HOUR_SECONDS, ActivitySpec, RecordedResult, StepInput, StepResult

#: Promises (rules#promises), as PromiseMissed names them.
WHOLE_SWITCH = "whole_switch"
LICENSE_MOVE = "license_move"
ADMINISTRATION_LOCK = "administration_lock"
STILL_SWITCHING = "still_switching"
CREDIT_CHECK = "credit_check"
CREDIT_INVOICE = "credit_invoice"
#: No promise, but watched like one: an order can be voided for nothing only until an instant.
VOID_WINDOW = "void_window"
#: How long before that instant the organization is warned (rules#void-window); the plan shows
#: the same (`domain/requests/switch_plan.py`).
VOID_WARNING_HOURS = 24
#: Promises whose breach an operator has to look into; the others only tell that it takes longer.
ALARMS = frozenset({STILL_SWITCHING, CREDIT_CHECK, CREDIT_INVOICE})
#: A switch that still runs calls again once a day: who missed the call before may see the next one.
ALARM_AGAIN = "alarm_again"
#: An alarm whose cause lasts calls again after so many hours.
ALARM_AGAIN_HOURS = 24


@dataclass(frozen=True, kw_only=True)
class RecordMissedInput(StepInput):
    """Record that a promise was not kept, once."""

    promise: str
    promised_at: datetime


RECORD_MISSED = ActivitySpec(
    name="promises.record_missed",
    input_type=RecordMissedInput,
    result_type=RecordedResult,
    # A breach that can't be recorded must not keep a switch from ending.
    schedule_to_close_seconds=HOUR_SECONDS,
)


@dataclass(frozen=True, kw_only=True)
class WarnVoidWindowInput(StepInput):
    """Warn that the order can soon be voided for nothing no more, once."""


@dataclass(frozen=True, kw_only=True)
class WarnVoidWindowResult(StepResult):
    """The warning is in the record, or there is nothing to warn of any more."""

    is_warned: bool


WARN_VOID_WINDOW = ActivitySpec(
    name="void_window.warn",
    input_type=WarnVoidWindowInput,
    result_type=WarnVoidWindowResult,
    schedule_to_close_seconds=HOUR_SECONDS,
)


@dataclass(frozen=True, kw_only=True)
class RaiseAlarmInput(StepInput):
    """Call the installation's contact again for a switch that still runs."""

    alarm: str
    #: 2 for the second call, and so on.
    number: int


RAISE_ALARM = ActivitySpec(
    name="promises.raise_alarm",
    input_type=RaiseAlarmInput,
    result_type=RecordedResult,
    schedule_to_close_seconds=HOUR_SECONDS,
)
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


LOOK_FOR_INVOICE = ActivitySpec(
    name="invoice.look_for_invoice",
    input_type=LookForInvoiceInput,
    result_type=LookForInvoiceResult,
    schedule_to_close_seconds=LOOK_SECONDS,
)
END_INVOICE_WATCH = ActivitySpec(
    name="invoice.end_watch", input_type=EndInvoiceWatchInput, result_type=RecordedResult
)
