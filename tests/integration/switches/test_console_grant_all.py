"""Every service of the new plan on for everyone, asked for at each door (switch#services)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.support.consoles.checkout_pages import form_of, send, shown
from tests.support.consoles.console_world import ConsoleWorld, start_body
from tests.support.worlds.world import SOURCE_PLAN, TARGET_PLAN

GRANT_ALL = "grant_all"
USERS = 12


async def by_api(console: ConsoleWorld, organization: dict[str, Any]) -> str:
    """Start by the API, and return the switch."""
    answer = await console.post("/api/switches", start_body(organization, service_settings=GRANT_ALL))
    return str(answer.json()["switch_id"])


async def by_command(console: ConsoleWorld, organization: dict[str, Any]) -> str:
    """Start by the command line, and return the switch."""
    organization_id = organization["organization_id"]
    ran = await console.run(
        "switch", "start", organization_id, "--to", "E3", "--service-settings", GRANT_ALL, "--yes", "--json"
    )
    assert ran.code == 0, ran.err
    return str(json.loads(ran.out)["switch_id"])


async def by_page(console: ConsoleWorld, organization: dict[str, Any]) -> str:
    """Start by the page of a checkout, and return the switch."""
    fields = {"organization_id": organization["organization_id"], "target_plan": "E3", "quantity": ""}
    path = str((await send(console, "/checkouts", fields)).headers["location"])
    items = form_of(await shown(console, path), path, "items")
    assert items["service_settings"] == ["keep"]
    changed = await send(console, f"{path}/items", {**items, "service_settings": GRANT_ALL})
    assert changed.status_code == 303, changed.text
    assert form_of(await shown(console, path), path, "items")["service_settings"] == [GRANT_ALL]
    await send(console, f"{path}/order", {"revision": "2", "reason": "growth"})
    return str(re.findall(r"/switches/([0-9a-f-]{36})", await shown(console, path))[0])


@pytest.mark.parametrize("start", [by_api, by_command, by_page])
async def test_everyone_gets_every_service_where_that_is_chosen(console: ConsoleWorld, start: Any) -> None:
    """Services that users had switched off are on afterwards, by whichever door it was chosen."""
    organization = await console.organization(users=USERS)
    before = off(console, organization, SOURCE_PLAN)

    switch_id = await start(console, organization)
    row = await console.ended(switch_id)
    settings = (await console.get(f"/api/switches/{switch_id}/service-settings")).json()

    assert any(before), "nobody had a service off, so nothing would be shown"
    assert (row["outcome"], row["moved"]) == ("completed", USERS)
    assert off(console, organization, TARGET_PLAN) == [[]] * USERS
    assert (settings["kept"], settings["newly_granted"] > 0) == (0, True)


def off(console: ConsoleWorld, organization: dict[str, Any], plan_id: str) -> list[list[str]]:
    """Return the services that each user of a plan has switched off."""
    path = f"/sandbox/organizations/{organization['organization_id']}/users"
    users = console.world.sandbox.control.get(path).raise_for_status().json()["users"]
    held = [each for user in users for each in user["licenseAssignmentStates"] if each["skuId"] == plan_id]
    return [each["disabledPlans"] for each in held]
