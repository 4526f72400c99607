"""Verification: nobody is left on the old plan, shown by two reads in a row."""

from __future__ import annotations

from temporalio import activity

from activities.base.attempt import Steps, step_of
from activities.base.step import Step, position_of
from activities.base.turns import require_going_on
from activities.contract import VERIFY_MOVE, StreamPosition, VerifyMoveInput, VerifyMoveResult
from activities.licenses.group_moves import move_groups
from activities.licenses.license_record import add_chunks
from activities.licenses.sweep import Sweep, add_found, sweep, unskipped_on
from domain.subscriptions.subscription import LicensesReceived, Subscription
from domain.switch.move_events import DriftReconciled, LicenseMoveFinished


class VerificationActivities(Steps):
    """Steps that compare the directory with the roster."""

    @activity.defn(name=VERIFY_MOVE.name, no_thread_cancel_exception=True)
    def verify_move(self, step_input: VerifyMoveInput) -> VerifyMoveResult:
        """Move whoever is still on the old plan; finish when two reads show nobody (switch#steps)."""
        with step_of(self._toolbox, step_input) as step:
            source = step.source()
            done = step.state_of(source).of(LicenseMoveFinished)
            if done is not None:
                return _result(step, source, saved=(position_of(source),), clear=True)
            step.state_of(source).require_stage(LicenseMoveFinished.AFTER, "look for users left")
            require_going_on(step.state_of(source))
            looked = sweep(step, source, prefix="verify", failed=True, inactive=True)
            if looked.has_groups:
                return self._move_groups(step, source, looked)
            if looked.left:
                return self._reconcile(step, source, looked)
            if any(True for _ in unskipped_on(step, source)):
                return _result(step, source, saved=(position_of(source),), clear=False)
            return self._finish(step, source)

    def _reconcile(self, step: Step, source: Subscription, looked: Sweep) -> VerifyMoveResult:
        drifted = len(looked.new_users) + len(looked.moved_by_hand)
        rows = add_found(step, source, looked)
        add_chunks(step, source, looked.chunks, looked.earlier)
        if drifted:
            step.advance(source, DriftReconciled, pass_name=looked.pass_name, moved=looked.moved)
        saved = step.save(source, rows=rows)
        return _result(step, source, saved=saved, clear=False, unresolved=looked.failed, drifted=drifted)

    def _move_groups(self, step: Step, source: Subscription, looked: Sweep) -> VerifyMoveResult:
        """Let the groups move their members, once everyone who holds a license directly has been tried."""
        direct = self._reconcile(step, source, looked)
        moved = move_groups(step)
        source = step.source()
        return _result(
            step,
            source,
            saved=(position_of(source),),
            clear=False,
            unresolved=looked.failed + moved.unresolved,
            drifted=direct.drifted,
            message=" ".join(filter(None, (direct.message, moved.message))),
        )

    def _finish(self, step: Step, source: Subscription) -> VerifyMoveResult:
        state, target = step.state_of(source), step.target()
        step.advance(
            source,
            LicenseMoveFinished,
            moved=state.moved,
            skipped=state.skipped,
            drifted=sum(name.startswith("verify") for name in state.chunks),
            calls_digest=step.calls.digest(),
        )
        step.receive(target, LicensesReceived, count=state.moved)
        return _result(step, source, saved=step.save(source, target), clear=True)


def _result(
    step: Step,
    source: Subscription,
    *,
    saved: tuple[StreamPosition, ...],
    clear: bool,
    unresolved: int = 0,
    drifted: int = 0,
    message: str = "",
) -> VerifyMoveResult:
    users = "user" if unresolved == 1 else "users"
    return VerifyMoveResult(
        saved=saved,
        clear=clear,
        unresolved=unresolved,
        drifted=drifted,
        moved=step.state_of(source).moved,
        message=message
        or (
            f"{unresolved} {users} could not be moved; `planswitch switch show` tells who must do what."
            if unresolved
            else ""
        ),
    )
