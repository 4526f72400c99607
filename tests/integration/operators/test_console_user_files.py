"""Files of users: previews that are edited and run as they read, on real parts (manual#a-file-of-users)."""

from __future__ import annotations

import asyncio
import csv
import io
from pathlib import Path
from typing import Any

from tests.support.consoles.console_world import COLUMNS, ConsoleWorld, start_body
from tests.support.switches.by_hand import SOURCE_PLAN, TARGET_PLAN
from tests.support.worlds.world import CLEAN

Row = dict[str, str]


def _rows(path: Path) -> list[Row]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def _write(path: Path, rows: list[Row], *, encoding: str = "utf-8-sig", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


async def _preview(console: ConsoleWorld, organization: dict[str, Any], path: Path) -> list[Row]:
    shown = await console.run(
        "switch", "preview", organization["organization_id"], "--to", "E3", "--csv", str(path)
    )
    assert (shown.code, shown.err.count("--users")) == (0, 1), shown
    assert shown.longest_line <= COLUMNS
    return _rows(path)


def _off(console: ConsoleWorld, organization_id: str) -> dict[str, set[str]]:
    """Return the services of the new plan that are off, by user; only users who hold it are there."""
    page = console.world.sandbox.cloud.directory.users_page(organization_id, TARGET_PLAN, None)
    held = {user.directory_id: user.license_of(TARGET_PLAN) for user in page.users}
    return {key: set(each.disabled_service_ids) for key, each in held.items() if each is not None}


async def test_a_preview_that_chooses_services_runs_as_it_reads(
    console: ConsoleWorld, tmp_path: Path
) -> None:
    """For one user a further service is off, for one none is (manual#a-file-of-users)."""
    organization = await console.organization(users=6)
    organization_id = organization["organization_id"]
    rows = await _preview(console, organization, tmp_path / "preview.csv")
    rows[0]["services_off"] = "Microsoft Stream for Office 365 E3; Sway"
    rows[1]["services_off"] = ""
    edited = _write(tmp_path / "edited.csv", rows)

    checked = await console.run(
        "switch", "preview", organization_id, "--to", "E3", "--users", str(edited), "--json"
    )
    started = await console.run(
        *("switch", "start", organization_id, "--to", "E3", "--users", str(edited)), "--yes", "--wait"
    )

    assert checked.code == 0, checked
    assert started.code == 0, started
    off = await asyncio.to_thread(_off, console, organization_id)
    assert len(off) == 6
    assert len(off[rows[0]["object_id"]]) == 2
    assert off[rows[1]["object_id"]] == set()
    verdict = console.world.sandbox.verdict(organization_id)
    assert {name: verdict[name] for name in CLEAN} == CLEAN


async def test_refused_rows_are_told_by_line_and_nothing_is_started(
    console: ConsoleWorld, tmp_path: Path
) -> None:
    """A changed fact, a repeated user and a wrong action; no row runs (manual#a-file-of-users)."""
    organization = await console.organization(users=6)
    organization_id = organization["organization_id"]
    rows = await _preview(console, organization, tmp_path / "preview.csv")
    changed, other = rows[0]["object_id"], rows[1]["user"]
    console.world.sandbox.edit(organization_id, kind="user", user_id=changed, usage_location=None)
    rows[2]["action"] = "dance"
    rows.append({**rows[1], "user": rows[1]["object_id"]})
    edited = _write(tmp_path / "edited.csv", rows)

    refused = await console.run(
        *("switch", "start", organization_id, "--to", "E3", "--mode", "manual"),
        *("--users", str(edited), "--yes"),
    )
    listed = (await console.get("/api/switches", organization=organization_id)).json()

    text = " ".join(refused.err.split())
    assert refused.code == 2
    assert refused.longest_line <= COLUMNS
    assert f"line 2, {rows[0]['user']}: FACTS_CHANGED" in text
    assert f"line 4, {rows[2]['user']}: ACTION_UNKNOWN" in text
    assert f"line 8, {rows[1]['object_id']}: USER_REPEATED, line 3 names the same user" in text
    assert other
    assert listed["total"] == 0


async def test_some_users_move_by_hand_and_a_step_may_choose_again(
    console: ConsoleWorld, tmp_path: Path
) -> None:
    """Rows that say leave stay; a start of reassign takes a file of its own (manual#a-file-of-users)."""
    organization = await console.organization(users=6)
    organization_id = organization["organization_id"]
    rows = await _preview(console, organization, tmp_path / "preview.csv")
    for row in rows[3:]:
        row["action"] = "leave"
    edited = _write(tmp_path / "edited.csv", rows, encoding="cp1252", delimiter=";")
    started = await console.run(
        *("switch", "start", organization_id, "--to", "E3", "--mode", "manual"),
        *("--users", str(edited), "--yes", "--json"),
    )
    assert started.code == 0, started
    body = start_body(organization)
    row = (await console.get("/api/switches", organization=organization_id)).json()["switches"][0]
    switch_id = row["switch_id"]
    rows[0]["services_off"] = "Sway"
    step_file = _write(tmp_path / "step.csv", rows[:1])
    for step, *users in (("buy",), ("verify",), ("reassign", "--users", str(step_file)), ("reassign",)):
        await _until_next(console, switch_id, step)
        taken = await console.run("switch", "step", switch_id, step, "--reason", "agreed", *users)
        assert taken.code == 0, taken
    await _until_next(console, switch_id, "reduce")
    ended = await console.run("switch", "step", switch_id, "reduce", "--reason", "agreed", "--yes")
    assert ended.code == 0, ended
    last = await console.ended(switch_id)

    assert (last["outcome"], last["moved"], body["target_plan"]) == ("completed", 3, "E3")
    off = await asyncio.to_thread(_off, console, organization_id)
    assert set(off) == {each["object_id"] for each in rows[:3]}
    assert len(off[rows[0]["object_id"]]) == 1
    drift = await console.get(f"/api/switches/{switch_id}/drift")
    assert drift.json()["drift"] is None
    verdict = console.world.sandbox.verdict(organization_id)
    assert {name: verdict[name] for name in CLEAN} == CLEAN
    assert SOURCE_PLAN != TARGET_PLAN


async def _until_next(console: ConsoleWorld, switch_id: str, step: str) -> None:
    """Wait until the record says that an operator is to start a step."""
    for _ in range(600):
        answer = (await console.get(f"/api/switches/{switch_id}/steps")).json()
        following = next((each for each in answer["steps"] if each["step"] == step), None)
        if following and following["command"]:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"step {step} of switch {switch_id} was never next: {answer}")
