"""Each list that is read from the record or from the cloud as a file, and its filters (api-data#exports)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from domain.operator.workflow_trouble import WorkflowTrouble
from domain.people.roles import Role
from domain.ports.cloud import ProviderCall
from ops.stack.postgres_server import EmbeddedPostgres
from store.core.rows import CallContext
from tests.support.access.role_world import RoleWorld, role_world
from tests.support.clouds.cloud_server import SOURCE_PLAN
from tests.support.consoles.console_world import ConsoleWorld, start_body
from tests.support.stories.switch_story import SwitchStory

V1 = "/api/v1"
#: What a spreadsheet would run, in words that come from outside.
FORMULA = "=HYPERLINK(1)"
Rows = list[dict[str, Any]]
Matches = Callable[[dict[str, Any]], bool]


def _lines(text: str) -> Rows:
    return [json.loads(line) for line in text.splitlines()]


def _cells(answer: httpx2.Response) -> tuple[list[str], list[dict[str, str]]]:
    """Return the header of a CSV file and its rows."""
    assert answer.headers["Content-Type"].startswith("text/csv"), answer.text
    table = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    return list(table.fieldnames or ()), list(table)


def _cell(value: Any) -> str:
    """Return what a field of a JSON answer is in a cell, by the document."""
    if value is None or isinstance(value, str):
        text = value or ""
        return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _refused(text: str, code: str) -> ProviderCall:
    return ProviderCall(
        provider="seller",
        operation="checkout",
        key="",
        request_digest="0" * 64,
        status=400,
        code=code,
        text=text,
        started_at=datetime.now(UTC),
        duration_ms=1,
    )


async def _held(console: ConsoleWorld) -> tuple[str, str]:
    """Return an organization and its held switch, with everything that its lists can show."""
    organization = await console.organization(
        users=12, missing_usage_location=2, group_licensed=0, has_side_products=False
    )
    organization_id = organization["organization_id"]
    user = console.world.sandbox.cloud.directory.users_page(organization_id, SOURCE_PLAN, None).users[0]
    edit = {"user": user.directory_id, "plan": "E3", "action": "assign"}
    for reason in (FORMULA, "promoted"):
        await console.post(f"{V1}/organizations/{organization_id}/licenses", {**edit, "reason": reason})
    await console.post(f"{V1}/quotes", {"organization_id": organization_id, "target_plan": "E3"})
    started = await console.post(f"{V1}/switches", start_body(organization))
    switch_id = started.json()["switch_id"]
    await console.until(switch_id, "held")
    context = CallContext(switch_id=switch_id, step="order.place", attempt=1)
    calls = [_refused(FORMULA, "one"), _refused("plain words", "two")]
    console.world.store.save_calls(calls, context)
    return organization_id, switch_id


async def test_files_and_filters_of_lists_from_record_and_cloud(console: ConsoleWorld) -> None:
    """Rule: JSON lines and CSV have the rows of the list, whatever it is filtered by; no cell is a formula.

    Each filter by a value that a row shows gives the rows that have it, in any case, and no others.
    """
    organization_id, switch_id = await _held(console)
    of_organization, of_switch = f"{V1}/organizations/{organization_id}", f"{V1}/switches/{switch_id}"
    lists: list[tuple[str, str, tuple[str, ...]]] = [
        (f"{of_switch}/users", "users", ("outcome", "pass_name", "error", "directory_id")),
        (f"{of_switch}/refusals", "refusals", ("step", "provider", "operation", "code")),
        (f"{of_organization}/assessments", "assessments", ("actor", "verdict", "mode", "stage", "rule_set")),
        (
            f"{of_organization}/licenses",
            "edits",
            ("actor", "action", "plan", "outcome", "directory_id"),
        ),
        (f"{of_organization}/products", "products", ("status",)),
    ]
    for path, name, filters in lists:
        rows: Rows = (await console.get(path)).json()[name]
        assert rows, path
        queries = [{}, *({each: rows[0][each]} for each in filters)]
        for query in queries:
            await _require_alike(console, path, name, query, rows)


async def _require_alike(
    console: ConsoleWorld, path: str, name: str, query: dict[str, str], rows: Rows
) -> None:
    """Compare list and files under a filter, which is typed in capitals where the list takes any case."""
    typed = {field: value.upper() for field, value in query.items()} if "status" not in query else query
    wanted = [row for row in rows if all(row[field] == value for field, value in query.items())]
    listed = (await console.get(path, **typed)).json()[name]
    lines = await console.get(f"{path}.jsonl", **typed)
    header, cells = _cells(await console.get(f"{path}.csv", **typed))

    assert listed == wanted, (path, query)
    assert _lines(lines.text) == wanted, (path, query)
    assert lines.headers["Content-Type"].startswith("application/jsonl")
    assert header == list(rows[0])
    assert cells == [{each: _cell(row[each]) for each in header} for row in wanted]


async def test_formulas_stay_text_and_empty_lists_have_their_header(console: ConsoleWorld) -> None:
    """Rule: a cell that would run stands behind an apostrophe; a list without rows is a file without rows."""
    organization_id, switch_id = await _held(console)
    other = (await console.organization(seed=2, users=3))["organization_id"]
    await console.post(f"{V1}/quotes", {"organization_id": other, "target_plan": "E3"})
    whole = {
        "licenses": await console.get(f"{V1}/organizations/{organization_id}/licenses.csv"),
        "refusals": await console.get(f"{V1}/switches/{switch_id}/refusals.csv"),
    }
    empty = {
        "licenses": f"{V1}/organizations/{other}/licenses",
        "users": f"{V1}/switches/{switch_id}/users",
        "assessments": f"{V1}/organizations/{other}/assessments",
    }
    nothing = {"licenses": {}, "users": {"error": "NO_SUCH"}, "assessments": {"verdict": "refused"}}
    tables = {name: await console.get(f"{path}.csv", **nothing[name]) for name, path in empty.items()}
    lines = {name: await console.get(f"{path}.jsonl", **nothing[name]) for name, path in empty.items()}

    for name, answer in whole.items():
        assert f"'{FORMULA}" in answer.text, name
        assert f",{FORMULA}" not in answer.text, name
    for name, answer in tables.items():
        header, rows = _cells(answer)
        assert (len(header) > 3, rows) == (True, []), name
    assert {each.text for each in lines.values()} == {""}
    assert {each.status_code for each in lines.values()} == {200}


@pytest.fixture(scope="module", name="world")
def _world(
    postgres_server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RoleWorld]:
    """Yield a console with the things of two organizations."""
    folder: Path = tmp_path_factory.mktemp("exports")
    with role_world(postgres_server.create_database("exported_lists"), folder) as world:
        yield world


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_files_of_another_organization_are_not_there(world: RoleWorld, form: str) -> None:
    """Rule: who may not see an organization gets no file of it, and no word of it (roles#scope)."""
    caller = world.caller(Role.OPERATOR, world.own.organization_id)
    paths = {
        things.organization_id: (
            f"{V1}/switches/{things.switch_id}/users.{form}",
            f"{V1}/switches/{things.switch_id}/refusals.{form}",
            f"{V1}/switches/{things.switch_id}/timeline.{form}",
            f"{V1}/organizations/{things.organization_id}/assessments.{form}",
            f"{V1}/organizations/{things.organization_id}/licenses.{form}",
        )
        for things in (world.own, world.other)
    }
    own = [world.client.get(path, headers=caller) for path in paths[world.own.organization_id]]
    other = [world.client.get(path, headers=caller) for path in paths[world.other.organization_id]]
    products = f"{V1}/organizations/{world.other.organization_id}/products.{form}"
    other.append(world.client.get(products, headers=caller))

    assert {each.status_code for each in own} == {200}
    assert {each.status_code for each in other} == {404}
    for answer in other:
        words = answer.text.replace(str(answer.request.url.path), "")
        assert world.other.reason not in words
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_troubles_are_filtered_and_read_page_by_page(world: RoleWorld) -> None:
    """Rule: a trouble of each place is listed once; `code` takes any case; pages come in the order of ids."""
    since = datetime.now(UTC)
    troubles = [
        WorkflowTrouble(
            workflow_id=f"switch:{number}",
            switch_id=world.own.switch_id,
            code=code,
            since=since,
            message=f"It stands still ({number}).",
            remedy="Look at it.",
            place=str(number),
        )
        for number, code in enumerate(("ACTIVITY_PAUSED", "WORKFLOW_LOST", "ACTIVITY_PAUSED"))
    ]
    world.store.save_troubles(troubles)
    caller = world.caller(Role.ADMINISTRATOR)

    def ask(**query: str) -> Any:
        return world.client.get(f"{V1}/troubles", params=query, headers=caller)

    whole = ask().json()
    paused = ask(code="activity_paused").json()["troubles"]
    nothing = ask(code="WORKFLOW_PAUSED").json()
    pages = [ask(limit="2").json()]
    pages.append(ask(limit="2", cursor=pages[0]["next_cursor"]).json())
    wrong = [ask(limit="0"), ask(cursor="abc"), ask(code="WORKFLOW_LOST", cursor=pages[0]["next_cursor"])]
    world.store.save_troubles([])

    assert (len(whole["troubles"]), whole["next_cursor"]) == (3, None)
    assert {each["place"] for each in paused} == {"0", "2"}
    assert (nothing["troubles"], nothing["next_cursor"]) == ([], None)
    assert [len(page["troubles"]) for page in pages] == [2, 1]
    assert {each["place"] for page in pages for each in page["troubles"]} == {"0", "1", "2"}
    assert pages[1]["next_cursor"] is None
    assert [(each.status_code, each.json()["field"]) for each in wrong] == [
        (422, "limit"),
        (422, "cursor"),
        (422, "cursor"),
    ]
    assert ask().json()["troubles"] == []


def test_stream_of_one_switch_goes_on_behind_a_position(world: RoleWorld) -> None:
    """Rule: `since` and `Last-Event-ID` name the last message that is known; the log must have them.

    See api-data#live-changes. The stream of a switch that has ended ends by itself.
    """
    story = SwitchStory(store=world.store, seconds=500)
    story.tell()
    world.project()
    caller = world.caller(Role.VIEWER)
    path = f"{V1}/switches/{story.switch_id}/events"

    def messages(headers: dict[str, str] | None = None, **query: str) -> list[tuple[str, str]]:
        answer = world.client.get(path, params=query, headers={**caller, **(headers or {})})
        assert answer.status_code == 200, answer.text
        blocks = [block.splitlines() for block in answer.text.strip().split("\n\n")]
        return [(lines[0].removeprefix("id: "), lines[1].removeprefix("event: ")) for lines in blocks]

    first, end = messages()
    behind = messages(since=first[0])
    by_header = messages({"Last-Event-ID": first[0]}, since="0")
    before = messages(since=str(int(first[0]) - 1))
    wrong = [
        world.client.get(path, params={"since": value}, headers=caller) for value in ("-1", "x", "999999999")
    ]
    beyond = world.client.get(path, headers={**caller, "Last-Event-ID": "999999999"})

    assert (first[1], end[1]) == ("switch", "end")
    assert behind == by_header == [end]
    assert before == [first, end]
    assert [(each.status_code, each.json()["field"]) for each in wrong] == [(422, "since")] * 3
    assert (beyond.status_code, beyond.json()["field"]) == (422, "Last-Event-ID")


@pytest.mark.parametrize("value", ["0.5", "20261130", "1e3", "yesterday", "2026-11-30T09:00:00"])
def test_an_instant_of_the_access_log_is_no_number(world: RoleWorld, value: str) -> None:
    """Rule: what names no instant with its offset is refused; a number is not seconds since 1970."""
    caller = world.caller(Role.AUDITOR)
    answers = [
        world.client.get(f"{V1}/access-log{path}", params={name: value}, headers=caller)
        for path in ("", "/export")
        for name in ("since", "until")
    ]

    assert {each.status_code for each in answers} == {422}
    assert [each.json()["field"] for each in answers] == ["since", "until"] * 2
