"""Requests that wait until their switch may be, through API and command line."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tests.support.consoles.console_world import COLUMNS, ConsoleWorld
from tests.support.consoles.waits import WAITING, day, ill
from tests.support.worlds.waiting import WELL, health


async def test_a_request_waits_is_shown_and_starts_by_itself(console: ConsoleWorld) -> None:
    """The board shows what is waited for and until when; a look after the incident starts the switch."""
    body = await ill(console)

    answer = (await console.post("/api/switches", body)).json()
    switch_id = answer["switch_id"]
    await console.until(switch_id, WAITING)
    row = (await console.get(f"/api/switches/{switch_id}")).json()
    again = await console.post("/api/switches", {**body, "request_id": answer["request_id"]})
    workflow = (await console.get(f"/api/switches/{switch_id}/workflow")).json()
    audit = (await console.get(f"/api/switches/{switch_id}/audit")).json()
    await asyncio.to_thread(health, console.world, body["organization_id"], WELL)
    looked = await console.post(f"/api/switches/{switch_id}/look", {"reason": "they called"})
    ended = await console.ended(switch_id)
    later = (await console.get(f"/api/switches/{switch_id}/audit")).json()

    assert answer["wait"]["total_at_most_minor_units"] >= answer["quote"]["total_minor_units"]
    assert (row["waits_for"], row["source_plan"]) == ("SERVICE_UNHEALTHY", "Office 365 E1")
    assert (row["error_code"], row["wait_until"]) == ("SERVICE_UNHEALTHY", answer["wait"]["until"])
    assert (again.status_code, again.json()["repeated"]) == (200, True)
    assert (workflow["state"], workflow["trouble"]) == ("running", "")
    assert audit["verdict"]["outcome"] == "eligibility"
    assert looked.status_code == 200, looked.text
    assert (ended["outcome"], ended["workflow_id"][:7]) == ("completed", "switch:")
    assert ended["charged_total"] <= answer["wait"]["total_at_most_minor_units"]
    assert later["verdict"]["outcome"] == "completed"
    assert next(each for each in later["waits"] if each["kind"] == "eligibility")["ended"] == "started"


async def test_what_can_not_wait_is_refused_at_once(console: ConsoleWorld) -> None:
    """A reason that never clears, a deadline or a bound that can't be: nothing waits, and it is said why."""
    body = await ill(console)
    refused: dict[str, dict[str, Any]] = {
        "passed": {"wait_until": day(-2)},
        "too far": {"wait_until": day(200)},
        "no date": {"wait_until": "soon"},
        "too little": {"max_total": "0.01"},
        "no amount": {"max_total": "much"},
        "no wait": {"wait_until": None, "max_total": "100"},
        "no quote": {"accept": False},
    }

    answers = {
        name: await console.post("/api/switches", {**body, **changes}) for name, changes in refused.items()
    }
    never = await console.post("/api/switches", {**body, "target_plan": "E1"})

    assert {name: each.status_code for name, each in answers.items()} == dict.fromkeys(refused, 422)
    assert never.status_code == 409
    assert never.json()["code"] == "NOT_ELIGIBLE_FOR_SWITCH"
    assert (await console.get("/api/switches")).json()["switches"] == []


async def test_a_wait_ends_by_the_command_line(console: ConsoleWorld) -> None:
    """`switch start --wait-eligible` shows the bound; list, show, look and cancel work on what waits."""
    body = await ill(console)
    organization = body["organization_id"]
    start = ("switch", "start", organization, "--to", "E3", "--yes", "--wait-eligible")

    missing = await console.run(*start)
    started = await console.run(*start, "--until", day(3), "--json")
    switch_id = json.loads(started.out)["switch_id"]
    await console.until(switch_id, WAITING)
    listed = await console.run("switch", "list")
    shown = await console.run("switch", "show", switch_id[:8])
    looked = await console.run("switch", "wait", "look", switch_id[:8])
    rolled = await console.run("switch", "rollback", switch_id[:8], "--reason", "no", "--yes")
    ended = await console.run("switch", "cancel", switch_id[:8], "--reason", "not needed", "--yes")
    row = await console.ended(switch_id)
    late = await console.run("switch", "cancel", switch_id[:8], "--reason", "again", "--yes")
    audit = await console.run("audit", "show", switch_id)

    assert (missing.code, started.code) == (2, 0), (missing, started)
    assert "for no more than" in started.err.replace("\n", " ")
    assert "waiting eligible" in listed.out
    assert "waits until" in shown.out
    assert "SERVICE_UNHEALTHY" in shown.out
    assert (looked.code, "SERVICE_UNHEALTHY" in looked.out) == (0, True)
    assert (rolled.code, ended.code, late.code) == (4, 0, 4), (rolled, ended, late)
    assert (row["outcome"], row["error_message"], row["waits_for"]) == ("cancelled", "not needed", "")
    assert "ended the wait (not needed)" in audit.out
    assert "nothing was ordered" in audit.out.replace("\n ", " ")
    texts = (listed, shown, looked, ended, audit)
    assert max(each.longest_line for each in texts) <= COLUMNS


async def test_a_lost_wait_goes_on_from_the_record(console: ConsoleWorld) -> None:
    """A workflow that was terminated is told as lost; `switch restart` lets the request wait again."""
    body = await ill(console)
    answer = (await console.post("/api/switches", body)).json()
    switch_id = answer["switch_id"]
    await console.until(switch_id, WAITING)
    row = (await console.get(f"/api/switches/{switch_id}")).json()
    await console.world.client.get_workflow_handle(row["workflow_id"]).terminate("lost")

    shown = await console.run("switch", "show", switch_id)
    restarted = await console.run("switch", "restart", switch_id, "--reason", "it was lost", "--yes")
    after = (await console.get(f"/api/switches/{switch_id}/workflow")).json()
    await asyncio.to_thread(health, console.world, body["organization_id"], WELL)
    await console.post(f"/api/switches/{switch_id}/look", {"reason": "they called"})
    ended = await console.ended(switch_id)

    assert "lost" in shown.out
    assert restarted.code == 0, restarted
    assert (after["state"], ended["outcome"]) == ("running", "completed")
    events = (await console.get(f"/api/switches/{switch_id}/timeline")).json()["events"]
    looks = [each["reason"] for each in events if each["event"] == "eligibility-wait.looked"]
    assert looks == ["it was lost", "they called"]
