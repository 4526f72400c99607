"""Workers whose workflows run in the library's sandbox, which refuses what a replay can't repeat.

The product's own worker runs them without it (docs/adr/0013-workflows-run-unsandboxed.md).
"""

from __future__ import annotations

from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.step import Toolbox
from worker import build_workers

#: What the library gives a workflow task.
SDK_DEADLOCK_SECONDS = 2


def workflow_runner() -> SandboxedWorkflowRunner:
    """Return the sandbox of the workflows; our modules without state are shared, not imported again."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(
        "activities.contract",
        "activities.control_contract",
        "activities.credit_contract",
        "activities.invoice_contract",
        "activities.promise_contract",
        "activities.return_contract",
        "activities.wait_contract",
        "structlog",
    )
    return SandboxedWorkflowRunner(restrictions=restrictions)


def build_guarded_workers(client: Client, toolbox: Toolbox, *, task_queue: str) -> tuple[Worker, Worker]:
    """Build the product's workers around sandboxed workflows, without the library's watch over their time."""
    steps, slices = build_workers(client, toolbox, task_queue=task_queue, runner=workflow_runner())
    lift_deadlock_watch(steps)
    return steps, slices


def lift_deadlock_watch(worker: Worker) -> None:
    """Let a workflow task take as long as a busy machine lets it.

    The library fails a task that has not ended after two seconds by the clock on the wall. Ours need
    milliseconds of a core, which a machine that stands still for a moment does not give in time. What really
    hangs is ended by the test's own time limit.
    """
    workflows = worker._workflow_worker
    assert workflows is not None
    assert workflows._deadlock_timeout_seconds == SDK_DEADLOCK_SECONDS, "the library names it otherwise now"
    workflows._deadlock_timeout_seconds = None
