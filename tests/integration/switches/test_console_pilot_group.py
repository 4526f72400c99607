"""A pilot named by its group, by the API and the command line (rules#pilot-group)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from tests.support.acts.pilot_groups import empty_group, make_group, users_of
from tests.support.consoles.console_world import COLUMNS, ConsoleWorld, start_body


async def test_a_group_is_quoted_moved_first_and_shown(console: ConsoleWorld) -> None:
    """Quote, show and audit name the group and how many; the members have moved when it pauses."""
    organization_id = (await console.organization(users=30, group_licensed=3))["organization_id"]
    sandbox = console.world.sandbox
    users = users_of(sandbox, organization_id)
    fed = next(each for each in users if each.is_fed(each.licenses[0].plan_id))
    direct = [each for each in users if each.has_direct(each.licenses[0].plan_id)]
    members = [direct[20].directory_id, direct[7].directory_id]
    group_id = make_group(sandbox, organization_id, [*members, fed.directory_id])
    asked = (organization_id, "--to", "E3", "--pilot-group", group_id)

    quoted = await console.run("switch", "quote", *asked)
    facts = json.loads((await console.run("switch", "quote", *asked, "--json")).out)
    started = await console.run("switch", "start", *asked, "--yes", "--json")
    switch_id = json.loads(started.out)["switch_id"]
    await console.until(switch_id, "paused")
    shown = await console.run("switch", "show", switch_id)
    left = {each.directory_id for each in users_of(sandbox, organization_id)}
    await console.run("switch", "resume", switch_id, "--reason", "well")
    row = await console.ended(switch_id)
    audit = await console.run("audit", "show", switch_id)

    told = " ".join(quoted.out.split())
    assert f"pilot: 2 users of group {group_id} move first" in told
    assert "1 of its members have the plan from a licensing group" in told
    assert facts["plan"]["pilot"] == {"users": 2, "group_id": group_id, "members": 3, "fed": 1}
    assert {each.directory_id for each in users} - left == set(members)
    assert f"2 users of group {group_id}" in " ".join(shown.out.split())
    assert (row["outcome"], row["moved"], row["pilot"], row["pilot_group_id"]) == (
        "completed",
        30,
        2,
        group_id,
    )
    assert f"2 of group {group_id} move first" in " ".join(audit.out.split())
    assert max(each.longest_line for each in (quoted, shown)) <= COLUMNS


async def test_a_pilot_that_can_not_be_is_refused_and_nothing_ordered(console: ConsoleWorld) -> None:
    """Quote, start and a start that waits name field, value and remedy; by API and command line."""
    organization = await console.organization(users=4)
    organization_id, sandbox = organization["organization_id"], console.world.sandbox
    member = users_of(sandbox, organization_id)[0].directory_id
    empty = make_group(sandbox, organization_id, [member])
    empty_group(sandbox, organization_id, [member])
    unknown = "00000000-0000-4000-8000-000000000000"
    later = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    asked = start_body(organization, pilot_group_id=unknown)

    answers = [
        await console.post("/api/switches", asked),
        await console.post("/api/switches", {**asked, "pilot_group_id": empty}),
        await console.post("/api/switches", {**asked, "start_on": later}),
        await console.post("/api/switches", {**asked, "pilot": 2}),
    ]
    run = await console.run(
        "switch", "start", organization_id, "--to", "E3", "--yes", "--pilot", "2", "--pilot-group", empty
    )
    quoted = await console.run("switch", "quote", organization_id, "--to", "E3", "--pilot-group", "pilots")

    details = [answer.json()["detail"] for answer in answers]
    assert [answer.status_code for answer in answers] == [422] * 4
    assert all(answer.json()["code"] == "INVALID_INPUT" for answer in answers)
    assert details[0] == details[2]
    assert details[0].startswith(f"pilot_group_id is '{unknown}'")
    assert "a group with members" in details[1]
    assert "empty with a pilot of 2 users" in details[3]
    assert all("`pilot_group_id`" in answer.json()["remedy"] for answer in answers)
    assert (run.code, "Give one of the two" in " ".join(run.err.split())) == (2, True)
    assert (quoted.code, "--pilot-group is 'pilots'" in quoted.err.replace("\n", " ")) == (2, True)
    assert sandbox.verdict(organization_id)["orders"] == 0


async def test_a_numbered_pilot_is_quoted_and_shown_too(console: ConsoleWorld) -> None:
    """What `--pilot` means is told by the quote and by the board as well."""
    organization_id = (await console.organization(users=6))["organization_id"]
    asked = (organization_id, "--to", "E3", "--pilot", "2", "--json")

    facts = json.loads((await console.run("switch", "quote", *asked)).out)
    started = await console.run("switch", "start", *asked, "--yes", "--pilot-soak", "1")
    row = await console.ended(json.loads(started.out)["switch_id"])
    shown = await console.run("switch", "show", row["switch_id"])

    assert facts["plan"]["pilot"] == {"users": 2, "group_id": "", "members": 0, "fed": 0}
    assert (row["outcome"], row["pilot"], row["pilot_group_id"]) == ("completed", 2, "")
    assert "the first 2 users" in shown.out


async def test_a_pilot_of_nobody_or_of_too_many_is_refused(console: ConsoleWorld) -> None:
    """A soak without a pilot, and more users than move, are refused by API and command line (fault 9)."""
    organization = await console.organization(users=5)
    organization_id = organization["organization_id"]

    alone = await console.post("/api/switches", start_body(organization, pilot_soak_seconds=600))
    many = [
        await console.post(path, start_body(organization, pilot=6) if path == "/api/switches" else body)
        for path, body in (
            ("/api/switches", {}),
            ("/api/quotes", {"organization_id": organization_id, "target_plan": "E3", "pilot": 5_000}),
        )
    ]
    asked = ("switch", "start", organization_id, "--to", "E3", "--yes")
    told = [await console.run(*asked, *options) for options in (("--pilot-soak", "600"), ("--pilot", "6"))]
    listed = (await console.get("/api/switches", organization=organization_id)).json()

    assert (alone.status_code, "pilot_soak_seconds" in alone.json()["detail"]) == (422, True)
    assert [each.status_code for each in many] == [422, 422]
    assert all("allowed: 0 to 5" in each.json()["detail"] for each in many)
    assert [each.code for each in told] == [2, 2]
    assert "--pilot-group" in told[0].err
    assert "0 to 5" in told[1].err
    assert (listed["switches"], listed["total"]) == ([], 0)
