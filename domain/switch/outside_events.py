"""Events of what somebody did with Temporal's own means, past the console (ADR 19)."""

from __future__ import annotations

from domain.kernel.recorded import stored
from domain.switch.stage import RECORDED
from domain.switch.switch_state import SwitchEvent, SwitchState

CANCEL = "cancel"
TERMINATE = "terminate"
RESET = "reset"
SIGNAL = "signal"
START = "start"
ANSWER_STEP = "answer_step"
ANSWER_TASK = "answer_task"
PAUSE = "pause"
UNPAUSE = "unpause"
UNPAUSE_STEP = "unpause_step"
PAUSE_STEP = "pause_step"
SCHEDULE_STEP = "schedule_step"


@stored("subscription.outside-act-found")
class OutsideActFound(SwitchEvent):
    """Somebody acted on the switch's workflow in Temporal, which believes anybody: who it was is unknown."""

    AFTER = RECORDED

    #: cancel, terminate, reset, signal, start, answer_step, answer_task, pause, unpause, pause_step,
    #: unpause_step or schedule_step.
    act: str
    #: What Temporal says about it, as far as we believe it.
    about: str
    #: Run of the workflow that was acted on.
    acted_run_id: str
    #: Names the act; the same one is recorded once.
    key: str

    def tally(self, state: SwitchState) -> None:
        """Note the act: each is recorded once."""
        state.outside_acts.add(self.key)
