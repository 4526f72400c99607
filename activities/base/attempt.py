"""One attempt of a step from begin to end: check, run, beat, note what it waits for, keep its calls.

Its errors reach Temporal with a stable code, and are retried as the table of codes says.
"""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory, FailureError

from activities.base.known_orders import BEGINNINGS
from activities.base.step import Step, Toolbox
from activities.base.wait_notes import note_fault, note_wait
from activities.contract import StepInput
from domain.kernel.errors import (
    NotReadyYet,
    PlanSwitchError,
    ProviderThrottled,
    RecordInconsistent,
    StepOutOfOrder,
)

#: How often a step says that it is alive; several times within the shortest heartbeat time-out.
BEAT_SECONDS = 2.0
_log = structlog.get_logger()
#: Attempts of a step that carries out a command, where a fault of ours ends them.
COMMAND_ATTEMPTS_MAX = 5


class Steps:
    """Activities of one subject, which share the toolbox of their worker."""

    def __init__(self, toolbox: Toolbox) -> None:
        self._toolbox = toolbox


@contextmanager
def step_of(toolbox: Toolbox, step_input: StepInput) -> Iterator[Step]:
    """Run one attempt: check the store, map errors for Temporal, keep the calls of a failed attempt.

    Raises:
        ApplicationError: Every PlanSwitchError, with its code as type and its retryability from the table.
    """
    step = Step(toolbox, step_input)
    with beating(), _step_line(step):
        try:
            with _keeping_calls(step):
                step.reach("begin")
                step.store.require(step_input.after)
                if step.context.step not in BEGINNINGS:
                    step.require_order()
                with _noting_waits(step, step_input):
                    yield step
        except PlanSwitchError as error:
            raise application_error(error) from error
        except Exception as error:
            if is_given_up(step_input):
                raise given_up(error) from error
            raise


@contextmanager
def _step_line(step: Step) -> Iterator[None]:
    """Write a line when the attempt ends, and let each line of it name its switch (docs/logs.md#steps)."""
    began = time.monotonic()
    ids = {"switch_id": str(step.order.switch_id), "organization_id": step.order.organization_id}
    with structlog.contextvars.bound_contextvars(**ids):
        try:
            yield
        except Exception as error:
            code = getattr(error, "type", None) or type(error).__name__
            _log.info("step_not_done", code=code, duration_ms=_milliseconds_since(began))
            raise
        _log.info("step_done", duration_ms=_milliseconds_since(began))


def _milliseconds_since(began: float) -> int:
    return round(1_000 * (time.monotonic() - began))


@contextmanager
def _noting_waits(step: Step, step_input: StepInput) -> Iterator[None]:
    """Record what the step waits for when it ends with an error that passes."""
    try:
        yield
    except PlanSwitchError as error:
        # Whoever asked before its turn tells nothing of what the switch waits for; whoever sent a command is
        # told themselves what the record lacks.
        is_told = isinstance(error, RecordInconsistent) and is_command(step_input)
        if not isinstance(error, StepOutOfOrder) and not is_told:
            note_wait(step, error)
        raise
    except FailureError:
        # Temporal's own: a step that is cancelled, or says itself what becomes of it.
        raise
    except Exception as fault:
        note_fault(step, fault)
        raise


@contextmanager
def _keeping_calls(step: Step) -> Iterator[None]:
    """Store the calls that no save of the block took, and those that the store could not take before.

    An attempt whose calls can't be stored is not done, whatever it was about to answer; they are not lost.
    """
    unsaved = step.toolbox.unsaved_calls
    unsaved.save(step.store)
    try:
        yield
    finally:
        unsaved.keep(step.context, step.calls.drain())
        if unsaved:
            with step.committing("calls"):
                unsaved.save(step.store)
        step.reach("end")


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


class Heart:
    """Beats for all steps of the process from one thread, which lives while there are any.

    A thread for each step would be started and ended ten times in a switch.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._steps: dict[object, contextvars.Context] = {}
        self._thread: threading.Thread | None = None

    def add(self, step: object, context: contextvars.Context) -> None:
        """Beat for a step from now on; the activity is known to its own context alone."""
        with self._lock:
            self._steps[step] = context
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="step-heartbeat", daemon=True)
                self._thread.start()

    def remove(self, step: object) -> None:
        """Beat no more for a step."""
        with self._lock:
            del self._steps[step]

    def _work(self) -> None:
        while True:
            time.sleep(BEAT_SECONDS)
            with self._lock:
                if not self._steps:
                    self._thread = None
                    return
                contexts = list(self._steps.values())
            for context in contexts:
                context.run(_beat)


_heart = Heart()


@contextmanager
def beating() -> Iterator[None]:
    """Tell Temporal that the step is alive while the block runs: a killed worker is noticed in seconds."""
    if activity.info().heartbeat_timeout is None:
        yield
        return
    step = object()
    _heart.add(step, contextvars.copy_context())
    try:
        yield
    finally:
        _heart.remove(step)


def _beat() -> None:
    try:
        activity.heartbeat()
    except Exception as error:  # noqa: BLE001 - one step's failure must not end the beats of all others
        # The worker's loop is busy or ends: a step that can't beat is taken over after its time-out.
        _log.warning("heartbeat_not_sent", error=type(error).__name__)
