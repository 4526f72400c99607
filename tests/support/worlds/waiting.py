"""Requests that wait until their switch may be, and ways to watch and end them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.testing import WorkflowEnvironment

from activities.base.wait_contract import BeginWaitResult
from activities.contract import SwitchOrder
from activities.request.eligibility_wait import accepted_wait
from activities.request.refusal_reasons import refusal_reasons
from domain.kernel.ids import eligibility_wait_stream_id, wait_workflow_id_of, workflow_id_of
from domain.requests.eligibility_wait import terms_of
from domain.requests.wait_events import EligibilityLooked, EligibilityWait, EligibilityWaitEnded
from tests.support.worlds.forward import forward
from tests.support.worlds.world import OPERATOR, SwitchHandle, World
from workflows.base.messages import CommandAnswer, OperatorCommand
from workflows.switch.plan_switch import PlanSwitch
from workflows.wait.eligibility_wait import LOOKS_PER_RUN, WaitRequest, WaitResult
from workflows.wait.eligibility_wait import EligibilityWait as EligibilityWaitWorkflow

SERVICE = "Exchange Online"
#: Ends what hangs.
RESULT_SECONDS_MAX = 120
BROKEN, WELL = "serviceInterruption", "serviceOperational"

WaitHandle = WorkflowHandle[EligibilityWaitWorkflow, WaitResult]


@dataclass(kw_only=True)
class WaitingCase:
    """One request that waits."""

    world: World
    environment: WorkflowEnvironment
    order: SwitchOrder
    until: datetime
    request: WaitRequest
    handle: WaitHandle

    @property
    def wait(self) -> EligibilityWait:
        """The wait as it is recorded."""
        found = self.world.store.load(eligibility_wait_stream_id(self.order.switch_id))
        assert isinstance(found, EligibilityWait)
        return found

    @property
    def answers(self) -> list[list[str]]:
        """The codes of each recorded answer, the one of the begin first."""
        events: list[Any] = [
            each.event
            for each in self.world.store.stream_events(eligibility_wait_stream_id(self.order.switch_id))
        ]
        told = [each for each in events if isinstance(each, EligibilityWait.Created | EligibilityLooked)]
        return [[reason["code"] for reason in each.reasons] for each in told]

    @property
    def ending(self) -> EligibilityWaitEnded:
        """The recorded end."""
        found = self.wait.ending
        assert found is not None
        return found

    @property
    def switch(self) -> SwitchHandle:
        """The switch that the wait leads to."""
        workflow_id = workflow_id_of(self.order.organization_id, self.order.request_id)
        return self.world.client.get_workflow_handle_for(PlanSwitch.run, workflow_id)

    def health(self, status: str) -> None:
        """Let a service of the organization break, or be well again."""
        health(self.world, self.order.organization_id, status)

    async def forward(self, **duration: float) -> None:
        """Move the clock of the wait."""
        await forward(self.environment, self.handle, timedelta(**duration))

    async def look(self, request_id: str = "look-1") -> CommandAnswer:
        """Let an operator look."""
        command = OperatorCommand(request_id=request_id, actor=OPERATOR, reason="they called")
        return await self.handle.execute_update(EligibilityWaitWorkflow.look, command)

    async def cancel(self, request_id: str = "cancel-1") -> CommandAnswer:
        """Let an operator end the wait."""
        command = OperatorCommand(request_id=request_id, actor=OPERATOR, reason="not needed")
        return await self.handle.execute_update(EligibilityWaitWorkflow.cancel, command)

    async def result(self) -> WaitResult:
        """Return how the wait ended, which it must do soon."""
        return await asyncio.wait_for(self.handle.result(), RESULT_SECONDS_MAX)

    def looks(self) -> int:
        """Return how often the outside was asked."""
        return self.world.ambushes.seen.get(self.order.switch_id, []).count("eligibility_wait.look:end")

    async def until_looked(self, times: int) -> None:
        """Wait until so many looks have ended."""
        await self.world.until(lambda: self.looks() >= times)


def health(world: World, organization_id: str, status: str) -> None:
    """Let a service of an organization break, or be well again."""
    world.sandbox.edit(organization_id, kind="health", service=SERVICE, status=status)


async def begin(
    world: World,
    environment: WorkflowEnvironment,
    order: SwitchOrder,
    *,
    days: float = 3,
    total_at_most: str | None = None,
    looks_per_run: int = LOOKS_PER_RUN,
) -> WaitingCase:
    """Let a request wait, as the console does, and return once its first look has ended."""
    until = datetime.now(UTC) + timedelta(days=days)
    organization = {
        "organization_id": order.organization_id,
        "subscription_id": order.source_subscription_id,
    }
    prepared = await asyncio.to_thread(world.prepare, organization)
    terms = terms_of(prepared.quote, until, time_zone=prepared.profile.time_zone, total_at_most=total_at_most)
    blocking = prepared.assessment.blocking("automatic")
    request = WaitRequest(
        order=order,
        accepted=accepted_wait(terms),
        source_plan_id=prepared.source.plan_id,
        reasons=refusal_reasons(blocking),
        looks_per_run=looks_per_run,
    )
    handle, answer = await start(world, request)
    assert answer.accepted, answer
    case = WaitingCase(
        world=world, environment=environment, order=order, until=until, request=request, handle=handle
    )
    await case.until_looked(1)
    return case


async def start(world: World, request: WaitRequest) -> tuple[WaitHandle, BeginWaitResult]:
    """Start the workflow of a wait, or join it."""
    operation = WithStartWorkflowOperation(
        EligibilityWaitWorkflow.run,
        request,
        id=wait_workflow_id_of(request.order.organization_id, request.order.request_id),
        task_queue=world.task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
    )
    answer = await world.client.execute_update_with_start_workflow(
        EligibilityWaitWorkflow.await_begun, request, start_workflow_operation=operation
    )
    return await operation.workflow_handle(), answer
