"""What the sender of notices was given: notices to the organization, alarms to the installation."""

from __future__ import annotations

from typing import Any

from activities.contract import SwitchOrder
from tests.support.worlds.world import World


def sent(world: World, order: SwitchOrder, resource: str = "notices") -> list[dict[str, Any]]:
    """Return the `notices` to the organization, or the `alarms` to the installation's contact."""
    path = f"/notices/v1/customers/{order.organization_id}/{resource}"
    token = {"Authorization": f"Bearer sandbox-{order.organization_id}"}
    answer = world.sandbox.control.get(path, headers=token).raise_for_status().json()
    found: list[dict[str, Any]] = answer[resource]
    return found
