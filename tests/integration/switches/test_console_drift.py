"""What was changed by hand while licenses moved is told where an operator looks (rules#drift)."""

from __future__ import annotations

import json
from html import unescape

from tests.support.clouds.cloud_server import SERVICE
from tests.support.consoles.console_world import COLUMNS, ConsoleWorld, start_body
from tests.support.consoles.switch_page import shown
from tests.support.worlds.world import TARGET_PLAN

USERS = 12
BARE = "1 user holds neither plan: somebody took the license away"
OTHER = "1 moved user has other services switched off than the switch left"
TO_DO = "assign it with `planswitch license assign` after the switch has ended"


async def held(console: ConsoleWorld) -> tuple[str, str, list[str], str]:
    """Return a switch that holds for one user, its organization, the moved users, and who is held."""
    organization = await console.organization(
        users=USERS, missing_usage_location=1, group_licensed=0, has_side_products=False
    )
    switch_id = (await console.post("/api/switches", start_body(organization))).json()["switch_id"]
    await console.until(switch_id, "held")
    users = (await console.get(f"/api/switches/{switch_id}/users")).json()["users"]
    moved = [user["directory_id"] for user in users if user["outcome"] == "moved"]
    (stuck,) = [user["directory_id"] for user in users if user["outcome"] == "failed"]
    return switch_id, organization["organization_id"], moved, stuck


async def test_drift_is_told_by_show_users_and_page(console: ConsoleWorld) -> None:
    """Counts in words with what to do, and each user by name, wherever an operator looks."""
    switch_id, organization_id, (bare, other, *_), stuck = await held(console)
    before = await console.run("switch", "show", switch_id[:8])
    page_before = await shown(console, f"/switches/{switch_id}")
    edit = console.world.sandbox.edit
    edit(organization_id, kind="licenses", user_id=bare, add=[], remove=[TARGET_PLAN])
    services = [{"skuId": TARGET_PLAN, "disabledPlans": [SERVICE]}]
    edit(organization_id, kind="licenses", user_id=other, add=services, remove=[])
    edit(organization_id, kind="user", user_id=stuck, usage_location="DE")
    await console.run("switch", "retry", switch_id[:8], "--reason", "location set")
    row = await console.ended(switch_id)

    show = await console.run("switch", "show", switch_id[:8])
    facts = json.loads((await console.run("switch", "show", switch_id[:8], "--json")).out)
    users = await console.run("switch", "users", switch_id[:8], "--drift")
    everyone = await console.run("switch", "users", switch_id[:8])
    by_name = json.loads((await console.run("switch", "users", switch_id[:8], "--json")).out)["users"]
    only = json.loads((await console.run("switch", "users", switch_id[:8], "--drift", "--json")).out)
    marked = await shown(console, f"/switches/{switch_id}")
    page = unescape(marked.replace("<code>", "`").replace("</code>", "`"))

    assert (row["outcome"], row["moved"], row["failed"]) == ("completed", USERS, 0)
    assert "changed by hand" not in before.out
    assert "Changed by hand" not in page_before
    told = " ".join(show.out.split())
    assert all(words in told for words in ("changed by hand, found", BARE, OTHER, TO_DO))
    assert f"planswitch switch users {switch_id[:8]} --drift" in show.out
    assert [(each["name"], each["count"]) for each in facts["drift"]["counts"]] == [
        ("licenses_removed", 1),
        ("settings_changed", 1),
    ]
    assert {user["directory_id"]: user["drift"] for user in by_name if user["drift"]} == {
        bare: "licenses_removed",
        other: "settings_changed",
    }
    assert len(by_name) == USERS
    assert {user["directory_id"] for user in only["users"]} == {bare, other}
    assert (bare[:8] in users.out, stuck[:8] in users.out) == (True, False)
    assert "no license" in users.out
    assert TO_DO in " ".join(users.out.split())
    assert max(each.longest_line for each in (show, users, everyone)) <= COLUMNS
    assert all(words in page for words in ("Changed by hand", BARE, OTHER, TO_DO))
    assert (
        f'<a href="/api/v1/switches/{switch_id}/users">every user as JSON</a>, with what was changed' in page
    )
    assert "<code>planswitch" not in page.partition("Changed by hand")[2].partition("</div>")[0]
    assert "<code>planswitch license assign</code>" in marked


async def test_a_switch_without_drift_tells_none(console: ConsoleWorld) -> None:
    """Where nothing was changed by hand nothing is said, and the table of users has no such column."""
    organization = await console.organization(users=USERS)
    switch_id = (await console.post("/api/switches", start_body(organization))).json()["switch_id"]
    await console.ended(switch_id)

    answer = (await console.get(f"/api/switches/{switch_id}/drift")).json()
    show = await console.run("switch", "show", switch_id[:8])
    users = await console.run("switch", "users", switch_id[:8])
    none = json.loads((await console.run("switch", "users", switch_id[:8], "--drift", "--json")).out)
    told = await console.run("switch", "users", switch_id[:8], "--drift")

    assert answer == {"switch_id": switch_id, "drift": None}
    assert "changed by hand" not in show.out
    assert "DRIFT" not in users.out
    assert none["users"] == []
    assert (told.out, told.err) == ("", f"Nobody was changed by hand, of {USERS} users\n")
