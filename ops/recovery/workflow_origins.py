"""What a run of a workflow was reset from, as Temporal's server tells it."""

from __future__ import annotations

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode


async def origin_of(client: Client, workflow_id: str, run_id: str) -> str:
    """Return the first run that a run was reset from, itself when it never was, "" where there is none.

    The server writes it, so whoever starts a workflow can't choose it.

    Args:
        client: Of the namespace.
        workflow_id: The workflow.
        run_id: One of its runs.

    Raises:
        RPCError: Temporal does not answer.
    """
    handle = client.get_workflow_handle(workflow_id, run_id=run_id)
    try:
        async for event in handle.fetch_history_events(page_size=1):
            return event.workflow_execution_started_event_attributes.original_execution_run_id
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
    return ""
