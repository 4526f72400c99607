"""Running one activity with its limits, and remembering what the record held afterwards."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, ChildWorkflowError

from activities.contract import (
    LICENSES_QUEUE_SUFFIX,
    ActivitySpec,
    StepInput,
    StepResult,
    StreamPosition,
)

Input = TypeVar("Input", bound=StepInput)
Result = TypeVar("Result", bound=StepResult)

RETRY_FIRST_SECONDS = 1
RETRY_MAX_SECONDS = 60


class Progress:
    """Newest version of every stream that this run wrote, handed to each next step."""

    def __init__(self, saved: tuple[StreamPosition, ...] = ()) -> None:
        self._versions: dict[str, int] = {}
        self.add(saved)

    def add(self, saved: tuple[StreamPosition, ...]) -> None:
        """Take over what a step saved."""
        for position in saved:
            known = self._versions.get(position.stream_id, 0)
            self._versions[position.stream_id] = max(known, position.version)

    def positions(self) -> tuple[StreamPosition, ...]:
        """Return the newest positions in the order in which the streams were first written."""
        return tuple(
            StreamPosition(stream_id=key, version=version) for key, version in self._versions.items()
        )


async def run_step(spec: ActivitySpec[Input, Result], step_input: Input, *, summary: str = "") -> Result:
    """Run one activity until it succeeds, is refused for good, or its time is over.

    Raises:
        ActivityError: Refused for good, out of time, or cancelled.
    """
    queue = workflow.info().task_queue
    result: Result = await workflow.execute_activity(
        spec.name,
        step_input,
        result_type=spec.result_type,
        task_queue=queue + LICENSES_QUEUE_SUFFIX if spec.is_license_work else None,
        start_to_close_timeout=timedelta(seconds=spec.start_to_close_seconds),
        schedule_to_close_timeout=_seconds(spec.schedule_to_close_seconds),
        heartbeat_timeout=_seconds(spec.heartbeat_seconds),
        retry_policy=RetryPolicy(
            initial_interval=timedelta(seconds=RETRY_FIRST_SECONDS),
            maximum_interval=timedelta(seconds=RETRY_MAX_SECONDS),
        ),
        # A step that is cancelled may still be writing: wait until it has really ended.
        cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        summary=summary or spec.name,
    )
    return result


def failure_of(error: BaseException) -> tuple[str, str]:
    """Return the stable code and the message of why a step failed."""
    if isinstance(error, asyncio.CancelledError):
        return "CANCEL_REQUESTED", "The switch was cancelled."
    cause: BaseException | None = error
    while isinstance(cause, ActivityError | ChildWorkflowError):
        cause = cause.cause
    if isinstance(cause, ApplicationError):
        return cause.type or "UNEXPECTED", cause.message
    return "STEP_FAILED", str(cause or error)


def _seconds(seconds: int) -> timedelta | None:
    return timedelta(seconds=seconds) if seconds else None
