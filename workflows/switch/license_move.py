"""The license move: one pass over the frozen roster, slices in parallel lanes."""

from __future__ import annotations

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from activities.contract import MOVE_SLICE, MoveSliceInput
from workflows.base.messages import LicenseMoveInput, LicenseMoveResult
from workflows.base.plain_messages import plain_run, plain_start
from workflows.base.steps import Progress

OVER_RATE = "FAILURE_RATE"


def require_under_rate(move: LicenseMoveResult) -> None:
    """Hold a switch too many of whose users could not be moved (rules#operator-controls).

    Raises:
        ApplicationError: The pass has stopped early.
    """
    if move.is_over_rate:
        raise ApplicationError(
            f"{move.failed_now} of {move.tried} users tried could not be moved; the others were not tried. "
            "`planswitch switch show` tells who must do what, and a retry goes on with the others.",
            type=OVER_RATE,
            non_retryable=True,
        )


@workflow.defn(name="LicenseMove")
class LicenseMove:
    """Move every user of the roster once, a slice an activity, so that 300,000 users stay a small history."""

    @plain_start
    def __init__(self, move: LicenseMoveInput) -> None:
        self._move = move
        self._progress = Progress(move.after)
        self._starts = list(range(move.first, move.total, move.slice_size))
        self._moved = 0
        self._failed = 0
        self._has_lost_attempts = False
        #: Users whom this pass has tried itself, and those of them who could not be moved.
        self._tried = 0
        self._failed_now = 0
        self._is_over_rate = False
        self._lanes: list[asyncio.Task[None]] = []

    @plain_run
    async def run(self, move: LicenseMoveInput) -> LicenseMoveResult:
        """Work through all slices and return the totals."""
        lanes = min(move.lanes, len(self._starts))
        self._lanes = [asyncio.create_task(self._work_lane()) for _ in range(lanes)]
        ended = await asyncio.gather(*self._lanes, return_exceptions=True)
        for failure in ended:
            if failure is not None and not self._is_stopped_by(failure):
                raise failure
        return LicenseMoveResult(
            moved=self._moved,
            failed=self._failed,
            saved=self._progress.positions(),
            has_lost_attempts=self._has_lost_attempts,
            tried=self._tried,
            failed_now=self._failed_now,
            is_over_rate=self._is_over_rate,
        )

    def _is_stopped_by(self, failure: BaseException) -> bool:
        """Return whether a lane ended because another one has seen too many failures."""
        is_own = self._is_over_rate and workflow.cancellation_reason() is None
        return is_own and is_cancelled_exception(failure)

    async def _work_lane(self) -> None:
        # Lanes share one list: popping is deterministic, workflow code runs on one thread in event order.
        while self._starts:
            try:
                await self._move_slice(self._starts.pop(0))
            except (ActivityError, asyncio.CancelledError):
                # The other lanes end the slice they are in: nobody writes any more when the pass has failed.
                self._starts.clear()
                raise

    async def _move_slice(self, start: int) -> None:
        stop = min(start + self._move.slice_size, self._move.total)
        result = await self._progress.run_step(
            MOVE_SLICE,
            MoveSliceInput(
                order=self._move.order,
                after=self._move.after,
                pass_name=self._move.pass_name,
                start=start,
                stop=stop,
                tried=self._tried,
                failed=self._failed_now,
                first=self._move.first,
            ),
            summary=f"users {start}-{stop - 1} of {self._move.total}",
        )
        self._moved += result.moved
        self._failed += result.failed
        self._has_lost_attempts |= result.attempt > 1
        if workflow.cancellation_reason() is not None:
            # A cancel that meets a slice just ending well is lost otherwise (sdk-python issue 620).
            raise asyncio.CancelledError
        self._tried += result.tried_now
        self._failed_now += result.failed_now
        if result.is_over_rate and (self._starts or not result.is_complete):
            self._stop_early()
        workflow.set_current_details(
            f"**{self._moved}** of {self._move.total} users moved, {self._failed} failed"
        )

    def _stop_early(self) -> None:
        """End the pass: so many users failed that an operator looks before the others are tried."""
        self._is_over_rate = True
        self._starts.clear()
        for lane in self._lanes:
            if lane is not asyncio.current_task():
                lane.cancel()
