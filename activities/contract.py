"""Names and types of every activity, free of the domain, so that workflows may import them.

Workflow code is re-imported in a sandbox for each run; the event-sourcing library must never be pulled in
there (it would wrap `dataclasses` anew each time), so this module imports the standard library alone, with
the envelope and the terms of a switch, which do the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from activities.signed_command import SignedCommand
from domain.requests.terms import SwitchTerms

Input = TypeVar("Input", bound="StepInput")
Result = TypeVar("Result")
#: Task queue of the license slices, apart from the money steps (own limits).
LICENSES_QUEUE_SUFFIX = "-licenses"
#: Who acts where nobody commanded it: a promise that is missed, a pilot that ends, a hold, an expiry.
SYSTEM_ACTOR = "planswitch"
#: Fields of the first orders, as they followed each other; `policy` was the first that might be left out.
_OF_FIRST_ORDERS = (
    *("switch_id", "request_id", "organization_id", "source_subscription_id", "target_plan_id", "quantity"),
    *("mode", "service_settings", "payment_method", "rule_set", "policy", "quote_digest", "acknowledgments"),
    *("quoted_on", "caller_role", "actor", "reason"),
)


@dataclass(frozen=True, kw_only=True)
class StreamPosition:
    """How far a stream was when a step had saved; a shorter one means an older database."""

    stream_id: str
    version: int


@dataclass(frozen=True, kw_only=True)
class SwitchOrder(SwitchTerms):
    """What an operator asked for; input of the switch workflow and of every step."""

    switch_id: str
    request_id: str
    source_subscription_id: str
    #: Digest of the quote that was shown and accepted.
    quote_digest: str
    #: Day for which the accepted quote was made (ISO date, organization's zone).
    quoted_on: str
    #: Version of the catalog that the accepted quote was made with; "" is the one of the program.
    catalog_version: str = ""
    actor: str
    reason: str
    #: Proof of who asks for it, or starts it again; None: the record has to know the order.
    signed: SignedCommand | None = None

    wire_needs: ClassVar[frozenset[str]] = frozenset(_OF_FIRST_ORDERS) - {"policy"}
    wire_order: ClassVar[tuple[str, ...]] = (
        *_OF_FIRST_ORDERS,
        *("catalog_version", "caller", "term", "billing_cycle"),
    )


@dataclass(frozen=True, kw_only=True)
class StepInput:
    """Input of a step: the order, and what the steps before it saved."""

    order: SwitchOrder
    after: tuple[StreamPosition, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StepResult:
    """Output of a step: what it saved, which is where the next step begins."""

    saved: tuple[StreamPosition, ...]


@dataclass(frozen=True, kw_only=True)
class RecordedResult(StepResult):
    """It is in the record."""


@dataclass(frozen=True, kw_only=True)
class RequestSwitchInput(StepInput):
    """Assess, fix the quote and reserve the organization."""


@dataclass(frozen=True, kw_only=True)
class RefusalReason:
    """One reason of a refusal, as rules#reasons lists them."""

    code: str
    message: str
    remedy: str
    #: What the record has in place of both, as `reason_records` gives it; None from a sender of before.
    facts: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class RequestSwitchResult(StepResult):
    """Whether the switch may begin."""

    accepted: bool
    #: Stable error code of a refusal, "" when accepted.
    code: str
    message: str
    remedy: str
    reasons: tuple[RefusalReason, ...]
    users: int
    #: When the whole switch is promised to be done.
    promised_end: datetime | None
    #: When an operator is alarmed if it is still running.
    alarm_at: datetime | None = None
    #: Until when a void of the order that an earlier run placed is free.
    voidable_until: datetime | None = None
    #: The record is older than this run: an earlier one wrote it, and may still be writing.
    is_resumed: bool = False
    #: Stage in which the record ended, "" while it is live.
    ended: str = ""
    #: Licenses may have been moved: the way back is the roll-back.
    has_begun_move: bool = False
    #: The source is cancelled: only forward.
    has_left: bool = False
    #: Command that was recorded and not carried out: cancel or roll_back.
    pending: str = ""
    pending_request_id: str = ""
    pending_actor: str = ""
    pending_reason: str = ""
    #: An operator paused it, and nobody has resumed it.
    is_paused: bool = False
    #: The pilot has moved, and the switch was paused after it.
    is_pilot_done: bool = False


def refused_answer(
    code: str, message: str, remedy: str, reasons: tuple[RefusalReason, ...] = ()
) -> RequestSwitchResult:
    """Return the answer of a request that did not come to be."""
    return RequestSwitchResult(
        accepted=False,
        code=code,
        message=message,
        remedy=remedy,
        reasons=reasons,
        users=0,
        promised_end=None,
        saved=(),
    )


@dataclass(frozen=True, kw_only=True)
class OrderReplacementInput(StepInput):
    """Place the order of the new subscription."""


@dataclass(frozen=True, kw_only=True)
class OrderReplacementResult(StepResult):
    """The order."""

    order_id: str
    #: Until when a void is free; None if the seller does not say.
    voidable_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ProvisioningWait:
    """A wait for the new subscription, as it is shown and as it goes on when its step is run again."""

    #: provisioning or provisioning_overdue.
    stage: str
    #: When the operator was asked the question that is open; None: no question is.
    asked_at: datetime | None = None
    #: What is not ready, in words.
    message: str = ""
    #: When the wait began; None: with the step.
    begun_at: datetime | None = None
    #: How often was looked before the step was run.
    looks: int = 0


@dataclass(frozen=True, kw_only=True)
class ConfirmProvisioningInput(StepInput):
    """Wait until the new subscription and all its services are ready."""

    #: What is shown; the step ends as soon as the record says otherwise. None: nothing else can be shown.
    wait: ProvisioningWait | None = None


@dataclass(frozen=True, kw_only=True)
class ConfirmProvisioningResult(StepResult):
    """The seller's name of the new subscription, or what is to be shown while it is waited for."""

    #: "" while it is waited for.
    subscription_id: str
    #: What the record says of the wait; None: it is over.
    wait: ProvisioningWait | None = None


@dataclass(frozen=True, kw_only=True)
class CheckCreditInput(StepInput):
    """Ask the seller whether the order needs a credit check."""


@dataclass(frozen=True, kw_only=True)
class CheckCreditResult(StepResult):
    """The seller's word."""

    required: bool
    #: When to remind, to hold for an operator, and to end by itself; None when no check is required.
    reminder_at: datetime | None = None
    deadline_at: datetime | None = None
    cap_at: datetime | None = None
    #: The bureau was faster than the record: ask it at once.
    is_decided: bool = False


@dataclass(frozen=True, kw_only=True)
class StartLicenseMoveInput(StepInput):
    """Freeze the roster and lock administration."""


@dataclass(frozen=True, kw_only=True)
class StartLicenseMoveResult(StepResult):
    """The size of the work."""

    total: int
    slice_size: int
    lanes: int
    #: When the license part is promised to be done, and administration to be free again.
    move_promised_end: datetime | None = None
    lock_promised_end: datetime | None = None
    #: How long a writer that lost its worker may still be writing.
    settle_seconds: float = 0.0
    #: Users of the pilot, first on the roster; 0 where the record does not tell.
    pilot: int = 0


@dataclass(frozen=True, kw_only=True)
class MoveSliceInput(StepInput):
    """Move the users at roster positions start to before stop."""

    pass_name: str
    start: int
    stop: int
    #: Users whom the slices before it tried in this pass, and those of them who could not be moved.
    tried: int = 0
    failed: int = 0
    #: Roster position at which the pass begins: its groups are numbered from there.
    first: int = 0


@dataclass(frozen=True, kw_only=True)
class MoveSliceResult(StepResult):
    """What became of the slice."""

    moved: int
    failed: int
    #: 2 and more: an attempt before this one was lost, and may still be writing.
    attempt: int = 1
    #: Users whom this slice tried itself: what was recorded before is not tried again.
    tried_now: int = 0
    failed_now: int = 0
    #: So many could not be moved that the pass is to stop (rules#operator-controls).
    is_over_rate: bool = False
    #: False: it stopped before its last user.
    is_complete: bool = True


@dataclass(frozen=True, kw_only=True)
class VerifyMoveInput(StepInput):
    """Compare the directory with the roster until nobody is left on the old plan."""

    #: 1 for the first look, 2 after the first drift pass, and so on.
    round_number: int


@dataclass(frozen=True, kw_only=True)
class VerifyMoveResult(StepResult):
    """Who is left."""

    #: Users that could not be moved and were not skipped: the switch holds.
    unresolved: int
    #: Users on the old plan who were not on the roster; they were moved by this look.
    drifted: int
    moved: int
    #: True when two reads in a row showed nobody left.
    clear: bool
    #: What holds the switch, in words; "" when nothing does.
    message: str


@dataclass(frozen=True, kw_only=True)
class CancelSourceInput(StepInput):
    """Cancel the old subscription: the point of no return."""


@dataclass(frozen=True, kw_only=True)
class CancelSourceResult(StepResult):
    """The day of the cutover."""

    cutover_on: str
    stragglers: int


@dataclass(frozen=True, kw_only=True)
class CutOverBillingInput(StepInput):
    """Stop old billing, credit, start new billing, invoice."""


@dataclass(frozen=True, kw_only=True)
class CutOverBillingResult(StepResult):
    """What was billed, in minor units."""

    total_minor_units: int
    currency: str
    invoice_id: str
    #: Until then the invoice is promised to be delivered.
    invoice_promised_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CompleteSwitchInput(StepInput):
    """Unlock administration, tell the organization, and close the switch."""


@dataclass(frozen=True, kw_only=True)
class CompleteSwitchResult(StepResult):
    """The totals of the switch."""

    moved: int
    skipped: int


@dataclass(frozen=True, kw_only=True)
class EndSwitchInput(StepInput):
    """Void the order, release the locks and record how the switch ended."""

    #: failed, cancelled, declined or expired.
    outcome: str
    code: str
    message: str
    #: Who cancelled; "" when nobody did.
    actor: str = ""
    #: The order was begun and its step has not reported the result.
    is_order_unknown: bool = False
    signed: SignedCommand | None = None


@dataclass(frozen=True, kw_only=True)
class EndSwitchResult(StepResult):
    """The recorded outcome."""

    outcome: str


@dataclass(frozen=True, kw_only=True)
class ActivitySpec(Generic[Input, Result]):
    """An activity as workflows call it: name, types and limits."""

    name: str
    input_type: type[Input]
    result_type: type[Result]
    #: Longest time of one attempt.
    start_to_close_seconds: int = 120
    #: After this silence a step is given to another worker; steps beat every 2 seconds.
    heartbeat_seconds: int = 15
    #: 0: retried until it works or is refused for good.
    schedule_to_close_seconds: int = 0
    is_license_work: bool = False


#: What waits for an operator, and is tried again by itself as well, is tried again this often.
RETRY_SECONDS = 300
HOUR_SECONDS = 3600
DAY_SECONDS = 24 * HOUR_SECONDS
REQUEST_SWITCH = ActivitySpec(
    name="eligibility.request_switch",
    input_type=RequestSwitchInput,
    result_type=RequestSwitchResult,
    schedule_to_close_seconds=HOUR_SECONDS,
)
ORDER_REPLACEMENT = ActivitySpec(
    name="purchase.order_replacement",
    input_type=OrderReplacementInput,
    result_type=OrderReplacementResult,
    start_to_close_seconds=HOUR_SECONDS,  # it reads every user
    schedule_to_close_seconds=DAY_SECONDS,
)
CHECK_CREDIT = ActivitySpec(
    name="credit_check.check_credit", input_type=CheckCreditInput, result_type=CheckCreditResult
)
CONFIRM_PROVISIONING = ActivitySpec(
    name="purchase.confirm_provisioning",
    input_type=ConfirmProvisioningInput,
    result_type=ConfirmProvisioningResult,
    schedule_to_close_seconds=0,
)
START_LICENSE_MOVE = ActivitySpec(
    name="license_reassignment.start_license_move",
    input_type=StartLicenseMoveInput,
    result_type=StartLicenseMoveResult,
    start_to_close_seconds=HOUR_SECONDS,
    schedule_to_close_seconds=DAY_SECONDS,
)
MOVE_SLICE = ActivitySpec(
    name="license_reassignment.move_slice",
    input_type=MoveSliceInput,
    result_type=MoveSliceResult,
    start_to_close_seconds=HOUR_SECONDS,
    is_license_work=True,
)
VERIFY_MOVE = ActivitySpec(
    name="verification.verify_move",
    input_type=VerifyMoveInput,
    result_type=VerifyMoveResult,
    start_to_close_seconds=HOUR_SECONDS,
)
CANCEL_SOURCE = ActivitySpec(
    name="cancellation.cancel_source",
    input_type=CancelSourceInput,
    result_type=CancelSourceResult,
    start_to_close_seconds=HOUR_SECONDS,
)
#: In place of the cancellation where only some users move.
REDUCE_SOURCE = ActivitySpec(
    name="reduction.reduce_source",
    input_type=CancelSourceInput,
    result_type=CancelSourceResult,
    start_to_close_seconds=HOUR_SECONDS,
)
CUT_OVER_BILLING = ActivitySpec(
    name="billing_cutover.cut_over_billing", input_type=CutOverBillingInput, result_type=CutOverBillingResult
)
COMPLETE_SWITCH = ActivitySpec(
    name="notices.complete_switch", input_type=CompleteSwitchInput, result_type=CompleteSwitchResult
)
END_SWITCH = ActivitySpec(
    name="administration.end_switch", input_type=EndSwitchInput, result_type=EndSwitchResult
)
