"""Organizations that have add-ons."""

from __future__ import annotations

from typing import Any

from tests.support.worlds.world import World

EXTRA_STORAGE = "99049c9c-6011-4908-bf17-15f496e6519d"


def buy(world: World, made: dict[str, Any], plan_id: str, quantity: int) -> None:
    """Attach an add-on that is paid for the current month."""
    world.sandbox.edit(
        made["organization_id"],
        kind="purchase",
        plan_id=plan_id,
        quantity=quantity,
        parent_subscription_id=made["subscription_id"],
        is_billed=True,
    )
