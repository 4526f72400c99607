"""Services that are not activated, and a wait for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from activities.contract import SwitchOrder
from domain.kernel.ids import subscription_stream_id
from domain.licenses.provisioning import ProvisioningEnd
from tests.support.licenses.refused_items import plant
from tests.support.worlds.world import OPERATOR, TARGET_PLAN, SwitchHandle, World
from workflows.base.messages import CommandAnswer, OperatorCommand
from workflows.base.visibility import STAGE
from workflows.switch.plan_switch import PlanSwitch

NO_DATA, DATA = "VIVA_LEARNING_SEEDED", "EXCHANGE_S_ENTERPRISE"
OVERDUE = "provisioning_overdue"


def pending(service: str, seconds: float = 0) -> dict[str, Any]:
    """Return a rule that leaves a service of the new plan not activated."""
    told = {"service": service, "seconds": seconds}
    return {"operation": "provisioning", "fault": "service_pending", "hits": [1], **told}


def shorten(monkeypatch: pytest.MonkeyPatch, *, asks: float, voids: float) -> None:
    """Let the wait of a switch end within seconds: when it ends otherwise is a rule with tests of its own."""

    def end(
        *,
        begun_at: datetime,
        waited_on_at: datetime | None = None,
        **_order: datetime | None,
    ) -> ProvisioningEnd:
        begin = waited_on_at or begun_at
        voids_at = None if waited_on_at else begin + timedelta(seconds=voids)
        return ProvisioningEnd(asks_at=begin + timedelta(seconds=asks), voids_at=voids_at)

    monkeypatch.setattr("activities.order.provisioning.provisioning_end", end)


async def overdue(world: World) -> tuple[SwitchOrder, SwitchHandle]:
    """Return a switch whose new plan lacks Exchange, and whose operator is asked."""
    order = world.order(world.organization())
    plant(world, order, pending(DATA))
    handle, _ = await world.start(order)
    await world.until(lambda: stage_of(world, order) == OVERDUE)
    return order, handle


def stage_of(world: World, order: SwitchOrder) -> str:
    """Return the stage that is recorded."""
    stream = subscription_stream_id(order.organization_id, order.source_subscription_id)
    source = world.store.subscription(stream)
    return source.switch(order.switch_id).stage if source and order.switch_id in source.switches else ""


async def wait_on(handle: SwitchHandle, request_id: str = "on-1") -> CommandAnswer:
    """Send the operator's retry."""
    command = OperatorCommand(request_id=request_id, actor=OPERATOR, reason="the seller is at it")
    return await handle.execute_update(PlanSwitch.retry_failed, command)


def set_up(world: World, order: SwitchOrder) -> None:
    """Let every service of the new plan be set up."""
    shown = world.sandbox.cloud.seller.subscriptions(order.organization_id)
    ordered = next(each for each in shown if each.plan_id == TARGET_PLAN)
    world.sandbox.edit(
        order.organization_id,
        kind="subscription",
        subscription_id=ordered.subscription_id,
        changes={"service_statuses": {}},
    )


async def shown(handle: SwitchHandle) -> tuple[str, str, str | None]:
    """Return what the switch says of itself, and the stage in Temporal's lists."""
    status = await handle.query(PlanSwitch.status)
    listed = (await handle.describe()).typed_search_attributes.get(STAGE)
    return status.stage, status.waits_for, listed
