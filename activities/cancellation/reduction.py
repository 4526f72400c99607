"""Reduction of the old subscription to who stays, where only some users moved: the point of no return.

It follows the cancellation (ADR 16): an event before the seller is asked, one key, and no way back from then
on but by the seller's own no (manual#some-users).
"""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from temporalio import activity

from activities.assessment.addons import reduce_addons
from activities.assessment.circumstances import ACTIVE
from activities.base.attempt import Steps, step_of
from activities.base.step import Step, position_of
from activities.base.turns import require_going_on
from activities.cancellation.cancellation import ASKED_BEFORE, require_nobody_left
from activities.contract import REDUCE_SOURCE, CancelSourceInput, CancelSourceResult
from activities.directory.user_pages import users_on
from activities.licenses.drift import record_drift
from activities.request.reassessment import reassess
from domain.eligibility.eligibility_input import AssessmentInput
from domain.kernel.errors import ProviderRefused
from domain.operator.manual_events import (
    ManualStepDoneOutside,
    SourceReductionBegun,
    SourceReductionRefused,
)
from domain.operator.manual_steps import ManualStep, require_started
from domain.reasons.reasons import BEFORE_CANCELLATION
from domain.subscriptions.subscription import Subscription
from domain.switch.move_events import LicensesReduced, SourceCancellationUnanswered
from domain.switch.stage import Stage


class ReductionActivities(Steps):
    """The step that leaves the old subscription to who stays."""

    @activity.defn(name=REDUCE_SOURCE.name, no_thread_cancel_exception=True)
    def reduce_source(self, step_input: CancelSourceInput) -> CancelSourceResult:
        """Reduce the old subscription to one license for each user who stays, and fix the cutover's day."""
        with step_of(self._toolbox, step_input) as step:
            if not step.state_of(step.source()).has(LicensesReduced):
                _reduce(step)
            reduce_addons(step)
            source = step.source()
            reduced = step.state_of(source).require(LicensesReduced)
            saved = step.save(source) or (position_of(source),)
            return CancelSourceResult(cutover_on=reduced.cutover_on.isoformat(), stragglers=0, saved=saved)


def _reduce(step: Step) -> None:
    state = step.state_of(step.seen_source())
    if state.stage == Stage.CANCELLING:
        _ask_again(step)
        return
    state.require_stage(SourceReductionBegun.AFTER, "reduce the old subscription")
    require_started(state, ManualStep.REDUCE)
    require_going_on(state)
    facts = reassess(step, BEFORE_CANCELLATION).input
    source = require_nobody_left(step)
    drifted = record_drift(step, source, facts.subscriptions)
    quantity = _licenses_left(step, source, facts)
    before = step.accepted_quote.input.billed.quantity
    if facts.source.quantity == quantity < before:
        step.advance(
            source,
            ManualStepDoneOutside,
            step.own_meta("the seller was looked at before the reduction"),
            step=ManualStep.REDUCE,
            evidence=f"the seller shows {quantity} licenses, and not {before}",
            subscription_id=step.order.source_subscription_id,
            users=0,
        )
    step.advance(source, SourceReductionBegun, quantity=quantity, time_zone=facts.profile.time_zone)
    step.save(source, rows=drifted, what="begun")
    _ask(step, source, is_first=True)


def _licenses_left(step: Step, source: Subscription, facts: AssessmentInput) -> int:
    """Return one license for each user who stays, but for whom other subscriptions of the plan serve."""
    staying = sum(len(page) for page in users_on(step, source.plan_id))
    others = sum(
        each.quantity
        for each in facts.subscriptions
        if (each.plan_id, each.status) == (source.plan_id, ACTIVE)
        and each.subscription_id != facts.source.subscription_id
    )
    return max(1, min(facts.source.quantity, staying - others))


def _ask_again(step: Step) -> None:
    """Repeat what an attempt has asked whose answer nobody knows: no rule is asked any more (ADR 16)."""
    source = step.seen_source()
    if not step.state_of(source).has(SourceCancellationUnanswered):
        step.advance(
            source,
            SourceCancellationUnanswered,
            step.own_meta("an attempt asked the seller, and its answer is not known"),
        )
        step.save(source, what="unanswered")
    _ask(step, source, is_first=False)


def _ask(step: Step, source: Subscription, *, is_first: bool) -> None:
    """Ask the seller for fewer licenses, and record the answer.

    Raises:
        ProviderRefused: The seller said no; only the first to ask knows that nobody else was answered.
    """
    begun = step.state_of(source).require(SourceReductionBegun)
    organization_id, source_id = step.order.organization_id, step.order.source_subscription_id
    try:
        step.cloud.seller.change_quantity(
            organization_id, source_id, quantity=begun.quantity, key=step.key("reduce")
        )
    except ProviderRefused as refusal:
        if not is_first or step.calls.may_have_acted():
            raise ProviderRefused(refusal.message, remedy=ASKED_BEFORE, **refusal.details) from refusal
        step.advance(
            source,
            SourceReductionRefused,
            step.own_meta("the seller refused to reduce the old subscription"),
            code=str(refusal.details.get("provider_code", "")),
            message=refusal.message,
        )
        step.save(source, what="refusal")
        raise
    step.advance(
        source,
        LicensesReduced,
        quantity=begun.quantity,
        reduced_at=step.at,
        cutover_on=max(step.accepted_quote.input.order_on, _reduced_on(step, begun.time_zone)),
        calls_digest=step.calls.digest(),
    )
    step.save(source)


def _reduced_on(step: Step, time_zone: str) -> date:
    """Return the day from which the seller's own books have fewer licenses; today where they tell none."""
    organization_id = step.order.organization_id
    period = step.cloud.billing.period(organization_id, step.order.source_subscription_id)
    lines = step.cloud.billing.booked_lines(organization_id, period)
    given_back = [line.from_on for line in lines if line.quantity < 0]
    return given_back[-1] if given_back else step.at.astimezone(ZoneInfo(time_zone)).date()
