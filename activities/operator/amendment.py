"""Amend the licenses of a running switch: at the seller first, then in the record, once (ADR 14)."""

from __future__ import annotations

from temporalio import activity

from activities.base.attempt import step_of
from activities.base.step import Step, Toolbox, position_of
from activities.operator.amend_question import AmendmentAssessment, ask_amendment
from activities.operator.control_contract import AMEND_QUANTITY, AmendQuantityInput, AmendQuantityResult
from activities.operator.controls import command_meta, record_command, require_command
from domain.kernel.errors import InvalidInput, ProviderRefused
from domain.kernel.recorded import Meta, RecordedAggregate
from domain.operator.amendment import STALE, Amendment, amended_text, loss_text, no_amendment
from domain.subscriptions.subscription import QuantityChanged, Subscription
from domain.switch.control_events import AMEND, QuantityAmended
from domain.switch.events import ForfeitureAccepted, ReplacementReady

#: The seller's call.
CHANGE_QUANTITY = "change_quantity"


class AmendmentActivities:
    """The step of the operator's command `amend`."""

    def __init__(self, toolbox: Toolbox) -> None:
        self._toolbox = toolbox

    @activity.defn(name=AMEND_QUANTITY.name, no_thread_cancel_exception=True)
    def amend_quantity(self, step_input: AmendQuantityInput) -> AmendQuantityResult:
        """Change the licenses at the seller and record it with the amended quote; or refuse with why."""
        with step_of(self._toolbox, step_input) as step:
            source = step.source()
            done = step.state_of(source).amendments.get(step_input.request_id)
            if isinstance(done, QuantityAmended):
                return _answer(source, amended_text(done), is_accepted=True)
            require_command(step, step_input, AMEND)
            closed = no_amendment(step.state_of(source))
            if closed:
                return _answer(source, closed)
            try:
                assessment = _ask(step, source, step_input)
                refusal = _refusal(step, assessment, step_input)
                if refusal:
                    return _answer(source, refusal)
                _change_at_seller(step, source, step_input)
            except InvalidInput as error:
                return _answer(source, error.message)
            except ProviderRefused as error:
                return _answer(source, f"The seller refuses it: {error.message}")
            return _recorded(step, step_input, assessment.amendment)


def _ask(step: Step, source: Subscription, step_input: AmendQuantityInput) -> AmendmentAssessment:
    return ask_amendment(
        step.cloud,
        step.store,
        step.catalog,
        step.order,
        source,
        quantity=step_input.quantity,
        now=step.at,
    )


def _refusal(step: Step, assessment: AmendmentAssessment, step_input: AmendQuantityInput) -> str:
    """Return why it is not done, or "". What the seller has carried out already is not refused any more."""
    if assessment.amendment.digest != step_input.accepted_digest:
        return STALE
    loss = assessment.amendment.loss_to_accept
    if loss is not None and not step_input.is_loss_accepted:
        return loss_text(loss)
    if _is_changed_by_us(step, assessment):
        return ""
    return " ".join(f"{each.message} {each.remedy}" for each in assessment.reasons)


def _is_changed_by_us(step: Step, assessment: AmendmentAssessment) -> bool:
    """Return whether an attempt before this one changed the licenses and died before it was recorded."""
    calls = step.store.step_calls(step.order.switch_id, AMEND_QUANTITY.name)
    is_asked = any(call.operation == CHANGE_QUANTITY for call in calls)
    return is_asked and assessment.shown == assessment.amendment.quantity


def _change_at_seller(step: Step, source: Subscription, step_input: AmendQuantityInput) -> None:
    ready = step.state_of(source).require(ReplacementReady)
    step.cloud.seller.change_quantity(
        step.order.organization_id,
        ready.subscription_id,
        quantity=step_input.quantity,
        key=step.key(f"{AMEND}:{step_input.request_id}"),
    )


def _recorded(step: Step, step_input: AmendQuantityInput, amendment: Amendment) -> AmendQuantityResult:
    def decide() -> tuple[list[RecordedAggregate], AmendQuantityResult]:
        source, target = step.source(), step.target()
        done = step.state_of(source).amendments.get(step_input.request_id)
        if not isinstance(done, QuantityAmended):
            done = _record(step, source, target, step_input, amendment)
        return [source, target], _answer(source, amended_text(done), is_accepted=True)

    return step.decide_and_save(decide)[0]


def _record(
    step: Step,
    source: Subscription,
    target: Subscription,
    step_input: AmendQuantityInput,
    amendment: Amendment,
) -> QuantityAmended:
    at, meta = step.at, _meta(step, step_input)
    record_command(step, source, AMEND, request_id=step_input.request_id, meta=meta)
    loss = amendment.loss_to_accept
    if loss is not None:
        lost = {"forfeited_minor_units": loss.minor_units, "currency": loss.currency}
        source.advance(ForfeitureAccepted, at=at, meta=meta, **lost)
    source.advance(
        QuantityAmended,
        at=at,
        meta=meta,
        request_id=step_input.request_id,
        quantity_before=amendment.quantity_before,
        quantity=amendment.quantity,
        quote=amendment.after.as_facts(),
        quote_digest=amendment.after.digest,
        accepted_digest=amendment.digest,
        calls_digest=step.calls.digest(),
    )
    target.receive(QuantityChanged, at=at, meta=meta, quantity=amendment.quantity)
    return step.state_of(source).require(QuantityAmended)


def _meta(step: Step, step_input: AmendQuantityInput) -> Meta:
    return command_meta(
        step, request_id=step_input.request_id, actor=step_input.actor, reason=step_input.reason
    )


def _answer(source: Subscription, message: str, *, is_accepted: bool = False) -> AmendQuantityResult:
    return AmendQuantityResult(accepted=is_accepted, message=message, saved=(position_of(source),))
