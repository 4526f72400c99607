"""Switches that are paid by invoice, and ways to answer and to pass their credit check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import UpdateWorkflowExecutionLifecycleStage as Lifecycle
from temporalio.api.update.v1 import UpdateRef, WaitPolicy
from temporalio.api.workflowservice.v1 import PollWorkflowExecutionUpdateRequest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from activities.contract import SwitchOrder
from domain.subscriptions.subscription import Subscription
from domain.switch.events import CreditCheckRequired
from tests.support.worlds.forward import forward
from tests.support.worlds.world import CLEAN, SwitchHandle, World, until
from workflows.base.messages import CommandAnswer, CreditDecision, CreditExtension, SwitchResult
from workflows.switch.plan_switch import PlanSwitch

ADMITTED = Lifecycle.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED
#: What must be zero whatever becomes of a credit check.
HARMLESS = dict(CLEAN)


@dataclass(kw_only=True)
class CreditCase:
    """One switch that waits for its credit check."""

    world: World
    environment: WorkflowEnvironment
    order: SwitchOrder
    handle: SwitchHandle

    @property
    def source(self) -> Subscription:
        """The subscription that is left, as it is recorded."""
        stream = self.world.store.resolve_subscription(
            self.order.organization_id, self.order.source_subscription_id
        )
        found = self.world.store.subscription(stream)
        assert found is not None
        return found

    @property
    def required(self) -> CreditCheckRequired:
        """The event that began the wait."""
        found = self.source.switch(self.order.switch_id).of(CreditCheckRequired)
        assert found is not None
        return found

    @property
    def topics(self) -> list[str]:
        """The credit events so far."""
        names = self.world.source_topics(self.order)
        return [name.removeprefix("credit-check-") for name in names if name.startswith("credit-check-")]

    async def forward_to(self, instant: datetime, *, seconds: float = 1) -> None:
        """Move the switch's clock to some seconds after an instant."""
        now = await self.environment.get_current_time(self.handle)
        ahead = instant - now + timedelta(seconds=seconds)
        await forward(self.environment, self.handle, ahead)

    async def decide(
        self, verdict: str, decision_id: str = "d-1", by: str = "operator", *, update_id: str | None = None
    ) -> CommandAnswer:
        """Answer the check."""
        decision = CreditDecision(
            decision_id=decision_id, verdict=verdict, decided_by=by, actor="olga", reason="knows them"
        )
        return await self.handle.execute_update(PlanSwitch.decide_credit, decision, id=update_id)

    async def extend(
        self, days: int = 2, request_id: str = "e-1", *, update_id: str | None = None
    ) -> CommandAnswer:
        """Extend the wait."""
        extension = CreditExtension(request_id=request_id, days=days, actor="olga", reason="they asked")
        return await self.handle.execute_update(PlanSwitch.extend_credit, extension, id=update_id)

    async def until_sent(self, update_id: str) -> None:
        """Wait until the server holds an update for which no worker is there yet."""
        request = PollWorkflowExecutionUpdateRequest(
            namespace=self.world.client.namespace,
            update_ref=UpdateRef(
                workflow_execution=WorkflowExecution(workflow_id=self.handle.id), update_id=update_id
            ),
            wait_policy=WaitPolicy(lifecycle_stage=ADMITTED),
        )

        async def is_sent() -> bool:
            try:
                await self.world.client.workflow_service.poll_workflow_execution_update(request, retry=True)
            except RPCError as error:
                if error.status != RPCStatusCode.NOT_FOUND:
                    raise
                return False
            return True

        await until(is_sent, f"the server never took {update_id}")

    async def refused(self, days: int) -> str:
        """Return why an extension was refused as such."""
        try:
            await self.extend(days)
        except WorkflowUpdateFailedError as error:
            return str(error.cause)
        raise AssertionError

    async def result(self) -> SwitchResult:
        """Wait for the end of the switch."""
        return await self.handle.result()

    def is_charged(self) -> bool:
        """Tell whether anything was invoiced."""
        return bool(self.world.ledger(self.order, "invoice"))


async def waiting_case(world: World, environment: WorkflowEnvironment, **changes: Any) -> CreditCase:
    """Start a switch by invoice and wait until it waits for its credit check."""
    order = world.order(world.organization(), payment_method="invoice", **changes)
    handle, answer = await world.start(order)
    assert answer.accepted, answer
    await world.until_stage(handle, "credit_check")
    return CreditCase(world=world, environment=environment, order=order, handle=handle)
