"""Commands in the moment in which a hold is recorded."""

from __future__ import annotations

import asyncio
from typing import Any

from temporalio.client import WorkflowUpdateHandle, WorkflowUpdateStage

from activities.contract import SwitchOrder
from tests.support.worlds.world import OPERATOR, SwitchHandle, World
from workflows.base.messages import OperatorCommand
from workflows.switch.plan_switch import PlanSwitch

HOLD, STUCK = "administration.record_hold:saved", "roll_back.record_stuck:saved"
FACTS: dict[str, Any] = {"actor": OPERATOR, "reason": "read the board"}


async def stand_at(world: World, order: SwitchOrder, point: str) -> None:
    """Wait until a switch stands at a point that was laid for it."""
    ambush = world.ambushes.lay(order.switch_id, point)
    await world.until(ambush.is_reached.is_set)


async def recorded_hold(world: World) -> tuple[SwitchOrder, SwitchHandle]:
    """Return a switch whose hold for one user is in the record, and of which the run does not know."""
    order = world.order(world.organization(missing_usage_location=1))
    standing = asyncio.create_task(stand_at(world, order, HOLD))
    handle, _ = await world.start(order)
    await standing
    return order, handle


async def send(handle: SwitchHandle, update: Any, command: OperatorCommand) -> WorkflowUpdateHandle[Any]:
    """Send a command, and return once the run has it."""
    return await handle.start_update(update, command, wait_for_stage=WorkflowUpdateStage.ACCEPTED)


def mend(world: World, order: SwitchOrder) -> None:
    """Let the user who could not be moved be one who can."""
    (user,) = world.users_left(order)
    world.sandbox.edit(order.organization_id, kind="user", user_id=user, usage_location="DE")


async def retry(handle: SwitchHandle) -> WorkflowUpdateHandle[Any]:
    """Send the operator's retry, and return once the run has it."""
    return await send(handle, PlanSwitch.retry_failed, OperatorCommand(request_id="retry-1", **FACTS))
