"""A cancel by Temporal's own means: it is the command `cancel`, and ends nothing by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from temporalio import workflow

from activities.signed_command import OUTSIDE_ACTOR
from workflows.base.messages import OperatorCommand
from workflows.base.plain_messages import outside_text

Outcome = TypeVar("Outcome")

CANCELLED_OUTSIDE = "The workflow was cancelled in Temporal."


async def shielded(task: asyncio.Task[Outcome], cancel: Callable[[OperatorCommand], bool]) -> Outcome:
    """Wait for a task that a cancel of its workflow does not stop, and return what it returns.

    Args:
        task: The workflow's work.
        cancel: Takes the cancel as a command: it may be too late for it.
    """
    while True:
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            reason = workflow.cancellation_reason()
            if task.done() or reason is None:
                raise
            text = outside_text(reason or CANCELLED_OUTSIDE)
            cancel(OperatorCommand(request_id="", actor=OUTSIDE_ACTOR, reason=text))
