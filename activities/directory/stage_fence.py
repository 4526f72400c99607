"""Stop writers whose switch has gone elsewhere while they slept."""

from __future__ import annotations

import threading
import time

from activities.base.step import Step
from domain.kernel.errors import RuleViolated

#: A look at the switch's stage counts for so long.
FENCE_SECONDS = 2.0


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
