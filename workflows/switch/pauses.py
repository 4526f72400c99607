"""Pauses of a switch: it begins nothing new, passes over users stop, and it goes on where it was."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.contract import SYSTEM_ACTOR
from activities.operator.control_contract import RECORD_PAUSE, RecordPauseInput
from workflows.base.messages import OperatorCommand
from workflows.base.steps import STEP_FAILURES, failure_of
from workflows.switch.run import SwitchRun

Outcome = TypeVar("Outcome")

BY_OPERATOR = "OPERATOR"
AFTER_PILOT = "PILOT"
SOAKED = "Nobody stopped the switch while its pilot was looked at."


class Pauses:
    """The pauses of one switch."""

    def __init__(self, run: SwitchRun) -> None:
        self._run = run
        # One writer at a time: a pause is in the record before what ends it.
        self._writer = asyncio.Lock()
        self._running: asyncio.Task[Any] | None = None
        self._is_interrupted = False
        #: Work that moves users was stopped: a lost attempt of it would tell nobody of itself.
        self.has_interrupted = False

    def begin(self) -> bool:
        """Pause, stop the pass over users, and return whether it was not paused before."""
        if self._run.is_paused:
            return False
        self._run.is_paused = True
        if self._running is not None:
            self._is_interrupted = self.has_interrupted = True
            self._running.cancel()
        self._run.show()
        return True

    def end(self) -> bool:
        """Go on, and return whether it was paused."""
        if not self._run.is_paused:
            return False
        self._run.is_paused = False
        self._run.show()
        return True

    async def after_pilot(self, message: str, *, soak_seconds: float) -> None:
        """Pause once the pilot has moved, until somebody resumes.

        Args:
            message: How the pilot fared.
            soak_seconds: Seconds after which it goes on by itself; 0 waits for somebody.
        """
        await self._run.until_resumed()
        self._run.is_paused = True
        self._run.show()
        command = OperatorCommand(request_id="", actor=SYSTEM_ACTOR, reason=message)
        await self._recorded(command, paused=True, code=AFTER_PILOT, seconds=soak_seconds)
        self._raise_if_turned_back()
        if soak_seconds:
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: not self._run.is_paused,
                    timeout=timedelta(seconds=soak_seconds),
                    timeout_summary="pilot",
                )
            if self._run.is_paused:
                await self.record_ended(replace(command, reason=SOAKED))
                self._raise_if_turned_back()
        await self._run.until_resumed()

    async def interruptible(self, work: Callable[[], Coroutine[Any, Any, Outcome]]) -> Outcome:
        """Run work that moves users; a pause stops it, and after the pause it is run again.

        Args:
            work: Idempotent: what it has recorded is not repeated.
        """
        while True:
            await self._run.until_resumed()
            self._is_interrupted = False
            task = asyncio.create_task(work())
            self._running = task
            try:
                return await task
            except (*STEP_FAILURES, asyncio.CancelledError):
                self._run.raise_if_turned_back()
                if not self._is_interrupted:
                    raise
            finally:
                self._running = None

    async def record_begun(self, command: OperatorCommand) -> None:
        """Record a pause by an operator: from then on a writer that slept moves nobody."""
        await self._recorded(command, paused=True)

    async def record_ended(self, command: OperatorCommand) -> None:
        """Record that an operator lets the switch go on, then let it."""
        await self._recorded(command, paused=False)
        self.end()

    def _raise_if_turned_back(self) -> None:
        """Move nobody else once the switch goes back.

        A cancel that meets a step just ending well is lost otherwise (sdk-python issue 620).
        """
        if self._run.back_command is not None and workflow.patched("pilot-turned-back"):
            self._run.raise_if_turned_back()

    async def _recorded(
        self, command: OperatorCommand, *, paused: bool, code: str = BY_OPERATOR, seconds: float = 0.0
    ) -> None:
        try:
            async with self._writer:
                await self.record(paused=paused, command=command, code=code, seconds=seconds)
        except ActivityError as error:
            if paused:
                self.end()
            code, message = failure_of(error)
            raise ApplicationError(
                f"It is not recorded, so it does not count: {message}", type=code, non_retryable=True
            ) from error

    async def record(
        self, *, paused: bool, command: OperatorCommand, code: str = BY_OPERATOR, seconds: float = 0.0
    ) -> bool:
        """Write to the record that the switch pauses, or goes on; return whether it did not stand so before.

        Raises:
            ActivityError: The record refused it.
        """
        result = await self._run.run_step(
            RECORD_PAUSE,
            self._run.input_for(
                RecordPauseInput, command, paused=paused, code=code, message=command.reason, seconds=seconds
            ),
            summary="pause" if paused else "resume",
        )
        return result.is_taken
