"""One attempt of a step from begin to end: check, run, note what it waits for, keep its calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.exceptions import FailureError

from activities.base.heartbeat import beating
from activities.base.known_orders import BEGINNINGS
from activities.base.step import Step, Toolbox
from activities.base.step_errors import application_error, given_up, is_command, is_given_up
from activities.base.wait_notes import note_fault, note_wait
from activities.contract import StepInput
from domain.kernel.errors import PlanSwitchError, RecordInconsistent, StepOutOfOrder


@contextmanager
def step_of(toolbox: Toolbox, step_input: StepInput) -> Iterator[Step]:
    """Run one attempt: check the store, map errors for Temporal, keep the calls of a failed attempt.

    Raises:
        ApplicationError: Every PlanSwitchError, with its code as type and its retryability from the table.
    """
    step = Step(toolbox, step_input)
    with beating():
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

    Raises:
        StoreUnavailable: The store is away.
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
