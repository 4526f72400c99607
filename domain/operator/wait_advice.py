"""What an operator can do about a step that is tried again by itself: only what the switch takes now."""

from __future__ import annotations

from domain.operator.operator_commands import operator_commands
from domain.switch.return_events import CANCEL, ROLL_BACK
from domain.switch.stage import BEFORE_MOVE
from domain.switch.switch_state import SwitchState

BY_ITSELF = "It is tried again by itself"
_WAIT_ENDS = "`planswitch switch cancel SWITCH --reason …` ends the wait."


def advice_on_wait(state: SwitchState | None) -> str:
    """Return what can be done while a step is tried again by itself; never a command that is refused.

    Args:
        state: The switch as it is recorded; None: a request that waits, for which nothing was begun.
    """
    if state is None:
        return f"{BY_ITSELF}; {_WAIT_ENDS}"
    return f"{BY_ITSELF}; {way_out(state) or 'nothing else is to be done.'}"


def way_out(state: SwitchState) -> str:
    """Return how the switch can still be taken back; "" where it only goes forward, or goes back already."""
    allowed = {each.command for each in operator_commands(state) if each.is_allowed}
    if state.stage in BEFORE_MOVE and CANCEL in allowed:
        return "`planswitch switch cancel SWITCH --reason …` takes the switch back."
    if ROLL_BACK in allowed:
        return "`planswitch switch rollback SWITCH --reason …` leads back to the old plan."
    return ""
