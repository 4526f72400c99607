"""The watch over promises: one timer at a time, and a record of what was missed (rules#promises)."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.base.promise_contract import (
    ALARM_AGAIN,
    ALARM_AGAIN_HOURS,
    RAISE_ALARM,
    RECORD_MISSED,
    STILL_SWITCHING,
    VOID_WARNING_HOURS,
    VOID_WINDOW,
    WARN_VOID_WINDOW,
    RaiseAlarmInput,
    RecordMissedInput,
    WarnVoidWindowInput,
)
from activities.contract import SwitchOrder
from workflows.base.steps import Progress
from workflows.watch.alarms import passes_before

#: The seller's clock runs on while something else is waited for.
_UNPAUSED = frozenset({VOID_WINDOW})
#: After these the installation's contact is called again a day later, while the switch runs.
_CALLED_AGAIN = frozenset({STILL_SWITCHING, ALARM_AGAIN})


class PromiseWatch:
    """Promises of one switch; a missed one is recorded when its instant passes, and never fails anything.

    A kept promise leaves its timer alone: to stop it early would cost more history than to wait for the end.

    Args:
        order: The switch.
        progress: What its steps have saved.
    """

    def __init__(self, order: SwitchOrder, progress: Progress) -> None:
        self._order = order
        self._progress = progress
        self._due: dict[str, datetime] = {}
        self._paused_at: datetime | None = None
        self._is_stopped = False
        #: Calls of the alarm so far; the first comes with the breach.
        self._calls = 1
        self._task: asyncio.Task[None] | None = None

    def promise(self, name: str, at: datetime | None) -> None:
        """Promise something until an instant; the same name again puts it off. None promises nothing."""
        if at is None or self._is_stopped:
            return
        self._due[name] = at
        if self._task is None:
            self._task = asyncio.create_task(self._watch())

    def warn_of_void_window(self, voidable_until: datetime | None) -> None:
        """Warn a day before the free voiding of an order ends; a pause does not delay that."""
        if voidable_until is not None and workflow.patched("void-window-warning"):
            self.promise(VOID_WINDOW, voidable_until - timedelta(hours=VOID_WARNING_HOURS))

    def kept(self, name: str) -> None:
        """Note that a promise was kept, or no longer needs to be kept."""
        self._due.pop(name, None)

    def pause(self) -> None:
        """Stop the promises during a wait that has a promise of its own (the credit check)."""
        self._paused_at = self._paused_at or workflow.now()

    def resume(self) -> None:
        """Start the promises again, later by the length of the wait."""
        if self._paused_at is None:
            return
        waited, self._paused_at = workflow.now() - self._paused_at, None
        self._due = {name: at if name in _UNPAUSED else at + waited for name, at in self._due.items()}

    async def stop(self) -> None:
        """End the watch, after the record of a promise that is just being missed."""
        self._is_stopped = True
        if self._task is not None:
            await self._task

    async def _watch(self) -> None:
        while not self._is_stopped:
            name = self._next()
            at = self._due.get(name)
            # A promise that was kept or put off meanwhile leaves its timer alone: it fires for nothing.
            if await self._has_passed(at) and at is not None and self._due.get(name) == at:
                del self._due[name]
                await self._record(name, at)

    def _next(self) -> str:
        """Return what is due first and not paused, "" where there is nothing."""
        running = [name for name in self._due if self._paused_at is None or name in _UNPAUSED]
        return min(running, key=lambda name: (self._due[name], name), default="")

    async def _has_passed(self, at: datetime | None) -> bool:
        """Wait until an instant, or until something comes before it; None waits for anything that is due."""
        paused_at = self._paused_at

        def is_changed() -> bool:
            return self._is_stopped or self._paused_at != paused_at or self._is_due_before(at)

        if at is None:
            await workflow.wait_condition(is_changed)
            return False
        return await passes_before(at, is_changed, summary="promise")

    def _is_due_before(self, at: datetime | None) -> bool:
        first = self._due.get(self._next())
        return first is not None and (at is None or first < at)

    async def _record(self, name: str, at: datetime) -> None:
        # What can't be recorded within its time is told by the failed activity alone.
        with contextlib.suppress(ActivityError):
            if name == VOID_WINDOW:
                await self._warn_of_void_window()
            elif name == ALARM_AGAIN:
                await self._call_again()
            else:
                await self._record_missed(name, at)
        if name in _CALLED_AGAIN and workflow.patched("alarm-again"):
            self.promise(ALARM_AGAIN, at + timedelta(hours=ALARM_AGAIN_HOURS))

    async def _warn_of_void_window(self) -> None:
        await self._progress.run_step(
            WARN_VOID_WINDOW, WarnVoidWindowInput(order=self._order, after=self._progress.positions())
        )

    async def _call_again(self) -> None:
        self._calls += 1
        await self._progress.run_step(
            RAISE_ALARM,
            RaiseAlarmInput(
                order=self._order,
                after=self._progress.positions(),
                alarm=STILL_SWITCHING,
                number=self._calls,
            ),
            summary=f"alarm {self._calls}",
        )

    async def _record_missed(self, name: str, at: datetime) -> None:
        await self._progress.run_step(
            RECORD_MISSED,
            RecordMissedInput(
                order=self._order, after=self._progress.positions(), promise=name, promised_at=at
            ),
            summary=f"promise missed: {name}",
        )
