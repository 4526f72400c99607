"""Steps of a switch by hand: what each needs, which is next, and starting one (manual#steps)."""

from __future__ import annotations

from dataclasses import replace

from domain.kernel.errors import InvalidInput, PlanSwitchError, RuleViolated
from domain.operator.manual_steps import (
    ManualStep,
    StepAdvice,
    next_step,
    recorded_start,
    request_reused,
    step_command,
    step_list,
    step_refusal,
)
from domain.switch.events import SwitchRequested
from domain.switch.switch_state import SwitchState
from projections.reads.shown_rows import SwitchRow
from services.answers import CommandTaken
from services.assessment.selections import UserChoice, has_same_users, require_services, selected
from services.base.switch_rows import is_waiting, required_source
from services.base.tools import Tools
from services.commands.send import send
from workflows.base.messages import TakeStep

TAKE_STEP = "take_step"
NOT_BEGUN = "The request only waits until its switch is allowed: it has no steps yet."


class StepNotNext(PlanSwitchError):
    """A step of a manual switch was asked for that can't be started now; nothing was changed."""

    code = "STEP_NOT_NEXT"


def steps_of_switch(tools: Tools, row: SwitchRow) -> tuple[SwitchState | None, tuple[StepAdvice, ...]]:
    """Return the steps of a switch, and its state; a request that waits has none."""
    if is_waiting(row):
        return None, ()
    state = required_source(tools, row).switch(row.switch_id)
    return state, step_list(state)


def take_step(tools: Tools, row: SwitchRow, command: TakeStep, choice: UserChoice) -> CommandTaken:
    """Start a step of a switch by hand; once for a request id.

    Args:
        tools: Where to look and to send.
        row: The switch as the board shows it.
        command: Which step, who wants it and why.
        choice: Whom `reassign` is for; nobody is everyone who is left.

    Raises:
        StepNotNext: Another step is next, or it runs.
        RuleViolated: It is its turn, and something else stands in its way.
        InvalidInput: There is no such step, users are named for another step, or one of them can't be moved.
        RequestReused: The request id was used for something else.
    """
    _require_step(command.step)
    if is_waiting(row):
        raise StepNotNext(NOT_BEGUN, remedy=_remedy(row))
    state = required_source(tools, row).switch(row.switch_id)
    if command.request_id in state.commands:
        command = _repeated(tools, row, state, command, choice)
    else:
        refusal = step_refusal(state, command.step)
        if refusal:
            raise _not_next(row, state, refusal)
        if choice.is_made:
            command = _named(tools, row, command, choice)
        _require_services(tools, row, state, command)
    try:
        return send(tools, row, TAKE_STEP, command)
    except RuleViolated as refused:
        state = required_source(tools, row).switch(row.switch_id)
        if not step_refusal(state, command.step):
            # It is its turn: something of the step itself stands in the way.
            raise
        raise _not_next(row, state, refused.message) from refused


def _require_step(step: str) -> None:
    if step not in set(ManualStep):
        raise InvalidInput(field="step", value=step, allowed=", ".join(ManualStep))


def _repeated(
    tools: Tools, row: SwitchRow, state: SwitchState, command: TakeStep, choice: UserChoice
) -> TakeStep:
    """Return a start that the record has, for the users whom it has: some of them are moved by now.

    Raises:
        RequestReused: The request id was used for something else.
    """
    start = recorded_start(state, command.step, command.request_id)
    is_same = has_same_users(tools, row.organization_id, start.selection, choice)
    if not is_same or start.user_services != command.user_services:
        raise request_reused(command.request_id)
    return replace(command, selection=start.selection, users=start.users)


def _require_services(tools: Tools, row: SwitchRow, state: SwitchState, command: TakeStep) -> None:
    """Refuse a choice of services without users, and one that nobody has made for the new plan."""
    choice_id = command.user_services
    if not choice_id:
        return
    if not command.selection:
        raise InvalidInput(field="user_services", value=choice_id, allowed="nothing without users")
    target_plan_id = state.require(SwitchRequested).target_plan_id
    require_services(tools, row.organization_id, choice_id, lambda _cloud: target_plan_id)


def _named(tools: Tools, row: SwitchRow, command: TakeStep, choice: UserChoice) -> TakeStep:
    if command.step != ManualStep.REASSIGN:
        raise InvalidInput(
            field=choice.require_one(),
            value=None,
            allowed=f"no users in step {command.step}, only in reassign",
        )
    made = selected(tools, row.organization_id, row.source_subscription_id, choice)
    return replace(command, selection=made.selection, users=made.users)


def _not_next(row: SwitchRow, state: SwitchState, refusal: str) -> StepNotNext:
    following = next_step(state)
    if not following or step_refusal(state, following):
        return StepNotNext(refusal, remedy=_remedy(row))
    command = step_command(following, row.switch_id[:8])
    return StepNotNext(refusal, remedy=f"Next: `{command}`.")


def _remedy(row: SwitchRow) -> str:
    return f"`planswitch switch next {row.switch_id[:8]}` lists the steps and tells what runs."
