"""What the record tells a run that begins where an earlier one was lost."""

from __future__ import annotations

from typing import Any

from temporalio import activity

from domain.switch.events import ReplacementOrdered, SwitchRequested
from domain.switch.move_events import LicenseMoveStarted
from domain.switch.return_events import CANCEL, ROLL_BACK, OperatorCommanded, RollBackStarted
from domain.switch.stage import AFTER_PIVOT, TERMINAL
from domain.switch.switch_state import SwitchState


def resumption(state: SwitchState, requested: SwitchRequested) -> dict[str, Any]:
    """Return what a run must know that begins where an earlier one was lost.

    See reliability#lost-workflows-and-lost-stores.
    """
    facts: dict[str, Any] = {
        "is_resumed": requested.meta["run_id"] != activity.info().workflow_run_id,
        "has_begun_move": state.has(LicenseMoveStarted),
        "has_left": state.stage in AFTER_PIVOT,
        "is_paused": state.is_paused,
        "is_pilot_done": state.is_pilot_done,
    }
    if state.stage in TERMINAL:
        return {**facts, "ended": state.stage}
    if state.stage in AFTER_PIVOT:
        return facts
    ordered = state.of(ReplacementOrdered)
    facts["voidable_until"] = ordered.voidable_until if ordered else None
    commands = [each for each in state.commands.values() if isinstance(each, OperatorCommanded)]
    backward = [each for each in commands if each.command in {CANCEL, ROLL_BACK}]
    if state.has(RollBackStarted) or backward:
        facts["pending"] = ROLL_BACK if state.has(LicenseMoveStarted) else CANCEL
    if backward:
        facts["pending_request_id"] = backward[-1].request_id
        facts["pending_actor"], facts["pending_reason"] = (
            backward[-1].meta["actor"],
            backward[-1].meta["reason"],
        )
    return facts
