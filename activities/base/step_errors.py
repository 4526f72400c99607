"""How a step's errors reach Temporal: with a stable code, and retried as the table of codes says."""

from __future__ import annotations

from datetime import timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.contract import StepInput
from domain.kernel.errors import NotReadyYet, PlanSwitchError, ProviderThrottled

#: Attempts of a step that carries out a command, where a fault of ours ends them.
COMMAND_ATTEMPTS_MAX = 5


def application_error(error: PlanSwitchError) -> ApplicationError:
    """Return an error in the words of Temporal: its code as the type, retried as the table of codes says."""
    handling = error.handling
    delay: timedelta | None = None
    if isinstance(error, NotReadyYet | ProviderThrottled):
        delay = timedelta(seconds=error.retry_after_seconds)
    return ApplicationError(
        f"{error.message} {error.remedy}".strip(),
        type=error.code,
        non_retryable=not handling.is_retryable,
        next_retry_delay=delay,
        category=ApplicationErrorCategory.BENIGN if delay else ApplicationErrorCategory.UNSPECIFIED,
    )


def is_command(step_input: StepInput) -> bool:
    """Return whether a step carries out a command, whose answer somebody waits for."""
    return bool(getattr(step_input, "request_id", "") or getattr(step_input, "decision_id", ""))


def is_given_up(step_input: StepInput) -> bool:
    """Return whether a fault of ours ends the step: somebody waits for the answer to a command."""
    return is_command(step_input) and activity.info().attempt >= COMMAND_ATTEMPTS_MAX


def given_up(error: Exception) -> ApplicationError:
    """Return what ends a command that a fault of ours keeps from being carried out."""
    return ApplicationError(
        f"The command could not be carried out ({type(error).__name__}). The worker's log tells why; "
        "report it with `planswitch support bundle`, then give the command again.",
        type=PlanSwitchError.code,
        non_retryable=True,
    )
