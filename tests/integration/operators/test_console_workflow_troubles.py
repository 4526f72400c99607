"""Kind of fault: a workflow that can't go on, as an operator meets it: everywhere, and with what to do."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from ops.readiness.store_checks import WORKFLOWS_IN_TROUBLE
from services.recovery.trouble_watch import TroubleWatch
from tests.support.consoles.console_world import COLUMNS, ConsoleWorld, start_body
from tests.support.outside.forged_results import pending
from tests.support.worlds.temporal_command import temporal

LOOKS_MAX = 600


async def _paused(console: ConsoleWorld) -> tuple[str, str, str]:
    """Return a switch one of whose steps somebody has paused, its workflow, and that activity."""
    organization = await console.organization(users=12)
    console.world.block(f"GET /v1/customers/{organization['organization_id']}/orders")
    switch_id = (await console.post("/api/switches", start_body(organization))).json()["switch_id"]
    await console.until(switch_id, "ordered")
    workflow_id = (await console.get(f"/api/switches/{switch_id}/workflow")).json()["workflow_id"]
    activity_id = str((await pending(console.world, workflow_id)).activity_id)
    named = ("-w", workflow_id, "--activity-id", activity_id)
    told = await temporal(console.world, "activity", "pause", *named)
    assert told.code == 0, told.text
    return switch_id, workflow_id, activity_id


async def _looked(console: ConsoleWorld, switch_id: str, *, troubles: int) -> dict[str, Any]:
    """Look as the worker does until the board tells so many troubles of a switch; return its row."""
    world = console.world
    watch = TroubleWatch(world.client, world.store, task_queue=world.task_queue)
    row: dict[str, Any] = {}
    for _ in range(LOOKS_MAX):
        await watch.run_once()
        row = (await console.get(f"/api/switches/{switch_id}")).json()
        if len(row["workflow_troubles"]) == troubles:
            return row
        await asyncio.sleep(0.1)
    raise AssertionError(row)


async def test_a_step_that_somebody_paused_is_told_everywhere(console: ConsoleWorld) -> None:
    """List, page, command line, audit, bundle and doctor: what it is, since when, and how it goes on."""
    switch_id, workflow_id, activity_id = await _paused(console)
    unpause = f"temporal activity unpause -w {workflow_id} --activity-id {activity_id}"

    row = await _looked(console, switch_id, troubles=1)
    listed = (await console.get("/api/switches")).json()
    live = (await console.get(f"/api/switches/{switch_id}/workflow")).json()
    page = (await console.get(f"/switches/{switch_id}")).text
    audit = (await console.get(f"/api/switches/{switch_id}/audit")).json()
    ready = (await console.get("/api/ready")).json()

    (told,) = row["workflow_troubles"]
    assert (told["code"], told["workflow_id"]) == ("ACTIVITY_PAUSED", workflow_id)
    assert unpause in told["remedy"]
    assert listed["workflows_looked_seconds_ago"] < LOOKS_MAX
    (in_list,) = [each for each in listed["switches"] if each["switch_id"] == switch_id]
    assert in_list["workflow_troubles"] == [told]
    assert (live["state"], live["troubles"][0]["code"]) == ("in_trouble", "ACTIVITY_PAUSED")
    assert "ACTIVITY_PAUSED" in page
    assert unpause in page.replace("</code>", "").replace("<code>", "")
    # The audit keeps the commands that people type.
    assert [{**each, "remedy": told["remedy"]} for each in audit["workflow_troubles"]] == [told]
    assert unpause in audit["workflow_troubles"][0]["remedy"]
    (part,) = [each for each in ready["parts"] if each["part"] == "workflows"]
    assert (part["state"], part["code"]) == ("warning", WORKFLOWS_IN_TROUBLE)
    assert workflow_id not in json.dumps(ready)

    for command in (("switch", "list"), ("switch", "show", switch_id), ("audit", "show", switch_id)):
        ran = await console.run(*command)
        assert ran.code == 0, ran.err
        assert "ACTIVITY_PAUSED" in ran.out, ran.out
        assert "activity unpause" in " ".join(ran.out.split()), ran.out
    doctor = await console.run("doctor")
    assert doctor.code != 0
    assert "ACTIVITY_PAUSED" in doctor.out + doctor.err
    assert switch_id[:8] in doctor.out + doctor.err

    console.world.block()
    unpaused = await temporal(console.world, *unpause.split()[1:])
    assert unpaused.code == 0, unpaused.text
    await _looked(console, switch_id, troubles=0)
    assert (await console.ended(switch_id))["outcome"] == "completed"


async def test_lines_of_a_trouble_fit_the_terminal(console: ConsoleWorld) -> None:
    """The list, in 80 columns: only an id or a command that people copy may be longer."""
    switch_id, *_ = await _paused(console)
    await _looked(console, switch_id, troubles=1)

    ran = await console.run("switch", "list")

    longest = max(ran.out.splitlines(), key=len)
    assert len(longest) <= COLUMNS or " " not in longest.strip()
    console.world.block()
    await console.post(f"/api/switches/{switch_id}/cancel", {"reason": "done"})
