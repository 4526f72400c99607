"""Names and types of the activities of a switch by hand (manual#steps); free of the domain."""

from __future__ import annotations

from dataclasses import dataclass

from activities.contract import (
    HOUR_SECONDS,
    ActivitySpec,
    StepInput,
    StepResult,
)
from activities.operator.control_contract import CommandResult
from activities.signed_command import SignedCommand

#: The update that starts a step.
TAKE_STEP = "take_step"
MANUAL = "manual"
BUY, VERIFY, REASSIGN, CANCEL, REDUCE = "buy", "verify", "reassign", "cancel", "reduce"


@dataclass(frozen=True, kw_only=True)
class AwaitStepInput(StepInput):
    """Wait until an operator starts a step."""

    step: str
    #: Request id of the start that the run has carried out; "": none.
    carried_out: str = ""
    #: Why that did not get through; both "" where it did.
    code: str = ""
    message: str = ""
    #: A pause is over: the record says again what is waited for.
    is_again: bool = False


@dataclass(frozen=True, kw_only=True)
class AwaitStepResult(StepResult):
    """Whether the step is begun, as the record has it."""

    is_begun: bool
    #: Of the start that is to be carried out; "" where the step is done, or not begun.
    request_id: str = ""
    selection: str = ""


@dataclass(frozen=True, kw_only=True)
class BeginStepInput(StepInput):
    """Record that an operator starts a step, if it is the next one."""

    step: str
    #: Stored selection of users; "": everyone who is left.
    selection: str
    users: int
    request_id: str
    actor: str
    reason: str
    #: Stored choice of the services that are off for single users; "": nobody chose any.
    user_services: str = ""
    signed: SignedCommand | None = None


@dataclass(frozen=True, kw_only=True)
class BeginStepResult(CommandResult):
    """What became of the start."""

    #: The start is to be carried out; False: it is refused, or was carried out before.
    is_new: bool = False


@dataclass(frozen=True, kw_only=True)
class MoveSelectionInput(StepInput):
    """Move the users of a stored selection who are on the roster and not moved yet."""

    selection: str
    #: Position on the roster after which this part of them begins.
    beyond: int = -1


@dataclass(frozen=True, kw_only=True)
class MoveSelectionResult(StepResult):
    """What became of them."""

    moved: int
    failed: int
    #: Users of the roster whom no pass has moved so far.
    left: int
    #: Position of the last user of this part where another part follows; -1: it was the last one.
    reached: int = -1
    #: Users whom this part has tried, and whether so many of them failed that the others were not.
    tried: int = 0
    is_over_rate: bool = False


AWAIT_STEP = ActivitySpec(
    name="manual_steps.await_step", input_type=AwaitStepInput, result_type=AwaitStepResult
)
BEGIN_STEP = ActivitySpec(
    name="manual_steps.begin_step", input_type=BeginStepInput, result_type=BeginStepResult
)
MOVE_SELECTION = ActivitySpec(
    name="manual_moves.move_selection",
    input_type=MoveSelectionInput,
    result_type=MoveSelectionResult,
    start_to_close_seconds=HOUR_SECONDS,
)
