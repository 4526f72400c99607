"""Two files of 1,200 users as spreadsheets of two ages save them (manual#a-file-of-users)."""

from __future__ import annotations

import asyncio
import csv
import io
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from domain.catalog.catalog import load_catalog
from tests.support.consoles.console_world import ConsoleWorld
from tests.support.switches.by_hand import SOURCE_PLAN, TARGET_PLAN
from tests.support.switches.owned import buy_plan
from tests.support.worlds.world import CLEAN

E3 = load_catalog().find("E3")
USERS = 1_200
#: Rows that are planted: so many of each kind.
PLANTED = 7
#: Line of the first user; the header is the first line.
FIRST = 2
#: Place of the user whose principal name is another one's mail too; the row names the user by it.
TWO = 101


@dataclass(frozen=True, kw_only=True)
class Form:
    """How a file is saved."""

    encoding: str
    delimiter: str


FORMS = [Form(encoding="utf-8-sig", delimiter=","), Form(encoding="cp1252", delimiter=";")]


def _file(form: Form, rows: list[list[str]]) -> bytes:
    output = io.StringIO()
    writer = csv.writer(output, delimiter=form.delimiter, lineterminator="\r\n")
    writer.writerow(["Abteilung", "user", "action", "services_off"])
    writer.writerows(rows)
    return output.getvalue().encode(form.encoding)


def _people(console: ConsoleWorld, organization_id: str) -> list[tuple[str, str]]:
    """Return id and principal name of each user, read in the directory's own pages."""
    people: list[tuple[str, str]] = []
    url = "/v1.0/users?$select=id,userPrincipalName&$top=999"
    headers = {"Authorization": f"Bearer sandbox-{organization_id}"}
    with httpx2.Client(base_url=console.world.sandbox.url) as http:
        while url:
            body = http.get(url, headers=headers).json()
            people += [(each["id"], each["userPrincipalName"]) for each in body["value"]]
            url = body.get("@odata.nextLink", "").replace("https://graph.microsoft.com", "")
    return people


def _patch_mail(console: ConsoleWorld, organization_id: str, user_id: str, mail: str) -> None:
    """Give a user a mail that is another one's principal name."""
    with httpx2.Client(base_url=console.world.sandbox.url) as http:
        headers = {"Authorization": f"Bearer sandbox-{organization_id}"}
        answer = http.patch(f"/v1.0/users/{user_id}", headers=headers, json={"mail": mail})
        assert answer.status_code == 204, answer.text


async def _check(console: ConsoleWorld, organization_id: str, content: bytes) -> dict[str, Any]:
    answer = await asyncio.to_thread(
        console.http.post,
        "/api/user-files",
        params={"organization_id": organization_id, "target_plan": "E3"},
        content=content,
    )
    assert answer.status_code == 200, answer.text
    checked: dict[str, Any] = answer.json()
    return checked


async def _facts(console: ConsoleWorld, organization_id: str) -> tuple[object, ...]:
    """Return everything that a check must leave as it is."""
    switches = (await console.get("/api/switches", organization=organization_id)).json()["total"]
    directory = console.world.sandbox.cloud.directory
    page = await asyncio.to_thread(directory.users_page, organization_id, SOURCE_PLAN, None)
    return switches, page


@pytest.mark.parametrize("form", FORMS, ids=["utf-8", "windows-1252"])
async def test_each_row_of_1200_is_accepted_or_refused(console: ConsoleWorld, form: Form) -> None:
    """Duplicates, unknown users and a name of two users have line and reason; then all rows are accepted."""
    organization_id = (await console.organization(users=USERS))["organization_id"]
    people = await asyncio.to_thread(_people, console, organization_id)
    rows = [
        ["Verkäufe", name if number % 2 else key, "move", ""] for number, (key, name) in enumerate(people)
    ]
    for row in rows[USERS // 2 :]:
        row[2] = "leave"
    await asyncio.to_thread(_patch_mail, console, organization_id, people[-1][0], people[TWO][1])
    repeated = [[*rows[number][:1], people[number][number % 2 == 0], "move", ""] for number in range(PLANTED)]
    unknown = [["Café", f"jürgen{number}@nowhere.example", "move", ""] for number in range(PLANTED)]
    wrong = [["", rows[number][1], "tanzen", ""] for number in range(PLANTED)]

    before = await _facts(console, organization_id)
    refused = await _check(console, organization_id, _file(form, [*rows, *repeated, *unknown, *wrong]))
    after = await _facts(console, organization_id)
    clean = [[*row[:1], key, *row[2:]] for row, (key, _) in zip(rows, people, strict=True)]
    accepted = await _check(console, organization_id, _file(form, clean))

    assert (refused["encoding"], refused["delimiter"]) == (
        "windows_1252" if form.encoding == "cp1252" else "utf_8",
        form.delimiter,
    )
    kinds = ("USER_REPEATED", "USER_UNKNOWN", "ACTION_UNKNOWN")
    planted = [(FIRST + USERS + number, kinds[number // PLANTED]) for number in range(3 * PLANTED)]
    told = [(each["line"], each["code"]) for each in refused["refused"]]
    assert told == [(FIRST + TWO, "USER_AMBIGUOUS"), *planted]
    assert all(each["message"] and each["remedy"] for each in refused["refused"])
    assert len(refused["accepted"]) + len(refused["refused"]) == USERS + 3 * PLANTED
    assert (refused["selection"], refused["user_services"]) == (None, None)
    assert before == after
    assert (len(accepted["accepted"]), accepted["refused"], accepted["moving"]) == (USERS, [], USERS // 2)
    assert accepted["selection"] is not None


def _edited(text: str) -> list[dict[str, str]]:
    """Return the rows of a preview as an operator leaves them: some stay, some get other services."""
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    for number, row in enumerate(rows):
        row["Abteilung"] = "Verkäufe"
        if number % 4 == 0:
            row["action"] = "leave"
        elif number % 4 == 1:
            row["services_off"] = "Sway; Microsoft Stream for Office 365 E3"
        elif number % 4 == 2:
            row["services_off"] = ""
    return rows


def _as_file(form: Form, rows: list[dict[str, str]]) -> bytes:
    output = io.StringIO()
    writer = csv.DictWriter(output, list(rows[0]), delimiter=form.delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return output.getvalue().encode(form.encoding)


def _held(console: ConsoleWorld, organization_id: str, plan_id: str) -> dict[str, set[str]]:
    """Return who holds a plan, and the ids of the services that are off."""
    directory, cursor = console.world.sandbox.cloud.directory, None
    held: dict[str, set[str]] = {}
    while True:
        page = directory.users_page(organization_id, plan_id, cursor)
        for user in page.users:
            license_ = user.license_of(plan_id)
            assert license_ is not None
            held[user.directory_id] = set(license_.disabled_service_ids)
        cursor = page.next_cursor
        if cursor is None:
            return held


async def test_an_edited_preview_of_1200_runs_as_it_reads(console: ConsoleWorld) -> None:
    """Who is to leave stays, and everyone else has just the services off that their row names."""
    made = await console.organization(users=USERS)
    organization_id = made["organization_id"]
    owned = await asyncio.to_thread(buy_plan, console.world, made, quantity=USERS)
    question = {
        "organization_id": organization_id,
        "licenses_only": True,
        "target_subscription_id": owned.subscription_id,
    }
    preview = await console.get("/api/user-preview", **question)
    rows = _edited(preview.text)
    before = await asyncio.to_thread(_held, console, organization_id, SOURCE_PLAN)
    answer = await asyncio.to_thread(
        console.http.post, "/api/user-files", params=question, content=_as_file(FORMS[1], rows)
    )
    checked = answer.json()
    named = {name: checked[name] for name in ("selection", "user_services")}
    quoted = await console.post("/api/quotes", {**question, **named})
    start = {
        **question,
        **named,
        "quote_digest": quoted.json()["quote"]["digest"],
        "request_id": f"edited-{organization_id}",
    }
    started = await console.post("/api/switches", start)
    row = await console.ended(started.json()["switch_id"])

    ids = {each.friendly_name or each.name: each.service_plan_id for each in E3.service_plans}
    moving = [each for each in rows if each["action"] == "move"]
    wanted = {
        each["object_id"]: {ids[name.strip()] for name in each["services_off"].split(";") if name.strip()}
        for each in moving
    }
    assert (len(rows), checked["refused"], checked["moving"]) == (USERS, [], USERS * 3 // 4)
    assert (checked["encoding"], checked["delimiter"]) == ("windows_1252", ";")
    assert (row["outcome"], row["moved"]) == ("completed", len(moving))
    assert await asyncio.to_thread(_held, console, organization_id, TARGET_PLAN) == wanted
    staying = {key: off for key, off in before.items() if key not in wanted}
    assert await asyncio.to_thread(_held, console, organization_id, SOURCE_PLAN) == staying
    verdict = console.world.sandbox.verdict(organization_id)
    assert {name: verdict[name] for name in CLEAN} == CLEAN
