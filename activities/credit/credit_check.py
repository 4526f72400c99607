"""Credit check: the seller's word on whether the order needs one, and each step of the wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from temporalio import activity

from activities.base.alarms import try_alarm
from activities.base.attempt import Steps, step_of
from activities.base.step import Step, position_of
from activities.base.turns import require_asked_before_pause
from activities.contract import CHECK_CREDIT, CheckCreditInput, CheckCreditResult, StreamPosition
from activities.credit.business_calendar import SourcedCalendar, business_calendar
from activities.credit.credit_contract import (
    ASK_BUREAU,
    ASKED_REASON,
    EXTEND_CREDIT,
    RECORD_CREDIT_DECISION,
    RECORD_CREDIT_WAIT,
    AskBureauInput,
    AskBureauResult,
    CreditResult,
    ExtendCreditInput,
    RecordCreditDecisionInput,
    RecordCreditWaitInput,
    decision_id_of,
)
from activities.credit.credit_record import OVERDUE, record_mark, record_requirement, record_verdict
from activities.operator.controls import require_command
from activities.signed_command import BUREAU_ACTOR, DECIDE_CREDIT, SignedCommand
from activities.signing.signatures import seal, sign
from domain.catalog.rule_sets import rule_set
from domain.kernel.errors import ProviderRefused, RuleViolated
from domain.kernel.recorded import RecordedAggregate
from domain.operator.alarms import CREDIT_CHECK as CREDIT_ALARM
from domain.operator.manual_steps import bought_outside
from domain.ports.credit_port import CreditCheckState
from domain.ports.seller_port import PlacedOrder
from domain.subscriptions.subscription import Subscription
from domain.switch.credit import (
    credit_deadlines,
    extended_deadline,
    rule_on_decision,
    rule_on_extension,
    verdict_of,
)
from domain.switch.events import (
    CreditCheckApproved,
    CreditCheckDeclined,
    CreditCheckExtended,
    CreditCheckNotRequired,
    CreditCheckRequired,
    ReplacementOrdered,
)
from domain.switch.stage import IN_CREDIT_CHECK, Stage

#: Order states in which the seller has taken the order.
ACCEPTED_ORDERS = frozenset({"pending", "completed"})
#: The update that lets a check take longer.
EXTEND_UPDATE = "extend_credit"
#: `decided_by` of what the bureau itself told.
BUREAU = "bureau"


class CreditCheckActivities(Steps):
    """Steps around the credit check."""

    @activity.defn(name=CHECK_CREDIT.name, no_thread_cancel_exception=True)
    def check_credit(self, step_input: CheckCreditInput) -> CheckCreditResult:
        """Ask the seller and record its word; where it wants a check, the wait begins."""
        with step_of(self._toolbox, step_input) as step:
            source = step.source()
            state = step.state_of(source)
            if state.has(CreditCheckNotRequired):
                return CheckCreditResult(required=False, saved=(position_of(source),))
            required = state.of(CreditCheckRequired)
            if required is not None:
                known = _required(required, (position_of(source),), is_decided=True)
                # A run that begins anew waits for what an operator has granted meanwhile.
                return replace(known, deadline_at=_deadline(step, source))
            state.require_stage(CreditCheckRequired.AFTER, "ask for a credit check")
            require_asked_before_pause(step, state)
            if bought_outside(state) is not None:
                step.advance(source, CreditCheckNotRequired, evidence="it was bought outside, or is owned")
                return CheckCreditResult(required=False, saved=step.save(source))
            order = _order(step, source)
            if order.credit_check is not None:
                return _begin_wait(step, order.credit_check, ordered_at=order.ordered_at)
            step.advance(
                source,
                CreditCheckNotRequired,
                evidence=f"order is {order.status}, paid by {step.order.payment_method}",
            )
            return CheckCreditResult(required=False, saved=step.save(source))

    @activity.defn(name=ASK_BUREAU.name, no_thread_cancel_exception=True)
    def ask_bureau(self, step_input: AskBureauInput) -> AskBureauResult:
        """Ask the bureau itself: a callback that was lost must not decline anybody."""
        with step_of(self._toolbox, step_input) as step:
            source = step.source()
            required = _requirement(step, source)
            check = step.cloud.credit.check(step.order.organization_id, required.check_id)
            verdict = check.status if check.is_decided else ""
            return AskBureauResult(
                check_id=check.check_id,
                verdict=verdict,
                signed=_bureau_signature(step, check.check_id, verdict),
                saved=(position_of(source),),
            )

    @activity.defn(name=RECORD_CREDIT_DECISION.name, no_thread_cancel_exception=True)
    def record_decision(self, step_input: RecordCreditDecisionInput) -> CreditResult:
        """Record the first decision; the same one again is answered alike, another one is refused."""
        with step_of(self._toolbox, step_input) as step:

            def decide() -> tuple[list[RecordedAggregate], CreditResult]:
                source, organization = step.source(), step.organization()
                is_bureau = step_input.decided_by == BUREAU
                if not _is_recorded(step, source, step_input):
                    step.authority.require_command(
                        step_input, command=DECIDE_CREDIT, request_id=step_input.decision_id
                    )
                ruling = rule_on_decision(
                    step.state_of(source),
                    step_input.decision_id,
                    step_input.verdict,
                    operator_at=None if is_bureau else step.at,
                )
                if ruling.is_new and not is_bureau:
                    _tell_bureau(step, source, step_input.verdict)
                if ruling.is_new:
                    record_verdict(step, step_input, source, organization)
                answer = CreditResult(
                    accepted=ruling.is_accepted,
                    verdict=ruling.verdict,
                    message=ruling.message,
                    saved=(position_of(source),),
                )
                return [source, organization], answer

            return _saved(step.decide_and_save(decide))

    @activity.defn(name=RECORD_CREDIT_WAIT.name, no_thread_cancel_exception=True)
    def record_wait(self, step_input: RecordCreditWaitInput) -> CreditResult:
        """Record a mark of the wait, unless the check was decided meanwhile."""
        with step_of(self._toolbox, step_input) as step:

            def change(source: Subscription) -> CreditResult:
                if not verdict_of(step.state_of(source)):
                    record_mark(step, step_input, source)
                return CreditResult(
                    accepted=True,
                    verdict=verdict_of(step.state_of(source)),
                    message="",
                    deadline_at=_deadline(step, source),
                    saved=(position_of(source),),
                )

            result = _saved(step.change_source(change))
            if step_input.mark == OVERDUE:
                _call_for_answer(step)
            return result

    @activity.defn(name=EXTEND_CREDIT.name, no_thread_cancel_exception=True)
    def extend(self, step_input: ExtendCreditInput) -> CreditResult:
        """Extend the wait once, never beyond its cap."""
        with step_of(self._toolbox, step_input) as step:

            def change(source: Subscription) -> CreditResult:
                if not _is_extended(step, source, step_input):
                    require_command(step, step_input, EXTEND_UPDATE)
                ruling = rule_on_extension(step.state_of(source), step_input.request_id, asked_at=step.at)
                if ruling.is_new:
                    _extend(step, step_input, source)
                deadline_at = _deadline(step, source)
                message = f"{ruling.message} It ends at {deadline_at:%Y-%m-%d %H:%M} UTC."
                return CreditResult(
                    accepted=ruling.is_accepted,
                    verdict=ruling.verdict,
                    message=message if ruling.is_new else ruling.message,
                    deadline_at=deadline_at,
                    saved=(position_of(source),),
                )

            return _saved(step.change_source(change))


def _bureau_signature(step: Step, check_id: str, verdict: str) -> SignedCommand:
    """Return the proof of what the bureau was heard to say: a forged answer of this step decides nothing."""
    keys = step.toolbox.command_keys
    signed = sign(
        keys,
        switch_id=step.order.switch_id,
        command=DECIDE_CREDIT,
        actor=BUREAU_ACTOR,
        reason=ASKED_REASON,
        request_id=decision_id_of(check_id),
        at=step.at,
        arguments={"verdict": verdict, "decided_by": BUREAU},
    )
    return seal(keys, signed, at=step.at, run_id=step.context.run_id)


def _is_recorded(step: Step, source: Subscription, step_input: RecordCreditDecisionInput) -> bool:
    """Return whether this very decision was proved and recorded before."""
    state = step.state_of(source)
    decided = state.of(CreditCheckApproved) or state.of(CreditCheckDeclined)
    return decided is not None and decided.decision_id == step_input.decision_id


def _is_extended(step: Step, source: Subscription, step_input: ExtendCreditInput) -> bool:
    """Return whether this very extension was proved and recorded before."""
    extended = step.state_of(source).of(CreditCheckExtended)
    return extended is not None and extended.request_id == step_input.request_id


def _tell_bureau(step: Step, source: Subscription, verdict: str) -> None:
    """Tell the bureau what an operator decided: the seller sets up only what the bureau approved."""
    required = _requirement(step, source)
    check = step.cloud.credit.decide(
        step.order.organization_id, required.check_id, verdict=verdict, key=step.key(f"credit-{verdict}")
    )
    if check.status != verdict:
        raise RuleViolated(
            f"The bureau has {check.status} this check itself.",
            remedy="Wait for its answer; `planswitch switch show` tells when it has come.",
        )


def _call_for_answer(step: Step) -> None:
    """Call the installation's contact for a check that is overdue; once extended it may be so once more."""
    state = step.state_of(step.source())
    if state.stage == Stage.CREDIT_OVERDUE:
        try_alarm(step, CREDIT_ALARM, number=2 if state.has(CreditCheckExtended) else 1)


def _saved(decided: tuple[CreditResult, tuple[StreamPosition, ...]]) -> CreditResult:
    answer, saved = decided
    return replace(answer, saved=saved or answer.saved)


def _begin_wait(step: Step, check: CreditCheckState, *, ordered_at: datetime) -> CheckCreditResult:
    rules = rule_set(step.order.rule_set)
    sourced = _calendar(step, check.requested_at)
    deadlines = credit_deadlines(check.requested_at, sourced.calendar, rules, ordered_at=ordered_at)
    record_requirement(step, check=check, deadlines=deadlines, sourced=sourced)
    fresh = step.source()
    return _required(_requirement(step, fresh), (position_of(fresh),), is_decided=check.is_decided)


def _calendar(step: Step, start: datetime) -> SourcedCalendar:
    profile = step.cloud.billing.profile(step.order.organization_id)
    # A wait that begins late in December, or is extended, touches the next year.
    return business_calendar(profile, [start.year - 1, start.year, start.year + 1])


def _order(step: Step, source: Subscription) -> PlacedOrder:
    """Return the order as the seller shows it."""
    ordered = step.state_of(source).require(ReplacementOrdered)
    order = step.cloud.seller.order(step.order.organization_id, ordered.order_id)
    if order.status not in ACCEPTED_ORDERS:
        raise ProviderRefused(
            f"Order {order.order_id} is {order.status} at the seller.",
            remedy="Ask the seller why; the old plan is kept.",
        )
    return order


def _requirement(step: Step, source: Subscription) -> CreditCheckRequired:
    return step.state_of(source).require(CreditCheckRequired, since=IN_CREDIT_CHECK)


def _required(
    required: CreditCheckRequired, saved: tuple[StreamPosition, ...], *, is_decided: bool
) -> CheckCreditResult:
    return CheckCreditResult(
        required=True,
        reminder_at=required.reminder_at,
        deadline_at=required.deadline_at,
        cap_at=required.cap_at,
        is_decided=is_decided,
        saved=saved,
    )


def _deadline(step: Step, source: Subscription) -> datetime:
    state = step.state_of(source)
    extended = state.of(CreditCheckExtended)
    return extended.deadline_at if extended else _requirement(step, source).deadline_at


def _extend(step: Step, step_input: ExtendCreditInput, source: Subscription) -> None:
    required = _requirement(step, source)
    deadline_at = extended_deadline(required, step.at, step_input.days, rule_set(step.order.rule_set))
    step.advance(
        source,
        CreditCheckExtended,
        step.meta(actor=step_input.actor, reason=step_input.reason),
        deadline_at=deadline_at,
        days=step_input.days,
        request_id=step_input.request_id,
    )
