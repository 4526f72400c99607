"""How switches live in Temporal: replayed at every task, small, and many in one worker."""

from __future__ import annotations

import asyncio
import dataclasses
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from activities.contract import (
    REQUEST_SWITCH,
    RequestSwitchInput,
    RequestSwitchResult,
    SwitchOrder,
)
from domain.kernel.ids import switch_id_of
from ops.stack.postgres_server import EmbeddedPostgres
from tests.support.switches.histories import forgetful_workers
from tests.support.worlds.guarded import workflow_runner
from tests.support.worlds.world import CLEAN, SwitchHandle, World, open_world
from workflows.base.messages import SwitchResult
from workflows.workflow_types import WORKFLOWS

AT_ONCE = 50
MANY_USERS = 3000
HISTORY_EVENTS_MAX = 400


async def test_a_switch_is_the_same_when_every_task_replays_it(
    world: World, postgres_server: EmbeddedPostgres, tmp_path: Path
) -> None:
    """A worker that remembers nothing completes, holds, retries, returns and cancels alike.

    See contributing#stored-things-never-change.
    """
    url = postgres_server.create_database(f"forgetful_{uuid.uuid4().hex}")
    async with open_world(world.client, url, world.sandbox, tmp_path, build=forgetful_workers) as forgetful:
        forgetful.share_seeds_of(world)
        completed = forgetful.order(forgetful.organization())
        held = forgetful.order(forgetful.organization(missing_usage_location=1))
        result = await forgetful.complete(completed)
        handle, _ = await forgetful.start(held)
        await forgetful.until_stage(handle, "held")
        user = next(iter(forgetful.users_left(held)))
        forgetful.sandbox.edit(held.organization_id, kind="user", user_id=user, usage_location="DE")
        await forgetful.retry(handle)
        retried = await forgetful.result(handle)
        returned = forgetful.order(forgetful.organization(missing_usage_location=1))
        handle, _ = await forgetful.start(returned)
        await forgetful.until_stage(handle, "held")
        await handle.cancel()
        back = await forgetful.result(handle)
        forgetful.sandbox.settings(provisioning_delay_seconds=600)
        cancelled = forgetful.order(forgetful.organization())
        handle, _ = await forgetful.start(cancelled)
        await forgetful.until_stage(handle, "provisioning")
        await handle.cancel()
        ended = await forgetful.result(handle)

        assert [each.outcome for each in (result, retried)] == ["completed", "completed"]
        assert [each.outcome for each in (back, ended)] == ["rolled_back", "cancelled"]
        for order in (completed, held, returned, cancelled):
            assert forgetful.failings(order) == CLEAN


async def count_events(client: Client, handle: WorkflowHandle[Any, Any]) -> int:
    """Return the events of a workflow's history and of its children's."""
    events = (await handle.fetch_history()).events
    children = [
        each.child_workflow_execution_started_event_attributes.workflow_execution.workflow_id
        for each in events
        if each.HasField("child_workflow_execution_started_event_attributes")
    ]
    return len(events) + sum(
        [await count_events(client, client.get_workflow_handle(child)) for child in children]
    )


async def test_three_thousand_users_cost_few_history_events(world: World) -> None:
    """The history of a switch does not grow with its users (architecture#workflows; issue 2)."""
    order = world.order(world.organization(MANY_USERS))
    handle, _ = await world.start(order)

    result = await world.result(handle)
    events = await count_events(world.client, handle)

    print(f"{MANY_USERS} users: {events} history events")
    assert (result.outcome, result.moved) == ("completed", MANY_USERS)
    assert events < HISTORY_EVENTS_MAX
    assert world.failings(order) == CLEAN


@activity.defn(name=REQUEST_SWITCH.name)
async def refuse(_step_input: RequestSwitchInput) -> RequestSwitchResult:
    """Refuse every request."""
    return RequestSwitchResult(
        saved=(),
        accepted=False,
        code="TEST",
        message="a test",
        remedy="none",
        reasons=(),
        users=0,
        promised_end=None,
    )


@pytest.mark.parametrize("instances", [100, pytest.param(1000, marks=pytest.mark.e2e)])
async def test_many_workflows_leave_dataclasses_alone(
    temporal_client: Client, task_queue: str, instances: int
) -> None:
    """Workflow code never imports the event-sourcing library, which wraps dataclasses at each import (H5)."""
    make_dataclass: Callable[..., Any] = vars(dataclasses)["_process_class"]
    async with Worker(
        temporal_client,
        task_queue=task_queue,
        workflows=WORKFLOWS,
        activities=[refuse],
        workflow_runner=workflow_runner(),
    ):
        for first in range(0, instances, AT_ONCE):
            numbers = range(first, first + AT_ONCE)
            results = await asyncio.gather(*(run_one(temporal_client, task_queue, each) for each in numbers))
            assert {result.outcome for result in results} == {"refused"}

    assert vars(dataclasses)["_process_class"] is make_dataclass


async def run_one(client: Client, task_queue: str, number: int) -> SwitchResult:
    """Run a switch that is refused."""
    order = SwitchOrder(
        switch_id=switch_id_of(f"organization-{number}", str(number)),
        request_id=str(number),
        organization_id=f"organization-{number}",
        source_subscription_id="source",
        target_plan_id="target",
        quote_digest="",
        quoted_on="2026-11-22",
        actor="ada",
        reason="a test",
    )
    handle: SwitchHandle = await client.start_workflow(
        "PlanSwitch",
        order,
        id=f"{task_queue}:{number}",
        task_queue=task_queue,
        result_type=SwitchResult,
    )
    return await handle.result()
