"""Reduction of the old subscription to who stays, where only some users moved: the point of no return.

It follows the cancellation (ADR 16): an event before the seller is asked, one key, and no way back from then
on but by the seller's own no (manual#some-users).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from temporalio import activity

from activities.assessment.addons import addons_to_reduce, reduce_addons
from activities.base.attempt import Steps, step_of
from activities.base.step import Step, position_of
from activities.base.turns import require_going_on
from activities.cancellation.cancellation import (
    ASKED_BEFORE,
    require_may_leave,
    require_nobody_left,
    require_not_overtaken,
)
from activities.contract import REDUCE_SOURCE, CancelSourceInput, CancelSourceResult
from activities.directory.user_pages import users_on
from activities.licenses.drift import record_drift
from activities.request.reassessment import reassess
from domain.kernel.calendar import local_date
from domain.kernel.errors import PlanSwitchError, ProviderRefused, RuleViolated
from domain.licenses.reduction import closed_words, first_closed, given_back, licenses_left, reduced_on
from domain.operator.manual_events import (
    REDUCED,
    ManualStepDoneOutside,
    SourceReductionBegun,
    SourceReductionRefused,
)
from domain.operator.manual_steps import ManualStep, require_started
from domain.ports.billing_port import BookedLine
from domain.ports.seller_port import SellerSubscription
from domain.reasons.reasons import BEFORE_CANCELLATION
from domain.subscriptions.subscription import Subscription
from domain.switch.move_events import LicensesReduced, SourceCancellationUnanswered
from domain.switch.stage import Stage

#: What is left where the seller takes no licenses back.
REDUCE_OR_RETURN = (
    "Ask the seller to take the licenses back all the same, and once it shows fewer `planswitch switch retry "
    "SWITCH --reason …`; or return everybody: `planswitch switch rollback SWITCH --reason …`."
)


class ReductionActivities(Steps):
    """The step that leaves the old subscription to who stays."""

    @activity.defn(name=REDUCE_SOURCE.name, no_thread_cancel_exception=True)
    def reduce_source(self, step_input: CancelSourceInput) -> CancelSourceResult:
        """Reduce the old subscription to one license for each user who stays, and fix the cutover's day."""
        with step_of(self._toolbox, step_input) as step:
            if not step.state_of(step.source()).has(LicensesReduced):
                _reduce(step)
            reduce_addons(step, step.state_of(step.seen_source()).require(LicensesReduced).quantity)
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
    try:
        facts = reassess(step, BEFORE_CANCELLATION).input
        source = require_nobody_left(step)
        quantity = _licenses_left(step, source, facts.source, facts.subscriptions)
        _require_reducible(step, facts.source, quantity)
    except PlanSwitchError:
        # Another attempt may have reduced what this one still expects to be as it was.
        require_not_overtaken(step.state_of(step.source()).stage)
        raise
    # What another attempt has just reduced was not reduced by an operator.
    require_may_leave(step, source, "the old subscription is not reduced")
    drifted = record_drift(step, source, facts.subscriptions)
    before = step.accepted_quote.input.billed.quantity
    if facts.source.quantity == quantity < before:
        step.advance(
            source,
            ManualStepDoneOutside,
            step.own_meta("the seller was looked at before the reduction"),
            step=ManualStep.REDUCE,
            evidence=REDUCED,
            subscription_id=step.order.source_subscription_id,
            users=0,
            quantity=quantity,
        )
    step.advance(source, SourceReductionBegun, quantity=quantity, time_zone=facts.profile.time_zone)
    step.save(source, rows=drifted, what="begun")
    _ask(step, source, is_first=True)


def _licenses_left(
    step: Step, source: Subscription, shown: SellerSubscription, held: Sequence[SellerSubscription]
) -> int:
    """Return the licenses that are left, as the quote counts them, for the users whom the directory has now.

    Its list and its count may be of different moments: the higher one counts, so that nobody is without.
    """
    listed = sum(len(page) for page in users_on(step, source.plan_id))
    pools = step.cloud.directory.subscribed_plans(step.order.organization_id)
    assigned = next((pool.assigned for pool in pools if pool.plan_id == source.plan_id), 0)
    return licenses_left(shown, held, max(listed, assigned))


def _require_reducible(step: Step, shown: SellerSubscription, quantity: int) -> None:
    """Look before the point of no return whether the seller still takes licenses back, also of add-ons.

    Raises:
        RuleViolated: It does not; the switch holds, and everyone can return.
    """
    plan = (shown,) if shown.quantity > quantity else ()
    closed = first_closed((*plan, *addons_to_reduce(step, quantity)), step.at)
    if closed is not None:
        raise RuleViolated(closed_words(closed), remedy=REDUCE_OR_RETURN)


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
    quantity = _grown_for_newcomers(step, source, begun.quantity)
    terms, booked = step.accepted_quote.input, _booked(step)
    # The day from which the seller's own books have fewer licenses, whenever they are asked for.
    asked_on = local_date(begun.timestamp, begun.time_zone)
    step.advance(
        source,
        LicensesReduced,
        quantity=quantity,
        reduced_at=step.at,
        cutover_on=max(terms.order_on, reduced_on(terms.booked, booked, asked_on=asked_on)),
        given_back=given_back(terms.booked, booked, terms.currency),
        calls_digest=step.calls.digest(),
    )
    step.save(source)


def _grown_for_newcomers(step: Step, source: Subscription, reduced: int) -> int:
    """Look again after the answer: who came onto the old plan meanwhile gets a license back.

    Returns:
        The licenses that are left.
    """
    seller, organization_id = step.cloud.seller, step.order.organization_id
    held = seller.subscriptions(organization_id)
    shown = seller.subscription(organization_id, step.order.source_subscription_id)
    before = replace(shown, quantity=step.accepted_quote.input.billed.quantity)
    needed = _licenses_left(step, source, before, held)
    if needed <= reduced:
        return reduced
    key = step.key(f"reduce-to:{needed}")
    seller.change_quantity(organization_id, step.order.source_subscription_id, quantity=needed, key=key)
    return needed


def _booked(step: Step) -> Sequence[BookedLine]:
    """Return what the seller's books have for the old plan by now."""
    organization_id = step.order.organization_id
    period = step.cloud.billing.period(organization_id, step.order.source_subscription_id)
    return step.cloud.billing.booked_lines(organization_id, period)
