"""Requests that wait, over a console."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.consoles.console_world import ConsoleWorld
from tests.support.worlds.waiting import BROKEN, health

WAITING = "waiting_eligible"


def day(days: int) -> str:
    """Return a date from today."""
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


async def ill(console: ConsoleWorld) -> dict[str, Any]:
    """Make an organization with an incident, and return what to ask for."""
    organization = await console.organization()
    await asyncio.to_thread(health, console.world, organization["organization_id"], BROKEN)
    return {
        "organization_id": organization["organization_id"],
        "target_plan": "E3",
        "accept": True,
        "reason": "growth",
        "wait_until": day(30),
    }
