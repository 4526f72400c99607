"""A switch that moves users, and edits by hand meanwhile."""

from __future__ import annotations

from typing import Any

from activities.contract import SwitchOrder
from tests.support.worlds.world import CLEAN, SOURCE_PLAN, TARGET_PLAN, SwitchHandle, World

READ_USERS = "GET /v1.0/users"
MOVE_USERS = "POST /v1.0/$batch"


async def moving_switch(world: World, **options: Any) -> tuple[SwitchOrder, SwitchHandle]:
    """Return a switch whose roster is frozen and whose first batch does not get through."""
    order = world.order(world.organization(**options))
    world.block(MOVE_USERS)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "moving")
    return order, handle


def events_of(world: World, order: SwitchOrder, event_class: type[Any]) -> list[Any]:
    """Return the events of a class in the source's stream."""
    return [each.event for each in world.source_events(order) if isinstance(each.event, event_class)]


def add_user(world: World, order: SwitchOrder, name: str) -> None:
    """Give a new user the old plan by hand."""
    world.sandbox.edit(order.organization_id, kind="add_user", display_name=name, plan_id=SOURCE_PLAN)


def assert_all_on_target(world: World, order: SwitchOrder) -> None:
    """Check that everybody holds the new plan and nobody the old one."""
    users = world.users(order).values()
    assert all(TARGET_PLAN in plans and SOURCE_PLAN not in plans for plans in users)
    assert world.failings(order) == CLEAN
