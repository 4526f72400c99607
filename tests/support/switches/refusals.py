"""Requests that are refused."""

from __future__ import annotations

from typing import Any

from activities.contract import SwitchOrder
from tests.support.acts.written import written_for
from tests.support.worlds.world import World
from workflows.base.messages import SwitchResult


async def refuse(world: World, order: SwitchOrder) -> tuple[Any, SwitchResult, list[str]]:
    """Return answer and result of a request that must be refused, and the topics of what was written."""
    before = world.store.max_notification_id()
    handle, answer = await world.start(order)
    result = await world.result(handle)
    written = [each.topic for each in written_for(world.store, order.switch_id, before)]
    return answer, result, written
