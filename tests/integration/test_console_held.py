"""A held switch tells who must do what, and goes on when that is done (rules sections 4 and 7)."""

from __future__ import annotations

from tests.integration.console_world import COLUMNS, ConsoleWorld, start_body


async def test_held_switch_names_users_and_goes_on_after_the_repair(console: ConsoleWorld) -> None:
    """Users without a usage location are named with a remedy; repaired and retried, all are moved."""
    organization = await console.organization(users=12, missing_usage_location=2)
    organization_id = organization["organization_id"]
    started = (await console.post("/api/switches", start_body(organization))).json()
    switch_id = started["switch_id"]
    await console.until(switch_id, "held")

    shown = await console.run("switch", "show", switch_id[:8])
    users = (await console.get(f"/api/switches/{switch_id}/unresolved")).json()["users"]
    for user in users:
        console.world.sandbox.edit(
            organization_id, kind="user", user_id=user["directory_id"], usage_location="DE"
        )
    retried = await console.run("switch", "retry", switch_id[:8], "--reason", "location set")
    row = await console.ended(switch_id)

    assert {user["error"] for user in users} == {"ProhibitedInUsageLocationViolation"}
    assert len(users) == 2
    assert all(user["directory_id"] in shown.out for user in users)
    assert "usage location" in shown.out
    assert shown.longest_line <= COLUMNS
    assert retried.code == 0
    assert (row["outcome"], row["moved"], row["failed"]) == ("completed", 12, 0)
