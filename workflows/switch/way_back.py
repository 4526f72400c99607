"""The way back to the old plan while users move: everyone returns, then the order is voided."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.contract import END_SWITCH, EndSwitchInput, EndSwitchResult
from activities.operator.control_contract import (
    RECORD_STUCK,
    RETURN_USERS,
    START_ROLL_BACK,
    RecordStuckInput,
    ReturnUsersInput,
    StartRollBackInput,
)
from domain.switch.stage import Stage
from workflows.base.messages import OperatorCommand
from workflows.base.steps import STEP_FAILURES, failure_of
from workflows.switch.holds import Holds
from workflows.switch.run import SwitchRun

Outcome = TypeVar("Outcome")

#: Looks for late writers before the way back is stuck.
ROUNDS_MAX = 5
STILL_MOVING = "Users keep coming onto the new plan; stop whoever moves them, then retry the switch."


class WayBack:
    """Undoing what a switch has done, however often it takes."""

    def __init__(self, run: SwitchRun, holds: Holds) -> None:
        self._run = run
        self._holds = holds

    async def return_everyone(self, command: OperatorCommand) -> bool:
        """Return everyone moved to the old plan with the original services (switch#ways-back).

        False where the record says that the old plan is being cancelled: nobody was moved back.
        """
        return await self._until_done(Stage.ROLLING_BACK, "nobody", partial(self._return_everyone, command))

    async def take_back(
        self, outcome: Stage, code: str, message: str, *, command: OperatorCommand | None = None
    ) -> EndSwitchResult:
        """Void the order, release the locks, and record how the switch ended (switch#ways-back).

        Args:
            outcome: How it ends.
            code: Why.
            message: Why, in words.
            command: Who wanted it; None: nobody did.
        """

        async def end() -> EndSwitchResult:
            return await self._run.run_step(
                END_SWITCH,
                EndSwitchInput(
                    order=self._run.order,
                    after=self._run.positions(),
                    outcome=outcome,
                    code=code,
                    message=message,
                    actor=command.actor if command else "",
                    signed=command.signed if command else None,
                    is_order_unknown=self._run.is_order_unknown,
                ),
            )

        return await self._until_done(Stage.ENDING, "seller", end)

    async def _return_everyone(self, command: OperatorCommand) -> bool:
        """Return everyone until a look finds nobody.

        A writer that lost its worker may still move users: between the looks lies the time that its last
        request may take, and only a look that finds nobody ends the way back (reliability#late-writers).
        """
        start = await self._run.run_step(START_ROLL_BACK, self._run.input_for(StartRollBackInput, command))
        if start.is_too_late:
            return False
        await self._return(is_last=False)
        for _ in range(ROUNDS_MAX):
            await workflow.sleep(timedelta(seconds=start.settle_seconds), summary="late writers")
            if await self._return(is_last=True):
                return True
        raise ApplicationError(STILL_MOVING, type="LICENSES_UNRESOLVED", non_retryable=True)

    async def _return(self, *, is_last: bool) -> bool:
        result = await self._run.run_step(
            RETURN_USERS,
            ReturnUsersInput(order=self._run.order, after=self._run.positions(), is_last=is_last),
            summary="last look" if is_last else "everyone back",
        )
        return result.is_finished

    async def _until_done(
        self, stage: Stage, waits_for: str, phase: Callable[[], Awaitable[Outcome]]
    ) -> Outcome:
        """Run a phase of taking back until it works; when it fails, an operator is told (switch#ways-back).

        Args:
            stage: Shown while it runs.
            waits_for: Whom it waits for.
            phase: The step that takes something back; idempotent.
        """
        while True:
            self._run.enter(stage, waits_for)
            try:
                return await phase()
            except STEP_FAILURES as error:
                code, message = failure_of(error)
                # The record itself may be what fails; the lists of Temporal tell all the same.
                with contextlib.suppress(ActivityError), self._holds.recording():
                    await self._record_stuck(getattr(error, "activity_type", ""), code, message)
                self._run.enter(Stage.STUCK, "operator", f"{code}: {message}")
                await self._holds.wait_for_retry()

    async def _record_stuck(self, step: str, code: str, message: str) -> None:
        await self._run.run_step(
            RECORD_STUCK,
            RecordStuckInput(
                order=self._run.order,
                after=self._run.positions(),
                step=step,
                code=code,
                message=message,
            ),
        )
