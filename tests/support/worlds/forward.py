"""The clock of one workflow moved on, and the test begun anew when the server moves it too far.

Seen with Temporal's dev server 1.32 on a busy machine, about once in a hundred moves: after a bounded
fast-forward that passes a timer the clock runs on to the next timer before it stops.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

#: A clock that was moved may run this much further while a busy machine looks at it.
LATE_MAX = timedelta(minutes=2)


class ClockRanOn(Exception):
    """The server moved a clock too far, so that the test says nothing; pytest begins it anew."""


async def forward(
    environment: WorkflowEnvironment, handle: WorkflowHandle[Any, Any], ahead: timedelta
) -> bool:
    """Move the clock of a workflow on.

    Args:
        environment: The server.
        handle: The workflow.
        ahead: How far; nothing happens unless it is above zero.

    Returns:
        Whether the clock came there before the workflow ended.

    Raises:
        ClockRanOn: It came further.
    """
    # On a busy machine the instant may have passed by itself.
    if ahead <= timedelta(0):
        return True
    target = await environment.get_current_time(handle) + ahead
    if not await environment.fast_forward(handle, ahead):
        return False
    late = await environment.get_current_time(handle) - target
    if late >= LATE_MAX:
        raise ClockRanOn(f"the server's clock ran {late} too far")
    return True
