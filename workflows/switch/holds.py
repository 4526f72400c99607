"""Waiting for an operator: a switch that can't go on holds until a retry (rules#operator-controls)."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Container, Iterator
from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.contract import RETRY_SECONDS
from activities.operator.control_contract import RECORD_HOLD, RecordHoldInput
from domain.switch.stage import Stage
from workflows.base.messages import OperatorCommand
from workflows.base.steps import STEP_FAILURES, failure_of
from workflows.switch.run import SwitchRun

Outcome = TypeVar("Outcome")

#: What the record is at fault for: nothing is taken back by what it says.
OF_RECORD = frozenset({"STORE_BEHIND", "RECORD_INCONSISTENT"})


class Holds:
    """The waits for an operator of one switch."""

    def __init__(self, run: SwitchRun) -> None:
        self._run = run
        self._is_waiting = False
        self._is_recording = False
        self._retry_command: OperatorCommand | None = None

    @property
    def is_waiting(self) -> bool:
        """Return whether anything waits for a retry."""
        return self._is_waiting

    def retry(self, command: OperatorCommand) -> bool:
        """Make what waits try again, and return whether anything waits; a command answers one hold."""
        if not self._is_waiting:
            return False
        self._is_waiting = False
        self._retry_command = command
        return True

    @contextlib.contextmanager
    def recording(self) -> Iterator[None]:
        """Make commands wait while the hold is being recorded."""
        self._is_recording = True
        try:
            yield
        finally:
            self._is_recording = False

    async def until_recorded(self) -> None:
        """Wait while a hold is being recorded: readers of the record see it before this run knows it."""
        if self._is_recording and workflow.patched("commands-until-held"):
            await workflow.wait_condition(lambda: not self._is_recording)

    async def hold_on_failure(self, phase: Callable[[], Awaitable[None]]) -> None:
        """Run a phase; when it fails for good, hold until an operator says retry."""
        while True:
            try:
                return await phase()
            except STEP_FAILURES as error:
                self._run.raise_if_turned_back()
                await self._hold(*failure_of(error))

    async def until_record_fits(self, phase: Callable[[], Awaitable[None]]) -> None:
        """Run a phase before the first move; a record that can't be trusted stops it, and takes nothing back.

        One that was set back lacks what was done: with the newer one restored a retry goes on, and
        `switch restart` begins anew from the older one. One that lacks an event has to be mended.
        """
        while True:
            try:
                return await phase()
            except STEP_FAILURES as error:
                code, message = failure_of(error)
                if code not in OF_RECORD:
                    raise
                self._run.raise_if_turned_back()
                stage = self._run.stage
                self._run.enter(stage, "operator", f"{code}: {message}")
                await self.wait_for_retry()
                self._run.raise_if_turned_back()

    async def go_forward(
        self, phase: Callable[[], Awaitable[Outcome]], *, only_for: Container[str] | None = None
    ) -> Outcome:
        """Run a phase that nothing may turn back: tried again until it works (switch#ways-back).

        Args:
            phase: After the point of no return; or before anybody knows on which side of it the switch is.
            only_for: Codes of what is waited for; None: whatever it fails for.
        """
        while True:
            try:
                return await phase()
            except STEP_FAILURES as error:
                code, message = failure_of(error)
                if only_for is not None and code not in only_for:
                    raise
                stage = self._run.stage
                self._run.enter(stage, "operator", f"{code}: {message}")
                await self.wait_for_retry()
                self._run.enter(stage, "nobody")

    async def wait_for_retry(self, *, seconds: int | None = RETRY_SECONDS) -> OperatorCommand | None:
        """Wait until an operator says retry, or `seconds` are over; return the operator."""
        self._is_waiting = True
        timeout = timedelta(seconds=seconds) if seconds else None
        try:
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(lambda: self._retry_command is not None, timeout=timeout)
        finally:
            self._is_waiting = False
        command, self._retry_command = self._retry_command, None
        return command

    async def _hold(self, code: str, message: str) -> None:
        stage = self._run.stage
        try:
            with self.recording():
                await self._record(held=True, code=code, message=message, command=None)
        except ActivityError:
            # The source is cancelled already, or the record was set back: nothing can hold, so go on soon.
            self._run.enter(stage, "operator", f"{code}: {message}")
            await self.wait_for_retry()
        else:
            self._run.enter(Stage.HELD, "operator", f"{code}: {message}")
            await self._until_resumed(code, message)
        self._run.raise_if_turned_back()
        self._run.enter(stage, "nobody")

    async def _until_resumed(self, code: str, message: str) -> None:
        while True:
            self._run.raise_if_turned_back()
            command = await self.wait_for_retry(seconds=None)
            try:
                return await self._record(held=False, code=code, message=message, command=command)
            except ActivityError as error:
                self._run.enter(Stage.HELD, "operator", ": ".join(failure_of(error)))

    async def _record(self, *, held: bool, code: str, message: str, command: OperatorCommand | None) -> None:
        await self._run.run_step(
            RECORD_HOLD,
            RecordHoldInput(
                order=self._run.order,
                after=self._run.positions(),
                held=held,
                code=code,
                message=message,
                actor=command.actor if command else self._run.order.actor,
                reason=command.reason if command else message,
                signed=command.signed if command else None,
            ),
        )
