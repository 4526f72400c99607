"""Running one activity with its limits, and remembering what the record held afterwards."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, ChildWorkflowError

from activities.contract import (
    LICENSES_QUEUE_SUFFIX,
    ActivitySpec,
    StepInput,
    StepResult,
    StreamPosition,
)
from workflows.base.plain_messages import is_possible

Input = TypeVar("Input", bound=StepInput)
Result = TypeVar("Result", bound=StepResult)

#: A failed step is tried again after this time, which doubles up to RETRY_MAX_SECONDS.
RETRY_FIRST_SECONDS = 1
RETRY_MAX_SECONDS = 60
#: What ends a step for good; anything else is a bug and stays a failed workflow task until it is mended.
STEP_FAILURES = (ActivityError, ChildWorkflowError, ApplicationError)
#: Runs of a step whose result can't be read, before it counts as failed.
RUNS_MAX = 3
RESULT_UNREADABLE = "RESULT_UNREADABLE"


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

    async def run_step(
        self, spec: ActivitySpec[Input, Result], step_input: Input, *, summary: str = ""
    ) -> Result:
        """Run one activity as `run_step` does, and take over what it saved."""
        result = await run_step(spec, step_input, summary=summary)
        self.add(result.saved)
        return result


async def run_step(spec: ActivitySpec[Input, Result], step_input: Input, *, summary: str = "") -> Result:
    """Run one activity until it succeeds, is refused for good, or its time is over.

    Whoever reaches Temporal's port ends an activity with a result of their own; one that can't be its result
    does not count, and the step is run again: it answers from the record.

    Raises:
        ActivityError: Refused for good, out of time, cancelled, or answered again and again by no result.
    """
    for _ in range(RUNS_MAX):
        result = _result_of(await _run_once(spec, step_input, summary), spec)
        if result is not None:
            return result
        workflow.logger.warning("result_unreadable %s", spec.name)
    raise unreadable_result(spec.name) from ApplicationError(
        f"The step {spec.name} was answered {RUNS_MAX} times by what can't be its result: somebody completes "
        "its activities by hand, or a worker of another version runs. See to it, then retry the switch.",
        type=RESULT_UNREADABLE,
        non_retryable=True,
    )


def unreadable_result(step: str) -> ActivityError:
    """Return the error of a step without a result, as one that has failed."""
    return ActivityError(
        "The result can't be read.",
        scheduled_event_id=0,
        started_event_id=0,
        identity="",
        activity_type=step,
        activity_id="",
        retry_state=None,
    )


def _result_of(answer: RawValue | None, spec: ActivitySpec[Input, Result]) -> Result | None:
    """Return the result that an activity ended with; None where it is none.

    Older histories accepted a result that only its figures make impossible.
    """
    if answer is None:
        return None
    try:
        result = workflow.payload_converter().from_payload(answer.payload, spec.result_type)
    except ApplicationError:
        return None
    if not isinstance(result, spec.result_type):
        return None
    if not is_possible(result, spec.result_type) and workflow.patched("results-looked-at"):
        return None
    return result


async def _run_once(spec: ActivitySpec[Input, Result], step_input: Input, summary: str) -> RawValue | None:
    queue = workflow.info().task_queue
    result: RawValue | None = await workflow.execute_activity(
        spec.name,
        step_input,
        result_type=RawValue,
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
