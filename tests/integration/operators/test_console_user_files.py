"""Files of users: previews that are edited and run as they read, on real parts (manual#a-file-of-users)."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from html import unescape
from pathlib import Path
from typing import Any

from domain.ports.seller_port import OrderLine
from tests.support.acts.pilot_groups import make_group
from tests.support.consoles.console_world import COLUMNS, ConsoleWorld, start_body
from tests.support.controls.by_hand import bought_of
from tests.support.switches.by_hand import SOURCE_PLAN, TARGET_PLAN
from tests.support.switches.owned import buy_plan
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
    # A path is as long as it is.
    assert max(len(line) for line in shown.out.replace(str(path), "").splitlines()) <= COLUMNS
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


async def test_a_draft_links_the_preview_of_its_users(console: ConsoleWorld) -> None:
    """The page of a draft leads to the file; a cell of somebody else's is no formula in it."""
    organization = await console.organization(users=3)
    organization_id = organization["organization_id"]
    draft = (
        await console.post("/api/checkouts", {"organization_id": organization_id, "target_plan": "E3"})
    ).json()
    page = (await console.get(f"/checkouts/{draft['checkout_id']}")).text
    (link,) = re.findall(r'href="(/api/v1/user-preview[^"]*)" download', page)

    answer = await console.get(unescape(link))

    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    assert [(each["action"], each["to"]) for each in rows] == [("move", "Office 365 E3")] * 3
    assert all("@" in each["user"] and each["facts"] for each in rows)


async def test_a_file_works_where_licenses_alone_move(console: ConsoleWorld, tmp_path: Path) -> None:
    """Both plans are owned: preview and start name the subscription that receives the users."""
    organization = await console.organization(users=4)
    organization_id = organization["organization_id"]
    cloud = console.world.sandbox.cloud
    line = OrderLine(plan_id=TARGET_PLAN, quantity=4, term="P1M", billing_cycle="monthly", currency="EUR")
    target = await asyncio.to_thread(bought_of, cloud.seller, organization_id, line)
    only = ("--licenses-only", "--to-subscription", target)
    path = tmp_path / "preview.csv"
    written = await console.run("switch", "preview", organization_id, *only, "--csv", str(path))
    assert written.code == 0, written
    rows = _rows(path)
    rows[0]["services_off"] = "Sway"
    edited = _write(tmp_path / "edited.csv", rows)

    started = await console.run(
        "switch", "start", organization_id, *only, "--users", str(edited), "--yes", "--wait"
    )

    assert started.code == 0, started
    off = await asyncio.to_thread(_off, console, organization_id)
    assert {key: len(each) for key, each in off.items()} == {
        row["object_id"]: len(list(filter(None, row["services_off"].split(";")))) for row in rows
    }


async def test_a_preview_of_some_users_has_their_rows_alone(console: ConsoleWorld, tmp_path: Path) -> None:
    """Of a group, and of a file, whose own services it shows (manual#a-file-of-users)."""
    organization = await console.organization(users=5)
    organization_id = organization["organization_id"]
    everyone = [each["object_id"] for each in await _preview(console, organization, tmp_path / "all.csv")]
    group = make_group(console.world.sandbox, organization_id, everyone[:2])
    listed = tmp_path / "listed.csv"
    lines = ["user,action,services_off", f"{everyone[2]},move,Sway", f"{everyone[3]},leave,"]
    listed.write_text("\n".join(lines), encoding="utf-8")
    question = ("switch", "preview", organization_id, "--to", "E3")

    ways = (("--users-of-group", group), ("--users", str(listed)))
    ran = [
        await console.run(*question, *way, "--csv", str(tmp_path / f"{number}.csv"))
        for number, way in enumerate(ways)
    ]
    both = await console.run(*question, "--csv", str(tmp_path / "both.csv"), *ways[0], *ways[1])

    assert [each.code for each in (*ran, both)] == [0, 0, 2]
    assert not (tmp_path / "both.csv").exists()
    assert "1 user in" in ran[1].out
    of_group, of_file = _rows(tmp_path / "0.csv"), _rows(tmp_path / "1.csv")
    assert {each["object_id"] for each in of_group} == set(everyone[:2])
    (row,) = of_file
    assert (row["object_id"], row["services_off"]) == (everyone[2], "Sway")
    assert "Sway" not in row["services_kept"].split("; ")


async def test_services_of_another_plan_are_refused(console: ConsoleWorld) -> None:
    """A choice was made for one plan: for another it would do something else, or nothing."""
    organization = await console.organization(users=2)
    organization_id = organization["organization_id"]
    question = {"organization_id": organization_id, "target_plan": "E3"}
    page = console.world.sandbox.cloud.directory.users_page(organization_id, SOURCE_PLAN, None)
    service = "Microsoft Stream for Office 365 E3"
    lines = ["user,services_off", f"{page.users[0].directory_id},{service}", page.users[1].directory_id]
    content = "\n".join(lines)
    post = console.http.post
    checked = (
        await asyncio.to_thread(post, "/api/user-files", params=question, content=content.encode())
    ).json()
    chosen = {"organization_id": organization_id, "user_services": checked["user_services"]}

    right = await console.post("/api/quotes", {**chosen, "target_plan": "E3"})
    wrong = await console.post("/api/quotes", {**chosen, "target_plan": "E5"})

    assert checked["refused"] == []
    assert right.status_code == 200
    assert (wrong.status_code, wrong.json()["field"]) == (422, "user_services")


async def test_the_page_of_licenses_only_takes_a_file(console: ConsoleWorld) -> None:
    """A refused row is told with its line; the accepted file leads to a quote and a switch."""
    made = await console.organization(users=3)
    organization_id = made["organization_id"]
    owned = await asyncio.to_thread(buy_plan, console.world, made)
    page = (await console.get("/licenses-only", organization=organization_id, to=owned.subscription_id)).text
    (link,) = re.findall(r'href="(/api/v1/user-preview[^"]*)" download', page)
    preview = (await console.get(unescape(link))).text
    rows = list(csv.DictReader(io.StringIO(preview.removeprefix("\ufeff"), newline="")))
    wrong = f"user,action\n{rows[0]['user']},move\nnobody@contoso.com,move\n"
    right = f"user;action;services_off\n{rows[0]['user']};move;Sway\n{rows[1]['user']};leave;\n"

    async def post(path: str, fields: dict[str, str], text: str = "") -> Any:
        files = {"file": ("users.csv", text.encode("utf-16"), "text/csv")} if text else None
        return await asyncio.to_thread(console.http.post, path, data=fields, files=files)

    chosen = {"organization": organization_id, "subscription": "", "to": owned.subscription_id}
    refused = await post("/licenses-only/users", chosen, wrong)
    accepted = await post("/licenses-only/users", chosen, right)
    quoted = (await console.get(accepted.headers["location"])).text
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', quoted)
    started = await post("/licenses-only", {name: unescape(value) for name, value in hidden})
    row = await console.ended(started.headers["location"].rpartition("/")[2])

    assert refused.status_code == 422
    assert "USER_UNKNOWN" in refused.text
    assert "nobody@contoso.com" in refused.text
    assert "1 user moves" in quoted
    assert (row["outcome"], row["moved"]) == ("completed", 1)
    off = await asyncio.to_thread(_off, console, organization_id)
    assert {key: len(each) for key, each in off.items()} == {rows[0]["object_id"]: 1}


async def _until_next(console: ConsoleWorld, switch_id: str, step: str) -> None:
    """Wait until the record says that an operator is to start a step."""
    for _ in range(600):
        answer = (await console.get(f"/api/switches/{switch_id}/steps")).json()
        following = next((each for each in answer["steps"] if each["step"] == step), None)
        if following and following["command"]:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"step {step} of switch {switch_id} was never next: {answer}")
