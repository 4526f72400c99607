"""Messages that are none, and the tasks that failed by them."""

from __future__ import annotations

from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest
from temporalio.client import WorkflowHandle

from tests.support.worlds.temporal_command import inputs
from tests.support.worlds.world import World

#: What is no message, whichever is wanted.
NO_MESSAGES: list[list[str]] = [
    [],
    inputs("text"),
    inputs([1, 2]),
    inputs(42),
    inputs(None),
    inputs(True),
    inputs({}),
    inputs({"nothing": "known"}),
    ["--input", "Y29tbWFuZA==", "--input-base64", "--input-meta", "encoding=binary/plain"],
    ["--input", "e30=", "--input-base64", "--input-meta", "encoding=binary/encrypted"],
]


async def failed_tasks(world: World, handle: WorkflowHandle[Any, Any]) -> int:
    """Return how many tasks of a workflow have failed, one that is tried again among them."""
    history = await handle.fetch_history()
    failed = EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
    execution = WorkflowExecution(workflow_id=handle.id)
    described = await world.client.workflow_service.describe_workflow_execution(
        DescribeWorkflowExecutionRequest(namespace=world.client.namespace, execution=execution),
        retry=True,
    )
    again = max(0, described.pending_workflow_task.attempt - 1)
    return sum(event.event_type == failed for event in history.events) + again
