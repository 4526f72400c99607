"""A switch that is assessed again while it runs."""

from __future__ import annotations

import asyncio
from datetime import datetime

from activities.contract import SwitchOrder
from tests.support.worlds.ambush import Ambush
from tests.support.worlds.world import SwitchHandle, World

BROKEN, WELL = "serviceInterruption", "serviceOperational"
BEFORE_MOVE = "purchase.confirm_provisioning:end"
BEFORE_CANCELLATION = "verification.verify_move:end"


def cancellable_until(world: World, order: SwitchOrder, instant: datetime) -> None:
    """Let the seller's window for the cancellation of the old plan end at an instant."""
    world.sandbox.edit(
        order.organization_id,
        kind="subscription",
        subscription_id=order.source_subscription_id,
        changes={"cancellable_until": instant.isoformat()},
    )


async def stopped(world: World, point: str) -> tuple[SwitchOrder, SwitchHandle, Ambush]:
    """Return a switch that stands at a point of one of its steps, and what stops it there."""
    order = world.order(world.organization())
    ambush = world.ambushes.lay(order.switch_id, point)
    handle, _ = await world.start(order)
    assert await asyncio.to_thread(ambush.is_reached.wait, 30)
    return order, handle, ambush


async def ordered(world: World, point: str) -> tuple[SwitchOrder, SwitchHandle]:
    """Return a switch that stands at a point of one of its steps."""
    order, handle, _ = await stopped(world, point)
    return order, handle
