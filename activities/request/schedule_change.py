"""A request that waits starts at another time, or for another price (rules#scheduled-starts)."""

from __future__ import annotations

from temporalio import activity

from activities.base.attempt import Steps, step_of
from activities.base.step import Step, position_of
from activities.base.wait_contract import RESCHEDULE, RescheduleInput, RescheduleResult
from activities.request.eligibility_wait import accepted_wait, open_wait, terms_of_input
from domain.kernel.recorded import RecordedAggregate
from domain.quote.quote import Quote
from domain.requests.start_times import StartTerms
from domain.requests.wait_changes import NO_QUESTION, WaitChange, reused_change
from domain.requests.wait_events import EligibilityWait

#: Update that changes when a request starts, or for how much.
RESCHEDULE_UPDATE = "reschedule"
_STARTED = "The switch was started meanwhile; `planswitch switch cancel` takes it back."
_ENDED = "The wait has ended as {outcome}."
_TAKEN = "This change was taken before."


class ScheduleActivities(Steps):
    """The step that changes when a request starts."""

    @activity.defn(name=RESCHEDULE.name, no_thread_cancel_exception=True)
    def reschedule(self, step_input: RescheduleInput) -> RescheduleResult:
        """Record the change, unless it is recorded or comes too late."""
        with step_of(self._toolbox, step_input) as step:
            signed = step.authority.require_command(
                step_input, command=RESCHEDULE_UPDATE, request_id=step_input.request_id
            )
            total = terms_of_input(step_input.accepted).total_at_most
            step.authority.require_approved(signed, total=None if step.order.licenses_only else total)

            def decide() -> tuple[list[RecordedAggregate], RescheduleResult]:
                wait = open_wait(step)
                if step_input.request_id in wait.changes:
                    _require_same(step_input, wait.changes[step_input.request_id])
                    return [], _result(wait, _TAKEN)
                refusal = _refusal(step, step_input, wait)
                if refusal:
                    return [], _result(wait, refusal, is_taken=False)
                _change(step, step_input, wait)
                return [wait], _result(wait, _words(wait))

            result, _ = step.decide_and_save(decide)
            return result


def _refusal(step: Step, step_input: RescheduleInput, wait: EligibilityWait) -> str:
    """Return why a change comes too late, "" where it does not."""
    if wait.ending is not None:
        return _ENDED.format(outcome=wait.ending.outcome)
    if step.recorded() is not None:
        return _STARTED
    return NO_QUESTION if step_input.is_price_accepted and wait.price is None else ""


def _change(step: Step, step_input: RescheduleInput, wait: EligibilityWait) -> None:
    terms, quote = terms_of_input(step_input.accepted), Quote.from_facts(step_input.quote)
    meta = step.meta(
        actor=step_input.actor, reason=step_input.reason, causation=f"command:{step_input.request_id}"
    )
    if step_input.is_price_accepted:
        wait.accept_price(
            terms,
            request_id=step_input.request_id,
            quote=quote,
            at=step.at,
            meta=meta,
            acknowledgments=step_input.acknowledgments,
        )
        return
    wait.reschedule(
        _start(step_input),
        terms,
        request_id=step_input.request_id,
        tolerance_percent=step_input.price_tolerance_percent,
        quote=quote,
        at=step.at,
        meta=meta,
        acknowledgments=step_input.acknowledgments,
        is_bound_stated=step_input.is_bound_stated,
    )


def _start(step_input: RescheduleInput) -> StartTerms:
    return StartTerms(
        start_on=step_input.start_on or None,
        start_at=step_input.start_at or None,
        quiet_hours=step_input.quiet_hours or None,
    )


def _require_same(step_input: RescheduleInput, known: WaitChange) -> None:
    """Refuse a request id that was taken for something else.

    Raises:
        RequestReused: The change that the record has was another one.
    """
    start = None if step_input.is_price_accepted else _start(step_input)
    if known != WaitChange(start=start, quote_digest=str(step_input.quote.get("digest"))):
        raise reused_change(step_input.request_id)


def _words(wait: EligibilityWait) -> str:
    return f"It starts {wait.start.words or 'as soon as nothing blocks it'}, for what was accepted now."


def _result(wait: EligibilityWait, message: str, *, is_taken: bool = True) -> RescheduleResult:
    return RescheduleResult(
        is_taken=is_taken, accepted=accepted_wait(wait.terms), message=message, saved=(position_of(wait),)
    )
