"""Somebody who takes work from our queues as a worker does, under a name that nobody has written down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

from temporalio.api.common.v1 import Payloads
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    PollActivityTaskQueueRequest,
    PollActivityTaskQueueResponse,
    PollWorkflowTaskQueueRequest,
    RespondActivityTaskCompletedRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Worker

from ops.base.payloads import data_converter
from store.health.heartbeats import own_instance
from tests.support.worlds.guarded import workflow_runner
from tests.support.worlds.world import World
from worker import proving
from workflows.workflow_types import WORKFLOWS

STRANGER = "evil@elsewhere"


async def take_step(client: Client, task_queue: str) -> PollActivityTaskQueueResponse:
    """Take the next step from a queue, as a worker does."""
    request = PollActivityTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=task_queue), identity=STRANGER
    )
    service = client.workflow_service
    task = await service.poll_activity_task_queue(request, timeout=timedelta(seconds=60))
    assert task.task_token
    return task


@asynccontextmanager
async def workflows_alone(world: World, task_queue: str) -> AsyncIterator[None]:
    """Run workflows on a queue whose steps nobody takes meanwhile."""
    async with Worker(
        world.client,
        task_queue=task_queue,
        workflows=WORKFLOWS,
        workflow_runner=workflow_runner(),
        identity=own_instance(),
        interceptors=proving(world.client, world.toolbox),
    ):
        yield


@asynccontextmanager
async def asking_for_work(client: Client, task_queue: str) -> AsyncIterator[None]:
    """Ask a queue of workflows for work meanwhile, in vain."""
    request = PollWorkflowTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=task_queue), identity=STRANGER
    )
    # The server refuses a poll that means to wait for a few seconds alone.
    service, patience = client.workflow_service, timedelta(seconds=70)
    asking = asyncio.create_task(service.poll_workflow_task_queue(request, timeout=patience))
    try:
        yield
    finally:
        asking.cancel()
        with suppress(RPCError, asyncio.CancelledError):
            await asking


async def answer_step(client: Client, task: PollActivityTaskQueueResponse, result: Any) -> None:
    """Answer a step that was taken."""
    payloads = Payloads(payloads=await data_converter.encode([result]))
    request = RespondActivityTaskCompletedRequest(
        namespace=client.namespace, task_token=task.task_token, identity=STRANGER, result=payloads
    )
    await client.workflow_service.respond_activity_task_completed(request, retry=True)
