"""The license stage of a switch: the pilot, everyone else, and looks until nobody is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError

from activities.base.promise_contract import ADMINISTRATION_LOCK, LICENSE_MOVE
from activities.contract import (
    START_LICENSE_MOVE,
    VERIFY_MOVE,
    RequestSwitchResult,
    StartLicenseMoveResult,
    VerifyMoveInput,
    VerifyMoveResult,
)
from domain.switch.stage import Stage
from workflows.base.messages import LicenseMoveInput, LicenseMoveResult
from workflows.base.steps import STEP_FAILURES
from workflows.switch.license_move import LicenseMove, require_under_rate
from workflows.switch.pauses import Pauses
from workflows.switch.run import SwitchRun
from workflows.watch.promise_watch import PromiseWatch

#: Looks at the directory before the switch asks an operator (each look moves who is new).
VERIFY_ROUNDS_MAX = 5
STILL_ARRIVING = "Users keep coming onto the old plan; stop assigning it, then retry the switch."
#: Pass over the users who move first.
PILOT = "pilot"
NOBODY_LEFT = (
    "Pilot: its group has no user left who can move first, so nobody was moved. Resume to move everybody, "
    "or cancel and name another group."
)


class LicenseStage:
    """The licenses of one switch, from the frozen roster until nobody is left on the old plan."""

    def __init__(self, run: SwitchRun, pauses: Pauses, promises: PromiseWatch) -> None:
        self._run = run
        self._pauses = pauses
        self._promises = promises
        self._start: StartLicenseMoveResult | None = None
        self._passes = 0
        self._has_late_writers = False
        self._is_pilot_done = False

    def resume(self, request: RequestSwitchResult) -> None:
        """Go on where a lost run was, with care for its writers."""
        self._has_late_writers = request.is_resumed
        self._is_pilot_done = request.is_pilot_done

    async def begin(self) -> StartLicenseMoveResult:
        """Freeze the roster; in a resumed run the record tells the size of the work."""
        self._start = await self._run.step(START_LICENSE_MOVE)
        return self._start

    async def move(self) -> None:
        """Move the pilot, then everyone else, and look until nobody is left."""
        self._run.enter(Stage.MOVING, "nobody")
        start = self._start or await self.begin()
        if not self._run.order.is_by_hand:
            # By hand an operator says how long it takes.
            self._promises.promise(LICENSE_MOVE, start.move_promised_end)
            self._promises.promise(ADMINISTRATION_LOCK, start.lock_promised_end)
        try:
            first = await self._move_pilot(start)
            move = await self._pauses.interruptible(partial(self._run_pass, "move", start, first))
        except STEP_FAILURES:
            self._has_late_writers = True
            raise
        self._run.add(move.saved)
        self._run.raise_if_turned_back()
        require_under_rate(move)
        self._run.enter(Stage.VERIFYING, "nobody")
        if self._has_late_writers or self._pauses.has_interrupted or move.has_lost_attempts:
            # Whoever lost its worker may still be writing (reliability#late-writers).
            await workflow.sleep(timedelta(seconds=start.settle_seconds), summary="late writers")
            self._has_late_writers = False
        await self._verify()
        self._promises.kept(LICENSE_MOVE)

    async def _move_pilot(self, start: StartLicenseMoveResult) -> int:
        """Move the pilot's users, let somebody look at how they fare, and return how many they are."""
        size = min(start.pilot or self._run.order.pilot, start.total)
        if self._is_pilot_done:
            return size
        if not size:
            if self._run.order.pilot_group_id:
                # Everybody would move without the look that was asked for.
                await self._pauses.after_pilot(NOBODY_LEFT, soak_seconds=0)
                self._is_pilot_done = True
            return size
        pilot = replace(start, total=size)
        move = await self._pauses.interruptible(partial(self._run_pass, PILOT, pilot, 0))
        self._run.add(move.saved)
        self._run.raise_if_turned_back()
        self._is_pilot_done = True
        soak_seconds = 0 if move.failed else self._run.order.pilot_soak_seconds
        await self._pauses.after_pilot(self._pilot_text(move, size), soak_seconds=soak_seconds)
        return size

    def _pilot_text(self, move: LicenseMoveResult, size: int) -> str:
        """Return how the pilot fared."""
        group_id = self._run.order.pilot_group_id
        whose = f" of group {group_id}" if group_id else ""
        left = " Too many: the others of the pilot were not tried." if move.is_over_rate else ""
        return f"Pilot{whose}: {move.moved} of {size} users moved, {move.failed} could not be moved.{left}"

    async def _run_pass(self, pass_name: str, start: StartLicenseMoveResult, first: int) -> LicenseMoveResult:
        self._passes += 1
        move = LicenseMoveInput(
            order=self._run.order,
            after=self._run.positions(),
            pass_name=pass_name,
            total=start.total,
            slice_size=start.slice_size,
            lanes=start.lanes,
            first=first,
        )
        try:
            return await self._run_child(move, WorkflowIDReusePolicy.ALLOW_DUPLICATE)
        except WorkflowAlreadyStartedError:
            # This run was reset to before the pass, whose child runs on: it may still be writing.
            self._has_late_writers = True
            return await self._run_child(move, WorkflowIDReusePolicy.TERMINATE_IF_RUNNING)

    async def _run_child(
        self, move: LicenseMoveInput, id_reuse_policy: WorkflowIDReusePolicy
    ) -> LicenseMoveResult:
        return await workflow.execute_child_workflow(
            LicenseMove.run,
            move,
            id=f"licenses:{self._run.order.switch_id}:{self._passes}",
            id_reuse_policy=id_reuse_policy,
            static_summary=f"{move.total} users, {move.pass_name}",
        )

    async def _verify(self) -> None:
        """Look until a step reports nobody left on the old plan in two reads (switch#steps, step 9)."""
        look = None
        for round_number in range(1, VERIFY_ROUNDS_MAX + 1):
            look = await self._pauses.interruptible(partial(self._look, round_number))
            if look.clear:
                return
            if look.unresolved:
                break
        message = (look.message if look else "") or STILL_ARRIVING
        raise ApplicationError(message, type="LICENSES_UNRESOLVED", non_retryable=True)

    async def _look(self, round_number: int) -> VerifyMoveResult:
        await self._run.until_resumed()
        look = VerifyMoveInput(order=self._run.order, after=self._run.positions(), round_number=round_number)
        return await self._run.step_on(VERIFY_MOVE, look)
