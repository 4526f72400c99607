"""Steps of a switch by hand: the workflow waits until an operator starts the next one (manual#steps)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.contract import (
    CANCEL_SOURCE,
    REDUCE_SOURCE,
    ActivitySpec,
    CancelSourceInput,
    CancelSourceResult,
)
from activities.manual.manual_contract import (
    AWAIT_STEP,
    BEGIN_STEP,
    CANCEL,
    MOVE_SELECTION,
    REASSIGN,
    REDUCE,
    AwaitStepInput,
    AwaitStepResult,
    BeginStepInput,
    MoveSelectionInput,
    MoveSelectionResult,
)
from domain.switch.stage import Stage
from workflows.base.messages import CommandAnswer, TakeStep
from workflows.base.steps import STEP_FAILURES, failure_of
from workflows.switch.commands import Commands
from workflows.switch.credit_wait import OUTCOMES
from workflows.switch.holds import OF_RECORD, Holds
from workflows.switch.license_move import OVER_RATE
from workflows.switch.license_stage import LicenseStage
from workflows.switch.pauses import Pauses
from workflows.switch.run import SwitchRun

BY_ITSELF = "The switch runs by itself: nobody starts its steps."
#: Failures before the first license moves that end the switch, by hand as well: the order has to be voided.
ENDING = frozenset({*OUTCOMES, *OF_RECORD, "PROVISIONING_EXPIRED"})


class ManualSteps:
    """The steps of one switch that an operator starts; a switch that runs by itself waits for nobody."""

    def __init__(self, run: SwitchRun, holds: Holds, pauses: Pauses) -> None:
        self._run = run
        self._holds = holds
        self._pauses = pauses
        #: Step that an operator is to start now; "": none.
        self._awaited = ""
        self._is_recording = False
        self._begun: TakeStep | None = None
        #: Step -> request id of the start that was carried out last.
        self._carried_out: dict[str, str] = {}

    @property
    def is_manual(self) -> bool:
        """Return whether an operator starts each step."""
        return self._run.order.is_by_hand

    @property
    def leaving(self) -> ActivitySpec[CancelSourceInput, CancelSourceResult]:
        """Return the step that leaves the old plan: it is cancelled, or reduced to who stays."""
        return REDUCE_SOURCE if self._run.order.selection else CANCEL_SOURCE

    async def carry_out(self, step: str, phase: Callable[[], Awaitable[object]]) -> None:
        """Run a phase before the first license moves, once an operator has started it.

        By hand a failure is told, and the operator starts the step again: nothing is taken back behind them.
        """
        if not self.is_manual:
            await phase()
            return
        failure = ("", "")
        while True:
            begun = await self._until_begun(step, *failure)
            try:
                await phase()
            except STEP_FAILURES as error:
                self._run.raise_if_turned_back()
                failure = failure_of(error)
                if failure[0] in ENDING:
                    raise
                self._carried_out[step] = begun.request_id
            else:
                return

    async def move(self, licenses: LicenseStage) -> None:
        """Move users until everyone is: in as many starts of `reassign` as an operator makes."""
        if self.is_manual:
            while (begun := await self._held(REASSIGN)).selection:
                move = await self._moved(begun)
                self._carried_out[REASSIGN] = begun.request_id
                if not move.left:
                    break
        await self._holds.hold_on_failure(licenses.move)

    async def until_leaving(self) -> None:
        """Wait until an operator lets the old plan be left: from there on only forward."""
        if self.is_manual:
            await self._held(REDUCE if self._run.order.selection else CANCEL)

    async def take(self, command: TakeStep, commands: Commands) -> CommandAnswer:
        """Start a step, if it is the one that is waited for; the same request id starts it once."""
        if self._is_recording:
            # Readers of the record see what is waited for before this run knows it.
            await workflow.wait_condition(lambda: not self._is_recording)
        return await commands.once(command, self._begin)

    async def _begin(self, command: TakeStep) -> CommandAnswer:
        if not self.is_manual:
            return self._run.answer(BY_ITSELF)
        result = await self._run.run_step(
            BEGIN_STEP, self._run.input_for(BeginStepInput, command), summary=f"{command.step} by an operator"
        )
        if result.is_new and self._awaited == command.step:
            self._begun = command
        return self._run.answer(result.message, is_accepted=result.accepted)

    async def _held(self, step: str) -> TakeStep:
        """Wait until an operator starts a step while licenses move, when no failure may end the switch."""
        starts: list[TakeStep] = []

        async def wait() -> None:
            starts.append(await self._until_begun(step))

        await self._holds.hold_on_failure(wait)
        return starts[-1]

    async def _until_begun(self, step: str, code: str = "", message: str = "") -> TakeStep:
        """Wait until an operator starts a step, and return the start; one that the record has is gone on."""
        self._begun = None
        result = await self._await(step, code, message)
        self._run.raise_if_turned_back()
        stage, details = self._run.stage, f"{code}: {message}" if code else ""
        try:
            while not result.is_begun and self._begun is None:
                self._run.enter(
                    stage, "operator", details or f"**{stage}**, waits for step {step} to be started"
                )
                await workflow.wait_condition(lambda: self._begun is not None or self._run.is_paused)
                if self._begun is None:
                    # A reader of the record has to see after the pause what is waited for.
                    await self._run.until_resumed()
                    result = await self._await(step, code, message, is_again=True)
        finally:
            self._awaited = ""
        self._run.enter(stage, "nobody")
        return self._begun or _start(step, result.request_id, result.selection)

    async def _await(self, step: str, code: str, message: str, *, is_again: bool = False) -> AwaitStepResult:
        awaited = self._run.input_for(
            AwaitStepInput,
            step=step,
            carried_out=self._carried_out.get(step, ""),
            code=code,
            message=message,
            is_again=is_again,
        )
        self._is_recording = True
        try:
            result = await self._run.run_step(AWAIT_STEP, awaited, summary=f"waits for {step}")
        finally:
            self._is_recording = False
        if not result.is_begun:
            self._awaited = step
        return result

    async def _moved(self, begun: TakeStep) -> MoveSelectionResult:
        """Move the named users; a failure of the step holds the switch, as of any that moves users."""
        self._run.enter(Stage.MOVING, "nobody")
        moves: list[MoveSelectionResult] = []

        async def move() -> None:
            moves.append(await self._pauses.interruptible(partial(self._move_named, begun)))

        await self._holds.hold_on_failure(move)
        self._run.raise_if_turned_back()
        return moves[-1]

    async def _move_named(self, begun: TakeStep) -> MoveSelectionResult:
        beyond = -1
        while True:
            named = self._run.input_for(MoveSelectionInput, selection=begun.selection, beyond=beyond)
            part = await self._run.run_step(MOVE_SELECTION, named, summary=f"{begun.users or 'named'} users")
            _require_under_rate(part)
            if part.reached < 0:
                return part
            beyond = part.reached


def _require_under_rate(part: MoveSelectionResult) -> None:
    """Hold a switch too many of whose named users could not be moved (rules#operator-controls).

    Raises:
        ApplicationError: The part has stopped early.
    """
    if part.is_over_rate:
        raise ApplicationError(
            f"{part.failed} of {part.tried} users tried could not be moved; the others were not tried. "
            "`planswitch switch show` tells who must do what, and a retry goes on with the others.",
            type=OVER_RATE,
            non_retryable=True,
        )


def _start(step: str, request_id: str, selection: str) -> TakeStep:
    return TakeStep(request_id=request_id, actor="", reason="", step=step, selection=selection)
