"""A switch of which half of the users have moved."""

from __future__ import annotations

from typing import Any

from activities.contract import SwitchOrder
from tests.support.worlds.world import SwitchHandle, World

Held = dict[str, dict[str, list[str]]]


def recorded(world: World, order: SwitchOrder, event_class: type[Any]) -> list[Any]:
    """Return the events of a class in the source's stream."""
    return [each.event for each in world.source_events(order) if isinstance(each.event, event_class)]


async def half_moved_switch(
    world: World, users: int = 60, **options: Any
) -> tuple[SwitchOrder, SwitchHandle, Held]:
    """Return a switch that holds with most of its users moved, and what everyone had before."""
    order = world.order(world.organization(users, missing_usage_location=2, **options))
    before = world.users(order)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    return order, handle, before
