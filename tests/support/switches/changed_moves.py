"""Workflows that stand in for the license move, each with another change that a replay must notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from temporalio import workflow

from activities.contract import MOVE_SLICE, MoveSliceInput, MoveSliceResult
from workflows.base.messages import LicenseMoveInput, LicenseMoveResult
from workflows.base.steps import Progress

LIMIT = timedelta(minutes=1)


def _slice(move: LicenseMoveInput) -> MoveSliceInput:
    return MoveSliceInput(
        order=move.order, after=move.after, pass_name=move.pass_name, start=move.first, stop=move.total
    )


async def _step(name: str, step: MoveSliceInput) -> MoveSliceResult:
    result: MoveSliceResult = await workflow.execute_activity(
        name, step, result_type=MoveSliceResult, start_to_close_timeout=LIMIT
    )
    return result


def _ended(move: LicenseMoveInput, result: MoveSliceResult) -> LicenseMoveResult:
    progress = Progress(move.after)
    progress.add(result.saved)
    return LicenseMoveResult(
        moved=result.moved, failed=0, saved=progress.positions(), tried=result.tried_now, failed_now=0
    )


@workflow.defn(name="LicenseMove")
class OtherStep:
    """Asks for another step."""

    @workflow.run
    async def run(self, move: LicenseMoveInput) -> LicenseMoveResult:
        """Move nobody."""
        return _ended(move, await _step("license_reassignment.look_away", _slice(move)))


@workflow.defn(name="LicenseMove")
class ExtraStep:
    """Asks for a step more."""

    @workflow.run
    async def run(self, move: LicenseMoveInput) -> LicenseMoveResult:
        """Move everybody twice."""
        await _step(MOVE_SLICE.name, _slice(move))
        return _ended(move, await _step(MOVE_SLICE.name, _slice(move)))


@workflow.defn(name="LicenseMove")
class TimerFirst:
    """Waits before it asks."""

    @workflow.run
    async def run(self, move: LicenseMoveInput) -> LicenseMoveResult:
        """Move everybody later."""
        await workflow.sleep(1)
        return _ended(move, await _step(MOVE_SLICE.name, _slice(move)))


@workflow.defn(name="LicenseMove")
class OtherUsers:
    """Asks for the same step, with one user less."""

    @workflow.run
    async def run(self, move: LicenseMoveInput) -> LicenseMoveResult:
        """Leave the last user out."""
        step = _slice(move)
        return _ended(move, await _step(MOVE_SLICE.name, replace(step, stop=step.stop - 1)))


@workflow.defn(name="LicenseMove")
class OtherResult:
    """Comes to another result."""

    @workflow.run
    async def run(self, move: LicenseMoveInput) -> LicenseMoveResult:
        """Count one user too many."""
        result = await _step(MOVE_SLICE.name, _slice(move))
        return replace(_ended(move, result), moved=result.moved + 1)


@workflow.defn(name="LicenseMove")
class Broken:
    """Fails by a fault of its own."""

    @workflow.run
    async def run(self, move: LicenseMoveInput) -> LicenseMoveResult:
        """Fail after the step."""
        await _step(MOVE_SLICE.name, _slice(move))
        raise ValueError("a fault of the program")


@workflow.defn(name="LicenseMove")
class Waiting:
    """Waits for ever."""

    @workflow.run
    async def run(self, move: LicenseMoveInput) -> LicenseMoveResult:
        """Never ask."""
        await workflow.wait_condition(lambda: move.total < 0)
        raise AssertionError
