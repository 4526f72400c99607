"""Recording of promises that were missed: an event, a line in the log, never a failure (rules#promises)."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from temporalio import activity

from activities.base.alarms import raise_alarm
from activities.base.attempt import Steps, step_of
from activities.base.promise_contract import (
    ALARMS,
    CREDIT_INVOICE,
    RAISE_ALARM,
    RECORD_MISSED,
    RaiseAlarmInput,
    RecordMissedInput,
)
from activities.base.step import Step, position_of
from activities.base.turns import require_due
from activities.contract import RecordedResult, StreamPosition
from domain.kernel.errors import PlanSwitchError
from domain.subscriptions.subscription import Subscription
from domain.switch.events import CreditCheckApproved, CreditCheckRequired, PromiseMissed
from domain.switch.stage import TERMINAL
from domain.switch.switch_state import SwitchState

_log = structlog.get_logger()

#: About two minutes; the board and the metrics still show it.
CALL_ATTEMPTS_MAX = 8


class PromiseActivities(Steps):
    """Steps that keep watch over what was promised."""

    @activity.defn(name=RECORD_MISSED.name, no_thread_cancel_exception=True)
    def record_missed(self, step_input: RecordMissedInput) -> RecordedResult:
        """Record the breach unless it is recorded."""
        with step_of(self._toolbox, step_input) as step:

            def change(source: Subscription) -> StreamPosition:
                require_due(step, step_input.promised_at, f"promise {step_input.promise}")
                note_missed(step, source, step_input.promise, step_input.promised_at)
                return position_of(source)

            position, saved = step.change_source(change)
            called: tuple[StreamPosition, ...] = ()
            if step_input.promise in ALARMS and _is_to_call(step, step_input.promise):
                called = _call(step, step_input.promise)
            return RecordedResult(saved=called or saved or (position,))

    @activity.defn(name=RAISE_ALARM.name, no_thread_cancel_exception=True)
    def raise_again(self, step_input: RaiseAlarmInput) -> RecordedResult:
        """Call the installation's contact again, unless the switch has ended meanwhile."""
        with step_of(self._toolbox, step_input) as step:
            source = step.source()
            if step.state_of(source).stage in TERMINAL:
                return RecordedResult(saved=(position_of(source),))
            called = _call(step, step_input.alarm, number=step_input.number)
            return RecordedResult(saved=called or (position_of(source),))


def _call(step: Step, alarm: str, *, number: int = 1) -> tuple[StreamPosition, ...]:
    """Call, a few times where nobody answers: a switch that ends meanwhile waits for this step."""
    try:
        return raise_alarm(step, alarm, number=number)
    except PlanSwitchError as error:
        if activity.info().attempt < CALL_ATTEMPTS_MAX:
            raise
        _log.warning("alarm_not_raised", switch_id=step.order.switch_id, alarm=alarm, code=error.code)
        return ()


def _is_to_call(step: Step, promise: str) -> bool:
    """Return whether anybody has to look: a switch that has ended waits for its invoice at most."""
    return promise == CREDIT_INVOICE or step.state_of(step.source()).stage not in TERMINAL


def note_missed(step: Step, source: Subscription, promise: str, promised_at: datetime) -> None:
    """Note a missed promise on the source and in the log; a promise is missed once."""
    switch_id = step.order.switch_id
    if promise in step.state_of(source).missed:
        return
    meta = step.own_meta(f"promised by {promised_at:%Y-%m-%d %H:%M} UTC")
    step.advance(source, PromiseMissed, meta, promise=promise, promised_at=promised_at)
    log = _log.error if promise in ALARMS else _log.warning
    log("promise_missed", switch_id=switch_id, promise=promise, promised_at=promised_at.isoformat())


def credit_wait(state: SwitchState, now: datetime) -> timedelta:
    """Return how long the switch has waited for a credit check, which is promised by itself."""
    required, approved = state.of(CreditCheckRequired), state.of(CreditCheckApproved)
    if required is None:
        return timedelta()
    return (approved.timestamp if approved else now) - required.timestamp
