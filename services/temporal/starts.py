"""How workflows of switches, and of requests that wait, are started, ended and started again."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowUpdateStage
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from activities.contract import SwitchOrder
from activities.request.search_attributes import start_attributes
from activities.signed_command import SignedCommand
from domain.kernel.ids import wait_workflow_id_of, workflow_id_of
from services.temporal.workflow_runs import RPC_TIMEOUT, SWITCH, WAIT
from services.temporal.temporal_watch import TAKEN_SECONDS_MAX, WorkerSilent, answer_of
from services.temporal.worker_watch import held_request
from workflows.wait.eligibility_wait import WaitRequest

Answer = TypeVar("Answer")


async def answer_of_start(
    client: Client,
    task_queue: str,
    argument: SwitchOrder | WaitRequest,
    source_plan_id: str,
    *,
    update: str,
    answers: type[Answer],
    repetition: str,
) -> Answer:
    """Start a workflow, or join it, and return what it answers to the update that asks for its beginning.

    Args:
        client: Of Temporal.
        task_queue: Queue of our workflows.
        argument: What is started: an order, or a request that waits; signed.
        source_plan_id: Plan that the organization leaves; Temporal's lists show it.
        update: Its name.
        answers: What it answers with.
        repetition: How to ask again where the answer is lost.

    Raises:
        WorkflowAlreadyStartedError: It was started before, and has ended.
        WorkerAbsent: No worker took it, and Temporal holds it.
        WorkerSilent: No worker took it, and Temporal does not know it.
    """
    options = _options(argument, source_plan_id, task_queue)
    operation: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        **options,
    )
    sent = client.start_update_with_start_workflow(
        update,
        argument,
        start_workflow_operation=operation,
        wait_for_stage=WorkflowUpdateStage.ACCEPTED,
        result_type=answers,
    )
    try:
        return cast("Answer", await answer_of(sent))
    except WorkerSilent as error:
        why = f"No worker took the request for {TAKEN_SECONDS_MAX:.0f} seconds."
        held = await held_request(client, [options["id"]], why, repetition)
        if held is None:
            raise
        raise held from error


async def begin_again(
    client: Client, task_queue: str, argument: SwitchOrder | WaitRequest, source_plan_id: str
) -> str:
    """Start a workflow whose run has ended, and return its new run; one that runs is joined."""
    handle = await client.start_workflow(
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        rpc_timeout=RPC_TIMEOUT,
        **_options(argument, source_plan_id, task_queue),
    )
    return handle.first_execution_run_id or handle.result_run_id or ""


def _options(argument: SwitchOrder | WaitRequest, source_plan_id: str, task_queue: str) -> dict[str, Any]:
    """Return what each start of a workflow has."""
    if isinstance(argument, WaitRequest):
        workflow, name_of, order = WAIT, wait_workflow_id_of, argument.order
    else:
        workflow, name_of, order = SWITCH, workflow_id_of, argument
    return {
        "workflow": workflow,
        "arg": argument,
        "id": name_of(order.organization_id, order.request_id),
        "task_queue": task_queue,
        "search_attributes": start_attributes(source_plan_id),
        "static_summary": f"{order.organization_id} to plan {order.target_plan_id}",
    }


async def end_workflow(client: Client, workflow_id: str, signed: SignedCommand, *, run_id: str) -> None:
    """Terminate one run of a workflow; where that has ended meanwhile, nothing is done.

    Args:
        client: Temporal.
        workflow_id: The workflow.
        signed: Shows the reconciler that it was the product itself; without it that is an outside act.
        run_id: The run that was found, and signed for.
    """
    try:
        handle = client.get_workflow_handle(workflow_id, run_id=run_id)
        await handle.terminate(signed, reason=signed.reason, rpc_timeout=RPC_TIMEOUT)
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
