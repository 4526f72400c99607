"""Users whose licenses somebody changed by hand, as the record lists them."""

from __future__ import annotations

from activities.contract import SwitchOrder
from audit.users.drift import DriftSeen, drift_seen
from audit.users.user_outcomes import UserOutcome, user_outcomes
from domain.catalog.catalog import load_catalog
from tests.support.controls.cancellation import source_of
from tests.support.worlds.world import World


def listed(world: World, order: SwitchOrder) -> list[UserOutcome]:
    """Return all users as `switch users` lists them, page by page."""
    users: list[UserOutcome] = []
    cursor, source = "", source_of(world, order)
    while True:
        page = user_outcomes(
            world.store, source, order.switch_id, catalog=load_catalog(), cursor=cursor, limit=10
        )
        users += page.users
        cursor = page.next_cursor
        if not cursor:
            return users


def seen(world: World, order: SwitchOrder) -> DriftSeen | None:
    """Return the newest finding."""
    return drift_seen(source_of(world, order).switch(order.switch_id))
