"""Users whose license comes from a group."""

from __future__ import annotations

from activities.contract import SwitchOrder
from tests.support.worlds.world import SOURCE_PLAN, World


def first_fed(world: World, order: SwitchOrder) -> str:
    """Return the id of a user whom the group gives the old plan."""
    users = world.sandbox.cloud.directory.users_page(order.organization_id, SOURCE_PLAN, None).users
    return next(user.directory_id for user in users if user.is_fed(SOURCE_PLAN))
