"""Results that somebody else gives in an activity's place."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest

from tests.support.worlds.ambush import Ambush
from tests.support.worlds.temporal_command import temporal
from tests.support.worlds.world import POLL_SECONDS, POLLS_MAX, SwitchHandle, World

#: Results by their JSON; the last two are of the right fields.
FORGED: list[Any] = [
    None,
    "done",
    [],
    {},
    {"saved": "all of it"},
    {"saved": [], "total": 6, "slice_size": 0, "lanes": 1},
    {"saved": [], "total": -1, "slice_size": 5, "lanes": 1},
]


async def pending(world: World, workflow_id: str) -> Any:
    """Return the activity that a workflow waits for, which it does soon."""
    request = DescribeWorkflowExecutionRequest(
        namespace=world.client.namespace, execution=WorkflowExecution(workflow_id=workflow_id)
    )
    for _ in range(POLLS_MAX):
        described = await world.client.workflow_service.describe_workflow_execution(request, retry=True)
        if described.pending_activities:
            return described.pending_activities[0]
        await asyncio.sleep(POLL_SECONDS)
    raise TimeoutError


async def forge(world: World, workflow_id: str, result: Any) -> str:
    """End the activity that a switch waits for, and return which that was."""
    activity = await pending(world, workflow_id)
    named = ("-w", workflow_id, "--activity-id", activity.activity_id)
    told = await temporal(world, "activity", "complete", *named, "--result", json.dumps(result))
    assert told.code == 0, told.text
    return str(activity.activity_type.name)


async def stopped(world: World, point: str) -> tuple[Any, SwitchHandle, Ambush]:
    """Return a switch that stands at a point of a step."""
    order = world.order(world.organization(6))
    ambush = world.ambushes.lay(order.switch_id, point)
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)
    return order, handle, ambush
