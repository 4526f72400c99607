"""Amend the licenses of a running switch: at the seller first, then in the record, once (ADR 14).

What another number of licenses would mean is asked the same way for the preview and for the act.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from temporalio import activity

from activities.assessment.circumstances import ACTIVE, circumstances
from activities.assessment.preparation import local_day
from activities.base.attempt import Steps, step_of
from activities.base.step import Step, position_of
from activities.contract import SwitchOrder
from activities.directory.user_pages import user_pages
from activities.operator.control_contract import AMEND_QUANTITY, AmendQuantityInput, CommandResult
from activities.operator.controls import command_meta, record_command, require_command
from activities.request.eligibility import question_of
from domain.catalog.catalog import Catalog
from domain.eligibility.eligibility_input import AssessmentInput, case_of
from domain.kernel.errors import InvalidInput, ProviderRefused
from domain.kernel.money import Money
from domain.kernel.recorded import RecordedAggregate
from domain.operator.amendment import (
    STALE,
    Amendment,
    amended,
    amended_text,
    amendment_reasons,
    bound_facts,
    loss_text,
    no_amendment,
)
from domain.ports.cloud import Cloud
from domain.ports.seller_port import SellerSubscription
from domain.quote.quote import Quote
from domain.reasons.reasons import BEFORE_FIRST_MOVE, Reason
from domain.requests.eligibility_wait import most_of
from domain.subscriptions.subscription import QuantityChanged, Subscription
from domain.switch.control_events import AMEND, QuantityAmended
from domain.switch.events import ForfeitureAccepted, ReplacementReady
from store.switch_store import SwitchStore

#: The seller's call.
CHANGE_QUANTITY = "change_quantity"


class AmendmentActivities(Steps):
    """The step of the operator's command `amend`."""

    @activity.defn(name=AMEND_QUANTITY.name, no_thread_cancel_exception=True)
    def amend_quantity(self, step_input: AmendQuantityInput) -> CommandResult:
        """Change the licenses at the seller and record it with the amended quote; or refuse with why."""
        with step_of(self._toolbox, step_input) as step:
            source = step.source()
            done = step.state_of(source).amendments.get(step_input.request_id)
            if isinstance(done, QuantityAmended):
                return _answer(source, amended_text(done), is_accepted=True)
            signed = require_command(step, step_input, AMEND)
            closed = no_amendment(step.state_of(source))
            if closed:
                return _answer(source, closed)
            try:
                assessment = ask_amendment(
                    step.cloud,
                    step.store,
                    step.catalog,
                    step.order,
                    source,
                    quantity=step_input.quantity,
                    now=step.at,
                )
                step.authority.require_approved(signed, total=amended_total(assessment.amendment))
                refusal = _refusal(step, assessment, step_input)
                if refusal:
                    return _answer(source, refusal)
                _change_at_seller(step, source, step_input)
            except InvalidInput as error:
                return _answer(source, error.message)
            except ProviderRefused as error:
                return _answer(source, f"The seller refuses it: {error.message}")
            return _recorded(step, step_input, assessment.amendment)


@dataclass(frozen=True, kw_only=True, slots=True)
class AmendmentAssessment:
    """The answer: what it costs, and what stands in its way now."""

    amendment: Amendment
    reasons: tuple[Reason, ...]
    #: Users who hold the new plan because of the switch, or are to get it.
    users: int
    #: The organization's day: what the switch would cost if it completed now.
    today: date
    #: Licenses that the seller shows now; None where he does not list the subscription.
    shown: int | None


def amended_total(amendment: Amendment) -> Money:
    """Return the highest total of the amended quote's days, with tax."""
    return most_of(amendment.after)


def ask_amendment(
    cloud: Cloud,
    store: SwitchStore,
    catalog: Catalog,
    order: SwitchOrder,
    source: Subscription,
    *,
    quantity: int,
    now: datetime,
) -> AmendmentAssessment:
    """Read the facts, quote another number of licenses, and run the rules on it; nothing is changed.

    Args:
        cloud: The outside.
        store: The record.
        catalog: Catalog of the switch.
        order: The switch.
        source: Loaded source.
        quantity: Licenses that are asked for.
        now: Aware instant.

    Raises:
        InvalidInput: It is the number that is ordered, or less than one.
    """
    state = source.switch(order.switch_id)
    amendment = amended(Quote.from_facts(bound_facts(state)), quantity, switch_id=order.switch_id)
    question = replace(question_of(replace(order, quantity=quantity)), stage=BEFORE_FIRST_MOVE)
    organization = store.organization(order.organization_id)
    facts = circumstances(cloud, organization, catalog, question, now=now).facts
    users = _Users(cloud, store, order, source, facts)
    needed = users.at_most()
    if quantity < needed:
        # Who holds both plans counts twice there: read who is still to be moved, one by one.
        needed = users.exactly()
    return AmendmentAssessment(
        amendment=amendment,
        reasons=amendment_reasons(case_of(catalog, facts), users=needed),
        users=needed,
        today=max(local_day(facts.profile, now), amendment.before.input.first_on),
        shown=users.licenses_shown(),
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


def _recorded(step: Step, step_input: AmendQuantityInput, amendment: Amendment) -> CommandResult:
    def decide() -> tuple[list[RecordedAggregate], CommandResult]:
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
    meta = command_meta(step, step_input)
    record_command(step, source, AMEND, request_id=step_input.request_id, meta=meta)
    loss = amendment.loss_to_accept
    if loss is not None:
        lost = {"forfeited_minor_units": loss.minor_units, "currency": loss.currency}
        step.advance(source, ForfeitureAccepted, meta, **lost)
    step.advance(
        source,
        QuantityAmended,
        meta,
        request_id=step_input.request_id,
        quantity_before=amendment.quantity_before,
        quantity=amendment.quantity,
        quote=amendment.after.as_facts(),
        quote_digest=amendment.after.digest,
        accepted_digest=amendment.digest,
        calls_digest=step.calls.digest(),
    )
    step.receive(target, QuantityChanged, meta, quantity=amendment.quantity)
    return step.state_of(source).require(QuantityAmended)


def _answer(source: Subscription, message: str, *, is_accepted: bool = False) -> CommandResult:
    return CommandResult(accepted=is_accepted, message=message, saved=(position_of(source),))


class _Users:
    """Who hold the new plan because of a switch, or are to get it."""

    def __init__(
        self,
        cloud: Cloud,
        store: SwitchStore,
        order: SwitchOrder,
        source: Subscription,
        facts: AssessmentInput,
    ) -> None:
        self._cloud = cloud
        self._store = store
        self._order = order
        self._source = source
        self._facts = facts

    def at_most(self) -> int:
        """Return the sum of both pools, without those for whom other licenses of the new plan are there."""
        if self._order.selection:
            return self._order.selected
        return max(1, self._assigned(self._source.plan_id) + self._on_target())

    def exactly(self) -> int:
        """Return the same with each user read who is to be moved; whom somebody skipped stays behind."""
        if self._order.selection:
            return self._order.selected
        return max(1, sum(1 for _ in self._to_move()) + self._on_target())

    def licenses_shown(self) -> int | None:
        """Return the licenses of the new subscription as the seller shows them; None where he does not."""
        own = (each.quantity for each in self._facts.subscriptions if self._is_own(each))
        return next(own, None)

    def _on_target(self) -> int:
        """Return who is on the new plan beyond the licenses of its other subscriptions."""
        target_id = self._facts.target_plan_id
        others = sum(
            each.quantity
            for each in self._facts.subscriptions
            if (each.plan_id, each.status) == (target_id, ACTIVE) and not self._is_own(each)
        )
        return max(0, self._assigned(target_id) - others)

    def _is_own(self, subscription: SellerSubscription) -> bool:
        ready = self._source.switch(self._order.switch_id).of(ReplacementReady)
        return ready is not None and subscription.subscription_id.lower() == ready.subscription_id.lower()

    def _assigned(self, plan_id: str) -> int:
        return next((pool.assigned for pool in self._facts.subscribed if pool.plan_id == plan_id), 0)

    def _to_move(self) -> Iterator[str]:
        organization_id, target_id = self._order.organization_id, self._facts.target_plan_id
        state = self._source.switch(self._order.switch_id)
        read = self._cloud.directory.users_page
        for users in user_pages(lambda cursor: read(organization_id, self._source.plan_id, cursor)):
            waiting = [user.directory_id for user in users if user.license_of(target_id) is None]
            keys = self._store.vault.known_keys(organization_id, waiting)
            yield from (
                user for user, key in zip(waiting, keys, strict=True) if str(key) not in state.skipped_users
            )
