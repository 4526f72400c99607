"""Eligibility: assess once more, fix the accepted quote, reserve the organization; or refuse with reasons.

What the record keeps of an accepted request is what a run goes on from that begins where another was lost.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from temporalio import activity

from activities.assessment.circumstances import SwitchQuestion, came_from, seen_organization, tell_ends
from activities.assessment.preflight import planned_pilot, preflight, record_preflight
from activities.assessment.preparation import Prepared, local_day, not_eligible, prepare
from activities.base.attempt import Steps, step_of
from activities.base.outside_acts import note_started
from activities.base.step import Step, position_of
from activities.contract import (
    REQUEST_SWITCH,
    RequestSwitchInput,
    RequestSwitchResult,
    StreamPosition,
    SwitchOrder,
    refused_answer,
)
from activities.directory.original_settings import first_switch
from activities.directory.service_settings import require_movable_groups
from activities.request.refusal_reasons import refusal_reasons
from activities.watch.promise_record import credit_wait
from domain.catalog.catalog import Catalog
from domain.eligibility.assessment import assessed
from domain.eligibility.eligibility import Assessment
from domain.kernel.errors import (
    InvalidInput,
    NotEligible,
    PlanSwitchError,
    QuoteChanged,
    RecordInconsistent,
    RequestReused,
    RuleViolated,
)
from domain.kernel.ids import subscription_stream_id
from domain.kernel.recorded import RecordedAggregate
from domain.licenses.preflight import Preflight, require_hope
from domain.licenses.promised_time import alarm_at, promised_end
from domain.periods.next_term import KEEP
from domain.quote.overlap import OVERLAP
from domain.quote.quote import Quote, quote
from domain.quote.quote_input import FORFEITURE
from domain.reasons.reasons import MANUAL
from domain.requests.schedule import WITHOUT_FORFEITURE
from domain.requests.switch_back import (
    REFUSALS,
    FirstSwitch,
    asked_facts,
    refusal_facts,
    require_open,
    require_terms,
)
from domain.requests.terms import SwitchTerms
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
from domain.switch.return_events import (
    CANCEL,
    ROLL_BACK,
    OperatorCommanded,
    RollBackStarted,
    SwitchBackRequested,
)
from domain.switch.stage import AFTER_PIVOT, TERMINAL
from domain.switch.switch_state import SwitchState
from domain.text.plain_text import require_plain_text

#: Options of a manual switch alone, and what an automatic one does in their place.
BY_HAND = {
    "target_subscription_id": "which orders its own",
    "selection": "which moves everyone",
}
USE_MANUAL = "Start it with mode manual (`--mode manual`)."
_REQUEST = "request:"


class EligibilityActivities(Steps):
    """Steps that decide whether a switch may begin."""

    @activity.defn(name=REQUEST_SWITCH.name, no_thread_cancel_exception=True)
    def request_switch(self, step_input: RequestSwitchInput) -> RequestSwitchResult:
        """Record the request with its assessment and quote, and take the organization's place; or refuse."""
        with step_of(self._toolbox, step_input) as step:
            try:
                return self._request(step)
            except PlanSwitchError as error:
                if error.handling.is_retryable or isinstance(error, RecordInconsistent):
                    raise
                return refusal_of(error)

    def _request(self, step: Step) -> RequestSwitchResult:
        recorded = self._recorded_request(step)
        if recorded is not None:
            step.require_order()
            noted = self._note_start(step)
            step.authority.require_own_workflow()
            return replace(recorded, saved=(*recorded.saved, *noted))
        signed = step.authority.require_begun()
        # What the record has is gone on with; what is not in it yet must be text that everybody can read.
        require_plain_text(step.order, field="order")
        self._require_switch_back(step)
        prepared = as_accepted(self._prepare(step), step.order.quote_digest)
        try:
            require_acceptable(prepared, step.order.quote_digest)
            if not step.order.selection:
                require_movable_groups(step, prepared.source.plan_id)
            planned_pilot(step.cloud, prepared)
            checked = preflight(step.cloud, step.catalog, prepared, store=step.store)
            prepared = prepared.including(checked.notices)
            require_acknowledged(prepared)
            require_hope(checked)
            # By what the switch does now, whatever the console has seen (approvals#where-it-is-checked).
            step.authority.require_approved(signed, users=prepared.movers, total=prepared.total_at_most)
        except PlanSwitchError as error:
            if not error.handling.is_retryable:
                self._record_refusal(step, prepared.assessment, prepared.quote_facts, error)
            raise

        def decide() -> tuple[list[RecordedAggregate], None]:
            return self._reserve_and_record(step, prepared, checked), None

        step.decide_and_save(decide)
        recorded = self._recorded_request(step)
        if recorded is None:
            raise RecordInconsistent(
                f"subscription {step.order.source_subscription_id}", missing="the request"
            )
        return recorded

    def _note_start(self, step: Step) -> tuple[StreamPosition, ...]:
        """Record a start of a recorded switch that neither the console nor the product itself has made."""
        if step.authority.is_begun():
            return ()

        def change(source: Subscription) -> None:
            note_started(step, source)

        return step.change_source(change, what="outside-act")[1]

    def _prepare(self, step: Step) -> Prepared:
        try:
            return prepare_now(step, question_of(step.order), step.catalog)
        except NotEligible as error:
            self._record_refusal(step, error.details["assessment"], None, error)
            raise

    def _recorded_request(self, step: Step) -> RequestSwitchResult | None:
        source, state = step.recorded() or (None, None)
        requested = state.of(SwitchRequested) if state else None
        if source is None or state is None or requested is None:
            return None
        if requested.request_digest != step.order.request_digest(step.order.quote_digest):
            raise _reused(step)
        users = _users_of(requested, source.plan_id)
        # A run that begins where another was lost owes what that one did.
        begun_at = requested.timestamp + credit_wait(state, step.at)
        return RequestSwitchResult(
            accepted=True,
            code="",
            message="",
            remedy="",
            reasons=(),
            users=users,
            promised_end=promised_end(begun_at, users),
            alarm_at=alarm_at(begun_at, users),
            saved=(position_of(step.organization()), position_of(source)),
            **resumption(state, requested),
        )

    def _reserve_and_record(
        self, step: Step, prepared: Prepared, checked: Preflight
    ) -> list[RecordedAggregate]:
        if self._recorded_request(step) is not None:
            # An attempt that was thought dead was first.
            return []
        organization = step.organization()
        if organization.live_switch and organization.live_switch.switch_id == step.order.switch_id:
            raise _reused(step)
        tell_ends(step.store, organization, now=step.at)
        organization.reserve_switch(
            step.order.switch_id,
            source_stream_id=str(step.source_id),
            promised_end=promised_end(step.at, prepared.users),
            at=step.at,
            meta=step.meta(),
        )
        source = step.store.subscription(step.source_id) or open_source(step, prepared)
        record_request(step, source, prepared)
        record_preflight(step, source, checked)
        first = _require_switch_back(step)
        return [organization, source, *([_taken_back(step, first)] if first else [])]

    def _require_switch_back(self, step: Step) -> None:
        """Refuse a switch back that may not be, and record the refusal: nothing is assessed before it."""
        try:
            _require_switch_back(step)
        except REFUSALS as refused:
            self._record_refused(step, refusal_facts(asked_facts(step.order), refused), None)
            raise

    def _record_refusal(
        self, step: Step, assessment: Assessment, quoted: dict[str, Any] | None, refused: PlanSwitchError
    ) -> None:
        self._record_refused(step, assessment.as_facts(), quoted, refused)

    def _record_refused(
        self,
        step: Step,
        subject: dict[str, Any],
        quoted: dict[str, Any] | None,
        refused: PlanSwitchError | None = None,
    ) -> None:
        step.store.record_assessment(
            assessed(
                f"refusal:{step.order.switch_id}",
                subject=subject,
                quote=quoted,
                accepted=False,
                at=step.at,
                meta=step.meta(),
                refused=refused,
            )
        )


def _require_switch_back(step: Step) -> FirstSwitch | None:
    """Return the switch that this one takes back, if that may be; None: it takes none back.

    Raises:
        SwitchBackRefused: It may not be taken back, or not any more.
        NotEligible: NO_WAY_BACK.
        InvalidInput: The order does not lead back to where it came from.
    """
    if step.order.switch_back_of is None:
        return None
    first = first_switch(step.store, step.order.organization_id, step.order.switch_back_of)
    require_open(first, step.catalog, now=step.at, own_switch_id=step.order.switch_id)
    require_terms(first, step.order)
    return first


def _taken_back(step: Step, first: FirstSwitch) -> Subscription:
    """Let the first switch name the one that takes it back, in the same save (rules#switch-back)."""
    meta = replace(
        step.meta(causation=f"{_REQUEST}{step.order.request_id}"),
        switch_id=first.switch_id,
        # Its board shows its own workflow.
        workflow_id="",
        run_id="",
    )
    first.source.advance(SwitchBackRequested, at=step.at, meta=meta, by_switch_id=step.order.switch_id)
    return first.source


def _reused(step: Step) -> RequestReused:
    return RequestReused(
        f"Request {step.order.request_id} was used before for another switch.", remedy="Use a new request id."
    )


def _users_of(requested: SwitchRequested, source_plan_id: str) -> int:
    """Return how many users were to move when the switch was assessed: all of the plan, or those selected."""
    pools = requested.assessment["inputs"]["subscribed"]
    assigned = next((int(pool["assigned"]) for pool in pools if pool["plan_id"] == source_plan_id), 0)
    selected = int(requested.order.get("selected") or 0)
    return min(selected, assigned) if selected else assigned


def question_of(order: SwitchOrder) -> SwitchQuestion:
    """Return the question that an order answers."""
    quoted_on = date.fromisoformat(order.quoted_on)
    return SwitchQuestion.of(order, quoted_on=quoted_on, own_switch_id=order.switch_id)


def prepare_now(step: Step, question: SwitchQuestion, catalog: Catalog) -> Prepared:
    """Assess and quote with the facts of now, and with the ends that can be promised of other switches.

    Args:
        step: The attempt on whose behalf.
        question: What is asked.
        catalog: Plans and prices.

    Raises:
        NotEligible: Billing does not know the source; the details have every reason and the assessment.
    """
    organization = seen_organization(step.store, step.order.organization_id, now=step.at)
    before = came_from(step.store, organization, question)
    return prepare(
        step.cloud,
        organization,
        catalog,
        question,
        now=step.at,
        came_from_plan_id=before,
        store=step.store,
    )


def as_accepted(prepared: Prepared, quote_digest: str) -> Prepared:
    """Return what was prepared, with its quote in the form in which it was accepted.

    A start that was accepted before digests covered the users names them in its signed order all the same.

    Args:
        prepared: What the order leads to now.
        quote_digest: Of the accepted quote, from the signed order.
    """
    if prepared.quote.digest == quote_digest:
        return prepared
    older = quote(prepared.quote.input.without_users)
    return replace(prepared, quote=older) if older.digest == quote_digest else prepared


def require_acceptable(prepared: Prepared, quote_digest: str) -> None:
    """Refuse what the rules block, and what is not what the operator was shown.

    Raises:
        InvalidInput: Mode, organization or day can't be started with.
        NotEligible: A rule blocks the mode; every reason is in the details (rules#reasons).
        QuoteChanged: The quote is another by now, or it has expired (rules#quote-and-cutover).
        RuleViolated: A warning was not acknowledged, or a loss not accepted.
    """
    _require_startable(prepared)
    way = prepared.question.terms.way
    if prepared.assessment.blocking(way):
        raise not_eligible(prepared.assessment, way)
    _require_accepted(prepared, quote_digest)


def require_waitable(prepared: Prepared, quote_digest: str) -> None:
    """Refuse to wait for what could not be started either, were it eligible: as `require_acceptable`."""
    _require_startable(prepared, is_scheduled=prepared.start_on is not None)
    _require_accepted(prepared, quote_digest)


def _require_accepted(prepared: Prepared, quote_digest: str) -> None:
    require_acknowledged(prepared)
    if prepared.is_expired:
        raise QuoteChanged(
            f"The accepted quote expired on {prepared.quote.input.expires_on}.",
            remedy="Ask for a new quote and accept that.",
        )
    if prepared.quote.digest != quote_digest:
        raise QuoteChanged(
            "The quote is no longer the one that was accepted: a price, a quantity, a date, the users who "
            "move or their services have changed.",
            remedy="Ask for a new quote and accept that.",
        )
    _require_loss_accepted(prepared)


def require_acknowledged(prepared: Prepared) -> None:
    """Refuse what has to be confirmed before the order and was not.

    Raises:
        RuleViolated: A warning was not acknowledged.
    """
    missing = prepared.assessment.acknowledgments_missing
    if missing:
        raise RuleViolated(
            f"The switch needs these warnings acknowledged: {', '.join(missing)}.",
            remedy="Read them in the quote, then confirm each: `--acknowledge NAME`.",
        )


def _require_loss_accepted(prepared: Prepared) -> None:
    forfeiture = prepared.quote.forfeiture
    if (
        forfeiture is None
        or not forfeiture.at_most.minor_units
        or FORFEITURE in prepared.question.terms.acknowledgments
    ):
        return
    raise RuleViolated(
        f"The old plan was paid in advance; up to {forfeiture.at_most} of its value is forfeited.",
        remedy=f"Start with `--accept-forfeiture`; or schedule it with `--on {WITHOUT_FORFEITURE}` for "
        f"{forfeiture.first_on_without}, losing nothing.",
    )


def _require_startable(prepared: Prepared, *, is_scheduled: bool = False) -> None:
    terms, profile = prepared.question.terms, prepared.profile
    _require_by_hand(terms)
    if terms.organization_id != profile.organization_id:
        # One customer under two spellings would have two locks.
        raise InvalidInput(
            field="organization_id", value=terms.organization_id, allowed=profile.organization_id
        )
    today = local_day(profile, prepared.assessment.at)
    if prepared.quote.input.quoted_on > today and not is_scheduled:
        raise InvalidInput(
            field="quoted_on", value=prepared.quote.input.quoted_on, allowed=f"{today} or before"
        )


def _require_by_hand(terms: SwitchTerms) -> None:
    """Refuse what only a manual switch can do."""
    if terms.mode == MANUAL or terms.licenses_only:
        return
    for name, what in BY_HAND.items():
        value = getattr(terms, name)
        if value is not None:
            raise InvalidInput(
                field=name, value=value, allowed=f"nothing in an automatic switch, {what}", remedy=USE_MANUAL
            )


def refusal_of(error: PlanSwitchError) -> RequestSwitchResult:
    """Return the answer of a request that the rules or the state refuse."""
    reasons = refusal_reasons(error.details.get("reasons", ()))
    return refused_answer(error.code, error.message, error.remedy, reasons)


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
    if order.licenses_only:
        # No money moves, so that no quote binds anybody.
        return
    _record_accepted(step, source, prepared.quote)
    step.advance(
        source,
        QuoteFixed,
        quote=prepared.quote.as_facts(),
        quote_digest=prepared.quote.digest,
        expires_on=prepared.quote.input.expires_on,
    )


def _recorded_order(order: SwitchOrder, prepared: Prepared) -> dict[str, Any]:
    """Return the order without the person who asked: the record keeps the role that was read."""
    facts = {**order.as_facts(), "caller": "", "caller_role": prepared.assessment.input.caller_role}
    # It proves who started a run; the record proves itself.
    del facts["signed"]
    if order.auto_renew == KEEP:
        del facts["auto_renew"]
    return facts


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
        last = backward[-1]
        facts |= {"pending_request_id": last.request_id}
        facts |= {"pending_actor": last.meta["actor"], "pending_reason": last.meta["reason"]}
    return facts
