"""A wait reads the same on board, page, command line, audit and bundle; its advice is taken.

See waits#where-it-is-shown.
"""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from domain.kernel.ids import switch_id_of
from tests.support.consoles.console_world import COLUMNS, ConsoleWorld, start_body
from tests.support.licenses.held import refuse_stop
from tests.support.switches.reassessment import BEFORE_MOVE, BROKEN
from tests.support.worlds.waiting import health


async def shown(console: ConsoleWorld, switch_id: str, words: str) -> dict[str, Any]:
    """Return the board's row once it waits for something."""
    row: dict[str, Any] = {}
    for _ in range(1_200):
        row = (await console.get(f"/api/switches/{switch_id}")).json()
        if words in row.get("waits_for", ""):
            return row
        await asyncio.sleep(0.1)
    raise AssertionError(f"it never waits for {words}: {row}")


def spoken(text: str) -> str:
    """Return a text in one line, as it reads."""
    return " ".join(text.replace("&#39;", "'").replace("&quot;", '"').split())


def instants(wait: dict[str, Any]) -> list[datetime]:
    """Return when a wait began and when it looks again."""
    return [datetime.fromisoformat(wait[name]) for name in ("begun_at", "looks_at")]


def minute(instant: str) -> str:
    """Return an instant as people read it."""
    return instant[:16].replace("T", " ")


async def told_everywhere(
    console: ConsoleWorld, row: dict[str, Any], tmp_path: Path, *, step: str
) -> dict[str, Any]:
    """Prove that every place tells of a wait, and return the wait of the audit."""
    switch_id = row["switch_id"]
    page = spoken((await console.get(f"/switches/{switch_id}")).text)
    ran = await console.run("switch", "show", switch_id)
    told = await console.run("audit", "show", switch_id)
    file = tmp_path / "case.json"
    bundled = await console.run("support", "bundle", "--switch", switch_id, "--output", str(file))
    audit = (await console.get(f"/api/switches/{switch_id}/audit")).json()
    wait: dict[str, Any] = next(
        each for each in audit["waits"] if each["kind"] == "step" and each["ended"] == "open"
    )
    bundle = json.loads(file.read_text(encoding="utf-8"))["case"]
    same = next(each for each in bundle["waits"] if each["kind"] == "step" and each["ended"] == "open")
    name = row["wait_names"][0]

    assert row["wait_step"] == step
    assert name in page
    assert f"since {minute(row['waits_since'])}" in page
    assert "looks again" in page
    assert "What to do:" in page
    for ran_text in (ran.out, told.out):
        assert name in spoken(ran_text)
        assert "what to do" in spoken(ran_text)
    assert "looks again" in spoken(ran.out)
    assert "looks again" in spoken(told.out)
    assert (ran.code, told.code, bundled.code) == (0, 0, 0)
    assert max(ran.longest_line, told.longest_line) <= COLUMNS
    assert wait["begun_at"] == row["waits_since"]
    assert wait["looks_at"]
    assert audit["verdict"]["what_to_do"] == wait["what_to_do"]
    # A bundle keeps the spelling of the record.
    assert instants(same) == instants(wait)
    assert name.partition(":")[0] in same["names"][0]
    assert same["what_to_do"]
    return wait


async def allowed(console: ConsoleWorld, switch_id: str) -> set[str]:
    """Return the commands that are offered."""
    answer = (await console.get(f"/api/switches/{switch_id}/commands")).json()
    return {each["command"] for each in answer["commands"] if each["is_allowed"]}


async def test_an_incident_before_the_first_license_is_told_everywhere(
    console: ConsoleWorld, tmp_path: Path
) -> None:
    """It is named at its first look; no retry is advised, and the cancel that is advised is taken."""
    organization = await console.organization(seed=71, users=6)
    organization_id = organization["organization_id"]
    switch_id = switch_id_of(organization_id, "incident-1")
    ambush = console.world.ambushes.lay(switch_id, BEFORE_MOVE)
    await console.post("/api/switches", start_body(organization, request_id="incident-1"))
    assert await asyncio.to_thread(ambush.is_reached.wait, 120)
    await asyncio.to_thread(health, console.world, organization_id, BROKEN)
    console.world.ambushes.go_on(switch_id)

    row = await shown(console, switch_id, "SERVICE_UNHEALTHY")
    wait = await told_everywhere(console, row, tmp_path, step="license_reassignment.start_license_move")
    offered = await allowed(console, switch_id)
    quoted = await console.post("/api/quotes", {"organization_id": organization_id, "target_plan": "E3"})
    refused = await console.post(f"/api/switches/{switch_id}/retry", {"reason": "try"})
    taken = await console.post(f"/api/switches/{switch_id}/cancel", {"reason": "it takes too long"})
    ended = await console.ended(switch_id)

    gap = datetime.fromisoformat(row["looks_at"]) - datetime.fromisoformat(row["waits_since"])
    assert timedelta(minutes=4) < gap < timedelta(minutes=6)
    assert row["stage"] == "ready"
    assert "`planswitch switch cancel SWITCH" in wait["what_to_do"]
    assert "retry" not in wait["what_to_do"]
    assert "retry" not in offered
    assert "cancel" in offered
    assert "Its end is unknown: it waits for the switch itself" in spoken(quoted.text)
    assert refused.status_code == 409
    assert (taken.status_code, ended["outcome"]) == (200, "cancelled")


async def test_what_only_goes_forward_and_fails_is_told_everywhere_and_retried(
    console: ConsoleWorld, tmp_path: Path
) -> None:
    """Past the point of no return a refusal is named, with an alarm; the advised retry is taken."""
    refusals = ["begin"]
    console.world.change_cloud = refuse_stop(refusals)
    organization = await console.organization(seed=72, users=6)
    started = await console.post("/api/switches", start_body(organization))
    switch_id = started.json()["switch_id"]

    row = await shown(console, switch_id, "an operator to mend what the billing cutover fails for")
    await told_everywhere(console, row, tmp_path, step="billing_cutover.cut_over_billing")
    for _ in range(1_200):
        listed = (await console.get("/api/switches")).json()
        called = [each for each in listed["attention"] if each["switch_id"] == switch_id]
        if called:
            break
        await asyncio.sleep(0.1)
    page = spoken((await console.get(f"/switches/{switch_id}")).text)
    metrics = (await console.get("/metrics")).text
    printed = await console.run("switch", "list")
    offered = await allowed(console, switch_id)
    refusals.clear()
    taken = await console.post(f"/api/switches/{switch_id}/retry", {"reason": "billing is mended"})
    ended = await console.ended(switch_id)
    after = (await console.get("/api/switches")).json()["attention"]
    console.world.calm()

    assert [each["alarm"] for each in called[0]["attention"]] == ["no_way_on"]
    assert "It can't go on by itself" in page
    assert 'planswitch_alarms{alarm="no_way_on"} 0.0' not in metrics
    assert f"{switch_id[:8]} needs attention" in spoken(printed.out)
    assert printed.longest_line <= COLUMNS
    assert "retry" in offered
    assert (taken.status_code, ended["outcome"]) == (200, "completed")
    assert switch_id not in {each["switch_id"] for each in after}
    assert ended["invoice_open_point"] == "not_delivered"
    assert ended["invoice_looks_at"] is not None
