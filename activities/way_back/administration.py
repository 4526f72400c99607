"""Administration: taking a switch back before licenses move, and recording holds."""

from __future__ import annotations

from temporalio import activity

from activities.base.attempt import Steps, step_of
from activities.base.outside_acts import note_cancelled
from activities.base.step import Step, position_of
from activities.billing.order_billing import resume_billing
from activities.contract import (
    END_SWITCH,
    SYSTEM_ACTOR,
    EndSwitchInput,
    EndSwitchResult,
    RecordedResult,
    StreamPosition,
)
from activities.credit.credit_record import REQUIRED_KIND
from activities.ending.notices import send_notice, taken_notice
from activities.licenses.group_moves import return_groups
from activities.licenses.license_record import named_passes
from activities.operator.control_contract import (
    RECORD_HOLD,
    RecordHoldInput,
    StartRollBackInput,
)
from activities.operator.controls import recorded_commands
from activities.order.purchase import may_be_placed, settle_order
from activities.signed_command import OUTSIDE_ACTOR
from activities.way_back.way_back import return_late
from domain.kernel.awaited import Awaited, Party
from domain.kernel.errors import InvalidInput, NotReadyYet, RecordInconsistent, RuleViolated
from domain.kernel.recorded import Meta, RecordedAggregate
from domain.operator.manual_steps import bought_outside
from domain.subscriptions.subscription import Subscription, Voided
from domain.switch.events import (
    NoticeSent,
    ReplacementOrdered,
    ReplacementVoided,
    SwitchCancelled,
    SwitchDeclined,
    SwitchExpired,
    SwitchFailed,
    SwitchRolledBack,
)
from domain.switch.move_events import (
    BillingResumed,
    LicenseMoveHeld,
    LicenseMoveResumed,
    LicenseMoveStarted,
    stage_before_hold,
)
from domain.switch.return_events import RollBackFinished, RollBackStarted
from domain.switch.stage import BEFORE_PIVOT, TERMINAL, Stage
from domain.switch.switch_state import SwitchEvent, SwitchState

#: Updates that lead back to the old plan, and the one that lets a held switch go on.
TURN_BACK = ("cancel", "roll_back")
RETRY = "retry_failed"
#: How the record names it.
RETRY_RECORDED = "retry"
#: Outcome -> how it is recorded.
ENDINGS: dict[str, type[SwitchEvent]] = {
    Stage.FAILED: SwitchFailed,
    Stage.CANCELLED: SwitchCancelled,
    Stage.DECLINED: SwitchDeclined,
    Stage.EXPIRED: SwitchExpired,
    Stage.ROLLED_BACK: SwitchRolledBack,
}
_KEPT = " The order was taken back, your old plan is kept, and nothing is charged."
_BILLED_AGAIN = " Your old plan is billed as if it had never been stopped."
_OPEN_AGAIN = " Other orders and switches are possible again."
#: Endings that it has not brought about itself; of the others it hears where it was told something before.
_ALWAYS_TOLD = frozenset({Stage.DECLINED, Stage.EXPIRED, Stage.ROLLED_BACK})
_BY_CARD = " To switch now, pay by card."
#: Outcome -> kind, subject and text of the notice (waits#notices-of-the-end).
NOTICES: dict[str, tuple[str, str, str]] = {
    Stage.FAILED: (
        "switch_failed",
        "The switch has failed",
        "The switch could not be done, and has ended." + _KEPT,
    ),
    Stage.CANCELLED: (
        "switch_cancelled",
        "The switch was cancelled",
        "The switch was cancelled before anything had changed for you." + _KEPT,
    ),
    Stage.DECLINED: (
        "switch_declined",
        "The switch was declined",
        "The credit check of your order was declined." + _KEPT + _BY_CARD,
    ),
    Stage.EXPIRED: (
        "switch_expired",
        "The switch has expired",
        "The credit check of your order got no answer in time." + _KEPT + _BY_CARD,
    ),
    Stage.ROLLED_BACK: (
        "switch_rolled_back",
        "The switch was rolled back",
        "Everybody works on the old plan again, with the services as they were." + _KEPT,
    ),
}


#: Something was ordered before a switch came to these stages.
_HAS_ORDERED = BEFORE_PIVOT - {Stage.REQUESTED, Stage.STUCK}
#: The seller's word for an order that was taken back.
VOIDED = "cancelled"
#: A void that the seller has taken is looked at this often.
VOID_POLL_SECONDS = 5.0


class AdministrationActivities(Steps):
    """Steps that end or hold a switch."""

    @activity.defn(name=END_SWITCH.name, no_thread_cancel_exception=True)
    def end_switch(self, step_input: EndSwitchInput) -> EndSwitchResult:
        """Void the order, resume the old billing, release the locks, close the switch (switch#ways-back)."""
        with step_of(self._toolbox, step_input) as step:
            _require_outcome(step_input.outcome)
            recorded = step.recorded()
            if recorded is None:
                # Nothing was recorded, so nothing was reserved either: they are one transaction.
                return EndSwitchResult(outcome=step_input.outcome, saved=())
            source, state = recorded
            if state.stage in TERMINAL:
                return EndSwitchResult(outcome=state.stage, saved=(position_of(source),))
            # Here nobody has a way back to the old plan: an order that serves users is not voided.
            state.require_stage(BEFORE_PIVOT, "end without having led to the new plan")
            _require_nobody_moved(step, state)
            actor = turned_back_by(step, state, step_input) or SYSTEM_ACTOR
            meta = step.meta(actor=actor, reason=step_input.message)
            if not step.order.licenses_only:
                self._void(step, source, meta, is_order_unknown=step_input.is_order_unknown)
                resume_billing(step, meta)
            if state.has(RollBackStarted):
                return_groups(step)
                return_late(step)
            # The directory alone may be connected: it takes no notices.
            notice_id = "" if step.order.licenses_only else self._tell(step, step_input.outcome)

            def decide() -> tuple[list[RecordedAggregate], str]:
                return self._end(step, step_input, notice_id)

            outcome, saved = step.decide_and_save(decide)
            return EndSwitchResult(outcome=outcome, saved=saved)

    @activity.defn(name=RECORD_HOLD.name, no_thread_cancel_exception=True)
    def record_hold(self, step_input: RecordHoldInput) -> RecordedResult:
        """Record that the switch waits for an operator, or that one let it go on."""
        with step_of(self._toolbox, step_input) as step:

            def change(source: Subscription) -> StreamPosition:
                _hold(step, source, step_input)
                return position_of(source)

            position, _ = step.change_source(change)
            return RecordedResult(saved=(position,))

    def _void(self, step: Step, source: Subscription, meta: Meta, *, is_order_unknown: bool) -> None:
        _require_order_recorded(step.state_of(source))
        # An order whose event was lost is found like one whose answer was: none is left behind.
        target = settle_order(step, source) if is_order_unknown or may_be_placed(step) else None
        state = step.state_of(source)
        ordered = state.of(ReplacementOrdered)
        if ordered is None or state.has(ReplacementVoided) or bought_outside(state) is not None:
            # What was bought outside is the customer's to keep, or to take back there.
            return
        _require_nobody_served(step, state, ordered.order_id)
        void = step.cloud.seller.void_order(
            step.order.organization_id, ordered.order_id, key=step.key("void")
        )
        if void.status != VOIDED:
            raise NotReadyYet(
                f"Order {void.order_id} is {void.status}; the seller has not voided it yet.",
                retry_after_seconds=VOID_POLL_SECONDS,
                remedy="The step asks again by itself.",
                awaited=Awaited(party=Party.SELLER, action="void the order", names=(void.order_id,)),
            )
        target = target or step.target()
        step.advance(
            source, ReplacementVoided, meta, order_id=ordered.order_id, calls_digest=step.calls.digest()
        )
        step.receive(target, Voided, meta)
        step.save(source, target)

    def _tell(self, step: Step, outcome: str) -> str:
        """Tell the organization how it ended, once, and return the notice's id.

        Whoever was told to wait is told every end (waits#notices-of-the-end). A refused notice keeps
        nobody locked.
        """
        notices = step.state_of(step.seen_source()).notices
        if not notices and outcome not in _ALWAYS_TOLD:
            return ""
        kind, subject, body = NOTICES[outcome]
        if step.state_of(step.seen_source()).has(BillingResumed):
            body += _BILLED_AGAIN
        if REQUIRED_KIND in notices:
            body += _OPEN_AGAIN
        return taken_notice(
            step, lambda: send_notice(step, kind, subject=subject, body=body, key="ending-notice")
        )

    def _end(
        self, step: Step, step_input: EndSwitchInput, notice_id: str
    ) -> tuple[list[RecordedAggregate], str]:
        source, organization = step.source(), step.organization()
        event_class = ENDINGS[step_input.outcome]
        # Without an operator's will it ended by itself.
        actor = turned_back_by(step, step.state_of(source), step_input) or SYSTEM_ACTOR
        meta = step.meta(actor=actor, reason=step_input.message)
        if step.state_of(source).stage not in TERMINAL:
            if actor == OUTSIDE_ACTOR:
                note_cancelled(step, source, step_input.message)
            facts = {"code": step_input.code, "message": step_input.message}
            if notice_id:
                kind = NOTICES[step_input.outcome][0]
                step.advance(source, NoticeSent, meta, kind=kind, notice_id=notice_id)
            step.advance(source, event_class, meta, **facts)
        outcome = step.state_of(source).stage
        organization.release_switch(step.order.switch_id, outcome=outcome, at=step.at, meta=meta)
        return [source, organization], outcome


def turned_back_by(step: Step, state: SwitchState, step_input: EndSwitchInput | StartRollBackInput) -> str:
    """Return who turned the switch back, as a signature or the record proves it; "" where nobody did."""
    reason = step_input.message if isinstance(step_input, EndSwitchInput) else step_input.reason
    request_id = None if isinstance(step_input, EndSwitchInput) else step_input.request_id
    signed = step_input.signed
    known = recorded_commands(
        state,
        TURN_BACK,
        actor=step_input.actor,
        reason=reason,
        # What ends a switch brings the envelope alone.
        request_id=signed.request_id if request_id is None and signed else request_id,
    )
    return step.authority.commander(
        step_input.actor, signed, TURN_BACK, reason=reason, request_id=request_id, is_recorded=bool(known)
    )


def _resumed_by(step: Step, state: SwitchState, step_input: RecordHoldInput) -> str:
    """Return who let the held switch go on; a retry of an earlier hold lets nothing go on."""
    signed, hold = step_input.signed, state.of(LicenseMoveHeld)
    known = recorded_commands(
        state,
        (RETRY_RECORDED,),
        actor=step_input.actor,
        reason=step_input.reason,
        request_id=signed.request_id if signed else None,
    )
    newer = [each for each in known if hold is None or each.originator_version > hold.originator_version]
    is_spent = bool(known) and not newer
    actor = step.authority.commander(
        step_input.actor,
        None if is_spent else signed,
        {RETRY},
        reason=step_input.reason,
        is_recorded=bool(newer),
    )
    return actor or OUTSIDE_ACTOR


def _hold(step: Step, source: Subscription, step_input: RecordHoldInput) -> None:
    state = step.state_of(source)
    if step_input.held == (state.stage == Stage.HELD):
        return
    if step_input.held:
        facts = {"code": step_input.code, "message": step_input.message}
        meta = step.own_meta(step_input.reason)
        step.advance(source, LicenseMoveHeld, meta, **facts)
    else:
        meta = step.meta(actor=_resumed_by(step, state, step_input), reason=step_input.reason)
        stage = stage_before_hold(state)
        step.advance(source, LicenseMoveResumed, meta, command="retry", stage=stage)


def _require_outcome(outcome: str) -> None:
    if outcome not in ENDINGS:
        raise InvalidInput(field="outcome", value=outcome, allowed=", ".join(ENDINGS))


def _require_order_recorded(state: SwitchState) -> None:
    """Refuse to end a switch that has ordered and whose record lacks the order: it could not be voided."""
    stage = state.stuck_in if state.stage == Stage.STUCK else state.stage
    if state.is_licenses_only:
        return
    if stage in _HAS_ORDERED and not state.has(ReplacementOrdered):
        missing = ReplacementOrdered.TOPIC.rpartition(".")[2]
        raise RecordInconsistent(f"switch {state.switch_id}, which is {state.stage},", missing=missing)


def _require_nobody_served(step: Step, state: SwitchState, order_id: str) -> None:
    """Refuse to void an order whose licenses users have, though the record has moved nobody.

    An older record may have been restored, whose lost part had moved them (switch#licenses).
    """
    if state.has(LicenseMoveStarted):
        return
    organization_id, plan_id = step.order.organization_id, step.order.target_plan_id
    pools = step.cloud.directory.subscribed_plans(organization_id)
    assigned = sum(each.assigned for each in pools if each.plan_id == plan_id)
    if not assigned:
        return
    own = (step.cloud.seller.order(organization_id, order_id).subscription_id or "").lower()
    purchases = step.cloud.inquiries.purchases(organization_id)
    others = [each for each in purchases if each.plan_id == plan_id and each.subscription_id.lower() != own]
    served = assigned - sum(each.quantity for each in others)
    if served > 0:
        raise RuleViolated(
            f"Order {order_id} is not voided: {served} users work with its licenses, and the record has "
            "moved nobody. An older database may have been restored, or somebody has given them licenses.",
            remedy="Give these users another license in the directory, then `planswitch switch retry`. If an "
            "older database was restored, look for a newer one first (docs/backup.md).",
        )


def _require_nobody_moved(step: Step, state: SwitchState) -> None:
    """Refuse to void an order on which users work; nobody may be left without a license (switch#licenses)."""
    if state.has(RollBackFinished) or not state.has(LicenseMoveStarted):
        return
    passes = ("pilot", "move", *named_passes(state))
    if any(step.store.chunks(step.order.switch_id, name) for name in passes):
        kept = "the switch does not end" if step.order.licenses_only else "the order is not voided"
        raise RuleViolated(
            f"Users were moved already; {kept} before they have returned.",
            remedy="Roll the switch back with `planswitch switch rollback`.",
        )
