"""Kind: a run that somebody ends as if it were done, by taking its task from the queue (ADR 19)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from temporalio.api.command.v1 import Command, CompleteWorkflowExecutionCommandAttributes
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.enums.v1 import CommandType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    PollWorkflowTaskQueueRequest,
    RespondWorkflowTaskCompletedRequest,
)
from temporalio.client import Client

from activities.contract import REQUEST_SWITCH
from domain.kernel.ids import workflow_id_of
from domain.switch.outside_events import ANSWER_TASK
from domain.switch.recovery_events import WorkflowRestarted
from services.recovery.workflow_troubles import WORKFLOW_LOST
from tests.support.acts.strangers import actors, acts
from tests.support.controls.half_moved import recorded
from tests.support.switches.troubles import found
from tests.support.worlds.lost import newest_run, reconcile
from tests.support.worlds.steps import StepRunner
from tests.support.worlds.world import ACTOR, World
from workflows.switch.plan_switch import PlanSwitch

_RESULT = {"switch_id": "x", "outcome": "completed", "code": "", "message": "", "moved": 9, "skipped": 0}


async def _complete(client: Client, task_queue: str) -> None:
    """Take the next task of a workflow from a queue, and answer that the workflow is done."""
    service = client.workflow_service
    task = await service.poll_workflow_task_queue(
        PollWorkflowTaskQueueRequest(
            namespace=client.namespace, task_queue=TaskQueue(name=task_queue), identity="nobody"
        ),
        timeout=timedelta(seconds=60),
    )
    assert task.task_token
    payload = Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(_RESULT).encode())
    done = CompleteWorkflowExecutionCommandAttributes(result=Payloads(payloads=[payload]))
    command = Command(
        command_type=CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
        complete_workflow_execution_command_attributes=done,
    )
    await service.respond_workflow_task_completed(
        RespondWorkflowTaskCompletedRequest(
            namespace=client.namespace, task_token=task.task_token, identity="nobody", commands=[command]
        )
    )


async def test_a_run_that_is_answered_as_done_is_started_again(world: World, task_queue: str) -> None:
    """The record goes on: it is a trouble, an outside act, and the switch comes to its own end."""
    order = world.order(world.organization(6))
    await StepRunner(world, order).run(REQUEST_SWITCH)
    handle: Any = await world.client.start_workflow(
        PlanSwitch.run,
        order,
        id=workflow_id_of(order.organization_id, order.request_id),
        task_queue=task_queue,
    )
    await _complete(world.client, task_queue)
    (told,) = await found(world, order, lambda told: len(told) == 1, task_queue=task_queue)
    (finding,) = await reconcile(world, order)
    result = await world.result(newest_run(world, order))

    assert (told.code, told.workflow_id, finding.done) == (WORKFLOW_LOST, handle.id, "restarted")
    assert [each.act for each in acts(world, order)] == [ANSWER_TASK]
    assert (result.outcome, actors(world, order)) == ("completed", {ACTOR, "temporal", "reconciler"})
    assert len(recorded(world, order, WorkflowRestarted)) == 1
    await found(world, order, lambda told: not told, task_queue=task_queue)
