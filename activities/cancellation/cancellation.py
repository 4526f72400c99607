"""Cancellation of the old subscription: the point of no return."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from temporalio import activity

from activities.assessment.addons import cancel_addons, require_quoted_addons
from activities.assessment.circumstances import ACTIVE
from activities.base.attempt import Steps, step_of
from activities.base.step import Step, position_of
from activities.base.turns import require_going_on
from activities.cancellation.carried_settings import changed_renewal
from activities.contract import CANCEL_SOURCE, CancelSourceInput, CancelSourceResult, StreamPosition
from activities.licenses.drift import record_drift
from activities.licenses.group_moves import move_groups
from activities.licenses.license_record import add_chunks
from activities.licenses.verification import add_found, sweep, with_locations
from activities.request.reassessment import CANCELLED as CANCELLED_STATES
from activities.request.reassessment import reassess
from domain.eligibility.eligibility import Assessment
from domain.eligibility.eligibility_input import AssessmentInput
from domain.kernel.awaited import Awaited, Party
from domain.kernel.errors import (
    LicensesUnresolved,
    NotEligible,
    NotReadyYet,
    PlanSwitchError,
    ProviderRefused,
    RuleViolated,
)
from domain.operator.manual_events import CANCELLED, ManualStepDoneOutside
from domain.operator.manual_steps import MANUAL, ManualStep, require_started
from domain.ports.billing_port import BilledPeriod, BookedLine
from domain.quote.quote import require_same_period
from domain.quote.quote_input import booked_of, require_same_lines
from domain.reasons.reasons import BEFORE_CANCELLATION
from domain.subscriptions.subscription import Subscription
from domain.switch.move_events import (
    RenewalStopped,
    SourceCancellationBegun,
    SourceCancellationRefused,
    SourceCancellationUnanswered,
    SourceCancelled,
    StragglersMoved,
)
from domain.switch.settings_events import SourceSettingsChanged
from domain.switch.stage import AFTER_PIVOT, Stage
from store.core.rows import DetailRows

#: Looks at the old plan before the switch asks an operator.
LOOKS_MAX = 5
#: What a refusal leaves to the operator where a request before it was not answered.
ASKED_BEFORE = (
    "An earlier request was not answered and may still end it, so there is no way back. Remove the cause "
    "of the refusal, or cancel the subscription at the seller; the switch goes on by itself."
)
#: An attempt that another one has overtaken looks at the record again so soon.
OTHER_ATTEMPT_SECONDS = 1.0
#: Passes over users who came onto the old plan around its cancellation.
STRAGGLERS = "stragglers"


class CancellationActivities(Steps):
    """Steps that end the old subscription."""

    @activity.defn(name=CANCEL_SOURCE.name, no_thread_cancel_exception=True)
    def cancel_source(self, step_input: CancelSourceInput) -> CancelSourceResult:
        """Cancel the old subscription, then move at once who came onto it meanwhile (switch#steps)."""
        with step_of(self._toolbox, step_input) as step:
            if not step.state_of(step.source()).has(SourceCancelled):
                self._cancel(step)
            cancel_addons(step)
            stragglers, saved = self._move_stragglers(step)
            cancelled = step.state_of(step.seen_source()).require(SourceCancelled)
            return CancelSourceResult(
                cutover_on=cancelled.cutover_on.isoformat(), stragglers=stragglers, saved=saved
            )

    def _cancel(self, step: Step) -> None:
        if step.state_of(step.seen_source()).stage == Stage.CANCELLING:
            self._ask_again(step)
            return
        step.state_of(step.seen_source()).require_stage(
            SourceCancellationBegun.AFTER, "cancel the old subscription"
        )
        require_started(step.state_of(step.seen_source()), ManualStep.CANCEL)
        require_going_on(step.state_of(step.seen_source()))
        try:
            facts, is_cancelled = _facts(step)
            is_outside = is_cancelled and step.order.mode == MANUAL
            source = require_nobody_left(step)
            require_quoted_addons(step, source, facts)
            if is_outside or not is_cancelled:
                # Known before the cancellation: nothing may fail between it and the save that fixes its day.
                _require_billable(step)
        except PlanSwitchError:
            # Another attempt may have cancelled what this one still expects to be active.
            require_not_overtaken(step.state_of(step.source()).stage)
            raise
        if is_outside:
            # What another attempt has just cancelled was not cancelled by an operator.
            require_not_overtaken(step.state_of(source).stage)
        drifted = record_drift(step, source, facts.subscriptions)
        # A plan that is cancelled already tells no more how it was set to renew.
        changed = None if is_cancelled else changed_renewal(step.state_of(source), facts.source)
        if changed is not None:
            # The cancellation itself ends the renewal: what was set before is not there any more.
            meta = step.own_meta("the renewal was looked at before the cancellation")
            step.advance(source, SourceSettingsChanged, meta, **changed)
        if is_outside:
            _note_outside(step, source, facts.source.quantity)
        self._begin(step, source, facts.profile.time_zone, drifted)
        self._leave(step, source, is_first=True)

    def _ask_again(self, step: Step) -> None:
        """Repeat what an attempt has asked whose answer nobody knows: no rule is asked any more (ADR 16)."""
        source = step.seen_source()
        if not step.state_of(source).has(SourceCancellationUnanswered):
            # By its version it keeps that attempt, if it still lives, from opening the way back.
            step.advance(
                source,
                SourceCancellationUnanswered,
                step.own_meta("an attempt asked the seller, and its answer is not known"),
            )
            step.save(source, what="unanswered")
        organization_id, source_id = step.order.organization_id, step.order.source_subscription_id
        if step.cloud.seller.subscription(organization_id, source_id).status == ACTIVE:
            source = require_nobody_left(step)
        self._leave(step, source, is_first=False)

    def _begin(self, step: Step, source: Subscription, time_zone: str, drifted: DetailRows | None) -> None:
        """Record that the seller is about to be asked (ADR 16).

        By its version this save is refused to an attempt that slept while the switch was held or led back.
        """
        require_may_leave(step, source, "the source is not cancelled")
        terms = step.accepted_quote.input
        is_overlapped = terms.is_overlapped(step.at.astimezone(ZoneInfo(time_zone)).date())
        step.advance(
            source,
            SourceCancellationBegun,
            ends_by=terms.overlap_until if is_overlapped else None,
            time_zone=time_zone,
        )
        step.save(source, rows=drifted, what="begun")

    def _leave(self, step: Step, source: Subscription, *, is_first: bool) -> None:
        """Cancel the source, or let it end with its term as was accepted, and record the instant of that.

        Raises:
            ProviderRefused: The seller said no; only the first to ask knows that nobody else was answered.
        """
        begun = step.state_of(source).require(SourceCancellationBegun)
        try:
            ended_at = self._ask_seller(step, source, ends_by=begun.ends_by)
        except ProviderRefused as refusal:
            if not is_first or step.calls.may_have_acted():
                raise ProviderRefused(refusal.message, remedy=ASKED_BEFORE, **refusal.details) from refusal
            self._record_refusal(step, source, refusal)
            raise
        source.advance(
            SourceCancelled,
            at=step.at,
            meta=step.meta(),
            cancelled_at=ended_at,
            # The seller's clock may be behind ours around midnight; the quote begins with the order's day.
            cutover_on=max(
                step.accepted_quote.input.order_on, ended_at.astimezone(ZoneInfo(begun.time_zone)).date()
            ),
            calls_digest=step.calls.digest(),
        )
        step.save(source)

    def _ask_seller(self, step: Step, source: Subscription, *, ends_by: date | None) -> datetime:
        """Cancel the source, or let it end by itself until a day, and return the instant of that."""
        organization_id, source_id = step.order.organization_id, step.order.source_subscription_id
        if ends_by is None:
            key = step.key("cancel")
            return step.cloud.seller.cancel_subscription(organization_id, source_id, key=key).cancelled_at
        key = step.key("stop-renewal")
        stopped = step.cloud.seller.stop_renewal(organization_id, source_id, ends_by=ends_by, key=key)
        step.advance(source, RenewalStopped, ends_on=stopped.ends_on, stopped_at=stopped.stopped_at)
        return stopped.stopped_at

    def _record_refusal(self, step: Step, source: Subscription, refusal: ProviderRefused) -> None:
        """Record that the source is still there, unless another attempt has begun to ask."""
        step.advance(
            source,
            SourceCancellationRefused,
            step.own_meta("the seller refused to cancel the old subscription"),
            code=str(refusal.details.get("provider_code", "")),
            message=refusal.message,
        )
        step.save(source, what="refusal")

    def _move_stragglers(self, step: Step) -> tuple[int, tuple[StreamPosition, ...]]:
        """Look until nobody is on the old plan; each look moves whom it finds."""
        for _ in range(LOOKS_MAX):
            source = with_locations(step, step.source())
            late = sweep(step, source, prefix=STRAGGLERS)
            if not late.left and not late.has_groups:
                return _stragglers(step, source), (position_of(source),)
            rows = add_found(step, source, late)
            add_chunks(step, source, late.chunks, late.earlier)
            step.advance(
                source,
                StragglersMoved,
                pass_name=late.pass_name,
                moved=late.moved,
                calls_digest=step.calls.digest(),
            )
            step.save(source, rows=rows)
            if late.failed or (late.has_groups and move_groups(step).unresolved):
                break
        raise LicensesUnresolved(
            "Users came onto the old plan around its cancellation and can't be moved.",
            remedy=(
                "Stop assigning the old plan, and remove the cause for which the directory refuses them; "
                "the switch tries again by itself."
            ),
        )


def require_may_leave(step: Step, source: Subscription, what: str) -> None:
    """Look right before the point of no return whether the switch is still where it was.

    Args:
        step: The attempt that is about to leave the old plan.
        source: Loaded after everything that was looked at.
        what: What is not done where it may not be.

    Raises:
        NotReadyYet: Another attempt has begun to leave it, or the switch is paused.
        RuleViolated: It is held by now, or led back.
    """
    stage = step.state_of(source).stage
    require_not_overtaken(stage)
    if stage != Stage.MOVED:
        raise RuleViolated(
            f"The switch is {stage} by now; {what}.",
            remedy="`planswitch switch show` tells what it waits for.",
        )
    require_going_on(step.state_of(source))


def require_not_overtaken(stage: Stage) -> None:
    """Refuse to go on where another attempt of the step has begun to leave the old subscription.

    Raises:
        NotReadyYet: It has; the record shows how that ends.
    """
    if stage in AFTER_PIVOT:
        raise NotReadyYet(
            "Another attempt of this step has begun to leave the old subscription.",
            retry_after_seconds=OTHER_ATTEMPT_SECONDS,
            remedy="Nothing: the step looks at the record again by itself.",
            awaited=Awaited(party=Party.SWITCH, action="finish the other attempt"),
        )


def _facts(step: Step) -> tuple[AssessmentInput, bool]:
    """Assess once more, and return the facts and whether the old plan is cancelled already.

    By hand that is the step done: nothing else may stand in its way (manual#done-outside). Otherwise the
    switch may have asked for it itself, before an older record was restored (backup#what-may-be-lost): nobody
    is on the plan, so it asks again by its key. What the seller has only stopped serves again once the cause
    is mended, and what ran out was cancelled by nobody: both are not cancelled.
    """
    try:
        return reassess(step, BEFORE_CANCELLATION).input, False
    except NotEligible as refusal:
        answer: Assessment = refusal.details["assessment"]
        codes = {each.code for each in refusal.details["reasons"]}
        is_cancelled = answer.input.source.state in CANCELLED_STATES and codes == {"SUBSCRIPTION_NOT_ACTIVE"}
        if not is_cancelled or (step.order.mode != MANUAL and answer.input.source.has_run_out):
            raise
        return answer.input, True


def _note_outside(step: Step, source: Subscription, quantity: int) -> None:
    step.advance(
        source,
        ManualStepDoneOutside,
        step.own_meta("the seller was looked at before the cancellation"),
        step=ManualStep.CANCEL,
        evidence=CANCELLED,
        subscription_id=step.order.source_subscription_id,
        users=0,
        quantity=quantity,
    )


def _require_billable(step: Step) -> None:
    """Refuse to cancel what the accepted quote can't bill."""
    plan = step.accepted_quote.input
    _require_same_money(step, plan.billed, plan.booked)
    for addon in plan.addons:
        if addon.billed is not None:
            _require_same_money(step, addon.billed, addon.booked)


def require_nobody_left(step: Step) -> Subscription:
    """Move who came onto the old plan since it was verified, until a read shows nobody to be moved.

    Args:
        step: The attempt that is about to leave the old plan.

    Raises:
        LicensesUnresolved: Somebody is left who can't be moved.
    """
    for _ in range(LOOKS_MAX):
        source = with_locations(step, step.source())
        late = sweep(step, source, prefix="last", inactive=True)
        if not late.left and not late.has_groups:
            return source
        rows = add_found(step, source, late)
        add_chunks(step, source, late.chunks, late.earlier)
        step.save(source, rows=rows)
        if late.failed or (late.has_groups and move_groups(step).unresolved):
            break
    # Of licenses only nothing is cancelled.
    when = "the switch completed" if step.order.licenses_only else "its cancellation"
    raise LicensesUnresolved(
        f"Users came onto the old plan before {when}, or can't work with their new license, and can't be "
        "moved.",
        remedy="Stop assigning the old plan, and mend what `planswitch switch show` tells of each; then "
        "retry the switch.",
    )


def _require_same_money(step: Step, quoted: BilledPeriod, booked: Sequence[BookedLine]) -> None:
    """Refuse when billing shows other money for a quoted period, in sum or by its days, than was quoted."""
    organization_id = step.order.organization_id
    now = step.cloud.billing.period(organization_id, quoted.subscription_id)
    require_same_period(quoted, now)
    if booked and now.period_start_on == quoted.period_start_on:
        require_same_lines(booked, booked_of(now, step.cloud.billing.booked_lines(organization_id, now)))


def _stragglers(step: Step, source: Subscription) -> int:
    """Return how many users were moved after the cancellation, whatever attempt moved them."""
    switch_id = step.order.switch_id
    passes = [name for name in step.state_of(source).chunks if name.startswith(STRAGGLERS)]
    return sum(chunk.moved for name in passes for chunk in step.store.chunks(switch_id, name))
