"""Alarms that a switch has raised."""

from __future__ import annotations

from typing import Any

from activities.contract import SwitchOrder
from domain.operator.alarms import AlarmRaised
from tests.support.worlds.world import World


def alarms(world: World, order: SwitchOrder) -> list[tuple[str, int]]:
    """Return the recorded alarms with their numbers."""
    events: list[Any] = [each.event for each in world.source_events(order)]
    return [(each.alarm, each.number) for each in events if isinstance(each, AlarmRaised)]
