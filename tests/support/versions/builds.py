"""On which builds of the workers a workflow went on, as its history tells."""

from __future__ import annotations

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client


async def builds_of(client: Client, workflow_id: str) -> list[str]:
    """Return the build of each completed task of a workflow, each once and in their order."""
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    completed = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    builds = [
        each.workflow_task_completed_event_attributes.deployment_version.build_id
        for each in history.events
        if each.event_type == completed
    ]
    return list(dict.fromkeys(builds))
