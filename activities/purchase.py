"""Purchase: order the new subscription, and wait until all of it is ready."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from temporalio import activity

from activities.addons import addon_lines
from activities.contract import (
    CONFIRM_PROVISIONING,
    ORDER_REPLACEMENT,
    ConfirmProvisioningInput,
    ConfirmProvisioningResult,
    OrderReplacementInput,
    OrderReplacementResult,
    StreamPosition,
)
from activities.order_billing import require_current_formulas, require_stoppable, stop_at_order
from activities.preflight import check_all_users
from activities.step import Step, Toolbox, position_of, step_of
from domain.awaited import Awaited, Party
from domain.eligibility_seller import reason_of_refused_order
from domain.errors import NotReadyYet, ProviderRefused, UnknownSubscription
from domain.ids import replacement_stream_id
from domain.inquiry_port import SellerRefusal
from domain.move_events import BillingStopped
from domain.ports import OrderLine, PlacedOrder, ProviderCall
from domain.reasons import Reason
from domain.subscription import Provisioned, Subscription
from domain.switch_events import ReplacementOrdered, ReplacementReady, SwitchRequested
from domain.switch_state import ORDERED

#: Service states that mean the service can be used; PendingActivation needs an administrator and may stay.
READY_STATES = frozenset({"Success", "Disabled", "PendingActivation"})
PROVISIONING_POLL_SECONDS = 2.0
#: A seller who takes hours is asked less and less often, but no less often than this.
PROVISIONING_POLL_SECONDS_MAX = 900.0
_POLL_GROWTH = 1.5
#: Operation of the seller's port that places the order.
CHECKOUT = "checkout"
#: Code of an answer that could not be read.
UNREADABLE = "UNREADABLE"
#: HTTP status of a call that was put off and had no effect.
THROTTLED = 429

_CANCEL = "Nothing: the switch asks again by itself. `planswitch switch cancel SWITCH` takes the order back."


class OrderRefused(ProviderRefused):
    """The seller refused the order, for a reason of rules section 1."""

    def __init__(self, why: Reason) -> None:
        super().__init__(why.message, remedy=why.remedy, reasons=(why,))
        self.code = why.code


class PurchaseActivities:
    """Steps at the seller before any license moves."""

    def __init__(self, toolbox: Toolbox) -> None:
        self._toolbox = toolbox

    @activity.defn(name=ORDER_REPLACEMENT.name, no_thread_cancel_exception=True)
    def order_replacement(self, step_input: OrderReplacementInput) -> OrderReplacementResult:
        """Place the order once and record it in source and target (rules section 2, step 4)."""
        with step_of(self._toolbox, step_input) as step:
            source = step.source()
            done = step.state_of(source).of(ReplacementOrdered)
            if done is not None:
                return OrderReplacementResult(
                    order_id=done.order_id, voidable_until=done.voidable_until, saved=_stopped(step, source)
                )
            source = check_all_users(step, source)
            require_current_formulas(step)
            require_stoppable(step)
            order = _order_or_reason(step, source)
            stopped_on = stop_at_order(step)
            target = _record_order(step, source, order, stopped_on)
            return OrderReplacementResult(
                order_id=order.order_id, voidable_until=order.voidable_until, saved=step.save(source, target)
            )

    @activity.defn(name=CONFIRM_PROVISIONING.name, no_thread_cancel_exception=True)
    def confirm_provisioning(self, step_input: ConfirmProvisioningInput) -> ConfirmProvisioningResult:
        """Wait until seller and directory show the new plan ready (rules section 2, step 6)."""
        with step_of(self._toolbox, step_input) as step:
            source, target = step.source(), step.target()
            done = step.state_of(source).of(ReplacementReady)
            if done is not None:
                return ConfirmProvisioningResult(
                    subscription_id=done.subscription_id, saved=(position_of(source),)
                )
            subscription_id = _provisioned_subscription(step, source)
            _require_services_ready(step, target.plan_id)
            target.receive(
                Provisioned,
                at=step.at,
                meta=step.meta(),
                subscription_id=subscription_id,
                quantity=target.quantity,
            )
            source.advance(
                ReplacementReady,
                at=step.at,
                meta=step.meta(),
                subscription_id=subscription_id,
                calls_digest=step.calls.digest(),
            )
            name = step.store.name_event(
                step.order.organization_id, subscription_id, target.id, at=step.at, meta=step.meta()
            )
            return ConfirmProvisioningResult(
                subscription_id=subscription_id, saved=step.save(source, target, events=[name])
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
    if step.state_of(source).has(ReplacementOrdered) or _was_refused(step):
        return None
    try:
        order = _place_order(step, source)
    except ProviderRefused as error:
        if not error.details.get("is_void") and _may_be_placed(step):
            # The seller may hold an order that it does not show us now: ask again until it is clear.
            raise
        return None
    return _record_order(step, source, order, stop_at_order(step, is_taken_back=True))


def _stopped(step: Step, source: Subscription) -> tuple[StreamPosition, ...]:
    """Stop the old billing for an order that was recorded without it, by a version of before."""
    state = step.state_of(source)
    if state.stage != ORDERED or state.has(BillingStopped):
        return (position_of(source),)
    _record_stop(step, source, stop_at_order(step))
    return step.save(source) or (position_of(source),)


def _record_stop(step: Step, source: Subscription, stopped_on: date | None) -> None:
    if stopped_on is not None:
        source.advance(BillingStopped, at=step.at, meta=step.meta(), effective_on=stopped_on)


def _was_refused(step: Step) -> bool:
    """Tell whether the seller said no, and no call before it may have placed the order."""
    calls, refused = _calls_with_keys(step)
    return bool(calls) and calls[-1].key in refused and not _has_open_checkout(calls, refused)


def _may_be_placed(step: Step) -> bool:
    """Tell whether a checkout was sent to which the seller gave no clear no."""
    return _has_open_checkout(*_calls_with_keys(step))


def _calls_with_keys(step: Step) -> tuple[list[ProviderCall], frozenset[str]]:
    calls = step.store.step_calls(step.order.switch_id, ORDER_REPLACEMENT.name)
    return [call for call in calls if call.key], step.store.refused_keys(step.order.switch_id)


def _has_open_checkout(calls: Sequence[ProviderCall], refused: frozenset[str]) -> bool:
    return any(
        call.operation == CHECKOUT and call.status != THROTTLED and call.key not in refused for call in calls
    )


def _order_or_reason(step: Step, source: Subscription) -> PlacedOrder:
    """Place the order; a clear no of the seller is told by our code and remedy (rules section 1).

    Raises:
        OrderRefused: The seller's contract has this refusal.
        ProviderRefused: He answered in a way that is not his contract.
    """
    try:
        return _place_order(step, source)
    except ProviderRefused as error:
        code = error.details.get("provider_code", UNREADABLE)
        if code == UNREADABLE:
            raise
        said = SellerRefusal(code=code, text=error.details.get("provider_text", error.message))
        raise OrderRefused(reason_of_refused_order(said, now=step.at)) from error


def _place_order(step: Step, source: Subscription) -> PlacedOrder:
    return step.cloud.seller.place_order(
        step.order.organization_id,
        _order_line(step, source),
        cart_key=step.key("cart"),
        checkout_key=step.key("checkout"),
    )


def _order_line(step: Step, source: Subscription) -> OrderLine:
    request = step.state_of(source).of(SwitchRequested)
    if request is None:
        raise AssertionError
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
    )


def _record_order(
    step: Step, source: Subscription, order: PlacedOrder, stopped_on: date | None
) -> Subscription:
    request = step.state_of(source).of(SwitchRequested)
    if request is None:
        raise AssertionError
    target = Subscription.open(
        replacement_stream_id(step.order.switch_id),
        organization_id=step.order.organization_id,
        subscription_id=order.subscription_id or "",
        plan_id=request.target_plan_id,
        quantity=request.quantity,
        ordered_by=step.order.switch_id,
        at=step.at,
        meta=step.meta(),
    )
    source.advance(
        ReplacementOrdered,
        at=step.at,
        meta=step.meta(),
        order_id=order.order_id,
        ordered_at=order.ordered_at,
        replacement_id=str(target.id),
        quantity=request.quantity,
        calls_digest=step.calls.digest(),
        voidable_until=order.voidable_until,
    )
    _record_stop(step, source, stopped_on)
    return target


def _provisioned_subscription(step: Step, source: Subscription) -> str:
    ordered = step.state_of(source).of(ReplacementOrdered)
    if ordered is None:
        raise AssertionError
    organization_id = step.order.organization_id
    order = step.cloud.seller.order(organization_id, ordered.order_id)
    if order.subscription_id is None:
        raise _not_ready(
            f"Order {order.order_id} is {order.status}; the seller has not named a subscription.",
            _of_seller("name the subscription of an order", order.order_id),
        )
    for ordered_id in (order.subscription_id, *(each.subscription_id for each in order.addons)):
        _require_provisioned(step, ordered_id)
    return order.subscription_id


def _require_provisioned(step: Step, subscription_id: str | None) -> None:
    if subscription_id is None:
        raise _not_ready(
            "The seller has not named the subscription of an add-on.",
            _of_seller("name the subscription of an add-on"),
        )
    try:
        provisioning = step.cloud.seller.provisioning(step.order.organization_id, subscription_id)
    except UnknownSubscription as error:
        # The order has named it: what reads here lags behind what wrote there.
        message = f"The seller does not show subscription {subscription_id} yet."
        raise _not_ready(
            message, _of_seller("show the subscription that it named", subscription_id)
        ) from error
    if provisioning.status == "failed":
        said = provisioning.refusal
        raise ProviderRefused(
            f"The seller could not provision subscription {subscription_id}."
            + (f" It says: {said.said}." if said else ""),
            remedy="Ask the seller; the order is voided and the old plan kept.",
            provider_code=said.code if said else "",
            provider_text=said.text if said else "",
        )
    if provisioning.status != "success":
        raise _not_ready(
            f"Subscription {subscription_id} is {provisioning.status} at the seller.",
            _of_seller("set up a subscription", subscription_id),
        )


def _require_services_ready(step: Step, plan_id: str) -> None:
    pools = step.cloud.directory.subscribed_plans(step.order.organization_id)
    pool = next((found for found in pools if found.plan_id == plan_id), None)
    if pool is None:
        raise _not_ready(
            f"The directory does not show plan {plan_id} yet.",
            _of_directory("show the new plan", plan_id),
        )
    pending = [s.name for s in pool.services if s.provisioning_status not in READY_STATES]
    if pending:
        raise _not_ready(
            f"{len(pending)} services of the new plan are not set up yet, first {pending[0]}.",
            _of_directory("set up services of the new plan", *pending),
        )


def _of_seller(action: str, *names: str) -> Awaited:
    return Awaited(party=Party.SELLER, action=action, names=names, remedy=_CANCEL)


def _of_directory(action: str, *names: str) -> Awaited:
    return Awaited(party=Party.DIRECTORY, action=action, names=names, remedy=_CANCEL)


def _not_ready(message: str, awaited: Awaited) -> NotReadyYet:
    # Bounded before the power: attempts are not.
    looks = min(activity.info().attempt - 1, 32)
    return NotReadyYet(
        message,
        retry_after_seconds=min(
            PROVISIONING_POLL_SECONDS * _POLL_GROWTH**looks, PROVISIONING_POLL_SECONDS_MAX
        ),
        remedy="The switch waits and asks again by itself.",
        awaited=awaited,
    )
