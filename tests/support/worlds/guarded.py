"""Workers whose workflows run in the library's sandbox, which refuses what a replay can't repeat.

The product's own worker runs them without it (docs/adr/0013-workflows-run-unsandboxed.md).
"""

from __future__ import annotations

from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.base.step import Toolbox
from worker import build_workers


def workflow_runner() -> SandboxedWorkflowRunner:
    """Return the sandbox of the workflows; our modules without state are shared, not imported again."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(
        "activities.contract",
        "activities.operator.control_contract",
        "activities.credit.credit_contract",
        "activities.base.promise_contract",
        "activities.base.promise_contract",
        "activities.operator.control_contract",
        "activities.signing.proof_contract",
        "activities.signed_command",
        "activities.base.wait_contract",
        "domain.kernel.errors",
        "domain.requests.terms",
        "domain.text.message_shapes",
        "domain.switch.stage",
        "structlog",
    )
    return SandboxedWorkflowRunner(restrictions=restrictions)


def build_guarded_workers(client: Client, toolbox: Toolbox, *, task_queue: str) -> tuple[Worker, Worker]:
    """Build the product's workers around sandboxed workflows."""
    return build_workers(client, toolbox, task_queue=task_queue, runner=workflow_runner())
