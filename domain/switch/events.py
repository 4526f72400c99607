"""Events of a switch from the request to the order, the credit check and the end."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from domain.kernel.recorded import keep_text, stored
from domain.switch.stage import BEFORE_PIVOT, IN_CREDIT_CHECK, RECORDED, UNCLEARED, Stage
from domain.switch.switch_state import REQUESTED, SwitchEvent, SwitchState

_NOT_STARTED: frozenset[Stage] = frozenset()


@stored(REQUESTED)
class SwitchRequested(SwitchEvent):
    """An operator asked for a switch, and the rules allowed it."""

    class_version = 2
    upcast_v1_v2 = staticmethod(keep_text)

    AFTER = _NOT_STARTED

    request_id: str
    #: sha256 of the request: a repeated request id with another digest is refused.
    request_digest: str
    #: What was asked, to the letter: enough to start the switch's workflow again when it is lost.
    order: dict[str, Any]
    mode: str
    target_plan_id: str
    quantity: int
    #: keep or grant_all (switch#services).
    service_settings: str
    payment_method: str
    rule_set: str
    catalog_version: str
    #: The accepted assessment: its inputs and its answer; before version 2 the answer is told in words too.
    assessment: dict[str, Any]

    def apply(self, aggregate: Any) -> None:
        """Open the switch's state."""
        aggregate.switches[self.switch_id] = SwitchState(switch_id=self.switch_id)
        super().apply(aggregate)


@stored("subscription.quote-fixed")
class QuoteFixed(SwitchEvent):
    """The quote that the operator accepted; the cutover bills by it (rules#quote-and-cutover)."""

    AFTER = frozenset({Stage.REQUESTED})

    #: Enough to compute every day's lines again.
    quote: dict[str, Any]
    quote_digest: str
    expires_on: date


@stored("subscription.warning-acknowledged")
class WarningAcknowledged(SwitchEvent):
    """The operator confirmed a warning before the order (rules#acknowledgments)."""

    AFTER = frozenset({Stage.REQUESTED})

    warning: str
    text: str


@stored("subscription.forfeiture-accepted")
class ForfeitureAccepted(SwitchEvent):
    """The operator accepted that part of a prepaid value is lost.

    See proration#value-that-was-paid-in-advance.
    """

    #: With the quote, and again where an amendment loses more (ADR 14).
    AFTER = frozenset({Stage.REQUESTED, Stage.READY, Stage.MOVING, Stage.HELD, Stage.MOVED})

    forfeited_minor_units: int
    currency: str


@stored("subscription.overlap-accepted")
class OverlapAccepted(SwitchEvent):
    """The operator accepted that the old plan goes on beside the new one until its term ends (ADR 12)."""

    AFTER = frozenset({Stage.REQUESTED})

    #: The old plan ends on it.
    until: date
    #: Days beside each other, and what they cost net of tax at most.
    days_at_most: int
    overlap_minor_units: int
    currency: str


@stored("subscription.replacement-ordered")
class ReplacementOrdered(SwitchEvent):
    """The seller took the order of the new subscription."""

    class_version = 2
    #: A stuck switch may find an order whose answer was lost, to void it.
    AFTER = frozenset({Stage.REQUESTED, Stage.STUCK})
    STAGE = Stage.ORDERED

    order_id: str
    ordered_at: datetime
    #: Stream of the new subscription.
    replacement_id: str
    quantity: int
    #: sha256 over the provider calls of the step.
    calls_digest: str
    #: Until when the seller takes the order back for nothing; None if it does not say.
    voidable_until: datetime | None = None

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Read an order from before sellers were asked until when it can be voided."""
        state["voidable_until"] = None


@stored("subscription.void-window-closing")
class VoidWindowClosing(SwitchEvent):
    """The order can be voided for nothing for one more day; the organization is warned.

    See rules#void-window.
    """

    AFTER = BEFORE_PIVOT

    order_id: str
    voidable_until: datetime


@stored("subscription.replacement-ready")
class ReplacementReady(SwitchEvent):
    """The new subscription is provisioned and all its services are ready (switch#steps, step 6)."""

    AFTER = frozenset({Stage.ORDERED, Stage.CREDIT_CLEARED, Stage.PROVISIONING_OVERDUE})
    STAGE = Stage.READY

    subscription_id: str
    calls_digest: str


@stored("subscription.replacement-voided")
class ReplacementVoided(SwitchEvent):
    """The order was taken back; nothing is charged (switch#ways-back)."""

    AFTER = BEFORE_PIVOT

    order_id: str
    calls_digest: str


@stored("subscription.credit-check-not-required")
class CreditCheckNotRequired(SwitchEvent):
    """The seller wants no credit check for this order (rules#credit-check)."""

    AFTER = frozenset({Stage.ORDERED})
    STAGE = Stage.CREDIT_CLEARED

    #: The seller's word that tells so.
    evidence: str


@stored("subscription.credit-check-required")
class CreditCheckRequired(SwitchEvent):
    """The seller wants a credit check: the wait begins."""

    AFTER = frozenset({Stage.ORDERED})
    STAGE = Stage.CREDIT_CHECK

    #: The bureau's name of the check.
    check_id: str
    #: Instant from which the deadlines count.
    requested_at: datetime
    reminder_at: datetime
    deadline_at: datetime
    #: Instant at which the order is voided by itself.
    cap_at: datetime
    #: Everything that the deadlines were computed with: a later list of holidays cannot change a promise.
    time_zone: str
    #: Weekdays off, Monday is 0.
    weekend: list[int]
    #: Days off between the request and the cap: public holidays and the organization's own closing days.
    holidays: list[date]
    working_weekend_days: list[date]
    cut_off_hour: int | None
    #: Where the holidays were read.
    calendar: str
    evidence: str
    calls_digest: str


@stored("subscription.credit-check-reminded")
class CreditCheckReminded(SwitchEvent):
    """One business day passed without an answer."""

    AFTER = frozenset({Stage.CREDIT_CHECK})


@stored("subscription.credit-check-overdue")
class CreditCheckOverdue(SwitchEvent):
    """Two business days passed: a visible hold for the operator."""

    AFTER = frozenset({Stage.CREDIT_CHECK})
    STAGE = Stage.CREDIT_OVERDUE


@stored("subscription.credit-check-extended")
class CreditCheckExtended(SwitchEvent):
    """The operator extended the wait once."""

    AFTER = IN_CREDIT_CHECK
    STAGE = Stage.CREDIT_CHECK

    deadline_at: datetime
    #: In the unit of the rule set's wait, mostly business days.
    days: int
    #: The operator's request: the same one extends once.
    request_id: str


@stored("subscription.credit-check-approved")
class CreditCheckApproved(SwitchEvent):
    """The bureau or an operator approved."""

    AFTER = UNCLEARED
    STAGE = Stage.CREDIT_CLEARED

    #: bureau or operator; who exactly is in the meta.
    decided_by: str
    #: The same decision again is recognized by it.
    decision_id: str
    decided_at: datetime


@stored("subscription.credit-check-declined")
class CreditCheckDeclined(SwitchEvent):
    """The bureau or an operator declined."""

    AFTER = UNCLEARED

    #: bureau or operator; who exactly is in the meta.
    decided_by: str
    #: The same decision again is recognized by it.
    decision_id: str
    decided_at: datetime


@stored("subscription.credit-check-expired")
class CreditCheckExpired(SwitchEvent):
    """No answer came before the cap of the hold (rules#credit-check)."""

    AFTER = IN_CREDIT_CHECK

    #: What the bureau said when it was asked once more, or that it did not answer.
    evidence: str


@stored("subscription.promise-missed")
class PromiseMissed(SwitchEvent):
    """A promise (rules#promises) was not kept; never a failure by itself."""

    AFTER = RECORDED

    promise: str
    promised_at: datetime

    def tally(self, state: SwitchState) -> None:
        """Note the promise: each is missed once."""
        state.missed.add(self.promise)


@stored("subscription.notice-sent")
class NoticeSent(SwitchEvent):
    """The organization was notified."""

    AFTER = RECORDED

    kind: str
    notice_id: str

    def tally(self, state: SwitchState) -> None:
        """Note the kind: an organization that was asked to wait gets a notice of the end."""
        state.notices.add(self.kind)


@stored("subscription.completion-notice-read")
class CompletionNoticeRead(SwitchEvent):
    """An operator read the notice of the completion, which stood beside the new subscription until then."""

    AFTER = frozenset({Stage.COMPLETED})
    IS_BESIDE = True

    #: The first one counts; who it was stands in `meta`.
    request_id: str


class _Ending(SwitchEvent):
    """The switch ended without the new plan; the old plan is kept."""

    AFTER: ClassVar[frozenset[Stage]] = BEFORE_PIVOT

    #: Stable code of why.
    code: str
    message: str


@stored("subscription.switch-declined")
class SwitchDeclined(_Ending):
    """The credit check was declined; the order is void."""

    STAGE = Stage.DECLINED


@stored("subscription.switch-expired")
class SwitchExpired(_Ending):
    """The credit check got no answer in time; the order is void."""

    STAGE = Stage.EXPIRED


@stored("subscription.switch-cancelled")
class SwitchCancelled(_Ending):
    """An operator cancelled before the point of no return."""

    STAGE = Stage.CANCELLED


@stored("subscription.switch-failed")
class SwitchFailed(_Ending):
    """A step failed for good and everything before it was taken back."""

    STAGE = Stage.FAILED


@stored("subscription.switch-rolled-back")
class SwitchRolledBack(_Ending):
    """Everyone moved is back on the old plan; the order is void."""

    STAGE = Stage.ROLLED_BACK
