"""Purchase: order the new subscription."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from temporalio import activity

from activities.assessment.addons import addon_lines
from activities.assessment.preflight import check_all_users, has_undecided_users
from activities.base.attempt import Steps, step_of
from activities.base.step import Step, position_of
from activities.base.turns import require_asked_before_pause
from activities.billing.order_billing import require_current_formulas, require_stoppable, stop_at_order
from activities.contract import (
    ORDER_REPLACEMENT,
    OrderReplacementInput,
    OrderReplacementResult,
    StreamPosition,
)
from domain.eligibility.eligibility import reason_of_refusal
from domain.kernel.errors import ProviderRefused
from domain.kernel.ids import replacement_stream_id
from domain.operator.manual_steps import ManualStep, bought_outside, is_manual, require_started
from domain.ports.cloud import ProviderCall
from domain.ports.seller_port import OrderLine, PlacedOrder, SellerRefusal
from domain.reasons.reasons import Reason
from domain.subscriptions.subscription import Subscription
from domain.switch.events import ReplacementOrdered, SwitchRequested
from domain.switch.move_events import BillingStopped
from domain.switch.stage import Stage
from domain.switch.switch_state import SwitchState

#: Operation of the seller's port that places the order.
CHECKOUT = "checkout"
#: Code of an answer that could not be read.
UNREADABLE = "UNREADABLE"
#: HTTP status of a call that was put off and had no effect.
THROTTLED = 429


class OrderRefused(ProviderRefused):
    """The seller refused the order, for a reason of rules#reasons."""

    def __init__(self, why: Reason) -> None:
        super().__init__(why.message, remedy=why.remedy, reasons=(why,))
        self.code = why.code


class PurchaseActivities(Steps):
    """Steps at the seller before any license moves."""

    @activity.defn(name=ORDER_REPLACEMENT.name, no_thread_cancel_exception=True)
    def order_replacement(self, step_input: OrderReplacementInput) -> OrderReplacementResult:
        """Place the order once and record it in source and target (switch#steps, step 4)."""
        with step_of(self._toolbox, step_input) as step:
            source = step.source()
            done = step.state_of(source).of(ReplacementOrdered)
            if done is not None:
                return OrderReplacementResult(
                    order_id=done.order_id, voidable_until=done.voidable_until, saved=_stopped(step, source)
                )
            step.state_of(source).require_stage(frozenset({Stage.REQUESTED}), "order")
            require_started(step.state_of(source), ManualStep.BUY)
            require_asked_before_pause(step, step.state_of(source))
            source = check_all_users(step, source)
            require_current_formulas(step)
            require_stoppable(step)
            order = _bought_outside(step, source) or _order_or_reason(step, source)
            stopped_on = stop_at_order(step)
            target = _record_order(step, source, order, stopped_on)
            return OrderReplacementResult(
                order_id=order.order_id, voidable_until=order.voidable_until, saved=step.save(source, target)
            )


def _bought_outside(step: Step, source: Subscription) -> PlacedOrder | None:
    """Return the order of a subscription that was bought outside (manual#done-outside)."""
    bought = bought_outside(step.state_of(source))
    if bought is None:
        return None
    shown = step.cloud.seller.subscription(step.order.organization_id, bought.subscription_id)
    return PlacedOrder(
        order_id=shown.order_id or shown.subscription_id,
        status="completed",
        subscription_id=shown.subscription_id,
        ordered_at=shown.started_at,
    )


def settle_order(step: Step, source: Subscription) -> Subscription | None:
    """Find the order whose answer never came, so that it can be voided; the caller saves what it records.

    The same keys again: an order that was placed is answered as it stands, and one that never reached the
    seller is placed now, to be voided at once; only so is it certain that none is left behind.

    Args:
        step: The attempt on whose behalf.
        source: Loaded source.

    Returns:
        The new subscription's stream, or None when the order is recorded already, or was refused.
    """
    state = step.state_of(source)
    if state.has(ReplacementOrdered) or _is_not_ordered(state) or _was_refused(step):
        return None
    if has_undecided_users(step, source):
        # No attempt orders before all users were looked at, and none after such a look.
        return None
    try:
        order = _place_order(step, source)
    except ProviderRefused as error:
        if not error.details.get("is_void") and may_be_placed(step):
            # The seller may hold an order that it does not show us now: ask again until it is clear.
            raise
        return None
    return _record_order(step, source, order, stop_at_order(step, is_taken_back=True))


def _is_not_ordered(state: SwitchState) -> bool:
    """Return whether the record shows that no order was sent: by hand, before `buy`, or bought outside."""
    return is_manual(state) and (bought_outside(state) is not None or ManualStep.BUY not in state.begun_steps)


def _stopped(step: Step, source: Subscription) -> tuple[StreamPosition, ...]:
    """Stop the old billing for an order that was recorded without it, by a version of before."""
    state = step.state_of(source)
    if state.stage != Stage.ORDERED or state.has(BillingStopped):
        return (position_of(source),)
    _record_stop(step, source, stop_at_order(step))
    return step.save(source) or (position_of(source),)


def _record_stop(step: Step, source: Subscription, stopped_on: date | None) -> None:
    if stopped_on is not None:
        step.advance(source, BillingStopped, effective_on=stopped_on)


def _was_refused(step: Step) -> bool:
    """Return whether the seller said no, and no call before it may have placed the order."""
    calls, refused = _calls_with_keys(step)
    return bool(calls) and calls[-1].key in refused and not _has_open_checkout(calls, refused)


def may_be_placed(step: Step) -> bool:
    """Return whether a checkout was sent to which the seller gave no clear no."""
    return _has_open_checkout(*_calls_with_keys(step))


def _calls_with_keys(step: Step) -> tuple[list[ProviderCall], frozenset[str]]:
    calls = step.store.step_calls(step.order.switch_id, ORDER_REPLACEMENT.name)
    return [call for call in calls if call.key], step.store.refused_keys(step.order.switch_id)


def _has_open_checkout(calls: Sequence[ProviderCall], refused: frozenset[str]) -> bool:
    return any(
        call.operation == CHECKOUT and call.status != THROTTLED and call.key not in refused for call in calls
    )


def _order_or_reason(step: Step, source: Subscription) -> PlacedOrder:
    """Place the order; a clear no of the seller is told by our code and remedy (rules#reasons)."""
    try:
        return _place_order(step, source)
    except ProviderRefused as error:
        code = error.details.get("provider_code", UNREADABLE)
        if code == UNREADABLE:
            raise
        text = error.details.get("provider_text", error.message)
        meant = step.cloud.seller.reason_of(code, text)
        refusal = SellerRefusal(reason=meant, code=code, text=text)
        raise OrderRefused(reason_of_refusal(refusal, now=step.at)) from error


def _place_order(step: Step, source: Subscription) -> PlacedOrder:
    return step.cloud.seller.place_order(
        step.order.organization_id,
        _order_line(step, source),
        cart_key=step.key("cart"),
        checkout_key=step.key("checkout"),
    )


def _order_line(step: Step, source: Subscription) -> OrderLine:
    request = step.state_of(source).require(SwitchRequested)
    order = step.order
    period = step.cloud.billing.period(order.organization_id, order.source_subscription_id)
    seller_view = step.cloud.seller.subscription(order.organization_id, order.source_subscription_id)
    return OrderLine(
        plan_id=request.target_plan_id,
        quantity=request.quantity,
        term=order.term or seller_view.term,
        billing_cycle=order.billing_cycle or period.billing_cycle,
        currency=period.unit_price.currency,
        payment_method=order.payment_method,
        addons=addon_lines(step),
        # Where some users stay, nothing takes the old plan's place.
        replaced_subscription_id=None if order.selection else order.source_subscription_id,
    )


def _record_order(
    step: Step, source: Subscription, order: PlacedOrder, stopped_on: date | None
) -> Subscription:
    request = step.state_of(source).require(SwitchRequested)
    target_id = replacement_stream_id(step.order.switch_id)
    target = step.store.subscription(target_id) or Subscription.open(
        target_id,
        organization_id=step.order.organization_id,
        subscription_id=order.subscription_id or "",
        plan_id=request.target_plan_id,
        quantity=request.quantity,
        ordered_by=step.order.switch_id,
        at=step.at,
        meta=step.meta(),
    )
    step.advance(
        source,
        ReplacementOrdered,
        order_id=order.order_id,
        ordered_at=order.ordered_at,
        replacement_id=str(target.id),
        quantity=request.quantity,
        calls_digest=step.calls.digest(),
        voidable_until=order.voidable_until,
    )
    _record_stop(step, source, stopped_on)
    return target
