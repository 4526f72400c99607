"""The end of a switch between two plans that are owned: it completes once the move is verified (ADR 43)."""

from __future__ import annotations

from activities.base.step import Step
from activities.base.turns import require_going_on
from activities.cancellation.cancellation import require_nobody_left
from activities.contract import CompleteSwitchResult
from activities.licenses.drift import record_drift
from domain.kernel.recorded import RecordedAggregate
from domain.switch.move_events import SwitchCompleted
from domain.switch.stage import Stage
from store.core.rows import DetailRows


def complete_owned(step: Step) -> CompleteSwitchResult:
    """Look once more that nobody is left, then close the switch and release its locks in one transaction.

    Nothing outside changes with it, and the organization gets no notice: notices may not be connected.

    Args:
        step: The attempt.

    Raises:
        LicensesUnresolved: Somebody came onto the old plan and can't be moved: the switch holds.
        StepOutOfOrder: The move is not verified.
        NotReadyYet: The switch is paused.
    """
    state = step.state_of(step.source())
    state.require_stage(frozenset({Stage.MOVED}), "complete")
    require_going_on(state)
    require_nobody_left(step)
    differing: list[DetailRows | None] = []

    def decide() -> tuple[list[RecordedAggregate], SwitchCompleted]:
        source, organization = step.source(), step.organization()
        fresh = step.state_of(source)
        done = fresh.of(SwitchCompleted)
        if done is not None:
            return [], done
        require_going_on(fresh)
        # What somebody changed by hand meanwhile is told, and left as it is (rules#drift).
        differing.append(record_drift(step, source, ()))
        step.advance(source, SwitchCompleted, moved=fresh.moved, skipped=fresh.skipped, total=None)
        organization.release_switch(
            step.order.switch_id, outcome=Stage.COMPLETED, at=step.at, meta=step.meta()
        )
        return [source, organization], step.state_of(source).require(SwitchCompleted)

    completed, saved = step.decide_and_save(decide, rows=lambda: differing[-1] if differing else None)
    return CompleteSwitchResult(moved=completed.moved, skipped=completed.skipped, saved=saved)
