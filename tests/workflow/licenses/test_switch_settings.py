"""A hundred users, SharePoint off for fifty: kept off, or granted to all (switch#services)."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from activities.assessment.preflight import preview
from domain.catalog.catalog import load_catalog
from tests.support.licenses.services import SHAREPOINT, SHAREPOINT_OF_TARGET, WEB
from tests.support.worlds.world import SOURCE_PLAN, TARGET_PLAN, World

USERS, WITHOUT = 100, 50
ROSTER = "move"


def organization_without_sharepoint(world: World) -> dict[str, Any]:
    """Make an organization of which every second user has SharePoint off, and what needs it."""
    made = world.organization(users=USERS)
    path = f"/sandbox/organizations/{made['organization_id']}"
    users = world.sandbox.control.get(f"{path}/users").raise_for_status().json()["users"]
    edits = [
        {
            "kind": "licenses",
            "user_id": user["id"],
            "add": [{"skuId": SOURCE_PLAN, "disabledPlans": [SHAREPOINT, WEB] if number % 2 else []}],
        }
        for number, user in enumerate(users)
    ]
    world.sandbox.control.post(f"{path}/edits", json={"edits": edits}).raise_for_status()
    return made


@pytest.mark.parametrize("settings", ["keep", "grant_all"])
async def test_the_hundred_users_of_the_seed_example(world: World, settings: str) -> None:
    """`keep` leaves it off for fifty; `grant_all` gives it to them; preview, record and cloud agree."""
    made = organization_without_sharepoint(world)
    told = preview(
        world.sandbox.cloud, load_catalog(), world.prepare(made, service_settings=settings)
    ).services
    order = world.order(made, service_settings=settings)

    result = await world.complete(order)

    is_kept = settings == "keep"
    rows = world.store.license_rows(order.switch_id, ROSTER)
    off = Counter(tuple(plans[TARGET_PLAN]) for plans in world.users(order).values())
    assert result.outcome == "completed"
    assert off == ({(SHAREPOINT_OF_TARGET, WEB): WITHOUT, (): WITHOUT} if is_kept else {(): USERS})
    for name in ("kept", "no_counterpart", "newly_granted"):
        recorded = Counter(each for row in rows for each in getattr(row, name))
        assert {each.service_plan_id: each.users for each in getattr(told, name)} == recorded
    assert Counter(row.kept for row in rows) == (
        {(SHAREPOINT, WEB): WITHOUT, (): WITHOUT} if is_kept else {(): USERS}
    )
    granted = sum(SHAREPOINT_OF_TARGET in row.newly_granted for row in rows)
    assert granted == (0 if is_kept else WITHOUT)
    assert (told.users_counted, told.service_settings) == (USERS, settings)
