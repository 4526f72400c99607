"""A held switch tells who must do what, and goes on when that is done (rules#operator-controls)."""

from __future__ import annotations

from html import unescape

from tests.support.consoles.console_world import COLUMNS, ConsoleWorld, start_body


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

    assert {(user["error"], user["vendor_code"]) for user in users} == {
        ("LOCATION_NOT_SERVED", "ProhibitedInUsageLocationViolation")
    }
    assert len(users) == 2
    assert all(user["directory_id"] in shown.out for user in users)
    assert "usage location" in shown.out
    assert shown.longest_line <= COLUMNS
    assert retried.code == 0
    assert (row["outcome"], row["moved"], row["failed"]) == ("completed", 12, 0)


async def test_a_user_who_could_not_be_moved_is_named_in_every_way(console: ConsoleWorld) -> None:
    """Kind: an id that nobody has at hand. Directory id, key, the beginning of one and sign-in name do."""
    organization = await console.organization(users=6, missing_usage_location=2)
    organization_id = organization["organization_id"]
    switch_id = (await console.post("/api/switches", start_body(organization))).json()["switch_id"]
    await console.until(switch_id, "held")
    path = f"/api/switches/{switch_id}"
    one = (await console.get(f"{path}/unresolved")).json()["users"][0]
    answer = console.world.sandbox.control.get(f"/sandbox/organizations/{organization_id}/users")
    names = {user["id"]: user["userPrincipalName"] for user in answer.json()["users"]}
    sign_in = names[one["directory_id"]]

    ways = (one["directory_id"], one["directory_id"][:8], one["user_key"][:8], sign_in, sign_in.upper())
    told = [(await console.get(f"{path}/users/{way}")).json()["user_key"] for way in ways]
    retried = await console.run("switch", "retry", switch_id, "--reason", "again", "--user", sign_in)
    skipped = await console.post(
        f"{path}/skip", {"reason": "left", "user": one["directory_id"][:8], "accept_loss": True}
    )
    left = (await console.get(f"{path}/unresolved")).json()["users"]

    assert told == [one["user_key"]] * len(ways)
    assert retried.code == 0
    assert "tried again" in retried.err.replace("\n", " ")
    assert skipped.status_code == 200
    assert one["user_key"] not in {each["user_key"] for each in left}


async def test_a_paused_pilot_with_a_failed_user_advises_what_is_taken(console: ConsoleWorld) -> None:
    """The pilot's pause takes a resume: nobody is told to retry or to skip (rules#operator-controls)."""
    organization = await console.organization(users=6, missing_usage_location=1)
    organization_id = organization["organization_id"]
    started = (await console.post("/api/switches", start_body(organization, pilot=6))).json()
    switch_id = started["switch_id"]
    await console.until(switch_id, "paused")

    (user,) = (await console.get(f"/api/switches/{switch_id}/unresolved")).json()["users"]
    listed = (await console.get(f"/api/switches/{switch_id}/users")).json()["users"]
    shown = " ".join((await console.run("switch", "show", switch_id)).out.split())
    page = " ".join(unescape((await console.get(f"/switches/{switch_id}")).text).split())
    skip = ("switch", "skip", switch_id, user["directory_id"], "--reason", "left", "--accept-loss")
    dry = await console.run(*skip, "--dry-run")
    refused = await console.run(*skip)
    console.world.sandbox.edit(
        organization_id, kind="user", user_id=user["directory_id"], usage_location="DE"
    )
    resumed = await console.run("switch", "resume", switch_id, "--reason", "mended")
    row = await console.ended(switch_id)

    advice = "Set the user's usage location in the directory, then resume."
    assert [each["remedy"] for each in listed if each["outcome"] == "failed"] == [advice]
    assert advice in shown
    assert advice in page
    assert "Mend what is named, then resume the switch." in page
    assert "then retry" not in shown + page
    assert (dry.code, refused.code) == (4, 4)
    assert "refused: The switch is not on hold." in dry.err
    assert "WITHOUT a license" not in dry.err + refused.err
    assert (resumed.code, row["outcome"], row["moved"]) == (0, "completed", 6)
