"""Every activity of the product, by name."""

from __future__ import annotations

from typing import Any

from tests.support.worlds.world import World
from worker import license_activities, money_activities


def activities(world: World) -> list[tuple[str, str]]:
    """Return every activity with its queue."""
    steps = [(each, world.task_queue) for each in money_activities(world.toolbox)]
    slices = [(each, f"{world.task_queue}-licenses") for each in license_activities(world.toolbox)]
    found: list[Any] = [*steps, *slices]
    return [(getattr(each, "__temporal_activity_definition").name, queue) for each, queue in found]
