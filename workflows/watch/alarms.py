"""Instants that pass: a timer that fired says so, never a look at the clock.

A query that meets a new worker before its next workflow task does lets the run go on at the time of the task
before, and its commands go out with that task. What the clock says may then differ in a replay, and a branch
that asks it would go another way for ever; that a timer has fired is in the history.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow

#: What has passed is waited for by a timer too, so that there is one whatever the clock says.
_MOMENT = timedelta(milliseconds=1)


class Alarm:
    """An instant of its own timer.

    Args:
        at: When it rings; what has passed rings at once.
        summary: What the timer is for, shown in Temporal's lists.
    """

    def __init__(self, at: datetime, *, summary: str) -> None:
        self.has_rung = False
        self._timer = asyncio.create_task(self._ring(at, summary))

    def stop(self) -> None:
        """Let it never ring: another one stands in its place."""
        self._timer.cancel()

    async def _ring(self, at: datetime, summary: str) -> None:
        await workflow.sleep(until(at), summary=summary)
        self.has_rung = True


def until(at: datetime) -> timedelta:
    """Return how long a timer runs to an instant: a moment at least."""
    return max(at - workflow.now(), _MOMENT)


async def passes_before(at: datetime, is_changed: Callable[[], bool], *, summary: str) -> bool:
    """Wait until an instant, or until something changes before; return whether the instant passed.

    Args:
        at: The instant.
        is_changed: Ends the wait early.
        summary: What the timer is for, shown in Temporal's lists.
    """
    try:
        await workflow.wait_condition(is_changed, timeout=until(at), timeout_summary=summary)
    except TimeoutError:
        return True
    return False
