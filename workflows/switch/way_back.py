"""The way back to the old plan while users move: everyone returns, then the order is voided."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.contract import SwitchOrder
from activities.way_back.return_contract import (
    RECORD_STUCK,
    RETURN_USERS,
    START_ROLL_BACK,
    RecordStuckInput,
    ReturnUsersInput,
    StartRollBackInput,
)
from domain.switch.stage import Stage
from workflows.base.messages import OperatorCommand
from workflows.base.steps import Progress, failure_of, run_step
from workflows.switch.holds import STEP_FAILURES

Outcome = TypeVar("Outcome")

#: Looks for late writers before the way back is stuck.
ROUNDS_MAX = 5
STILL_MOVING = "Users keep coming onto the new plan; stop whoever moves them, then retry the switch."


class WayBack:
    """Undoing what a switch has done, however often it takes.

    Args:
        order: The switch.
        progress: What its steps have saved.
        enter: Shows stage, who is waited for, and details.
        wait_for_retry: Waits for an operator's retry, or for a while.
        recording: Lets commands wait while it is recorded that an operator is waited for.
    """

    def __init__(
        self,
        order: SwitchOrder,
        progress: Progress,
        *,
        enter: Callable[[Stage, str, str], None],
        wait_for_retry: Callable[[], Awaitable[object]],
        recording: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._order = order
        self._progress = progress
        self._enter = enter
        self._wait_for_retry = wait_for_retry
        self._recording = recording

    async def return_everyone(self, command: OperatorCommand) -> bool:
        """Return everyone moved to the old plan with the original services (switch#ways-back).

        False where the record says that the old plan is being cancelled: nobody was moved back.

        A writer that lost its worker may still move users: between the looks lies the time that its last
        request may take, and only a look that finds nobody ends the way back (reliability#late-writers).
        """
        start = await run_step(
            START_ROLL_BACK,
            StartRollBackInput(
                order=self._order,
                after=self._progress.positions(),
                actor=command.actor,
                reason=command.reason,
                signed=command.signed,
                request_id=command.request_id,
            ),
        )
        self._progress.add(start.saved)
        if start.is_too_late:
            return False
        await self._return(is_last=False)
        for _ in range(ROUNDS_MAX):
            await workflow.sleep(timedelta(seconds=start.settle_seconds), summary="late writers")
            if await self._return(is_last=True):
                return True
        raise ApplicationError(STILL_MOVING, type="LICENSES_UNRESOLVED", non_retryable=True)

    async def _return(self, *, is_last: bool) -> bool:
        result = await run_step(
            RETURN_USERS,
            ReturnUsersInput(order=self._order, after=self._progress.positions(), is_last=is_last),
            summary="last look" if is_last else "everyone back",
        )
        self._progress.add(result.saved)
        return result.is_finished

    async def until_done(
        self, stage: Stage, waits_for: str, phase: Callable[[], Awaitable[Outcome]]
    ) -> Outcome:
        """Run a phase of taking back until it works; when it fails, an operator is told (switch#ways-back).

        Args:
            stage: Shown while it runs.
            waits_for: Whom it waits for.
            phase: What is to be taken back; idempotent.
        """
        while True:
            self._enter(stage, waits_for, "")
            try:
                return await phase()
            except STEP_FAILURES as error:
                code, message = failure_of(error)
                # The record itself may be what fails; the lists of Temporal tell all the same.
                with contextlib.suppress(ActivityError), self._recording():
                    await self._record_stuck(getattr(error, "activity_type", ""), code, message)
                self._enter(Stage.STUCK, "operator", f"{code}: {message}")
                await self._wait_for_retry()

    async def _record_stuck(self, step: str, code: str, message: str) -> None:
        result = await run_step(
            RECORD_STUCK,
            RecordStuckInput(
                order=self._order,
                after=self._progress.positions(),
                step=step,
                code=code,
                message=message,
            ),
        )
        self._progress.add(result.saved)
