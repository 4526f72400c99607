"""Users whom the directory goes on to refuse."""

from __future__ import annotations

from typing import Any

from activities.contract import SwitchOrder
from audit.users.user_outcomes import UnresolvedUser, unresolved_users
from domain.kernel.ids import subscription_stream_id
from tests.support.worlds.world import World


def plant(world: World, order: SwitchOrder, *rules: dict[str, Any]) -> None:
    """Put a fault program in force for one organization; no rules end it."""
    path = f"/sandbox/organizations/{order.organization_id}/faults"
    world.sandbox.control.put(path, json={"seed": 1, "rules": list(rules)}).raise_for_status()


def listed(world: World, order: SwitchOrder) -> list[UnresolvedUser]:
    """Return whom the switch waits for."""
    stream_id = subscription_stream_id(order.organization_id, order.source_subscription_id)
    source = world.store.subscription(stream_id)
    assert source is not None
    return list(unresolved_users(world.store, source, order.switch_id))
