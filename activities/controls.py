"""What operator controls leave in the record: pauses (rules section 7)."""

from __future__ import annotations

from datetime import timedelta

from temporalio import activity

from activities.contract import StreamPosition
from activities.control_contract import RECORD_PAUSE, RecordPauseInput, RecordPauseResult
from activities.step import Step, Toolbox, position_of, step_of
from domain.control_events import PAUSE, RESUME, SwitchPaused, SwitchResumed
from domain.recorded import Meta
from domain.return_events import OperatorCommanded
from domain.subscription import Subscription


class ControlActivities:
    """Steps of operator controls."""

    def __init__(self, toolbox: Toolbox) -> None:
        self._toolbox = toolbox

    @activity.defn(name=RECORD_PAUSE.name, no_thread_cancel_exception=True)
    def record_pause(self, step_input: RecordPauseInput) -> RecordPauseResult:
        """Record that a switch pauses or goes on; whoever moves users looks at it (rules section 7)."""
        with step_of(self._toolbox, step_input) as step:

            def decide() -> tuple[list[Subscription], StreamPosition]:
                source = step.source()
                _pause(step, source, step_input)
                return [source], position_of(source)

            position, _ = step.decide_and_save(decide)
            return RecordPauseResult(saved=(position,))


def command_meta(step: Step, *, request_id: str, actor: str, reason: str) -> Meta:
    """Return who and what causes the events of a command; without one it is the switch itself."""
    if not request_id:
        return step.meta(actor=actor, reason=reason)
    return step.meta(actor=actor, reason=reason, causation=f"command:{request_id}")


def record_command(step: Step, source: Subscription, name: str, *, request_id: str, meta: Meta) -> bool:
    """Record a command once, and return whether it is new."""
    if request_id in step.state_of(source).commands:
        return False
    source.advance(OperatorCommanded, at=step.at, meta=meta, command=name, request_id=request_id)
    return True


def _pause(step: Step, source: Subscription, step_input: RecordPauseInput) -> None:
    state = step.state_of(source)
    if step_input.paused == state.is_paused:
        return
    meta = command_meta(
        step, request_id=step_input.request_id, actor=step_input.actor, reason=step_input.reason
    )
    if step_input.request_id:
        name = PAUSE if step_input.paused else RESUME
        record_command(step, source, name, request_id=step_input.request_id, meta=meta)
    if not step_input.paused:
        source.advance(SwitchResumed, at=step.at, meta=meta, stage=state.stage)
        return
    source.advance(
        SwitchPaused,
        at=step.at,
        meta=meta,
        code=step_input.code,
        message=step_input.message,
        until=step.at + timedelta(seconds=step_input.seconds) if step_input.seconds else None,
    )
