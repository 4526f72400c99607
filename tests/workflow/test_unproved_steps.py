"""Kind: whoever reaches Temporal's port has a worker of their own ask for steps (ADR 19, proof of steps).

On a real server, with a worker that has no command key: none of its steps does anything, and the attempt is
on record as the act of nobody who is known.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import (
    Interceptor,
    StartActivityInput,
    UnsandboxedWorkflowRunner,
    Worker,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

from activities.contract import END_SWITCH, SwitchOrder
from activities.proof_contract import STEP_PROOF
from activities.wait_contract import LOOK
from domain.outside_events import SCHEDULE_STEP
from tests.workflow.credit import CreditCase
from tests.workflow.signing import plain_client
from tests.workflow.steps import WHOLE_SWITCH
from tests.workflow.strangers import acts, plain, start
from tests.workflow.test_outside_activities import activities
from tests.workflow.test_outside_passes import wait_acts
from tests.workflow.test_unsigned_steps import REFUSED
from tests.workflow.waiting import BROKEN, begin, health
from tests.workflow.world import World
from workflows.steps import failure_of

Ask = tuple[str, str, dict[str, Any], str]


@workflow.defn(name="Stranger")
class Stranger:
    """Asks for one step after another, with the header that somebody has seen elsewhere, if any."""

    @workflow.run
    async def run(self, asked: list[list[Any]]) -> list[str]:
        """Return the code by which each step was refused, "" where it was not."""
        codes = []
        for name, queue, message, header in asked:
            _Copying.header = header
            try:
                await workflow.execute_activity(
                    name,
                    message,
                    task_queue=queue,
                    start_to_close_timeout=timedelta(seconds=120),
                    retry_policy=RetryPolicy(maximum_attempts=2),
                )
            except ActivityError as error:
                cause = error.cause
                codes.append(
                    cause.type or "" if isinstance(cause, ApplicationError) else type(cause).__name__
                )
            else:
                codes.append("")
        return codes


class _Copies(Interceptor):
    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002 - the library's name
    ) -> type[WorkflowInboundInterceptor]:
        return _Copied


class _Copied(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_Copying(outbound))


class _Copying(WorkflowOutboundInterceptor):
    header = ""

    def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:  # noqa: A002
        if self.header:
            payload = Payload(metadata={"encoding": b"json/plain"}, data=self.header.encode())
            input.headers = {**input.headers, STEP_PROOF: payload}
        return super().start_activity(input)


@pytest_asyncio.fixture(name="stranger")
async def _stranger(temporal_env: WorkflowEnvironment) -> AsyncIterator[Client]:
    """Yield a client of somebody whose own worker runs on a queue of its own."""
    client = plain_client(temporal_env.client)
    async with Worker(
        client,
        task_queue="stranger",
        workflows=[Stranger],
        workflow_runner=UnsandboxedWorkflowRunner(),
        interceptors=[_Copies()],
    ):
        yield client


async def _ask(client: Client, asked: list[Ask], *, workflow_id: str = "") -> list[str]:
    """Return by which code each step was refused."""
    wanted = workflow_id or f"stranger-{uuid.uuid4().hex}"
    codes: list[str] = await client.execute_workflow("Stranger", asked, id=wanted, task_queue="stranger")
    return codes


def _messages(order: SwitchOrder) -> dict[str, dict[str, Any]]:
    """Return the whole input of steps, by name, with the order that is recorded."""
    own = {spec.name: fields for spec, fields in (*WHOLE_SWITCH, *REFUSED.values())}
    ends = {"outcome": "cancelled", "code": "X", "message": "", "actor": "", "reason": ""}
    own |= {END_SWITCH.name: ends}
    facts: dict[str, Any] = json.loads(json.dumps(own, default=str))
    return {name: {"order": plain(order), "after": [], **fields} for name, fields in facts.items()}


async def test_every_step_that_a_stranger_asks_for_is_refused(
    world: World, case: CreditCase, stranger: Client
) -> None:
    """Every activity of both queues, with the recorded order: no event but the act of nobody (ADR 19)."""
    whole = _messages(case.order)
    before = len(world.source_events(case.order)), len(world.target_events(case.order))
    asked = [
        (name, queue, whole.get(name, {"order": plain(case.order), "after": []}), "")
        for name, queue in activities(world)
    ]

    codes = await _ask(stranger, asked)

    found = {name: code for (name, *_), code in zip(asked, codes, strict=True)}
    assert {name: code for name, code in found.items() if not code} == {}
    assert {code for name, code in found.items() if name in whole} == {"STEP_UNPROVED"}
    assert [each.act for each in acts(world, case.order)] == [SCHEDULE_STEP]
    assert len(world.source_events(case.order)) == before[0] + 1
    assert len(world.target_events(case.order)) == before[1]


async def test_a_refused_step_of_a_wait_is_on_the_record_of_the_wait(
    world: World, temporal_env: WorkflowEnvironment, stranger: Client
) -> None:
    """Its switch is not recorded yet: the attempt stands where the wait does, once for a run (ADR 19)."""
    order = world.order(world.organization())
    health(world, order.organization_id, BROKEN)
    waiting = await begin(world, temporal_env, order)
    facts = {"accepted": asdict(waiting.request.accepted), "quiet_looks": 0, "cause": "timer"}
    message = json.loads(json.dumps({"order": plain(order), "after": [], **facts}, default=str))

    codes = await _ask(stranger, [(LOOK.name, world.task_queue, message, "")])

    assert codes == ["STEP_UNPROVED"]
    assert [(each.act, each.meta["actor"]) for each in wait_acts(waiting)] == [(SCHEDULE_STEP, "temporal")]
    await waiting.cancel()
    await waiting.result()


async def test_the_header_of_another_run_proves_nothing(
    world: World, temporal_env: WorkflowEnvironment, stranger: Client
) -> None:
    """A header of the switch's own history, on the same step and input, in another workflow (ADR 19)."""
    order = world.order(world.organization())
    handle, _ = await world.start(order)
    await world.result(handle)
    history = await handle.fetch_history()
    scheduled = [
        each.activity_task_scheduled_event_attributes
        for each in history.events
        if each.HasField("activity_task_scheduled_event_attributes")
    ]
    headers = [each.header.fields[STEP_PROOF].data.decode() for each in scheduled]
    asked = [
        (each.activity_type.name, world.task_queue, json.loads(each.input.payloads[0].data), header)
        for each, header in zip(scheduled, headers, strict=True)
    ]
    before = len(world.source_events(order))

    codes = await _ask(stranger, asked)
    again = await _ask(stranger, asked, workflow_id=handle.id)

    assert all(headers)
    assert set(codes) == set(again) == {"STEP_UNPROVED"}
    assert [each.act for each in acts(world, order)] == [SCHEDULE_STEP, SCHEDULE_STEP]
    assert len(world.source_events(order)) == before + 2


async def test_a_license_move_that_no_switch_started_moves_nobody(world: World) -> None:
    """`temporal workflow start` of the child, past the pilot that the record names (ADR 19)."""
    order = world.order(world.organization(60), pilot=20)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "paused")
    left = world.users_left(order)
    facts = {"pass_name": "move", "first": 20, "total": 60, "slice_size": 40, "lanes": 1}

    told = await start(world, "LicenseMove", "move-all", {"order": plain(order), "after": [], **facts})
    with pytest.raises(WorkflowFailureError) as failed:
        await world.client.get_workflow_handle("move-all").result()

    assert told.code == 0, told.text
    assert failure_of(failed.value.cause)[0] == "STEP_UNPROVED"
    assert len(left) == 40
    assert world.users_left(order) == left
    assert SCHEDULE_STEP in {each.act for each in acts(world, order)}
    await world.cancel(handle)
    await world.result(handle)
