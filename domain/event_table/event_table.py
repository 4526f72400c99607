"""Every stored event and what is declared of it: the one table that board, audit, pages and commands read.

A new event gets its line in one of the three parts; a test names an event without one.
"""

from __future__ import annotations

from typing import Any

from domain.event_table.declared_moves import MOVES
from domain.event_table.declared_orders import ORDERS
from domain.event_table.declared_requests import REQUESTS
from domain.event_table.event_declaration import table_of
from domain.switch.stage import Stage

#: Event class -> what is declared of it.
EVENTS = table_of(*REQUESTS, *ORDERS, *MOVES)


def effect_of(event: Any) -> str:
    """Return what an event changed, in one line."""
    return EVENTS[type(event)].effect(event)


def stage_after(event: Any) -> Stage | None:
    """Return the stage that an event leads to; None leaves the stage as it is."""
    return EVENTS[type(event)].leads_to
