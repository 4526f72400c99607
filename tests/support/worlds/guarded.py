"""Workers whose workflows run in the library's sandbox, which refuses what a replay can't repeat.

The product's own worker runs them without it, and so do the worlds of the tests but for those of
tests/workflow/recovery/test_guarded_workflows.py (docs/adr/0013-workflows-run-unsandboxed.md).
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
        "activities.base.promise_contract",
        "activities.base.wait_contract",
        "activities.contract",
        "activities.credit.credit_contract",
        "activities.operator.control_contract",
        "activities.signed_command",
        "activities.signing.proof_contract",
        "domain.kernel.errors",
        "domain.requests.terms",
        "domain.switch.stage",
        "domain.text.message_shapes",
        "domain.text.plain_text",
        "structlog",
        "workflows.base.messages",
    )
    return SandboxedWorkflowRunner(restrictions=restrictions)


def build_guarded_workers(client: Client, toolbox: Toolbox, *, task_queue: str) -> tuple[Worker, Worker]:
    """Build the product's workers around sandboxed workflows."""
    return build_workers(client, toolbox, task_queue=task_queue, runner=workflow_runner())
