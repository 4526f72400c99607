"""Whether the users who are named for one start of `reassign` may move by it (manual#steps)."""

from __future__ import annotations

from activities.base.step import Step
from domain.switch.move_events import LicenseMoveStarted
from domain.switch.switch_state import SwitchState

PILOT_FIRST = (
    "The switch has a pilot, which moves first: start step reassign without naming users. It moves the "
    "pilot, and pauses."
)


def selection_refusal(step: Step, state: SwitchState, selection: str) -> str:
    """Return why the users of a selection may not be moved by this start; "" where they may.

    Args:
        step: The attempt that records the start.
        state: The switch.
        selection: Id of the stored users.
    """
    if (step.order.pilot or step.order.pilot_group_id) and not state.is_pilot_done:
        return PILOT_FIRST
    others = _others(step, state, selection)
    if not others:
        return ""
    if step.order.selection:
        return f"{others} of the named users are none of those for whom the switch was started: they stay."
    return (
        f"{others} of the named users came onto the old plan after its users were listed. Leave them out: "
        "the switch moves them once everyone else is moved."
    )


def _others(step: Step, state: SwitchState, selection: str) -> int:
    """Return how many named users are not of those who move: of the roster, or before it of the selection."""
    organization_id, count = step.order.organization_id, 0
    for keys in step.store.selection_pages(organization_id, selection):
        if state.has(LicenseMoveStarted):
            known = set(step.store.roster_of(step.order.switch_id, keys))
        elif step.order.selection:
            known = step.store.selected_of(organization_id, step.order.selection, keys)
        else:
            known = set(keys)
        count += len(set(keys) - known)
    return count
