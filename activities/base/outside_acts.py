"""What somebody did with Temporal's own means, on the record: an act of nobody who is known (ADR 19)."""

from __future__ import annotations

from datetime import datetime

from temporalio import activity

from activities.base.step import Step
from activities.signed_command import OUTSIDE_ACTOR
from domain.kernel.ids import eligibility_wait_stream_id, is_workflow_of
from domain.kernel.recorded import Meta, RecordedAggregate
from domain.requests.wait_events import EligibilityWait
from domain.subscriptions.subscription import Subscription
from domain.switch.outside_events import CANCEL, SCHEDULE_STEP, START, OutsideActFound

CANCELLED = "The workflow was cancelled in Temporal"
SCHEDULED = "A step was asked for by a workflow that no worker of this installation runs"
COPIED = "A copy of the start was handed to another workflow, which was refused"
STARTED = "The workflow was started by somebody without the installation's command key, or long before it ran"


def act_key(run_id: str, act: str, number: int | str = "") -> str:
    """Return the name of an act on one run of a workflow."""
    return f"{run_id}:{act}:{number}" if number else f"{run_id}:{act}"


def note_outside_act(
    source: Subscription, *, act: str, about: str, run_id: str, key: str, at: datetime, meta: Meta
) -> bool:
    """Record an outside act once, and tell whether it is new.

    Args:
        source: Subscription that the switch leaves.
        act: A word of domain/switch/outside_events.py.
        about: What Temporal tells of it.
        run_id: Run of the workflow that was acted on.
        key: Names the act.
        at: When it was found.
        meta: Who and what found it; it names nobody as acting.
    """
    if key in source.switch(meta.switch_id).outside_acts:
        return False
    facts = {"act": act, "about": about, "acted_run_id": run_id, "key": key}
    source.advance(OutsideActFound, at=at, meta=meta, **facts)
    return True


def note_cancelled(step: Step, source: Subscription, reason: str) -> None:
    """Record that the run of this step was cancelled by Temporal's own means."""
    _note(step, source, act=CANCEL, about=f"{CANCELLED}: {reason}" if reason else f"{CANCELLED}.")


def note_scheduled(step: Step, source: Subscription) -> None:
    """Record that this step was asked for by nobody whom the product knows, and was refused."""
    _note(step, source, act=SCHEDULE_STEP, about=f"{SCHEDULED}: {step.context.step}. It was refused.")


def note_started(step: Step, source: Subscription) -> None:
    """Record that the run of this step was started by nobody whom the product knows, or under another id."""
    workflow_id = activity.info().workflow_id or ""
    is_own = is_workflow_of(workflow_id, step.order.switch_id)
    _note(step, source, act=START, about=f"{STARTED}." if is_own else f"{COPIED}: {workflow_id}.")


def recorded_wait(step: Step) -> EligibilityWait | None:
    """Return the request that waits of this step's switch, as it is recorded."""
    wait = step.store.load(eligibility_wait_stream_id(step.order.switch_id))
    return wait if isinstance(wait, EligibilityWait) else None


def note_wait_scheduled(step: Step, wait: EligibilityWait) -> None:
    """Record that this step of a wait was asked for by nobody whom the product knows, and was refused."""
    _note_wait(step, wait, act=SCHEDULE_STEP, about=f"{SCHEDULED}: {step.context.step}. It was refused.")


def note_wait_started(step: Step, *, is_begun: bool) -> None:
    """Record that a wait which is on record was started anew, or under another id.

    Args:
        step: The first step of the run.
        is_begun: The run was started by somebody with the key, or another run of the wait has gone before it.
    """
    workflow_id = activity.info().workflow_id or ""
    is_own = is_workflow_of(workflow_id, step.order.switch_id, waits=True)
    if is_own and is_begun:
        return

    def decide() -> tuple[list[RecordedAggregate], None]:
        wait = recorded_wait(step)
        if wait is None:
            return [], None
        step.require_order()
        about = f"{STARTED}." if is_own else f"{COPIED}: {workflow_id}."
        _note_wait(step, wait, act=START, about=about)
        return [wait], None

    step.decide_and_save(decide, what="outside-act")


def _note_wait(step: Step, wait: EligibilityWait, *, act: str, about: str) -> None:
    run_id = activity.info().workflow_run_id or ""
    wait.note_outside_act(
        act=act,
        about=about,
        run_id=run_id,
        key=act_key(run_id, act),
        at=step.at,
        meta=step.meta(actor=OUTSIDE_ACTOR, reason=about, causation=f"{wait.id}@{wait.version}"),
    )


def _note(step: Step, source: Subscription, *, act: str, about: str) -> None:
    run_id = activity.info().workflow_run_id or ""
    note_outside_act(
        source,
        act=act,
        about=about,
        run_id=run_id,
        key=act_key(run_id, act),
        at=step.at,
        meta=step.meta(actor=OUTSIDE_ACTOR, reason=about),
    )
