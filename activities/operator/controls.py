"""What operator controls leave in the record: pauses (rules#operator-controls)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from temporalio import activity

from activities.base.attempt import Steps, step_of
from activities.base.step import Step, position_of
from activities.operator.control_contract import RECORD_PAUSE, RecordPauseInput, RecordPauseResult
from activities.signed_command import SignedCommand
from domain.kernel.errors import CommandUnsigned, RequestReused
from domain.kernel.recorded import Meta
from domain.subscriptions.subscription import Subscription
from domain.switch.control_events import AFTER_PILOT, PAUSE, RESUME, SwitchPaused, SwitchResumed
from domain.switch.return_events import OperatorCommanded
from domain.switch.switch_state import SwitchState
from domain.text.plain_text import cleaned_text


class ControlActivities(Steps):
    """Steps of operator controls."""

    @activity.defn(name=RECORD_PAUSE.name, no_thread_cancel_exception=True)
    def record_pause(self, step_input: RecordPauseInput) -> RecordPauseResult:
        """Record that a switch pauses or goes on; whoever moves users looks at it."""
        with step_of(self._toolbox, step_input) as step:

            def change(source: Subscription) -> RecordPauseResult:
                _pause(step, source, step_input)
                is_taken = _is_taken(step.state_of(source), step_input)
                return RecordPauseResult(saved=(position_of(source),), is_taken=is_taken)

            return step.change_source(change)[0]


def command_meta(step: Step, message: Any) -> Meta:
    """Return who and what causes the events of a command, which the input of its step tells."""
    causation = f"command:{message.request_id}" if message.request_id else ""
    return step.meta(actor=message.actor, reason=message.reason, causation=causation)


def require_command(
    step: Step, message: Any, command: str, *, arguments: dict[str, Any] | None = None
) -> SignedCommand:
    """Refuse a command that nobody proves to have given; one that is recorded already was proved then.

    It takes what `Authority.require_command` takes, and raises what that raises.
    """
    request_id = message.request_id
    return step.authority.require_command(
        message, command=command, request_id=request_id, arguments=arguments
    )


def recorded_commands(
    state: SwitchState, names: Collection[str], *, actor: str, reason: str, request_id: str | None
) -> list[OperatorCommanded]:
    """Return the commands that the record has of this name, actor, reason and request id.

    Args:
        state: The switch.
        names: Names under which it may be recorded.
        actor: Who is said to have given it.
        reason: Why.
        request_id: Names the command; None: whoever asks does not know it.
    """
    commands = [each for each in state.commands.values() if isinstance(each, OperatorCommanded)]
    wanted = (cleaned_text(actor), cleaned_text(reason))
    return [
        each
        for each in commands
        if each.command in names
        and (each.meta["actor"], each.meta["reason"]) == wanted
        and request_id in {None, each.request_id}
    ]


def record_command(step: Step, source: Subscription, name: str, *, request_id: str, meta: Meta) -> bool:
    """Record a command once, and return whether it is new."""
    if request_id in step.state_of(source).commands:
        return False
    step.advance(source, OperatorCommanded, meta, command=name, request_id=request_id)
    return True


def _is_taken(state: SwitchState, step_input: RecordPauseInput) -> bool:
    """Return whether the record has what was asked for by this very command, or by none."""
    known = state.commands.get(step_input.request_id)
    name = PAUSE if step_input.paused else RESUME
    return not step_input.request_id or (isinstance(known, OperatorCommanded) and known.command == name)


def _pause(step: Step, source: Subscription, step_input: RecordPauseInput) -> None:
    state = step.state_of(source)
    if step_input.paused == state.is_paused:
        return
    name = PAUSE if step_input.paused else RESUME
    if step_input.request_id:
        require_command(step, step_input, name, arguments={})
    else:
        _require_own(step, state, step_input)
    meta = command_meta(step, step_input)
    request_id = step_input.request_id
    if request_id and not record_command(step, source, name, request_id=request_id, meta=meta):
        raise RequestReused(
            f"The request id {request_id} was taken before, so this {name} does not count.",
            remedy="Send it anew, with a new request id.",
        )
    if not step_input.paused:
        step.advance(source, SwitchResumed, meta, stage=state.stage)
        return
    step.advance(
        source,
        SwitchPaused,
        meta,
        code=step_input.code,
        message=step_input.message,
        until=step.at + timedelta(seconds=step_input.seconds) if step_input.seconds else None,
    )


def _require_own(step: Step, state: SwitchState, step_input: RecordPauseInput) -> None:
    """Refuse a pause that no pilot asks for, and its end before its time, where no operator commands them."""
    pause = state.pause
    until = pause.until if isinstance(pause, SwitchPaused) and pause.code == AFTER_PILOT else None
    is_due = until is not None and step.at >= until
    has_pilot = bool(step.order.pilot or step.order.pilot_group_id) and not state.is_pilot_done
    is_after_pilot = has_pilot and step_input.code == AFTER_PILOT
    if not (is_after_pilot if step_input.paused else is_due):
        raise CommandUnsigned(f"Nobody commands this {PAUSE if step_input.paused else RESUME}.")
