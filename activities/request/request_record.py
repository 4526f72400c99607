"""What the record keeps of an accepted request, and what it tells a run that begins anew."""

from __future__ import annotations

from typing import Any

from temporalio import activity

from activities.assessment.preparation import Prepared
from activities.base.step import Step
from activities.contract import SwitchOrder
from domain.kernel.ids import subscription_stream_id
from domain.periods.carry_over import KEEP
from domain.quote.overlap import OVERLAP
from domain.quote.prepaid import FORFEITURE
from domain.quote.quote import Quote
from domain.subscriptions.subscription import Subscription
from domain.switch.events import (
    ForfeitureAccepted,
    OverlapAccepted,
    QuoteFixed,
    ReplacementOrdered,
    SwitchRequested,
    WarningAcknowledged,
)
from domain.switch.move_events import LicenseMoveStarted
from domain.switch.return_events import CANCEL, ROLL_BACK, OperatorCommanded, RollBackStarted
from domain.switch.stage import AFTER_PIVOT, TERMINAL
from domain.switch.switch_state import SwitchState


def open_source(step: Step, prepared: Prepared) -> Subscription:
    """Open the stream of a subscription that the record does not know yet."""
    organization_id = step.order.organization_id
    return Subscription.open(
        subscription_stream_id(organization_id, prepared.source.subscription_id),
        organization_id=organization_id,
        subscription_id=prepared.source.subscription_id,
        plan_id=prepared.source.plan_id,
        quantity=prepared.source.quantity,
        ordered_by="",
        at=step.at,
        meta=step.meta(),
    )


def _recorded_order(order: SwitchOrder, prepared: Prepared) -> dict[str, Any]:
    """Return the order without the person who asked: the record keeps the role that was read."""
    facts = {**order.as_facts(), "caller": "", "caller_role": prepared.assessment.input.caller_role}
    # It proves who started a run; the record proves itself.
    del facts["signed"]
    if order.auto_renew == KEEP:
        del facts["auto_renew"]
    return facts


def record_request(step: Step, source: Subscription, prepared: Prepared) -> None:
    """Record question, acknowledgments and quote (switch#assessment, rules#quote-and-cutover)."""
    order = step.order
    step.advance(
        source,
        SwitchRequested,
        request_id=order.request_id,
        request_digest=order.request_digest(order.quote_digest),
        order=_recorded_order(order, prepared),
        mode=order.mode,
        target_plan_id=order.target_plan_id,
        quantity=prepared.quantity,
        service_settings=prepared.service_settings,
        payment_method=order.payment_method,
        rule_set=order.rule_set,
        catalog_version=step.catalog.version,
        assessment=prepared.assessment.as_facts(),
    )
    for warning in order.acknowledgments:
        if warning not in {FORFEITURE, OVERLAP}:
            text = "confirmed at the start"
            step.advance(source, WarningAcknowledged, warning=warning, text=text)
    _record_accepted(step, source, prepared.quote)
    step.advance(
        source,
        QuoteFixed,
        quote=prepared.quote.as_facts(),
        quote_digest=prepared.quote.digest,
        expires_on=prepared.quote.input.expires_on,
    )


def _record_accepted(step: Step, source: Subscription, accepted: Quote) -> None:
    """Record what of the old plan's money is accepted as lost, or as paid for beside the new plan."""
    lost = accepted.forfeited_at_most
    if lost.minor_units:
        step.advance(
            source,
            ForfeitureAccepted,
            forfeited_minor_units=lost.minor_units,
            currency=lost.currency,
        )
    overlap = accepted.overlap
    if overlap is not None:
        step.advance(
            source,
            OverlapAccepted,
            until=overlap.until,
            days_at_most=overlap.days_at_most,
            overlap_minor_units=overlap.at_most.minor_units,
            currency=overlap.at_most.currency,
        )


def resumption(state: SwitchState, requested: SwitchRequested) -> dict[str, Any]:
    """Return what a run has to know that begins anew (reliability#lost-workflows-and-lost-stores)."""
    facts: dict[str, Any] = {
        "is_resumed": requested.meta["run_id"] != activity.info().workflow_run_id,
        "has_begun_move": state.has(LicenseMoveStarted),
        "has_left": state.stage in AFTER_PIVOT,
        "is_paused": state.is_paused,
        "is_pilot_done": state.is_pilot_done,
    }
    if state.stage in TERMINAL:
        return {**facts, "ended": state.stage}
    if state.stage in AFTER_PIVOT:
        return facts
    ordered = state.of(ReplacementOrdered)
    facts["voidable_until"] = ordered.voidable_until if ordered else None
    commands = [each for each in state.commands.values() if isinstance(each, OperatorCommanded)]
    backward = [each for each in commands if each.command in {CANCEL, ROLL_BACK}]
    if state.has(RollBackStarted) or backward:
        facts["pending"] = ROLL_BACK if state.has(LicenseMoveStarted) else CANCEL
    if backward:
        facts["pending_request_id"] = backward[-1].request_id
        facts["pending_actor"], facts["pending_reason"] = (
            backward[-1].meta["actor"],
            backward[-1].meta["reason"],
        )
    return facts
