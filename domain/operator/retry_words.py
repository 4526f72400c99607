"""The remedy of a user who could not be moved, in words of what the switch accepts now.

See rules#operator-controls.
"""

from __future__ import annotations

import re

from domain.switch.stage import RETURNING, TERMINAL, Stage
from domain.switch.switch_state import SwitchState

GOES_BACK = "Nothing: the switch goes back to the old plan."
_THEN_RETRY = re.compile(r"[,;] then retry(?: at once)?")


def remedy_now(remedy: str, state: SwitchState) -> str:
    """Return a remedy that ends with a retry as it holds where the switch stands; "" where it has ended.

    Args:
        remedy: As the kind of failure has it, for a switch that holds.
        state: The switch as it is recorded.
    """
    if state.stage in TERMINAL or not remedy:
        return ""
    if state.stage in RETURNING:
        return GOES_BACK
    if state.stage == Stage.HELD:
        return remedy
    after = ", then resume" if state.is_paused else "; it is tried again by itself"
    return _THEN_RETRY.sub(after, remedy)
