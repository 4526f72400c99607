"""Waiting until a switch may be: each look assesses as the start would, and the last one takes the quote."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from temporalio import activity

from activities.assessment.preflight import planned_pilot
from activities.assessment.preparation import Prepared
from activities.base.attempt import BEAT_SECONDS, Steps, application_error, step_of
from activities.base.known_orders import recorded_order
from activities.base.outside_acts import CANCELLED, note_wait_started, recorded_wait
from activities.base.step import Step, position_of
from activities.base.wait_contract import (
    ASK,
    BEGIN_SWITCH,
    BEGIN_WAIT,
    END_WAIT,
    LOOK,
    READY,
    WAIT_ON,
    AcceptedWait,
    BeginSwitchInput,
    BeginSwitchResult,
    BeginWaitInput,
    BeginWaitResult,
    EndWaitInput,
    EndWaitResult,
    LookInput,
    LookResult,
)
from activities.contract import SYSTEM_ACTOR, StreamPosition, SwitchOrder
from activities.request.eligibility import prepare_now, question_of, require_acceptable
from activities.request.refusal_reasons import reason_record
from activities.request.switch_start import WAIT_PART, begin_requested
from activities.signed_command import OUTSIDE_ACTOR, WAIT
from activities.signing.signatures import sign_order
from domain.eligibility.assessment import Assessed, assessed
from domain.eligibility.eligibility import Assessment
from domain.kernel.errors import CommandUnsigned, NotEligible, PlanSwitchError, RequestReused, UnknownSwitch
from domain.kernel.ids import assessment_stream_id
from domain.kernel.money import Money
from domain.kernel.recorded import RecordedAggregate
from domain.quote.quote import Quote
from domain.reasons.reasons import Reason, reason_records, recorded_words
from domain.requests.eligibility_wait import (
    beyond,
    dearer,
    most_of,
    next_look_at,
    standing_for_ever,
    tolerance_of,
)
from domain.requests.start_times import QuietHours
from domain.requests.wait_changes import Excess
from domain.requests.wait_events import EligibilityWait
from domain.requests.wait_terms import WaitTerms
from domain.switch.stage import Stage
from domain.text.plain_text import require_plain_text

#: The command that ends a wait.
CANCEL = "cancel"
LOOK_UPDATE = "look"
PRICE_CODE = "QUOTE_CHANGED"
PRICE_REMEDY = "Ask for a quote, and start again if you accept it."
_BY_ITSELF = "a request that waits looks by itself"


class EligibilityWaitActivities(Steps):
    """Steps of a request that waits."""

    @activity.defn(name=BEGIN_WAIT.name, no_thread_cancel_exception=True)
    def begin(self, step_input: BeginWaitInput) -> BeginWaitResult:
        """Record the request with what was accepted, unless it is recorded."""
        with step_of(self._toolbox, step_input) as step:
            # A long wait that goes on in a new run says after what, and was signed long ago.
            is_begun = bool(step_input.after) or step.authority.is_begun(WAIT, accepted=step_input.accepted)
            note_wait_started(step, is_begun=is_begun)

            def decide() -> tuple[list[RecordedAggregate], BeginWaitResult]:
                known = recorded_wait(step)
                step.require_order()
                step.authority.require_own_workflow(WAIT)
                if known is None:
                    signed = step.authority.require_begun(WAIT, accepted=step_input.accepted)
                    # How many users move is judged when the switch begins.
                    total = terms_of_input(step_input.accepted).total_at_most
                    step.authority.require_approved(signed, total=None if step.order.licenses_only else total)
                    require_plain_text(step.order, field="order")
                    wait = _begun(step, step_input)
                    return [wait], BeginWaitResult(accepted=True, saved=(position_of(wait),))
                return [], _known(step, known)

            result, _ = step.decide_and_save(decide)
            return result

    @activity.defn(name=LOOK.name, no_thread_cancel_exception=True)
    def look(self, step_input: LookInput) -> LookResult:
        """Assess the switch with the facts of now, record another answer, and say what follows."""
        with step_of(self._toolbox, step_input) as step:
            wait = open_wait(step)
            if wait.ending is not None:
                ended = wait.ending
                return _ending(wait, ended.outcome, ended.code, ended.message, ended.remedy)
            if wait.changes and terms_of_input(step_input.accepted) != wait.terms:
                # Of before a change: the run looks again with what is recorded (rules#scheduled-starts).
                return LookResult(
                    outcome=WAIT_ON, terms=accepted_wait(wait.terms), saved=(position_of(wait),)
                )
            _require_proved(step, step_input, wait)
            if step.recorded() is not None:
                # Somebody else started it, or an answer was lost.
                return _ending(wait, Stage.STARTED, "", "The switch was started meanwhile.", "")
            try:
                return _Look(step, step_input, wait).decided()
            except PlanSwitchError as error:
                if error.handling.is_retryable:
                    raise
                return _ending(open_wait(step), Stage.NEVER, error.code, error.message, error.remedy)

    @activity.defn(name=BEGIN_SWITCH.name, no_thread_cancel_exception=True)
    async def begin_switch(self, step_input: BeginSwitchInput) -> BeginSwitchResult:
        """Start the switch, or join it, and wait until its request is recorded or refused.

        A switch that was refused has left nothing, so its id may be used again; one that the record knows is
        never begun twice, since its first step asks the record.
        """
        beats = asyncio.create_task(_beat())
        try:
            answer = await begin_requested(self._toolbox.command_keys, step_input)
        except PlanSwitchError as error:
            raise application_error(error) from error
        finally:
            beats.cancel()
        return BeginSwitchResult(
            accepted=answer.accepted,
            code=answer.code,
            message=answer.message,
            remedy=answer.remedy,
            saved=answer.saved,
        )

    @activity.defn(name=END_WAIT.name, no_thread_cancel_exception=True)
    def end(self, step_input: EndWaitInput) -> EndWaitResult:
        """Record the end; the first one counts."""
        with step_of(self._toolbox, step_input) as step:

            def decide() -> tuple[list[RecordedAggregate], EndWaitResult]:
                wait = open_wait(step)
                ending = end_of(step, step_input, after=_after(wait))
                ended = wait.end(
                    step_input.outcome,
                    code=step_input.code,
                    message=ending.message,
                    remedy=step_input.remedy,
                    at=step.at,
                    meta=step.meta(actor=ending.actor, reason=ending.reason, causation=ending.causation),
                )
                return [wait], EndWaitResult(
                    outcome=ended.outcome,
                    code=ended.code,
                    message=ended.message,
                    saved=(position_of(wait),),
                )

            result, _ = step.decide_and_save(decide)
            return result


class _Look:
    """One look: what is seen, what of it is recorded, and what follows."""

    def __init__(self, step: Step, step_input: LookInput, wait: EligibilityWait) -> None:
        self._step = step
        self._input = step_input
        self._wait = wait
        self._saved: tuple[StreamPosition, ...] = (position_of(wait),)
        self._is_changed = False

    def decided(self) -> LookResult:
        """Return what follows from the facts of now."""
        prepared, assessment = self._prepared()
        mode = self._step.order.way
        blocking = assessment.blocking(mode)
        self._record(assessment, blocking)
        starts_at = self._starts_at(assessment)
        if prepared is not None and not blocking and starts_at is None:
            return self._ready(prepared)
        gone = standing_for_ever(assessment, mode, is_caller_known=bool(self._step.order.caller))
        if gone:
            return self._result(
                Stage.NEVER,
                assessment,
                code=gone[0].code,
                message=" ".join(each.message for each in gone),
                remedy=" ".join(each.remedy for each in gone),
            )
        if starts_at is not None:
            self._plan(starts_at)
            return self._result(WAIT_ON, assessment, next_look_at=starts_at, starts_at=starts_at)
        return self._result(WAIT_ON, assessment, next_look_at=self._polled(assessment))

    def _starts_at(self, assessment: Assessment) -> datetime | None:
        """Return before when it does not start: its time, and quiet hours; None: it may start now."""
        now, not_before = self._step.at, self._input.accepted.not_before
        earliest = max(now, not_before or now)
        if self._wait.start.quiet_hours is not None:
            window = QuietHours.parse(self._wait.start.quiet_hours)
            earliest = window.opening(earliest, assessment.input.profile.time_zone)
        return earliest if now < earliest else None

    def _polled(self, assessment: Assessment) -> datetime:
        """Plan the next look of one that waits for something to clear, and return when it comes."""
        quiet = 0 if self._is_changed else self._input.quiet_looks
        until, mode = self._input.accepted.until, self._step.order.way
        closes_at = self._closes_at(assessment)
        at = next_look_at(assessment, mode, quiet_looks=quiet, until=until, closes_at=closes_at)
        self._plan(at)
        return at

    def _closes_at(self, assessment: Assessment) -> datetime | None:
        """Return when the quiet hours close that are open now; None where it has none."""
        hours = self._wait.start.quiet_hours
        zone = assessment.input.profile.time_zone
        return QuietHours.parse(hours).closing(assessment.at, zone) if hours is not None else None

    @property
    def _order(self) -> SwitchOrder:
        """The order with the start that was asked for last, and everything that was confirmed with it."""
        start = self._wait.start
        return replace(
            self._step.order,
            start_on=start.start_on,
            start_at=start.start_at,
            quiet_hours=start.quiet_hours,
            acknowledgments=self._wait.acknowledgments,
        )

    def _prepared(self) -> tuple[Prepared | None, Assessment]:
        """Assess and quote by the catalog and the day of now; no quote where billing has no period."""
        step = self._step
        question = replace(question_of(self._order), quoted_on=None)
        try:
            prepared = prepare_now(step, question, step.toolbox.catalogs.current())
        except NotEligible as error:
            assessment: Assessment = error.details["assessment"]
            return None, assessment
        return prepared, prepared.assessment

    def _record(self, assessment: Assessment, blocking: Sequence[Reason]) -> None:
        """Record an answer that is another one, or that a person asked for; with all it rests on."""
        step, wait = self._step, self._wait
        reasons = reason_records(blocking)
        self._is_changed = _codes_and_words(reasons) != _codes_and_words(wait.reasons)
        if not (self._is_changed or self._input.actor):
            # What was asked in vain is kept, and is no part of the switch's story.
            step.save_apart()
            return
        key = f"wait:{step.order.switch_id}:{wait.version}"
        actor, reason = self._input.actor or SYSTEM_ACTOR, self._input.reason or _BY_ITSELF
        meta = step.meta(actor=actor, reason=reason, causation=self._cause(wait))
        wait.note_look(reasons, assessment_stream_id=str(assessment_stream_id(key)), at=step.at, meta=meta)
        event: Assessed = assessed(
            key,
            subject=assessment.as_facts(),
            quote=None,
            accepted=not blocking,
            at=step.at,
            meta=meta,
        )
        self._saved = step.save(wait, events=[event])

    def _plan(self, looks_at: datetime) -> None:
        """Record when it is looked next, where that is news."""
        step, wait = self._step, self._wait
        meta = step.own_meta(_BY_ITSELF, causation=_after(wait))
        if wait.plan_look(looks_at, at=step.at, meta=meta):
            self._saved = step.save(wait, what="planned")

    def _cause(self, wait: EligibilityWait) -> str:
        return f"command:{self._input.cause}" if self._input.actor else _after(wait)

    def _ready(self, prepared: Prepared) -> LookResult:
        """Take today's quote, unless it is more than was accepted."""
        quote = prepared.quote
        excess = self._excess(quote)
        if excess is not None:
            return self._question(prepared, excess)
        require_acceptable(prepared, quote.digest)
        planned_pilot(self._step.cloud, prepared)
        order = replace(
            self._order,
            quote_digest=quote.digest,
            quoted_on=quote.input.quoted_on.isoformat(),
            catalog_version=prepared.assessment.catalog_version,
        )
        keys = self._step.toolbox.command_keys
        signed = sign_order(keys, order, at=self._step.at, actor=WAIT_PART)
        return self._result(READY, prepared.assessment, order=signed)

    def _excess(self, quote: Quote) -> Excess | None:
        """Return what of a quote is more than was accepted: than the bound, or for its day."""
        terms, accepted = terms_of_input(self._input.accepted), self._wait.quote
        more = beyond(terms, quote)
        if more:
            return Excess(total=most_of(quote), accepted=terms.total_at_most, words=more)
        if accepted is None or self._wait.is_bound_stated:
            return None
        return dearer(Quote.from_facts(accepted), quote, tolerance_of(self._wait.tolerance))

    def _question(self, prepared: Prepared, excess: Excess) -> LookResult:
        """Ask about a price above what was accepted; nothing is ordered until somebody accepts it."""
        step, wait, quote = self._step, self._wait, prepared.quote
        message = f"The switch may begin, and was not started: {excess.words}."
        meta = step.own_meta(_BY_ITSELF, causation=_after(wait))
        if wait.ask_price(quote, excess, message=message, at=step.at, meta=meta):
            self._saved = step.save(wait, what="price")
        at = self._polled(prepared.assessment)
        facts = {"code": PRICE_CODE, "message": message, "remedy": PRICE_REMEDY}
        return self._result(ASK, prepared.assessment, next_look_at=at, **facts)

    def _result(self, outcome: str, assessment: Assessment, **facts: Any) -> LookResult:
        blocking = assessment.blocking(self._step.order.way)
        return LookResult(
            outcome=outcome,
            reasons=tuple(each.code for each in blocking),
            is_changed=self._is_changed,
            saved=self._saved,
            **facts,
        )


def accepted_wait(terms: WaitTerms) -> AcceptedWait:
    """Return what was accepted in the words of the workflows."""
    return AcceptedWait(
        until=terms.until,
        currency=terms.total_at_most.currency,
        total_minor_units_max=terms.total_at_most.minor_units,
        forfeited_minor_units_max=terms.forfeited_at_most.minor_units,
        not_before=terms.not_before,
    )


def terms_of_input(accepted: AcceptedWait) -> WaitTerms:
    """Return what was accepted in the words of the rules."""
    return WaitTerms(
        until=accepted.until,
        total_at_most=Money(minor_units=accepted.total_minor_units_max, currency=accepted.currency),
        forfeited_at_most=Money(minor_units=accepted.forfeited_minor_units_max, currency=accepted.currency),
        not_before=accepted.not_before,
    )


async def _beat() -> None:
    """Tell Temporal that the step is alive, as `beating` does for steps in threads."""
    while True:
        activity.heartbeat()
        await asyncio.sleep(BEAT_SECONDS)


def _require_proved(step: Step, step_input: LookInput, wait: EligibilityWait) -> None:
    """Refuse a look for more than was accepted, and one in the name of somebody who did not ask for it."""
    if terms_of_input(step_input.accepted) != wait.terms:
        raise CommandUnsigned(
            f"The terms of the wait {step.order.switch_id} are not those that are recorded."
        )
    if step_input.actor:
        step.authority.require_command(step_input, command=LOOK_UPDATE, request_id=None, arguments={})


def open_wait(step: Step) -> EligibilityWait:
    """Return the wait of a step.

    Raises:
        UnknownSwitch: None is recorded.
    """
    recorded = recorded_wait(step)
    if recorded is None:
        raise UnknownSwitch(f"No wait of switch {step.order.switch_id} is recorded.")
    return recorded


def _begun(step: Step, step_input: BeginWaitInput) -> EligibilityWait:
    wait = EligibilityWait.begin(
        _recorded_order(step),
        terms_of_input(step_input.accepted),
        source_plan_id=step_input.source_plan_id,
        reasons=[reason_record(each) for each in step_input.reasons],
        at=step.at,
        meta=step.meta(),
    )
    not_before, day = step_input.accepted.not_before, step.order.start_on
    if not_before is not None and day is not None:
        start_on = date.fromisoformat(day)
        wait.schedule(start_on, not_before=not_before, at=step.at, meta=step.meta(causation=_after(wait)))
    if step_input.quote is not None:
        accepted = accepted_quote(step_input.quote, step.order.quote_digest)
        wait.fix_quote(accepted, at=step.at, meta=step.meta(causation=_after(wait)))
    return wait


def accepted_quote(facts: dict[str, Any], digest: str) -> Quote:
    """Return the quote that somebody accepted, from what came over Temporal.

    Args:
        facts: As `Quote.as_facts` gives them.
        digest: Of the quote that was accepted, which is signed.

    Raises:
        CommandUnsigned: It is another one.
    """
    try:
        quote = Quote.from_facts(facts)
    except (PlanSwitchError, LookupError, TypeError, ValueError) as error:
        raise CommandUnsigned("The quote of the request can't be read.") from error
    if quote.digest != digest:
        raise CommandUnsigned("The quote of the request is not the one that was accepted.")
    return quote


def _known(step: Step, wait: EligibilityWait) -> BeginWaitResult:
    """Return where a request stands that was recorded before."""
    # A field that came since the wait was recorded has the value that it had without it.
    if recorded_order(wait.order) != replace(step.order, caller=None, signed=None):
        raise RequestReused(
            f"Request {step.order.request_id} was used before for another switch.",
            remedy="Use a new request id.",
        )
    saved = (position_of(wait),)
    if wait.ending is None:
        terms = accepted_wait(wait.terms) if wait.changes else None
        return BeginWaitResult(accepted=True, terms=terms, saved=saved)
    ended = wait.ending
    return BeginWaitResult(
        accepted=True,
        ended=ended.outcome,
        code=ended.code,
        message=ended.message,
        remedy=ended.remedy,
        saved=saved,
    )


def _recorded_order(step: Step) -> dict[str, Any]:
    """Return the order without the person on whose behalf it is asked."""
    facts = {**step.order.as_facts(), "caller": ""}
    # It proves who started a run; the record proves itself.
    del facts["signed"]
    return facts


def _codes_and_words(reasons: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return what makes an answer another one: what stands in the way, and the figures in its words."""
    return [(each["code"], recorded_words(each).message) for each in reasons]


def _after(wait: EligibilityWait) -> str:
    return f"{wait.id}@{wait.version}"


def _ending(wait: EligibilityWait, outcome: str, code: str, message: str, remedy: str) -> LookResult:
    return LookResult(outcome=outcome, code=code, message=message, remedy=remedy, saved=(position_of(wait),))


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitEnd:
    """Who ends a wait, why, and what is told of it."""

    actor: str
    reason: str
    message: str
    causation: str


def end_of(step: Step, step_input: EndWaitInput, *, after: str) -> WaitEnd:
    """Return how the end of a wait is recorded; who ordered the switch is not who ends its wait.

    Args:
        step: It tells who is proved.
        step_input: Who is said to end it, and why.
        after: The fact before it, where nobody commanded it.
    """
    reason = step_input.reason
    actor = step.authority.commander(step_input.actor, step_input.signed, {CANCEL}, reason=reason)
    if not actor:
        message = step_input.message
        return WaitEnd(actor=SYSTEM_ACTOR, reason=message, message=message, causation=after)
    if actor == OUTSIDE_ACTOR:
        # What somebody says there is no reason of a person whom the product knows.
        message = f"{CANCELLED}: {reason}" if reason else f"{CANCELLED}."
        return WaitEnd(actor=actor, reason=message, message=message, causation=after)
    # By this the same command is known when it is sent again.
    causation = f"command:{step_input.signed.request_id}" if step_input.signed else after
    return WaitEnd(actor=actor, reason=reason, message=step_input.message, causation=causation)
