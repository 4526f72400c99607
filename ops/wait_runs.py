"""Runs of requests that wait, as Temporal lists them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio.client import Client

from domain.ids import is_workflow_of, switch_id_of_workflow
from ops.switch_workflows import FoundWorkflow, find_workflow
from ops.workflow_troubles import listed

_CLOSED = "closed"


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitRun:
    """One run of a request that waits, or waited."""

    switch_id: str
    workflow_id: str
    found: FoundWorkflow


async def waits_since(client: Client, task_queue: str, since: datetime) -> AsyncIterator[WaitRun]:
    """Yield the runs of requests that wait, and those that were closed since an instant.

    Args:
        client: Of Temporal.
        task_queue: Queue of our workflows.
        since: Runs that were closed before are left out.

    Raises:
        RPCError: Temporal does not answer.
    """
    closed = f"CloseTime > '{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"
    for which in ("CloseTime IS NULL", closed):
        async for each in listed(client, f"WorkflowType = 'EligibilityWait' AND {which}", task_queue):
            workflow_id, run_id = each.execution.workflow_id, each.execution.run_id
            switch_id = switch_id_of_workflow(workflow_id)
            if not is_workflow_of(workflow_id, switch_id, waits=True):
                continue
            found = FoundWorkflow(status=_CLOSED, run_id=run_id, events=each.history_length)
            if which != closed:
                found = await find_workflow(client, workflow_id)
            yield WaitRun(switch_id=switch_id, workflow_id=workflow_id, found=found)
