"""A switch that is held for want of licenses, over a console."""

from __future__ import annotations

from tests.support.consoles.console_world import ConsoleWorld, start_body
from tests.support.licenses.moving import MOVE_USERS

USERS, PURCHASED, JOINERS = 12, 20, 2


async def held_for_licenses(console: ConsoleWorld) -> str:
    """Return the id of a switch that holds since users outnumber its licenses."""
    organization = await console.organization(users=USERS, quantity=PURCHASED)
    console.world.block(MOVE_USERS)
    answer = await console.post("/api/switches", start_body(organization, quantity=USERS))
    switch_id: str = answer.json()["switch_id"]
    await console.until(switch_id, "moving")
    for number in range(JOINERS):
        console.world.sandbox.edit(
            organization["organization_id"],
            kind="add_user",
            display_name=f"Nora New {number}",
            plan_id=organization["plan_id"],
        )
    console.world.block()
    await console.until(switch_id, "held")
    return switch_id
