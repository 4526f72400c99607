"""What became of each user over HTTP, and edits of licenses by hand (switch#the-outcome-of-each-user)."""

from __future__ import annotations

import json

from tests.support.clouds.cloud_server import SOURCE_PLAN
from tests.support.consoles.console_world import COLUMNS, ConsoleWorld, start_body
from tests.support.worlds.world import TARGET_PLAN


async def test_users_of_a_switch_are_listed_page_by_page_each_once(console: ConsoleWorld) -> None:
    """Each user is listed once with the newest outcome and the services kept and new."""
    organization = await console.organization(
        users=12, missing_usage_location=2, group_licensed=0, has_side_products=False
    )
    organization_id = organization["organization_id"]
    started = (await console.post("/api/switches", start_body(organization))).json()
    switch_id = started["switch_id"]
    await console.until(switch_id, "held")
    held = (await console.get(f"/api/switches/{switch_id}/users")).json()
    failed = [user for user in held["users"] if user["outcome"] == "failed"]
    for user in failed:
        console.world.sandbox.edit(
            organization_id, kind="user", user_id=user["directory_id"], usage_location="DE"
        )
    await console.run("switch", "retry", switch_id[:8], "--reason", "location set")
    await console.ended(switch_id)
    pages, after = [], ""
    while after is not None:
        page = (await console.get(f"/api/switches/{switch_id}/users", limit=5, after=after)).json()
        pages.append(page["users"])
        after = page["next"]
    shown = await console.run("switch", "users", switch_id[:8])
    printed = json.loads((await console.run("switch", "users", switch_id[:8], "--limit", "4", "--json")).out)
    wrong = await console.get(f"/api/switches/{switch_id}/users", after="nowhere:1")

    users = [user for page in pages for user in page]
    assert {(user["error"], user["remedy"][:28]) for user in failed} == {
        ("LOCATION_NOT_SERVED", "Set the user's usage locatio")
    }
    assert len(failed) == 2
    assert [len(page) for page in pages] == [5, 5, 2]
    assert len({user["user_key"] for user in users}) == len({user["directory_id"] for user in users}) == 12
    assert {user["outcome"] for user in users} == {"moved"}
    assert {user["pass_name"] for user in users} == {"move", "verify-2"}
    assert [user for user in users if user["kept"] or user["newly_granted"]]
    assert not [name for user in users for name in (*user["kept"], *user["newly_granted"]) if "-" in name]
    assert (len(printed["users"]), bool(printed["next"])) == (4, True)
    assert (shown.code, shown.longest_line <= COLUMNS) == (0, True)
    assert all(user["directory_id"][:8] in shown.out for user in users)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "INVALID_INPUT")


async def test_edits_by_hand_are_refused_while_administration_is_locked(console: ConsoleWorld) -> None:
    """Through us nobody changes licenses while a switch moves them: it is told who holds the lock."""
    organization = await console.organization(users=8, missing_usage_location=1)
    organization_id = organization["organization_id"]
    started = (await console.post("/api/switches", start_body(organization))).json()
    switch_id = started["switch_id"]
    await console.until(switch_id, "held")
    (user,) = (await console.get(f"/api/switches/{switch_id}/unresolved")).json()["users"]
    path, name = f"/api/organizations/{organization_id}/licenses", user["directory_id"]
    refused = await console.post(path, {"user": name, "plan": "E1", "action": "remove", "reason": "x"})
    told = await console.run("license", "remove", organization_id, name, "E1", "--reason", "x")
    console.world.sandbox.edit(organization_id, kind="user", user_id=name, usage_location="DE")
    await console.run("switch", "retry", switch_id[:8], "--reason", "location set")
    await console.ended(switch_id)
    gone = await console.run("license", "remove", organization_id, name, "E3", "--reason", "left", "--yes")
    again = await console.run("license", "assign", organization_id, name, "E3", "--reason", "back", "--json")
    nobody = await console.post(path, {"user": "nobody", "plan": "E3", "action": "assign", "reason": "x"})

    assert (refused.status_code, refused.json()["code"]) == (409, "ADMINISTRATION_LOCKED")
    assert switch_id in refused.json()["detail"]
    assert "Its end is unknown: it waits for an operator" in refused.json()["remedy"]
    assert told.code == 5
    assert (gone.code, again.code) == (0, 0)
    held = console.world.sandbox.cloud.directory.users(organization_id, [name])[0]
    assert held.has_direct(TARGET_PLAN)
    assert not held.has_direct(SOURCE_PLAN)
    assert (nobody.status_code, nobody.json()["code"]) == (409, "PROVIDER_REFUSED")
    assert "has no user 'nobody'" in nobody.json()["detail"]
