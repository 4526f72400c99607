"""Amending the licenses of a switch by the API and the command line: shown, accepted, done once (ADR 14)."""

from __future__ import annotations

import asyncio
import json

from tests.support.consoles.amendments import JOINERS, USERS, held_for_licenses
from tests.support.consoles.console_world import COLUMNS, ConsoleWorld, start_body
from tests.support.consoles.waits import WAITING, day
from tests.support.worlds.waiting import BROKEN, health


async def test_a_held_switch_is_amended_by_the_command_line(console: ConsoleWorld) -> None:
    """It says from how many to how many, each line of money and the digest; then it acts by that alone."""
    switch_id = await held_for_licenses(console)
    command = ("switch", "amend", switch_id[:8], "--quantity", str(USERS + JOINERS), "--reason", "joiners")

    dry = await console.run(*command, "--dry-run")
    facts = json.loads((await console.run(*command, "--dry-run", "--json")).out)
    unsure = await console.run(*command)
    stale = await console.run(*command, "--accept-quote", "0" * 64)
    too_few = await console.run(*command[:4], "1", *command[5:], "--yes")
    same = await console.run(*command[:4], str(USERS), *command[5:], "--yes")
    still = (await console.get(f"/api/switches/{switch_id}")).json()["licenses"]
    done = await console.run(*command, "--accept-quote", facts["digest"], "--request-id", "amend-0001")
    again = await console.run(*command, "--accept-quote", facts["digest"], "--request-id", "amend-0001")
    await console.run("switch", "retry", switch_id[:8], "--reason", "enough now")
    row = await console.ended(switch_id)
    late = await console.run(*command, "--yes")
    shown = await console.run("switch", "show", switch_id[:8])
    audit = await console.run("audit", "show", switch_id[:8])
    told = json.loads((await console.run("audit", "show", switch_id[:8], "--json")).out)

    assert (dry.code, unsure.code, stale.code, too_few.code, same.code) == (0, 2, 5, 4, 2)
    assert f"{USERS} -> {USERS + JOINERS} of Office 365 E3" in dry.err
    assert facts["digest"] in dry.err
    assert facts["after"]["total_minor_units"] > facts["before"]["total_minor_units"]
    assert f"1 license is ordered for {USERS + JOINERS} users" in too_few.err.replace("\n", " ")
    assert (still, done.code, again.code, again.out) == (USERS, 0, 0, done.out)
    assert f"{USERS + JOINERS} licenses of the new plan instead of {USERS}" in done.out.replace("\n", " ")
    assert f"switch retry {switch_id[:8]} --reason" in done.out
    assert (row["outcome"], row["moved"], row["licenses"]) == (
        "completed",
        USERS + JOINERS,
        USERS + JOINERS,
    )
    assert row["charged_total"] == row["quote_total"] == facts["after"]["total_minor_units"]
    assert (late.code, "has ended" in late.err) == (4, True)
    assert f"{USERS + JOINERS} of Office 365 E3" in shown.out
    assert "amended from 12 to 14" in audit.out
    assert (told["money"]["licenses_ordered"], told["journal"]["is_whole"]) == (USERS + JOINERS, True)
    told_lines = (dry, unsure, stale, too_few, same, done, late, shown, audit)
    assert max(each.longest_line for each in told_lines) <= COLUMNS


async def test_the_api_refuses_what_was_not_accepted_or_may_not_be(console: ConsoleWorld) -> None:
    """No digest, another digest, a number out of range, a switch that waits: told with code and remedy."""
    switch_id = await held_for_licenses(console)
    path, body = f"/api/switches/{switch_id}/amend", {"reason": "joiners", "quantity": USERS + JOINERS}

    shown = (await console.get(f"/api/switches/{switch_id}/amendment", quantity=USERS + JOINERS)).json()
    nothing = await console.post(path, body)
    stale = await console.post(path, {**body, "accepted_digest": "another"})
    out_of_range = await console.post(path, {**body, "quantity": 0, "accept": True})
    too_few = await console.post(path, {**body, "quantity": USERS, "accept": True})
    fewer = await console.post(path, {**body, "quantity": USERS - 1, "accept": True})
    done = await console.post(path, {**body, "accept": True})
    commands = (await console.get(f"/api/switches/{switch_id}/commands")).json()["commands"]
    await console.post(f"/api/switches/{switch_id}/rollback", {"reason": "enough"})
    row = await console.ended(switch_id)

    assert (shown["is_allowed"], shown["users"], shown["quantity_before"]) == (True, USERS + JOINERS, USERS)
    answers = (nothing, stale, out_of_range, too_few, fewer)
    assert [each.status_code for each in answers] == [422, 409, 422, 422, 409]
    codes = ["INVALID_INPUT", "QUOTE_CHANGED", "INVALID_INPUT", "INVALID_INPUT", "NOT_ELIGIBLE_FOR_SWITCH"]
    assert [each.json()["code"] for each in answers] == codes
    assert (done.status_code, done.json()["stage"]) == (200, "held")
    assert next(each["is_allowed"] for each in commands if each["command"] == "amend")
    assert (row["outcome"], row["charged_total"]) == ("rolled_back", None)


async def test_a_request_that_waits_beside_an_ended_switch_is_not_amended(console: ConsoleWorld) -> None:
    """It is told that nothing was begun yet, not that there is no such switch."""
    switch_id = await held_for_licenses(console)
    row = (await console.get(f"/api/switches/{switch_id}")).json()
    await console.post(f"/api/switches/{switch_id}/rollback", {"reason": "enough"})
    await console.ended(switch_id)
    organization_id = row["organization_id"]
    await asyncio.to_thread(health, console.world, organization_id, BROKEN)
    body = start_body({"organization_id": organization_id}, wait_until=day(30), quantity=USERS + JOINERS)
    waiting = (await console.post("/api/switches", body)).json()
    await console.until(waiting["switch_id"], WAITING)

    path = f"/api/switches/{waiting['switch_id']}/amend"
    refused = await console.post(path, {"reason": "joiners", "quantity": USERS, "accept": True})

    assert (refused.status_code, refused.json()["code"]) == (409, "RULE_VIOLATED")
    assert "Nothing was begun yet" in refused.json()["detail"]
