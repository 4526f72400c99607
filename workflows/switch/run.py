"""What the parts of a running switch share: its order, what it has saved, and where it stands."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from temporalio import workflow

from activities.contract import (
    ActivitySpec,
    RequestSwitchResult,
    SwitchOrder,
)
from domain.switch.stage import SHOWN_TURNABLE, Stage
from workflows.base.messages import CommandAnswer, OperatorCommand
from workflows.base.steps import Input, Progress, Result
from workflows.base.visibility import show_stage


class SwitchRun(Progress):
    """One run of a switch.

    Args:
        order: The switch.
    """

    def __init__(self, order: SwitchOrder) -> None:
        super().__init__()
        self.order = order
        #: How the request was answered; None: it is not decided yet.
        self.request: RequestSwitchResult | None = None
        self.stage = Stage.REQUESTED
        self.is_paused = False
        #: Nobody knows whether the seller has taken the order.
        self.is_order_unknown = False
        #: Ends the switch: before licenses move it is taken back, afterwards rolled back.
        self.back_command: OperatorCommand | None = None
        self._waits_for = "nobody"
        #: What is shown beside the stage.
        self.details = ""
        self._undoable: asyncio.Task[None] | None = None
        self._turnable: asyncio.Task[None] | None = None

    def input_for(self, kind: type[Input], command: object = None, /, **facts: Any) -> Input:
        """Return the input of a step: where the switch stands, and what the command says that it carries out.

        Args:
            kind: Dataclass of the input, which has the fields of the command under their names.
            command: A message of an update (workflows/base/messages.py); None: nobody commands it.
            facts: What the input has beside them.
        """
        return kind(order=self.order, after=self.positions(), **(vars(command) if command else {}), **facts)

    async def step(self, spec: ActivitySpec[Input, Result]) -> Result:
        """Run a step of the way forward that needs no more than the order, once nobody pauses the switch."""
        await self.until_resumed()
        return await self.step_on(spec, spec.input_type(order=self.order, after=self.positions()))

    async def step_on(self, spec: ActivitySpec[Input, Result], step_input: Input) -> Result:
        """Run a step of the way forward, during a pause as well."""
        result = await self.run_step(spec, step_input)
        # A cancel that meets a step just ending well is lost otherwise (sdk-python issue 620).
        self.raise_if_turned_back()
        return result

    async def until_resumed(self) -> None:
        """Begin nothing new while the switch is paused."""
        if self.is_paused:
            await workflow.wait_condition(lambda: not self.is_paused)

    async def undoable(self, phase: Coroutine[None, None, None]) -> None:
        """Run the phase before the first license moves, which a cancel stops."""
        self._undoable = asyncio.create_task(phase)
        await self._undoable

    async def turnable(self, phase: Coroutine[None, None, None]) -> None:
        """Run the phase in which licenses move, which a roll-back stops."""
        self._turnable = asyncio.create_task(phase)
        await self._turnable

    def turn_back(self, command: OperatorCommand) -> bool:
        """Lead back to the old plan while that is possible, and return whether it is."""
        is_early = self.request is None or _is_running(self._undoable)
        if self.back_command is not None or not (is_early or self.stage in SHOWN_TURNABLE):
            return False
        self.back_command = command
        self.is_paused = False
        running = self._undoable if is_early else self._turnable
        if running is not None:
            running.cancel()
        return True

    def raise_if_turned_back(self) -> None:
        """End the phase when the switch goes back to the old plan."""
        if self.back_command is not None:
            raise asyncio.CancelledError(self.back_command.reason)

    @property
    def is_pausable(self) -> bool:
        """Return whether there is anything to pause."""
        is_begun = _is_running(self._undoable) or self.stage in SHOWN_TURNABLE
        return self.back_command is None and is_begun

    def enter(self, stage: Stage, waits_for: str, details: str = "") -> None:
        """Show stage, who is waited for, and details."""
        self.stage, self._waits_for, self.details = stage, waits_for, details
        self.show()

    def show(self) -> None:
        """Show where the switch stands, or that it is paused there."""
        (stage, waits_for), details = self.shown(), self.details
        if self.is_paused:
            details = f"**{stage}** at {self.stage}, waits for an operator to resume"
        show_stage(stage, waits_for, details or f"**{stage}**, waits for {waits_for}")

    def shown(self) -> tuple[Stage, str]:
        """Return the stage to show, and who is waited for."""
        if self.is_paused:
            return Stage.PAUSED, "operator"
        return self.stage, self._waits_for

    def answer(self, message: str, *, is_accepted: bool = False) -> CommandAnswer:
        """Return the answer to a command, which names the stage."""
        return CommandAnswer(accepted=is_accepted, stage=self.stage, message=message)


def _is_running(task: asyncio.Task[None] | None) -> bool:
    """Return whether a phase has begun and not ended."""
    return task is not None and not task.done()
