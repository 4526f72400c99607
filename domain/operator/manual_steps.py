"""The steps of a switch by hand: which is next, what each needs, and why one may not be started now.

The list that an operator sees, the answer to a command and the step that records it use these functions
(manual#steps).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.kernel.errors import RequestReused, StepOutOfOrder
from domain.operator.amendment import ENDED
from domain.operator.manual_events import ManualStepBegun, ManualStepDoneOutside
from domain.switch.events import ReplacementOrdered, ReplacementReady, SwitchRequested
from domain.switch.move_events import LicenseMoveFinished, LicensesReduced, SourceCancelled
from domain.switch.stage import RETURNING, TERMINAL, UNCLEARED, Stage
from domain.switch.switch_state import SwitchState

MANUAL = "manual"


class ManualStep(StrEnum):
    """A step that an operator starts."""

    BUY = "buy"
    VERIFY = "verify"
    REASSIGN = "reassign"
    CANCEL = "cancel"
    REDUCE = "reduce"


class StepState(StrEnum):
    """How far a step is."""

    DONE = "done"
    #: It, or a part of it, was done in the vendor's own pages.
    DONE_OUTSIDE = "done_outside"
    RUNNING = "running"
    #: An operator is to start it.
    NEXT = "next"
    LATER = "later"


@dataclass(frozen=True, kw_only=True, slots=True)
class StepAdvice:
    """One step as an operator sees it."""

    step: str
    state: str
    #: What must be true before it.
    precondition: str
    #: What it does.
    what: str
    #: The command that starts it; "" where it can't be started now.
    command: str


AUTOMATIC_STEPS = "The switch runs by itself: only a switch that was started with `--mode manual` has steps."
PAUSED = "The switch is paused: resume it, then start the step."
HELD = "The switch is on hold: mend what it names, then `planswitch switch retry`."
GOES_BACK = "The switch goes back to the old plan."
#: Last step that a switch does not have -> why.
OTHER_END: dict[str, str] = {
    ManualStep.CANCEL: "Step cancel is not next: some users stay, so the old subscription is reduced.",
    ManualStep.REDUCE: "Step reduce is not next: everyone moves, so the old subscription is cancelled.",
}
_PRECONDITIONS = {
    ManualStep.BUY: "The accepted quote still holds, and no other order or credit check is open.",
    ManualStep.VERIFY: "The new subscription is ordered, and its credit is cleared.",
    ManualStep.REASSIGN: "The new subscription is active, every service of it is set up, and it has enough "
    "licenses.",
    ManualStep.CANCEL: "Everyone is moved: two reads in a row show nobody on the old plan.",
    ManualStep.REDUCE: "Everyone who was selected is moved.",
}
_WHAT = {
    ManualStep.BUY: "Orders the new subscription. One of the new plan that was bought since the start, or "
    "was named at the start, is taken in its place.",
    ManualStep.VERIFY: "Looks whether the new subscription is active and all its services are set up; where "
    "it is not, looks again by itself until it is.",
    ManualStep.REASSIGN: "Gives users the new license and takes the old one, 20 in a call: everyone who is "
    "left, or the named users. Administration is locked from its first start until the switch completes.",
    ManualStep.CANCEL: "Cancels the old subscription, then bills and completes the switch. There is no way "
    "back after it.",
    ManualStep.REDUCE: "Reduces the old subscription to one license for each user who stays, then bills and "
    "completes the switch. There is no way back after it.",
}


def is_by_hand(requested: SwitchRequested) -> bool:
    """Return whether a request asks for steps that an operator starts; one of licenses only has none."""
    return requested.mode == MANUAL and not requested.order.get("licenses_only")


def is_manual(state: SwitchState) -> bool:
    """Return whether an operator starts each step."""
    requested = state.of(SwitchRequested)
    return requested is not None and is_by_hand(requested)


def is_partial(state: SwitchState) -> bool:
    """Return whether only selected users move, and the old subscription is reduced to the others."""
    requested = state.of(SwitchRequested)
    return requested is not None and bool(requested.order.get("selection"))


def bought_outside(state: SwitchState) -> ManualStepDoneOutside | None:
    """Return how the new subscription was bought outside; None: the switch orders it."""
    bought = state.outside_steps.get(ManualStep.BUY)
    return bought if isinstance(bought, ManualStepDoneOutside) else None


def require_started(state: SwitchState, step: str) -> None:
    """Refuse what an operator has not started in a manual switch: nothing is done behind their back.

    Raises:
        StepOutOfOrder: Nobody started it, or the switch has no such step.
    """
    if step not in steps_of(state) and (is_manual(state) or step == ManualStep.REDUCE):
        raise StepOutOfOrder(f"Switch {state.switch_id} has no step {step}.")
    if is_manual(state) and step not in state.begun_steps:
        raise StepOutOfOrder(f"No operator has started step {step} of switch {state.switch_id}.")


def command_of(step: str) -> str:
    """Return the name under which the start of a step is recorded as a command.

    Step `cancel` is not the command `cancel`, by which a switch turns back (manual#steps).
    """
    return f"step_{step}"


def command_words(command: str) -> str:
    """Return how a recorded command is named to people: the start of a step as `step NAME`."""
    named = {command_of(step): f"step {step}" for step in ManualStep}
    return named.get(command, command)


def is_running(state: SwitchState, step: str, request_id: str) -> bool:
    """Return whether this very start of a step is the one that is to be carried out.

    One that was carried out is awaited again, or done.
    """
    begun = state.begun_steps.get(step)
    return (
        isinstance(begun, ManualStepBegun)
        and begun.request_id == request_id
        and state.awaited_step != step
        and not is_done(state, step)
    )


def recorded_start(state: SwitchState, step: str, request_id: str) -> ManualStepBegun:
    """Return the start of a step that the record has of a request.

    Raises:
        RequestReused: The request id was used for another step, or for another command.
    """
    start = state.starts.get(request_id)
    if not isinstance(start, ManualStepBegun) or start.step != step:
        raise request_reused(request_id)
    return start


def request_reused(request_id: str) -> RequestReused:
    """Return the refusal of a request id that was used for something else."""
    return RequestReused(
        f"Request {request_id} was used before for another step, other users, or another command.",
        remedy="Use a new request id.",
    )


def steps_of(state: SwitchState) -> tuple[ManualStep, ...]:
    """Return the steps in their order; none of a switch that runs by itself."""
    if not is_manual(state):
        return ()
    last = ManualStep.REDUCE if is_partial(state) else ManualStep.CANCEL
    return (ManualStep.BUY, ManualStep.VERIFY, ManualStep.REASSIGN, last)


def is_done(state: SwitchState, step: str) -> bool:
    """Return whether the record shows a step done."""
    if step == ManualStep.BUY:
        return state.has(ReplacementOrdered) and state.stage not in UNCLEARED
    events = {
        ManualStep.VERIFY: ReplacementReady,
        ManualStep.REASSIGN: LicenseMoveFinished,
        ManualStep.CANCEL: SourceCancelled,
        ManualStep.REDUCE: LicensesReduced,
    }
    return state.has(events[ManualStep(step)])


def next_step(state: SwitchState) -> str:
    """Return the first step that is not done; "" where none is left, or the switch goes back or has ended."""
    if state.stage in TERMINAL | RETURNING:
        return ""
    return next((each for each in steps_of(state) if not is_done(state, each)), "")


def step_refusal(state: SwitchState, step: str) -> str:
    """Return why a step may not be started now; "" where it may."""
    return _closed(state) or _out_of_order(state, step) or _busy(state, step)


def _closed(state: SwitchState) -> str:
    """Return why no step may be started at all; "" where one may."""
    if not is_manual(state):
        return AUTOMATIC_STEPS
    if state.stage in TERMINAL:
        return ENDED
    return GOES_BACK if state.stage in RETURNING else ""


def _out_of_order(state: SwitchState, step: str) -> str:
    """Return why a step is not the next one; "" where it is."""
    following = next_step(state)
    if step not in steps_of(state):
        return OTHER_END.get(step, f"There is no step {step}.")
    if is_done(state, step):
        return f"Step {step} is done; " + (f"{following} is next." if following else "none is left.")
    return f"Step {step} is not next: {following} is." if step != following else ""


def _busy(state: SwitchState, step: str) -> str:
    """Return why the next step may not be started yet; "" where it may."""
    if state.is_paused:
        return PAUSED
    if state.stage == Stage.HELD:
        return HELD
    return "" if state.awaited_step == step else f"Step {step} runs already, or begins in a moment."


def step_list(state: SwitchState) -> tuple[StepAdvice, ...]:
    """Return every step with its state, what it needs, and the command that starts it."""
    return tuple(_advice(state, step) for step in steps_of(state))


def _advice(state: SwitchState, step: ManualStep) -> StepAdvice:
    may_begin = not step_refusal(state, step)
    return StepAdvice(
        step=step,
        state=_state_of(state, step),
        precondition=_PRECONDITIONS[step],
        what=_WHAT[step],
        command=step_command(step, state.switch_id[:8]) if may_begin else "",
    )


def step_command(step: str, switch: str = "SWITCH") -> str:
    """Return the command that starts a step of a switch, which is named as people name it."""
    return f"planswitch switch step {switch} {step} --reason …"


def _state_of(state: SwitchState, step: ManualStep) -> StepState:
    if is_done(state, step):
        return StepState.DONE_OUTSIDE if step in state.outside_steps else StepState.DONE
    if step != next_step(state):
        return StepState.LATER
    is_begun = isinstance(state.begun_steps.get(step), ManualStepBegun)
    return StepState.RUNNING if is_begun and state.awaited_step != step else StepState.NEXT
