"""A usage location for users who have none, on real parts (rules#usage-location)."""

from __future__ import annotations

import asyncio
from typing import Any

from domain.switch.settings_events import LocationsAsked
from tests.support.consoles.console_world import COLUMNS, ConsoleWorld
from tests.support.switches.by_hand import SOURCE_PLAN
from tests.support.switches.owned import buy_plan
from tests.support.worlds.world import CLEAN

LOCATION = "DE"


def _lacking(console: ConsoleWorld, organization_id: str) -> set[str]:
    """Return the users of the old plan who have no location."""
    page = console.world.sandbox.cloud.directory.users_page(organization_id, SOURCE_PLAN, None)
    return {user.directory_id for user in page.users if user.lacks_location}


async def _located(console: ConsoleWorld, switch_id: str) -> dict[str, str]:
    users = (await console.get(f"/api/switches/{switch_id}/users")).json()["users"]
    return {each["directory_id"]: each["usage_location"] for each in users if each["usage_location"]}


async def _start(console: ConsoleWorld, organization: dict[str, Any], *options: str) -> str:
    organization_id = organization["organization_id"]
    ran = await console.run(
        *("switch", "start", organization_id, "--to", "E3", "--set-usage-location", LOCATION, "--yes"),
        *options,
    )
    assert ran.code == 0, ran
    rows = (await console.get("/api/switches", organization=organization_id)).json()["switches"]
    return str(rows[0]["switch_id"])


async def test_users_without_a_location_move_with_the_one_that_was_asked_for(console: ConsoleWorld) -> None:
    """Each is named in the record by an opaque key, and to the operator by id (ADR 9)."""
    organization = await console.organization(users=6, missing_usage_location=2)
    lacking = await asyncio.to_thread(_lacking, console, organization["organization_id"])

    switch_id = await _start(console, organization, "--wait")
    shown = await console.run("switch", "users", switch_id)
    audit = await console.run("audit", "show", switch_id)

    assert len(lacking) == 2
    assert await _located(console, switch_id) == dict.fromkeys(lacking, LOCATION)
    assert f"usage location {LOCATION} was asked for, and stays" in " ".join(shown.out.split())
    assert shown.longest_line <= COLUMNS
    assert f"usage location {LOCATION} for 2 users who have none" in " ".join(audit.out.split())
    assert not any(each in audit.out for each in lacking)
    verdict = console.world.sandbox.verdict(organization["organization_id"])
    assert {name: verdict[name] for name in CLEAN} == CLEAN


async def test_the_way_back_leaves_the_location(console: ConsoleWorld) -> None:
    """Who goes back to the old plan keeps the location, and is listed with it (rules#usage-location)."""
    organization = await console.organization(users=6, missing_usage_location=2)
    organization_id = organization["organization_id"]
    lacking = await asyncio.to_thread(_lacking, console, organization_id)

    switch_id = await _start(console, organization, "--pilot", "2")
    await console.until(switch_id, "paused")
    ran = await console.run("switch", "rollback", switch_id, "--reason", "not now", "--yes")
    row = await console.ended(switch_id)

    points = (await console.get(f"/api/switches/{switch_id}")).json()["open_points"]
    audit = await console.run("audit", "show", switch_id)

    assert (ran.code, row["outcome"]) == (0, "rolled_back")
    assert [(each["code"], each["details"]) for each in points] == [
        ("LOCATIONS_STAY", {"location": LOCATION, "users": 2})
    ]
    assert f"Users who keep the usage location {LOCATION}" in " ".join(audit.out.split())
    assert await asyncio.to_thread(_lacking, console, organization_id) == set()
    assert set(await _located(console, switch_id)) <= lacking
    stream = console.world.store.resolve_subscription(organization_id, row["source_subscription_id"])
    source = console.world.store.subscription(stream)
    assert source is not None
    asked = source.switch(switch_id).of(LocationsAsked)
    assert asked is not None
    assert (asked.location, len(asked.user_keys)) == (LOCATION, 2)
    verdict = console.world.sandbox.verdict(organization_id)
    assert {name: verdict[name] for name in CLEAN} == CLEAN


async def test_who_stays_gets_no_location(console: ConsoleWorld) -> None:
    """Where some users move, only theirs is set; a code that no country has is refused."""
    made = await console.organization(users=6, missing_usage_location=2)
    organization_id = made["organization_id"]
    owned = await asyncio.to_thread(buy_plan, console.world, made)
    moving, staying = sorted(await asyncio.to_thread(_lacking, console, organization_id))
    body = {
        "organization_id": organization_id,
        "licenses_only": True,
        "target_subscription_id": owned.subscription_id,
        "users_listed": [moving],
        "set_usage_location": LOCATION,
    }
    wrong = await console.post("/api/quotes", {**body, "set_usage_location": "XX"})
    quote = (await console.post("/api/quotes", body)).json()["quote"]
    start = {**body, "quote_digest": quote["digest"], "request_id": f"some-{organization_id}"}
    started = await console.post("/api/switches", start)
    row = await console.ended(started.json()["switch_id"])

    assert (wrong.status_code, wrong.json()["field"]) == (422, "set_usage_location")
    assert (row["outcome"], row["moved"]) == ("completed", 1)
    assert await asyncio.to_thread(_lacking, console, organization_id) == {staying}
    assert await _located(console, row["switch_id"]) == {moving: LOCATION}


async def test_without_the_option_nobody_gets_a_location(console: ConsoleWorld) -> None:
    """The quote says who would fail, or with the option who gets one; a wrong one is refused."""
    organization = await console.organization(users=6, missing_usage_location=2)
    body = {"organization_id": organization["organization_id"], "target_plan": "E3"}

    plain = (await console.post("/api/quotes", body)).json()["plan"]["preflight"]
    asked = (await console.post("/api/quotes", {**body, "set_usage_location": LOCATION})).json()
    wrong = await console.post("/api/quotes", {**body, "set_usage_location": "Germany"})

    assert (plain["failing"], plain["findings"][0]["code"]) == (2, "LOCATION_NOT_SERVED")
    preflight = asked["plan"]["preflight"]
    assert (preflight["failing"], preflight["findings"][0]["code"]) == (0, "LOCATION_ASKED")
    assert (wrong.status_code, wrong.json()["field"]) == (422, "set_usage_location")
