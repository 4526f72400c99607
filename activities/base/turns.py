"""Whether it is a step's turn, as the record tells it: whoever asks for the step may know less.

A run that was reset has forgotten a pause, and a worker that slept wakes up in another stage.
"""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta

from activities.base.step import Step
from domain.kernel.awaited import Awaited, Party
from domain.kernel.errors import NotReadyYet, RuleViolated, StepOutOfOrder
from domain.switch.switch_state import SwitchState

#: A look at the switch's stage counts for so long.
FENCE_SECONDS = 2.0
#: A step that waits for the end of a pause asks so often.
PAUSE_POLL_SECONDS = 5.0
#: The clocks of Temporal's hosts differ by less: what comes so early waits until it is due.
EARLY_MAX = timedelta(minutes=5)


def require_going_on(state: SwitchState) -> None:
    """Let a step wait while the record says that the switch is paused, whatever its workflow believes.

    Args:
        state: The switch as it is recorded now.

    Raises:
        NotReadyYet: It is paused.
    """
    if state.is_paused:
        raise NotReadyYet(
            "The switch is paused.",
            retry_after_seconds=PAUSE_POLL_SECONDS,
            remedy="`planswitch switch resume` lets it go on; the step asks again by itself.",
            awaited=Awaited(
                party=Party.OPERATOR,
                action="resume the switch",
                remedy="`planswitch switch resume SWITCH --reason …` lets it go on.",
            ),
        )


def require_asked_before_pause(step: Step, state: SwitchState) -> None:
    """Let a step wait that was asked for during a pause; what was asked for before is carried out.

    For steps that fail after a time, which a pause that came later must not use up.

    Args:
        step: The attempt.
        state: The switch as it is recorded now.

    Raises:
        NotReadyYet: It is paused, and was so when the step was asked for.
    """
    if state.pause is not None and state.pause.timestamp <= step.begun_at:
        require_going_on(state)


def require_due(step: Step, due_at: datetime, what: str) -> None:
    """Refuse to record of an instant that it has passed before it has.

    Args:
        step: The attempt.
        due_at: The instant.
        what: What is due then.

    Raises:
        NotReadyYet: It is due in a moment.
        StepOutOfOrder: It is due later.
    """
    early = due_at - step.at
    if early > EARLY_MAX:
        raise StepOutOfOrder(f"The {what} is due at {due_at:%Y-%m-%d %H:%M} UTC, not before.")
    if early > timedelta(0):
        raise NotReadyYet(
            f"The {what} is due at {due_at:%Y-%m-%d %H:%M:%S} UTC.",
            retry_after_seconds=early.total_seconds(),
            remedy="The step asks again by itself.",
            awaited=Awaited(party=Party.INSTANT, action="come", until=due_at),
        )


class StageFence:
    """Stops a writer whose switch has gone elsewhere while it slept (reliability#late-writers).

    A process that was stopped for long wakes up in the middle of a batch: it looks at the record again before
    it writes on. What was looked at a moment ago is not looked at again.
    """

    def __init__(self, step: Step, stages: frozenset[str]) -> None:
        self._step = step
        self._stages = stages
        self._checked_at = float("-inf")
        self._lock = threading.Lock()

    def check(self) -> None:
        """Look at the switch's stage, if the last look is old.

        Raises:
            RuleViolated: The switch has left the stages in which the pass may write, or it is paused.
        """
        with self._lock:
            if time.monotonic() - self._checked_at < FENCE_SECONDS:
                return
            started = time.monotonic()
            state = self._step.state_of(self._step.source())
            if state.stage not in self._stages or state.is_paused:
                raise RuleViolated(
                    f"The switch is {'paused' if state.is_paused else state.stage} by now; "
                    "this pass over its users ends.",
                    remedy="`planswitch switch show` tells what the switch waits for.",
                )
            self._checked_at = started
