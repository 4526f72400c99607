"""A switch is named by its subscriptions, its organization and the organization's name, over real HTTP."""

from __future__ import annotations

import asyncio
import json
from itertools import count
from uuid import uuid4

from tests.support.clouds.cloud_server import SOURCE_PLAN
from tests.support.consoles.console_world import COLUMNS, ConsoleWorld
from tests.support.consoles.waits import day

#: Organizations that no other test makes.
SEEDS = count(730_000)


async def _organization(console: ConsoleWorld, name: str, *, users: int) -> str:
    """Return the id of a new organization on E1 that has this name."""
    body = {"seed": next(SEEDS), "users": users, "plan_id": SOURCE_PLAN, "display_name": name}
    made = await asyncio.to_thread(console.world.sandbox.make, body)
    return str(made["organization_id"])


async def test_status_is_readable_from_everywhere(console: ConsoleWorld) -> None:
    """Status is readable from the old subscription, the new one, the switch, and its organization."""
    name = f"Fernwick Energy {uuid4().hex[:6]}"
    organization_id = await _organization(console, name, users=4)
    started = await console.run("switch", "start", organization_id, "--to", "E3", "--yes", "--json")
    row = await console.ended(json.loads(started.out)["switch_id"])
    old, new = row["source_subscription_id"], row["target_subscription_id"]

    answers = [await console.get(f"/api/switches/{text}") for text in (old, new, organization_id, name)]
    shown = [await console.run("switch", "show", text) for text in (old[:8], new.upper(), name)]
    lists = [
        await console.get("/api/switches", **query)
        for query in ({"subscription": old}, {"organization": name}, {"find": name}, {"find": new})
    ]
    listed = await console.run_on_terminal("switch", "list", "--subscription", new)
    page = await console.get("/", find=name)
    one = await console.get(f"/switches/{new}")

    assert row["outcome"] == "completed"
    assert new not in {"", old}
    assert {answer.json()["switch_id"] for answer in answers} == {row["switch_id"]}
    assert all((ran.code, row["switch_id"] in ran.out) == (0, True) for ran in shown)
    assert f"{name} ({organization_id})" in " ".join(shown[0].out.split())
    for answer in lists:
        (only,) = answer.json()["switches"]
        assert (only["switch_id"], only["organization_name"]) == (row["switch_id"], name)
        assert answer.json()["counts"]["all"] == 1
    assert f"{name} ({organization_id[:8]})" in " ".join(listed.text.split())
    assert listed.longest_line <= COLUMNS
    assert (page.status_code, one.status_code) == (200, 200)
    assert f'value="{name}"' in page.text
    assert row["switch_id"] in one.text


async def test_a_name_of_two_is_never_guessed(console: ConsoleWorld) -> None:
    """A name of two live switches is refused by API and command line, with both; the page lists them."""
    name = f"Harrow Mills {uuid4().hex[:6]}"
    ids = []
    for _ in range(2):
        organization_id = await _organization(console, name, users=40)
        started = await console.run(
            "switch",
            "start",
            organization_id,
            "--to",
            "E3",
            "--pilot",
            "2",
            "--yes",
            "--json",
        )
        ids.append(json.loads(started.out)["switch_id"])
        await console.until(ids[-1], "paused")

    ran = await console.run("switch", "show", name)
    answer = await console.get(f"/api/switches/{name}")
    page = await console.get(f"/switches/{name}")

    told = " ".join(ran.err.split())
    assert (ran.code, "error AMBIGUOUS_SWITCH" in told) == (2, True), ran
    assert all(f"{each[:8]} ({name}, Office 365 E1 -> Office 365 E3, paused)" in told for each in ids)
    assert (answer.status_code, answer.json()["code"]) == (422, "AMBIGUOUS_SWITCH")
    assert sorted(answer.json()["candidates"]) == sorted(ids)
    # The page leads to the list of them.
    assert (page.status_code, page.headers["location"].startswith("/?find=Harrow")) == (303, True)
    for each in ids:
        await console.run("switch", "cancel", each, "--reason", "done", "--yes")
        await console.ended(each)


async def test_a_command_says_which_switch_and_takes_no_name(console: ConsoleWorld) -> None:
    """A name that one live switch has only reads; a command says which switch its whole id means."""
    name = f"Linden Works {uuid4().hex[:6]}"
    organization_id = await _organization(console, name, users=40)
    started = await console.run(
        "switch", "start", organization_id, "--to", "E3", "--pilot", "2", "--yes", "--json"
    )
    switch_id = json.loads(started.out)["switch_id"]
    await console.until(switch_id, "paused")

    shown = await console.run("switch", "show", name)
    refused = [
        await console.run("switch", *command, "--reason", "wrong")
        for command in (
            ("cancel", name, "--yes"),
            ("resume", organization_id[:8]),
            ("restart", name, "--yes"),
        )
    ]
    answer = await console.post(f"/api/switches/{name}/resume", {"reason": "wrong"})
    long = await console.get("/api/switches", find="x" * 501)
    dry = await console.run("switch", "cancel", organization_id, "--reason", "look", "--dry-run", "--json")
    row = (await console.get(f"/api/switches/{switch_id}")).json()
    cancelled = await console.run("switch", "cancel", organization_id, "--reason", "done", "--yes")

    assert (shown.code, switch_id in shown.out) == (0, True)
    assert [(ran.code, "UNKNOWN_SWITCH" in ran.err) for ran in refused] == [(3, True)] * 3, refused
    assert (answer.status_code, answer.json()["code"]) == (404, "UNKNOWN_SWITCH")
    assert (long.status_code, long.json()["field"]) == (422, "find")
    assert row["stage"] == "paused"
    assert json.loads(dry.out)["switch_id"] == switch_id
    says = f"switch {switch_id[:8]}: {name} ({organization_id}), Office 365 E1 -> Office 365 E3"
    assert all(says in " ".join(ran.err.split()) for ran in (dry, cancelled))
    await console.ended(switch_id)


#: What a command needs to be understood, by the end of its address.
_BODIES: dict[str, dict[str, object]] = {
    "quote": {},
    "back": {"accept": True},
    "skip": {"reason": "wrong", "user": str(uuid4())},
    "amend": {"reason": "wrong", "quantity": 9},
}


async def test_no_command_of_a_switch_takes_a_name(console: ConsoleWorld) -> None:
    """Also steps by hand, schedules and switches back name it by a whole id: a name may be another's."""
    name = f"Quarry Bank {uuid4().hex[:6]}"
    organization_id = await _organization(console, name, users=4)
    started = await console.run(
        "switch", "start", organization_id, "--to", "E3", "--on", day(3), "--yes", "--json"
    )
    switch_id = json.loads(started.out)["switch_id"]
    await console.until(switch_id, "waiting_eligible")

    document = (await console.get("/api/openapi.json")).json()
    paths = [path for path, item in document["paths"].items() if "{switch}" in path and "post" in item]
    sent = {}
    for path in paths:
        address = path.format(switch=name, step="cancel", verdict="approve")
        body = _BODIES.get(path.rpartition("/")[2], {"reason": "wrong"})
        answer = await console.post(address, body)
        sent[path] = (answer.status_code, answer.json()["code"])
    typed = [
        await console.run(*command, "--reason", "wrong", "--yes")
        for command in (
            ("switch", "step", name, "cancel"),
            ("switch", "back", name),
            ("schedule", "change", name, "--on", day(4)),
            ("schedule", "accept", name),
            ("schedule", "undo", name),
            ("schedule", "decline", name),
        )
    ]
    shown = await console.run("schedule", "show", name)
    undone = await console.run("schedule", "undo", switch_id[:8], "--reason", "done", "--yes")

    assert len(paths) >= 15
    assert set(sent.values()) == {(404, "UNKNOWN_SWITCH")}, sent
    assert [(ran.code, "UNKNOWN_SWITCH" in ran.err) for ran in typed] == [(3, True)] * 6, typed
    assert (shown.code, switch_id in shown.out) == (0, True)
    says = f"switch {switch_id[:8]}: {name} ({organization_id}), Office 365 E1 -> Office 365 E3"
    assert (undone.code, says in " ".join(undone.err.split())) == (0, True), undone
