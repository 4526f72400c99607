"""Kind: the start of a switch that a history shows is handed to a workflow with another id (ADR 19)."""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import asdict
from typing import Any

from temporalio.testing import WorkflowEnvironment

from activities.contract import REQUEST_SWITCH
from domain.outside_events import SCHEDULE_STEP, START
from ops.payloads import data_converter
from tests.workflow.credit import CreditCase
from tests.workflow.signing import signed_start
from tests.workflow.steps import StepRunner
from tests.workflow.strangers import acts, start, temporal
from tests.workflow.test_outside_passes import wait_acts
from tests.workflow.waiting import BROKEN, begin, health
from tests.workflow.world import World


async def _started_with(handle: Any) -> Any:
    """Return the input of a workflow as its history shows it to anybody."""
    events = (await handle.fetch_history()).events
    (payload,) = events[0].workflow_execution_started_event_attributes.input.payloads
    return json.loads(payload.data)


async def _ended(world: World, workflow_id: str) -> Any:
    return await asyncio.wait_for(world.client.get_workflow_handle(workflow_id).result(), 60)


def _copy(kind: str) -> str:
    return f"{kind}:copy:{uuid.uuid4().hex}"


async def test_a_copy_of_a_signed_start_drives_no_switch_a_second_time(
    world: World, case: CreditCase
) -> None:
    """The very envelope, seconds old: it was given for one workflow, and the attempt is on record."""
    name = _copy("switch")
    told = await start(world, "PlanSwitch", name, await _started_with(case.handle))
    result = await _ended(world, name)

    assert told.code == 0, told.text
    assert result["code"] == "COMMAND_UNSIGNED"
    assert [each.act for each in acts(world, case.order)] == [START]
    assert name in acts(world, case.order)[0].about
    await case.decide("approved")
    assert (await world.result(case.handle)).outcome == "completed"


async def test_a_copy_whose_first_step_is_answered_by_hand_drives_nothing(
    world: World, case: CreditCase
) -> None:
    """Its first step is answered as accepted: each step that it then asks for is refused."""
    name = _copy("switch")
    accepted = await StepRunner(world, case.order).run(REQUEST_SWITCH)
    (payload,) = await data_converter.encode([accepted])
    ambush = world.ambushes.lay(case.order.switch_id, f"{REQUEST_SWITCH.name}:begin")
    await start(world, "PlanSwitch", name, await _started_with(case.handle))
    await world.until(ambush.is_reached.is_set)
    topics = world.source_topics(case.order)
    step = (await world.client.get_workflow_handle(name).describe()).raw_description.pending_activities[0]
    told = await temporal(
        world,
        *("activity", "complete", "-w", name, "--activity-id", step.activity_id),
        *("--result", payload.data.decode(), "--identity", "somebody"),
    )
    world.ambushes.go_on(case.order.switch_id)
    await world.until(lambda: SCHEDULE_STEP in {each.act for each in acts(world, case.order)})
    await temporal(world, "workflow", "terminate", "-w", name, "--reason", "test")

    assert told.code == 0, told.text
    assert set(world.source_topics(case.order)[len(topics) :]) == {"outside-act-found"}
    await case.decide("approved")
    assert (await world.result(case.handle)).outcome == "completed"


async def test_a_copy_of_the_start_of_a_wait_lets_nothing_wait_twice(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """It is refused, recorded or not; of a recorded wait the attempt is on its record."""
    order = world.order(world.organization())
    health(world, order.organization_id, BROKEN)
    waiting = await begin(world, temporal_env, order)
    results = []
    unrecorded = world.order(world.organization())
    request = signed_start(
        world.toolbox.command_keys,
        type(waiting.request)(**{**vars(waiting.request), "order": unrecorded}),
        world.now(),
    )
    for message in (
        await _started_with(waiting.handle),
        json.loads(json.dumps(asdict(request), default=str)),
    ):
        name = _copy("wait")
        await start(world, "EligibilityWait", name, message)
        results.append(await _ended(world, name))

    assert [each["code"] for each in results] == ["COMMAND_UNSIGNED", "COMMAND_UNSIGNED"]
    assert [(each.act, each.meta["actor"]) for each in wait_acts(waiting)] == [(START, "temporal")]
    await waiting.cancel()
    assert (await waiting.result()).outcome == "cancelled"
