"""The door of the activities: what no workflow of ours can have asked for is refused, once and for good.

Whoever reaches Temporal's port starts activities as well, with any input. A refusal has a code and is never
tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from temporalio import activity
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from domain.kernel.errors import PlanSwitchError, UnreadableMessage
from domain.text.message_shapes import require_shape


class OutsideActivity(PlanSwitchError):
    """An activity was started by hand, beside every workflow; it did nothing."""

    code = "OUTSIDE_ACTIVITY"


class ActivityDoor(Interceptor):
    """Puts the door before every activity of a worker."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 - the library's name
        """Return the door of one activity."""
        return _Door(next)


class _Door(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the library's name
        """Run an activity whose input is possible.

        Raises:
            ApplicationError: It was not; nothing was done.
        """
        try:
            _require_workflow()
            require_input(input.args, _kind_of(input))
        except PlanSwitchError as error:
            message = f"{error.message} {error.remedy}".strip()
            raise ApplicationError(message, type=error.code, non_retryable=True) from error
        return await super().execute_activity(input)


def require_input(arguments: Sequence[Any], kind: Any) -> None:
    """Refuse the input of an activity that is missing, unreadable or impossible.

    Args:
        arguments: What it was called with.
        kind: Dataclass of its input.

    Raises:
        ApplicationError: It could not be read.
        PlanSwitchError: There is none or more than one, or a field holds what it may not.
    """
    for each in arguments:
        why = getattr(each, "why", None)
        if isinstance(why, ApplicationError):
            raise why
    if len(arguments) != 1:
        raise UnreadableMessage(
            f"It was called with {len(arguments)} messages; allowed: one {kind.__name__}.",
            remedy="Give one message.",
        )
    require_shape(arguments[0], kind)


def _require_workflow() -> None:
    if activity.info().workflow_id is None:
        raise OutsideActivity(
            "An activity that no workflow asked for does nothing.",
            remedy="Use `planswitch switch`, which starts and steers switches.",
        )


def _kind_of(input: ExecuteActivityInput) -> Any:  # noqa: A002 - the library's name
    definition: Any = getattr(input.fn, "__temporal_activity_definition")  # the library's name
    kinds: Sequence[Any] = definition.arg_types or [RawValue]
    return kinds[0]
