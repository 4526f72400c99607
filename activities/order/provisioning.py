"""Provisioning: wait by name until the new subscription is ready, and ask before its time is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from temporalio import activity

from activities.assessment.addons import addons_on
from activities.assessment.movers import movers
from activities.base.attempt import Steps, step_of
from activities.base.step import Step, position_of
from activities.contract import (
    CONFIRM_PROVISIONING,
    ConfirmProvisioningInput,
    ConfirmProvisioningResult,
    ProvisioningWait,
)
from activities.directory.user_pages import users_on
from activities.operator.control_contract import WAIT_ON, WaitOnInput, WaitOnResult
from activities.operator.controls import command_meta, record_command, require_command
from activities.order.owned_target import confirmed_target
from domain.catalog.catalog import spoken_services
from domain.kernel.awaited import Awaited, Party, named_list
from domain.kernel.errors import NotReadyYet, ProviderRefused, ProvisioningExpired, UnknownSubscription
from domain.kernel.ids import subscription_stream_id
from domain.licenses.provisioning import DAYS_WITHOUT_WINDOW, ProvisioningEnd, is_set_up, provisioning_end
from domain.operator.manual_steps import MANUAL, ManualStep, bought_outside, require_started
from domain.operator.operator_commands import RETRY
from domain.subscriptions.subscription import Provisioned, Subscription
from domain.subscriptions.subscription_name import subscription_named
from domain.switch.events import ReplacementOrdered, ReplacementReady
from domain.switch.provisioning_events import ProvisioningOverdue, ProvisioningWaitedOn
from domain.switch.stage import Stage
from domain.switch.switch_state import SwitchState
from store.core.base import StoredDomainEvent

#: A new subscription is looked at first after this time, then more and more slowly.
PROVISIONING_POLL_SECONDS = 2.0
#: A seller who takes hours is asked less and less often, but no less often than this.
PROVISIONING_POLL_SECONDS_MAX = 900.0
_POLL_GROWTH = 1.5
#: The update that says to wait on.
RETRY_UPDATE = "retry_failed"
#: A look at an instant of the wait comes so long after it.
_AFTER_SECONDS = 1.0
NOTHING_WAITS = "Nothing waits for a retry."
WAITING_ON = (
    "The switch keeps waiting for the new subscription. It no longer voids its order by itself; "
    "`planswitch switch cancel` takes it back."
)
_REMEDY = "The switch looks again by itself; `planswitch switch cancel` takes it back."
_OVERDUE_REMEDY = (
    "Ask the seller or set the services up in the admin center. `planswitch switch retry` keeps waiting, "
    "`planswitch switch cancel` voids the order."
)


class _NotReady(Exception):
    """Something of the new subscription is not ready."""

    def __init__(self, message: str, *, party: Party, action: str, names: Sequence[str]) -> None:
        super().__init__(message)
        self.message, self.party, self.action, self.names = message, party, action, tuple(names)


class ProvisioningActivities(Steps):
    """Steps between the order and the first license."""

    @activity.defn(name=CONFIRM_PROVISIONING.name, no_thread_cancel_exception=True)
    def confirm_provisioning(self, step_input: ConfirmProvisioningInput) -> ConfirmProvisioningResult:
        """Wait until seller and directory show the new plan ready (rules#waiting-for-the-new-subscription).

        It ends early where the record says of the wait what the workflow does not show, and is run again.
        """
        with step_of(self._toolbox, step_input) as step:
            if step.order.licenses_only:
                return confirmed_target(step)
            wait = step_input.wait
            step.begun_at = (wait and wait.begun_at) or step.begun_at
            source, target = step.source(), step.target()
            done = step.state_of(source).of(ReplacementReady)
            if done is not None:
                return ConfirmProvisioningResult(
                    subscription_id=done.subscription_id, saved=(position_of(source),)
                )
            step.state_of(source).require_stage(ReplacementReady.AFTER, "wait for the new subscription")
            require_started(step.state_of(source), ManualStep.VERIFY)
            try:
                subscription_id = _provisioned_subscription(step, source)
                _require_services_ready(step, target.plan_id)
                _require_enough(step, source, target.plan_id)
            except _NotReady as lack:
                error = _waiting(step, source, lack, looks=wait.looks if wait else 0)
                news = _news(step, wait, lack)
                if news is None or isinstance(error, ProvisioningExpired):
                    raise error from lack
                return news
            step.receive(target, Provisioned, subscription_id=subscription_id, quantity=target.quantity)
            step.advance(
                source, ReplacementReady, subscription_id=subscription_id, calls_digest=step.calls.digest()
            )
            names = _names(step, target, subscription_id)
            return ConfirmProvisioningResult(
                subscription_id=subscription_id, saved=step.save(source, target, events=names)
            )

    @activity.defn(name=WAIT_ON.name, no_thread_cancel_exception=True)
    def wait_on(self, step_input: WaitOnInput) -> WaitOnResult:
        """Record that an operator waits on for a new subscription whose time is nearly over."""
        with step_of(self._toolbox, step_input) as step:

            def change(source: Subscription) -> WaitOnResult:
                is_accepted = _wait_on(step, source, step_input)
                return WaitOnResult(
                    accepted=is_accepted,
                    message=WAITING_ON if is_accepted else NOTHING_WAITS,
                    is_asked=step.state_of(source).stage == Stage.PROVISIONING_OVERDUE,
                    saved=(position_of(source),),
                )

            return step.change_source(change)[0]


def _names(step: Step, target: Subscription, subscription_id: str) -> list[StoredDomainEvent]:
    """Return the event that gives the new subscription its name; one that is owned may have it already."""
    organization_id = step.order.organization_id
    if step.order.mode == MANUAL:
        known = step.store.resolve_subscription(organization_id, subscription_id)
        is_named = known != subscription_stream_id(organization_id, subscription_id)
        if is_named or step.store.subscription(known) is not None:
            return []
    name = subscription_named(
        organization_id, subscription_id, subscription_stream_id=target.id, at=step.at, meta=step.meta()
    )
    return [name]


def _wait_on(step: Step, source: Subscription, step_input: WaitOnInput) -> bool:
    """Record the answer once, and return whether it is one."""
    state = step.state_of(source)
    if step_input.request_id in state.commands:
        return True
    require_command(step, step_input, RETRY_UPDATE)
    if state.stage != Stage.PROVISIONING_OVERDUE:
        return False
    meta = command_meta(step, step_input)
    record_command(step, source, RETRY, request_id=step_input.request_id, meta=meta)
    asks_at = step.at + timedelta(days=DAYS_WITHOUT_WINDOW)
    step.advance(source, ProvisioningWaitedOn, meta, asks_at=asks_at)
    return True


def _provisioned_subscription(step: Step, source: Subscription) -> str:
    ordered = step.state_of(source).require(ReplacementOrdered)
    organization_id = step.order.organization_id
    bought = bought_outside(step.state_of(source))
    if bought is not None:
        addons = addons_on(step, bought.subscription_id)
        for bought_id in (bought.subscription_id, *(each.subscription_id for each in addons)):
            _require_provisioned(step, bought_id)
        return bought.subscription_id
    order = step.cloud.seller.order(organization_id, ordered.order_id)
    if order.subscription_id is None:
        message = f"Order {order.order_id} is {order.status}; the seller has not named a subscription."
        raise _of_seller(message, "name the subscription of an order", order.order_id)
    for addon in order.addons:
        if addon.subscription_id is None:
            message = "The seller has not named the subscription of an add-on."
            raise _of_seller(message, "name the subscription of an add-on", order.order_id)
    for ordered_id in (order.subscription_id, *(each.subscription_id or "" for each in order.addons)):
        _require_provisioned(step, ordered_id)
    return order.subscription_id


def _require_provisioned(step: Step, subscription_id: str) -> None:
    try:
        provisioning = step.cloud.seller.provisioning(step.order.organization_id, subscription_id)
    except UnknownSubscription as error:
        # The order has named it: what reads here lags behind what wrote there.
        message = f"The seller does not show subscription {subscription_id} yet."
        raise _of_seller(message, "show the subscription that it named", subscription_id) from error
    if provisioning.status == "failed":
        refusal = provisioning.refusal
        raise ProviderRefused(
            f"The seller could not provision subscription {subscription_id}."
            + (f" It says: {refusal.text_or_code}." if refusal else ""),
            remedy="Ask the seller; the order is voided and the old plan kept.",
            provider_code=refusal.code if refusal else "",
            provider_text=refusal.text if refusal else "",
        )
    if provisioning.status != "success":
        message = f"Subscription {subscription_id} is {provisioning.status} at the seller."
        raise _of_seller(message, "set up a subscription", subscription_id)


def _require_services_ready(step: Step, plan_id: str) -> None:
    pools = step.cloud.directory.subscribed_plans(step.order.organization_id)
    pool = next((listed for listed in pools if listed.plan_id == plan_id), None)
    if pool is None:
        message, action = f"The directory does not show plan {plan_id} yet.", "show the new plan"
        raise _NotReady(message, party=Party.DIRECTORY, action=action, names=(plan_id,))
    pending = spoken_services(step.catalog, pool.services, lambda service: not is_set_up(service))
    if pending:
        raise _NotReady(
            f"{len(pending)} services of the new plan are not set up yet: {named_list(pending)}.",
            party=Party.DIRECTORY,
            action="set up services of the new plan",
            names=pending,
        )


def _require_enough(step: Step, source: Subscription, plan_id: str) -> None:
    """Let a subscription that was bought outside wait until its licenses suffice (manual#steps)."""
    if bought_outside(step.state_of(source)) is None:
        return
    pools = step.cloud.directory.subscribed_plans(step.order.organization_id)
    assigned = {pool.plan_id: pool.assigned for pool in pools}
    free = sum(pool.lasting - pool.assigned for pool in pools if pool.plan_id == plan_id)
    needed = step.order.selected or assigned.get(source.plan_id, 0)
    if free < needed:
        # Who has the new plan already takes no license of it: only where it matters everyone is read.
        needed = _without(step, source, plan_id)
    if free < needed:
        raise _NotReady(
            f"The new plan has {free} free licenses, and {needed} users are to move.",
            party=Party.OPERATOR,
            action=f"buy {needed - free} more licenses of the new plan",
            names=(plan_id,),
        )


def _without(step: Step, source: Subscription, plan_id: str) -> int:
    """Return how many users who are to move do not hold the new plan."""
    moving = movers(step.store, step.order)
    pages = users_on(step, source.plan_id)
    return sum(not user.license_of(plan_id) for page in pages for user in moving(page))


def _of_seller(message: str, action: str, name: str) -> _NotReady:
    return _NotReady(message, party=Party.SELLER, action=action, names=(name,))


def _news(step: Step, wait: ProvisioningWait | None, lack: _NotReady) -> ConfirmProvisioningResult | None:
    """Return what the record says of the wait where that is not what is shown; None where it is.

    The question is compared and not the stage alone: one may be answered and the next one asked between two
    looks, or an attempt that asked may have been lost.
    """
    if wait is None:
        return None
    source = step.source()
    state = step.state_of(source)
    question = state.of(ProvisioningOverdue) if state.stage == Stage.PROVISIONING_OVERDUE else None
    asked_at = question.timestamp if question else None
    if asked_at == wait.asked_at:
        return None
    note = ProvisioningWait(
        stage=Stage.PROVISIONING_OVERDUE if question else Stage.PROVISIONING,
        asked_at=asked_at,
        message=lack.message,
        begun_at=step.begun_at,
        looks=wait.looks + activity.info().attempt,
    )
    return ConfirmProvisioningResult(subscription_id="", saved=(position_of(source),), wait=note)


def _waiting(
    step: Step, source: Subscription, lack: _NotReady, *, looks: int
) -> NotReadyYet | ProvisioningExpired:
    """Return with what the attempt ends: it looks again, or the time of the order is over."""
    state = step.state_of(source)
    end = _end_of(step, state)
    if state.stage == Stage.PROVISIONING_OVERDUE:
        if end.voids_at is not None and step.at >= end.voids_at:
            return ProvisioningExpired(
                f"{lack.message} Nobody asked to keep waiting before the order had to be voided.",
                remedy="Start the switch again when the seller says that the plan can be set up.",
            )
    elif step.at >= end.asks_at:
        _ask_operator(step, lack, end)
    is_asked = step.at >= end.asks_at
    remedy = _OVERDUE_REMEDY if is_asked else _REMEDY
    return NotReadyYet(
        lack.message,
        retry_after_seconds=_look_seconds(step, end, looks),
        remedy=remedy,
        awaited=Awaited(
            party=lack.party, action=lack.action, names=lack.names, remedy=remedy, until=end.voids_at
        ),
    )


def _end_of(step: Step, state: SwitchState) -> ProvisioningEnd:
    ordered, waited_on = state.require(ReplacementOrdered), state.of(ProvisioningWaitedOn)
    return provisioning_end(
        ordered_at=ordered.ordered_at,
        voidable_until=ordered.voidable_until,
        begun_at=step.begun_at,
        waited_on_at=waited_on.timestamp if waited_on else None,
    )


def _ask_operator(step: Step, lack: _NotReady, end: ProvisioningEnd) -> None:
    def change(source: Subscription) -> None:
        if step.state_of(source).stage in ProvisioningOverdue.AFTER:
            step.advance(
                source,
                ProvisioningOverdue,
                step.own_meta("the new subscription is not ready in its time"),
                names=list(lack.names),
                message=lack.message,
                voids_at=end.voids_at,
            )

    step.change_source(change, what="overdue")


def _look_seconds(step: Step, end: ProvisioningEnd, looks: int) -> float:
    """Return when to look again: ever more seldom, and right after each instant of the wait."""
    # Bounded before the power: attempts are not.
    power = min(looks + activity.info().attempt - 1, 32)
    seconds = min(PROVISIONING_POLL_SECONDS * _POLL_GROWTH**power, PROVISIONING_POLL_SECONDS_MAX)
    ahead = [(at - step.at).total_seconds() for at in (end.asks_at, end.voids_at) if at and at > step.at]
    return min([seconds, *(each + _AFTER_SECONDS for each in ahead)])
