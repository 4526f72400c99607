"""What is found wrong with a workflow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from activities.contract import SwitchOrder
from domain.operator.workflow_trouble import WorkflowTrouble
from services.recovery.trouble_watch import TroubleWatch
from tests.support.worlds.world import POLL_SECONDS, POLLS_MAX, World


async def found(
    world: World,
    order: SwitchOrder,
    is_wanted: Callable[[list[WorkflowTrouble]], bool],
    *,
    task_queue: str = "",
) -> list[WorkflowTrouble]:
    """Look until what is found about a switch is what is wanted, and return it."""
    watch = TroubleWatch(world.client, world.store, task_queue=task_queue or world.task_queue)
    for _ in range(POLLS_MAX):
        await watch.run_once()
        told = list(world.store.troubles(order.switch_id))
        if is_wanted(told):
            return told
        await asyncio.sleep(POLL_SECONDS)
    raise TimeoutError(told)
