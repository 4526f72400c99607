"""The way back says which of the two commands it is, and what has ended asks nobody to mend anything."""

from __future__ import annotations

from tests.support.consoles.console_world import ConsoleWorld, start_body


async def test_a_roll_back_is_told_asked_for_and_leaves_nothing_to_mend(console: ConsoleWorld) -> None:
    """Fault 14: cancel says that it is a roll-back; once it has ended no surface asks to try again."""
    organization = await console.organization(users=8, missing_usage_location=2)
    switch_id = (await console.post("/api/switches", start_body(organization))).json()["switch_id"]
    await console.until(switch_id, "held")

    page = (await console.get(f"/switches/{switch_id}")).text
    facts = (await console.get(f"/api/switches/{switch_id}/commands")).json()["commands"]
    dry = await console.run("switch", "cancel", switch_id, "--reason", "x", "--dry-run")
    piped = await console.run("switch", "rollback", switch_id, "--reason", "typo")
    still = (await console.get(f"/api/switches/{switch_id}")).json()["stage"]
    declined = await console.run_on_terminal("switch", "cancel", switch_id, "--reason", "x", typed="n\n")
    rolled = await console.run_on_terminal(
        "switch", "rollback", switch_id, "--reason", "not now", typed="y\n"
    )
    row = await console.ended(switch_id)
    users = (await console.get(f"/api/switches/{switch_id}/unresolved")).json()["users"]
    shown = await console.run("switch", "show", switch_id)
    listed = await console.run("switch", "users", switch_id)
    ended = (await console.get(f"/switches/{switch_id}")).text

    what = {each["command"]: each["what"] for each in facts}
    assert what["cancel"].startswith("The same as a roll-back, because licenses already move.")
    assert what["roll_back"].startswith("6 users who moved return to Office 365 E1 with their original")
    assert all(text in page for text in (what["cancel"], what["roll_back"], "Mend what is named"))
    told = " ".join(dry.err.split())
    assert "The same as a roll-back" in told
    assert what["cancel"] in told
    assert (piped.code, "--yes" in piped.err, still) == (2, True, "held")
    assert (declined.code, rolled.code) == (1, 0), (declined.text, rolled.text)
    assert "Roll the switch back to the old plan? [y/N]" in rolled.text
    assert row["outcome"] == "rolled_back"
    assert [each["remedy"] for each in users] == ["", ""]
    for text in (shown.out, listed.out):
        assert "what to do" not in text.partition("not moved")[2]
    assert "they stayed on the old plan" in ended
    assert "Mend what is named" not in ended
    assert "Nothing: it passes by itself." not in ended


async def test_a_cancel_says_that_it_is_one_before_anybody_moves(console: ConsoleWorld) -> None:
    """Fault 14: before the first license a roll-back says that it is a cancel, and the end is the same."""
    organization = await console.organization(users=60)
    console.world.sandbox.settings(credit_verdict="silent")
    body = start_body(organization, payment_method="invoice")
    switch_id = (await console.post("/api/switches", body)).json()["switch_id"]
    await console.until(switch_id, "credit_check")

    listed = await console.run("switch", "commands", switch_id)
    voided = await console.run_on_terminal(
        "credit", "void", switch_id, "--reason", "changed our mind", typed="y\n"
    )
    row = await console.ended(switch_id)

    told = " ".join(listed.out.split())
    assert "The same as a cancel, because no license has moved so far." in told
    assert "The switch ends as cancelled." in told
    assert "This can't be taken back" in " ".join(voided.text.split())
    assert (voided.code, row["outcome"]) == (0, "cancelled")
