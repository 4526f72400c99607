"""A year that was paid in advance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.clouds.cloud_server import SOURCE_PLAN
from tests.support.worlds.world import World

#: 200 licenses were paid for a year; 30 of the new plan cost less than what is left of them.
PAID, ORDERED = 200, 30
SEED = 77_000


def paid_year(world: World, seed: int) -> dict[str, Any]:
    """Make an organization whose licenses were paid for a year, a month ago."""
    body = {
        "seed": SEED + seed,
        "users": 25,
        "plan_id": SOURCE_PLAN,
        "billing_cycle": "annual",
        "period_start_on": (datetime.now(UTC) - timedelta(days=30)).date().isoformat(),
        "options": {"quantity": PAID},
    }
    made: dict[str, Any] = world.sandbox.control.post("/sandbox/organizations", json=body).json()
    return made
