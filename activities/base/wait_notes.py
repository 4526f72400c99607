"""Noting in the record what a step waits for, so that everybody who looks is told the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from temporalio import activity

from activities.base.alarms import try_alarm
from activities.base.promise_contract import RAISE_ALARM, RECORD_MISSED, WARN_VOID_WINDOW
from activities.base.step import Step
from activities.base.wait_contract import LOOK
from activities.contract import (
    CANCEL_SOURCE,
    COMPLETE_SWITCH,
    CUT_OVER_BILLING,
    REDUCE_SOURCE,
    RETRY_SECONDS,
)
from domain.kernel.awaited import STEADY_FROM, Awaited, Party, is_noted, party_of
from domain.kernel.errors import (
    NotReadyYet,
    PlanSwitchError,
    ProviderBusy,
    ProviderThrottled,
    RecordInconsistent,
)
from domain.kernel.ids import eligibility_wait_stream_id
from domain.operator.alarms import NO_WAY_ON
from domain.operator.operator_commands import advice_on_wait, is_waiting_for_retry, way_out
from domain.operator.step_words import call_words
from domain.requests.wait_events import EligibilityWait
from domain.subscriptions.subscription import Subscription
from domain.switch.stage import AFTER_PIVOT, LIVE
from domain.switch.switch_state import SwitchState
from domain.switch.waiting_events import WaitEnded, WaitNoted

_log = structlog.get_logger()
_ANSWERS = "answer"
#: Why the switch records by itself what it does here: nobody has commanded it.
_WAITS, _FAILED = "a step of the switch waits", "a step of the switch is not tried again"
_UNANSWERED = "a look at the request got no answer"
#: What the switch itself is waited for with, where no other party is.
_AGAIN_ITSELF = "try again"
_PACE_TOLERANCE = timedelta(minutes=1)
#: Steps that are begun again when they have failed for good, since there is no way back -> what fails.
_FORWARD = {
    CANCEL_SOURCE.name: "the end of the old subscription",
    REDUCE_SOURCE.name: "the reduction of the old subscription",
    CUT_OVER_BILLING.name: "the billing cutover",
    COMPLETE_SWITCH.name: "the completion",
}
#: Steps beside the switch: what they wait for is not what the switch waits for.
_BESIDE = frozenset({RECORD_MISSED.name, RAISE_ALARM.name, WARN_VOID_WINDOW.name})
_AGAIN = (
    f"It is tried again by itself every {RETRY_SECONDS // 60} minutes; "
    "`planswitch switch retry SWITCH --reason …` tries at once."
)
_UNEXPECTED_REMEDY = (
    "Nothing is lost: the step is tried again by itself. Send the developers of the product a support "
    "bundle (`planswitch support bundle`)."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Noted:
    """What an attempt waits for."""

    awaited: Awaited
    code: str
    message: str
    since: datetime
    looks_at: datetime


def note_wait(step: Step, error: PlanSwitchError) -> None:
    """Record what a step waits for that is tried again; a note that can't be recorded hinders nothing.

    Args:
        step: The attempt that ends.
        error: With what it ends.
    """
    try:
        _note(step, error)
    except PlanSwitchError as trouble:
        # The next attempt notes it.
        _log.info("wait_not_noted", step=step.context.step, code=trouble.code)


def note_fault(step: Step, fault: Exception) -> None:
    """Record that a step is tried again since the program itself failed; its words stay in the log alone.

    Args:
        step: The attempt that ends.
        fault: What nobody had foreseen.
    """
    try:
        note_wait(step, _Fault(f"The step failed unexpectedly ({type(fault).__name__}).", is_retried=True))
    except Exception as trouble:  # noqa: BLE001 - the fault itself is what counts
        _log.warning("fault_not_noted", step=step.context.step, error=type(trouble).__name__)


class _Fault(PlanSwitchError):
    """What nobody had foreseen: tried again, although the error itself promises nothing."""

    def __init__(self, message: str, *, is_retried: bool) -> None:
        awaited = Awaited(
            party=Party.SWITCH, action="get over a fault of the program", remedy=_UNEXPECTED_REMEDY
        )
        super().__init__(message, remedy=_UNEXPECTED_REMEDY, awaited=awaited, is_retried=is_retried)


def awaited_of(error: PlanSwitchError, state: SwitchState | None) -> Awaited:
    """Return what is waited for by an error that passes: what it names itself, else who did not answer.

    Its own remedy is for whoever asks at once; the switch asks again by itself, so the advice is another one.

    Args:
        error: With what the attempt ends.
        state: The switch as it is recorded; None: a request that waits.
    """
    named = error.details.get("awaited")
    if isinstance(named, Awaited):
        return named if named.remedy else replace(named, remedy=advice_on_wait(state))
    provider = str(error.details.get("provider", ""))
    party = party_of(provider)
    if isinstance(error, NotReadyYet) and party is Party.SWITCH:
        party = Party.SELLER
    words = call_words(str(error.details.get("operation", "")))
    action = _AGAIN_ITSELF if party is Party.SWITCH else f"{_ANSWERS} {words}".strip()
    remedy = advice_on_wait(state)
    if isinstance(error, ProviderBusy):
        remedy = f"{remedy} Stop whoever else changes the same at the {provider} if it lasts."
    return Awaited(party=party, action=action, remedy=remedy)


def _note(step: Step, error: PlanSwitchError) -> None:
    if step.context.step in _BESIDE:
        return
    recorded = step.recorded()
    if recorded is None or recorded[1].stage not in LIVE:
        if step.context.step == LOOK.name and error.handling.is_retryable:
            _note_look(step, error)
        return
    source, state = recorded
    note = _waited_for(step, state, error)
    if note is not None:
        _record(step, source, state, note)
    elif state.wait is not None and state.wait.step == step.context.step:
        # It has failed for good: what comes now is told by what the switch does next.
        step.advance(source, WaitEnded, step.own_meta(_FAILED), step=step.context.step, code=error.code)
        step.save(source, what="wait")


def _note_look(step: Step, error: PlanSwitchError) -> None:
    """Record of a request that waits to be eligible that its look got no answer."""
    wait = step.store.load(eligibility_wait_stream_id(step.order.switch_id))
    if not isinstance(wait, EligibilityWait) or wait.ending is not None:
        return
    awaited = awaited_of(error, None)
    message = f"The look got no answer; it waits for {awaited.words()}. {error.message}"
    looks_at = step.at + _delay(activity.info(), error)
    # The attempts of one look follow each other closely: their first failure tells of all.
    known = wait.planned
    if known is not None and (known.code, known.message) == (error.code, message):
        return
    remedy = awaited.remedy or error.remedy
    facts = {"code": error.code, "message": message, "remedy": remedy}
    if wait.plan_look(looks_at, at=step.at, meta=step.own_meta(_UNANSWERED), **facts):
        step.save(wait, what="planned")


def _waited_for(step: Step, state: SwitchState, error: PlanSwitchError) -> _Noted | None:
    """Return what is waited for until the step is tried again; None where it is not."""
    if error.handling.is_retryable or error.details.get("is_retried"):
        awaited, looks_at = awaited_of(error, state), step.at + _delay(activity.info(), error)
        # The server's clock for both, which may run ahead of this machine's.
        return _Noted(
            awaited=awaited, code=error.code, message=error.message, since=step.begun_at, looks_at=looks_at
        )
    what = _FORWARD.get(step.context.step) if state.stage in AFTER_PIVOT else None
    if what is None and not isinstance(error, RecordInconsistent):
        return None
    awaited = Awaited(
        party=Party.OPERATOR,
        action=f"mend what {what or 'the switch'} fails for",
        names=(f"{error.code}: {error.message}".rstrip("."),),
        remedy=f"{error.remedy} {_AGAIN} {way_out(state)}".strip(),
    )
    known = state.wait
    is_known = known is not None and known.step == step.context.step and known.party == Party.OPERATOR.value
    return _Noted(
        awaited=awaited,
        code=error.code,
        message=error.message,
        since=known.since if known is not None and is_known else step.at,
        looks_at=step.at + timedelta(seconds=RETRY_SECONDS),
    )


def _record(step: Step, source: Subscription, state: SwitchState, note: _Noted) -> None:
    awaited, last = note.awaited, state.of(WaitNoted)
    was_called = is_waiting_for_retry(state)
    if last is not None and last.step != step.context.step:
        last = None
    if not is_noted(
        since=note.since,
        now=step.at,
        looks_at=note.looks_at,
        is_changed=last is not None and (state.wait is None or _is_news(last, note, step.at)),
        noted_since=last.since if last else None,
        noted_at=last.timestamp if last else None,
    ):
        return
    step.advance(
        source,
        WaitNoted,
        step.own_meta(_WAITS),
        step=step.context.step,
        party=awaited.party.value,
        action=awaited.action,
        names=list(awaited.names),
        code=note.code,
        message=note.message,
        remedy=awaited.remedy,
        since=note.since,
        looks_at=note.looks_at,
        until=awaited.until,
    )
    step.save(source, what="wait")
    # While it is tried again by itself there is a way on, and no retry.
    if not was_called and is_waiting_for_retry(step.state_of(source)):
        # A condition that swings calls once for each cause; the board shows each time that it is so again.
        is_known = (step.context.step, note.code) in state.alarmed_causes
        try_alarm(step, NO_WAY_ON, number=state.alarms.get(NO_WAY_ON, 0) + 1, is_known=is_known)


def _is_news(last: WaitNoted, note: _Noted, now: datetime) -> bool:
    """Return whether something else is waited for than was noted last, or at another steady pace."""
    gap, before = note.looks_at - now, last.looks_at - last.timestamp
    is_other_pace = gap >= STEADY_FROM and abs(gap - before) > _PACE_TOLERANCE
    return is_other_pace or _named(last.awaited) != _named(note.awaited)


def _named(awaited: Awaited) -> tuple[Any, ...]:
    """Return what makes two waits the same."""
    return awaited.party, awaited.action, awaited.names, awaited.until


def _delay(info: activity.Info, error: PlanSwitchError) -> timedelta:
    """Return how long Temporal waits before the next attempt."""
    if isinstance(error, NotReadyYet | ProviderThrottled):
        return timedelta(seconds=error.retry_after_seconds)
    policy = info.retry_policy
    if policy is None:
        return timedelta(0)
    longest = policy.maximum_interval or policy.initial_interval * 100
    grown = policy.initial_interval * policy.backoff_coefficient ** min(info.attempt - 1, 32)
    return min(grown, longest)
