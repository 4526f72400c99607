"""What the steps of the credit check record, and what they tell the organization."""

from __future__ import annotations

from datetime import datetime

from activities.base.promise_contract import CREDIT_CHECK as CREDIT_PROMISE
from activities.base.step import Step
from activities.base.turns import require_due
from activities.credit.business_calendar import SourcedCalendar
from activities.credit.credit_contract import RecordCreditDecisionInput, RecordCreditWaitInput
from activities.ending.notices import send_notice
from activities.watch.promise_record import note_missed
from domain.catalog.rule_sets import AT_CREDIT_CHECK, rule_set
from domain.kernel.recorded import RecordedAggregate
from domain.organizations.organization import Organization
from domain.ports.credit_port import APPROVED, CreditCheckState
from domain.subscriptions.subscription import Subscription
from domain.switch.credit import INVOICE, CreditDeadlines
from domain.switch.events import (
    CreditCheckApproved,
    CreditCheckDeclined,
    CreditCheckExpired,
    CreditCheckExtended,
    CreditCheckOverdue,
    CreditCheckReminded,
    CreditCheckRequired,
    NoticeSent,
)
from domain.switch.stage import IN_CREDIT_CHECK, Stage
from domain.switch.switch_state import SwitchState

REQUIRED_KIND = "credit_check_required"
REMINDER_KIND = "credit_check_reminder"
#: Marks of a wait.
REMINDER = "reminder"
OVERDUE = "overdue"
EXPIRED = "expired"


def record_requirement(
    step: Step,
    *,
    check: CreditCheckState,
    deadlines: CreditDeadlines,
    sourced: SourcedCalendar,
) -> None:
    """Tell the organization, and record check, notice and commerce lock in one transaction.

    Args:
        step: The attempt on whose behalf.
        check: The seller's word.
        deadlines: The instants of the wait.
        sourced: The calendar that they were computed with.
    """
    notice_id = _send(
        step,
        REQUIRED_KIND,
        subject="The switch waits for a credit check",
        body=f"{_cause(step)}, so it is checked first. Everybody goes on working on the old plan. "
        f"An answer is expected by {deadlines.deadline_at:%Y-%m-%d %H:%M} UTC. Until then no other "
        "order or switch is possible.",
    )
    facts = _requirement_facts(step, check, deadlines, sourced)

    def decide() -> tuple[list[RecordedAggregate], None]:
        fresh, organization = step.source(), step.organization()
        if not step.state_of(fresh).has(CreditCheckRequired):
            step.advance(fresh, CreditCheckRequired, **facts)
            step.advance(fresh, NoticeSent, kind=REQUIRED_KIND, notice_id=notice_id)
        _lock(step, organization, deadlines)
        return [fresh, organization], None

    step.decide_and_save(decide)


def _cause(step: Step) -> str:
    """Return why the order is checked; one that is paid by card is checked for what it is worth."""
    if step.order.payment_method == INVOICE:
        return "You chose to pay the order by invoice"
    return "The order is large"


def record_verdict(
    step: Step, decision: RecordCreditDecisionInput, source: Subscription, organization: Organization
) -> None:
    """Record a decision that counts; an approval lets other orders in again."""
    is_approved = decision.verdict == APPROVED
    causation = f"decision:{decision.decision_id}"
    meta = step.meta(actor=decision.actor, reason=decision.reason, causation=causation)
    step.advance(
        source,
        CreditCheckApproved if is_approved else CreditCheckDeclined,
        meta,
        decided_by=decision.decided_by,
        decision_id=decision.decision_id,
        decided_at=step.at,
    )
    if is_approved:
        organization.unlock_commerce(step.order.switch_id, at=step.at, meta=meta)


def record_mark(step: Step, step_input: RecordCreditWaitInput, source: Subscription) -> None:
    """Record that a wait reached its reminder, its deadline or its cap; a mark that is there stays."""
    state = step.state_of(source)
    require_due(step, _due_at(state, step_input.mark), f"mark {step_input.mark} of the credit check")
    meta = step.own_meta(f"the credit check reached its mark: {step_input.mark}")
    is_reminded = state.has(CreditCheckReminded) or _is_overdue(state, step.at)
    if step_input.mark == REMINDER and not is_reminded:
        notice_id = _send(
            step,
            REMINDER_KIND,
            subject="The credit check is still running",
            body="Half of the time for the credit check has passed. Please answer what the bureau asks.",
        )
        step.advance(source, CreditCheckReminded, meta)
        step.advance(source, NoticeSent, meta, kind=REMINDER_KIND, notice_id=notice_id)
    elif step_input.mark == OVERDUE and state.stage == Stage.CREDIT_CHECK:
        required = state.require(CreditCheckRequired)
        step.advance(source, CreditCheckOverdue, meta)
        note_missed(step, source, CREDIT_PROMISE, required.deadline_at)
    elif step_input.mark == EXPIRED:
        step.advance(source, CreditCheckExpired, meta, evidence=step_input.evidence)


def _due_at(state: SwitchState, mark: str) -> datetime:
    required = state.require(CreditCheckRequired, since=IN_CREDIT_CHECK)
    newest = state.of(CreditCheckExtended) or required
    return {REMINDER: required.reminder_at, OVERDUE: newest.deadline_at}.get(mark, required.cap_at)


def _is_overdue(state: SwitchState, at: datetime) -> bool:
    """Return whether a deadline has passed: who was down until then reminds nobody of a time that is over."""
    newest = state.of(CreditCheckExtended) or state.of(CreditCheckRequired)
    return newest is not None and at >= newest.deadline_at


def _requirement_facts(
    step: Step, check: CreditCheckState, deadlines: CreditDeadlines, sourced: SourcedCalendar
) -> dict[str, object]:
    calendar = sourced.calendar
    return {
        "check_id": check.check_id,
        "requested_at": check.requested_at,
        "reminder_at": deadlines.reminder_at,
        "deadline_at": deadlines.deadline_at,
        "cap_at": deadlines.cap_at,
        "time_zone": calendar.time_zone,
        "weekend": sorted(calendar.weekend),
        "holidays": list(deadlines.holidays),
        "working_weekend_days": sorted(
            day
            for day in calendar.working_weekend_days
            if calendar.local_date(check.requested_at) <= day <= calendar.local_date(deadlines.cap_at)
        ),
        "cut_off_hour": None if calendar.cut_off is None else calendar.cut_off.hour,
        "calendar": sourced.source,
        "evidence": f"the seller asks for check {check.check_id}, now {check.status}",
        "calls_digest": step.calls.digest(),
    }


def _lock(step: Step, organization: Organization, deadlines: CreditDeadlines) -> None:
    switch_id, promised_end = step.order.switch_id, deadlines.deadline_at
    organization.lock_commerce(switch_id, promised_end=promised_end, at=step.at, meta=step.meta())
    if rule_set(step.order.rule_set).administration_lock == AT_CREDIT_CHECK:
        organization.lock_administration(switch_id, promised_end=promised_end, at=step.at, meta=step.meta())


def _send(step: Step, kind: str, *, subject: str, body: str) -> str:
    return send_notice(step, kind, subject=subject, body=body, key=kind)
