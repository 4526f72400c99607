"""Requests that wait, over a console."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.consoles.console_world import ConsoleWorld
from tests.support.worlds.waiting import BROKEN, health

WAITING = "waiting_eligible"
ZONE = ZoneInfo("Europe/Berlin")


def day(days: int) -> str:
    """Return a date from today, in the zone of the organizations: near midnight UTC has another day."""
    return (datetime.now(ZONE) + timedelta(days=days)).date().isoformat()


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
