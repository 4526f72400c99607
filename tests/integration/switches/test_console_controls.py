"""Operator controls by the API and the command line: said before they act (rules#operator-controls)."""

from __future__ import annotations

import json

from tests.support.consoles.console_world import COLUMNS, ConsoleWorld, start_body


async def test_a_held_switch_is_paused_and_its_users_are_skipped_or_tried_alone(
    console: ConsoleWorld,
) -> None:
    """Each command says what it will do, acts once, and shows on the board (issue 5)."""
    organization = await console.organization(users=12, missing_usage_location=2)
    organization_id = organization["organization_id"]
    switch_id = (await console.post("/api/switches", start_body(organization))).json()["switch_id"]
    await console.until(switch_id, "held")
    users = (await console.get(f"/api/switches/{switch_id}/unresolved")).json()["users"]
    mended, other = users
    console.world.sandbox.edit(
        organization_id, kind="user", user_id=mended["directory_id"], usage_location="DE"
    )

    dry = await console.run("switch", "pause", switch_id[:8], "--reason", "phones", "--dry-run")
    still = (await console.get(f"/api/switches/{switch_id}")).json()
    paused = await console.run("switch", "pause", switch_id[:8], "--reason", "phones")
    await console.until(switch_id, "paused")
    shown = await console.run("switch", "show", switch_id[:8])
    listed = await console.run("switch", "commands", switch_id[:8])
    facts = json.loads((await console.run("switch", "commands", switch_id[:8], "--json")).out)
    resumed = await console.run("switch", "resume", switch_id[:8], "--reason", "calm")
    await console.until(switch_id, "held")
    retried = await console.run(
        "switch", "retry", switch_id[:8], "--user", mended["directory_id"], "--reason", "mended"
    )
    refused = await console.run("switch", "skip", switch_id[:8], other["directory_id"], "--reason", "left")
    skipped = await console.run(
        "switch", "skip", switch_id[:8], other["user_key"], "--reason", "left", "--accept-loss"
    )
    went_on = await console.run("switch", "retry", switch_id[:8], "--reason", "go on")
    row = await console.ended(switch_id)

    assert (dry.code, still["stage"]) == (0, "held")
    assert "sends no further batch" in dry.err.replace("\n", " ")
    assert (paused.code, resumed.code, retried.code, skipped.code, went_on.code) == (0, 0, 0, 0, 0)
    assert "paused by olga (phones)" in shown.out.replace("\n", " ")
    allowed = {each["command"] for each in facts["commands"] if each["is_allowed"]}
    assert (facts["is_paused"], allowed) == (
        True,
        {"amend", "resume", "retry", "skip", "cancel", "roll_back"},
    )
    assert max(each.longest_line for each in (shown, listed, dry, skipped)) <= COLUMNS
    assert "1 moved, 0 failed again" in retried.out
    assert (refused.code, "--accept-loss" in refused.err) == (4, True)
    assert "WITHOUT a license" in skipped.err.replace("\n", " ")
    assert (row["outcome"], row["moved"], row["skipped"], row["failed"]) == ("completed", 11, 1, 0)
    users = (await console.get(f"/api/switches/{switch_id}/users")).json()["users"]
    left = [(each["user_key"], each["outcome"], each["remedy"]) for each in users]
    assert [each for each in left if each[1] != "moved"] == [(other["user_key"], "skipped", "")]


async def test_commands_that_do_not_fit_are_refused_with_why(console: ConsoleWorld) -> None:
    """A command that a switch can't take changes nothing, and says what is in its way (issue 5)."""
    organization = await console.organization(users=4)
    switch_id = (await console.post("/api/switches", start_body(organization))).json()["switch_id"]
    await console.ended(switch_id)
    body = {"reason": "too late"}

    facts = (await console.get(f"/api/switches/{switch_id}/commands")).json()
    answers = [await console.post(f"/api/switches/{switch_id}/{name}", body) for name in ("pause", "resume")]
    unknown = await console.post(f"/api/switches/{switch_id}/skip", {**body, "user": "nobody"})
    dry = await console.run("switch", "rollback", switch_id[:8], "--reason", "back", "--dry-run")

    assert not any(each["is_allowed"] for each in facts["commands"])
    assert {each["why_not"] for each in facts["commands"]} == {"The switch has ended."}
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(409, "RULE_VIOLATED")] * 2
    assert (unknown.status_code, unknown.json()["code"]) == (422, "INVALID_INPUT")
    assert (dry.code, "has ended" in dry.err) == (4, True)


async def test_a_command_sent_twice_by_one_request_id_acts_once(console: ConsoleWorld) -> None:
    """Whoever lost the answer sends the same again and is answered alike (rules#operator-controls)."""
    organization = await console.organization(users=6, missing_usage_location=1)
    switch_id = (await console.post("/api/switches", start_body(organization))).json()["switch_id"]
    await console.until(switch_id, "held")
    (user,) = (await console.get(f"/api/switches/{switch_id}/unresolved")).json()["users"]
    name = user["directory_id"]

    answers = {
        command[0]: [
            await console.run(
                "switch", command[0], switch_id, *command[1:], "--json", "--request-id", request
            )
            for request in [f"r-{command[0]}"] * 2
        ]
        for command in (
            ["pause", "--reason", "phones"],
            ["resume", "--reason", "calm"],
            ["retry", "--reason", "again", "--user", name],
            ["skip", name, "--reason", "left", "--accept-loss"],
            ["rollback", "--reason", "back", "--yes"],
        )
    }
    row = await console.ended(switch_id)
    page = (await console.get(f"/api/switches/{switch_id}/timeline")).json()["events"]
    done = [each["event"].rpartition(".")[2] for each in page]

    for command, (first, second) in answers.items():
        assert (first.code, second.code) == (0, 0), (command, first.err, second.err)
        assert json.loads(first.out)["message"] == json.loads(second.out)["message"]
    assert "no longer waits for the user" in answers["skip"][1].err
    assert [done.count(each) for each in ("switch-paused", "switch-resumed")] == [1, 1]
    assert row["outcome"] == "rolled_back"
