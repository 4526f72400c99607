"""A year that was paid in advance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.worlds.world import World

#: 200 licenses were paid for a year; 30 of the new plan cost less than what is left of them.
PAID, ORDERED = 200, 30
SEED = 77_000


def paid_year(world: World, seed: int) -> dict[str, Any]:
    """Make an organization whose licenses were paid for a year, a month ago."""
    return world.sandbox.organization(
        seed=SEED + seed,
        users=25,
        billing_cycle="annual",
        period_start_on=(datetime.now(UTC) - timedelta(days=30)).date(),
        quantity=PAID,
    )
