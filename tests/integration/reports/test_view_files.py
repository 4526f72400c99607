"""The views of dashboards as files: CSV, JSON lines and HTML of one view (views#the-same-without-sql)."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from console.app import create_app
from console.server import open_dependencies
from domain.people.principal import Grant, Principal, PrincipalKind
from domain.people.roles import Role
from domain.text.csv_text import plain_cell
from projections.reads import dashboard_views
from projections.running.projector import Projector
from services.reports import views
from services.reports.view_files import ViewFormat
from services.reports.views import view_file
from store.core.errors import StoreUnavailable
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.consoles.console_world import run_in_pipes
from tests.support.consoles.served_console import KEY as SERVED_KEY
from tests.support.consoles.served_console import served
from tests.support.consoles.store_parts import lone_settings
from tests.support.stories.switch_story import SwitchStory

KEY = "a-key-of-the-tests"
SWITCHES = 3
FORMULA = "=HYPERLINK(1)"


@pytest.fixture(name="stories")
def _stories(database_url: str, tmp_path: Path) -> list[SwitchStory]:
    """Return switches of three organizations, of which the last one holds."""
    with SwitchStore.open(database_url, FileKeyProvider.create(tmp_path / "master.key")) as store:
        stories = [SwitchStory(store=store, seconds=100 * number) for number in range(SWITCHES)]
        for story in stories[:-1]:
            story.tell()
        stories[-1].request()
        stories[-1].order()
        stories[-1].move(failed=2)
        stories[-1].hold()
    Projector(database_url).catch_up()
    return stories


@pytest.fixture(name="app")
def _app(database_url: str, tmp_path: Path, stories: list[SwitchStory]) -> Iterator[FastAPI]:
    """Yield a console over them."""
    settings = lone_settings(database_url, tmp_path, api_key=KEY)
    with open_dependencies(settings) as dependencies:
        yield create_app(dependencies)


@pytest.fixture(name="client")
def _client(app: FastAPI) -> Iterator[TestClient]:
    """Yield a client that may see everything."""
    with TestClient(app, headers={"X-API-Key": KEY}, raise_server_exceptions=False) as client:
        yield client


def _limited(app: FastAPI, *organizations: str) -> TestClient:
    """Return a client that may see some organizations alone, as its credential says."""
    grants = (Grant(role=Role.VIEWER, organizations=frozenset(organizations)),)
    caller = Principal(actor="vera", kind=PrincipalKind.PERSON, grants=grants)

    async def known(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})["principal"] = caller
        await app(scope, receive, send)

    return TestClient(known, headers={"X-API-Key": KEY}, raise_server_exceptions=False)


def _lines(client: TestClient, view: str, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/views/{view}{query}")
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def _records(database_url: str, view: str) -> list[dict[str, Any]]:
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        name = Identifier("planswitch_views", view)
        return connection.execute(SQL("SELECT * FROM {} ORDER BY 1, 2, 3").format(name)).fetchall()


def _views(client: TestClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/v1/views").json()["views"]
    return found


def test_each_form_has_the_rows_of_each_view(client: TestClient, database_url: str) -> None:
    """CSV, JSON lines and HTML have the same cells as a query, view by view, and name the same columns."""
    assert len(_views(client)) >= 13
    for view in _views(client):
        name, names = view["name"], [column["name"] for column in view["columns"]]
        records, lines = _records(database_url, name), _lines(client, name)
        sheet = client.get(f"/api/v1/views/{name}?format=csv")
        page = client.get(f"/api/v1/views/{name}?format=html")
        rows = list(csv.reader(io.StringIO(sheet.text.lstrip("\ufeff"))))
        cells = re.findall(r"<td[^>]*>(.*?)</td>", page.text)

        assert len(lines) == len(records) == len(rows) - 1
        assert rows[0] == names
        for record, line, row in zip(records, lines, rows[1:], strict=True):
            assert list(line) == names
            stable = [each for each in names if each not in {"waiting_seconds", "projection_lag_seconds"}]
            assert [_shown(line[each]) for each in stable] == [
                plain_cell(row[names.index(each)]) for each in stable
            ]
            assert str(record[names[0]]) == str(line[names[0]])
        expected = [_shown(line[each]) for line in lines for each in names]
        assert len(cells) == len(expected)
        if "waiting_seconds" not in names:
            assert [unescape(cell) for cell in cells] == expected
        assert f"<p>Rows: {len(lines)}</p>" in page.text
        assert sheet.headers["content-disposition"] == f'attachment; filename="planswitch-{name}.csv"'


def _shown(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_no_cell_is_a_formula_and_no_cell_is_markup(
    client: TestClient, database_url: str, stories: list[SwitchStory]
) -> None:
    """What a spreadsheet would run stands behind an apostrophe; what a browser would read is text."""
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "UPDATE planswitch_read.switch_board_v1 SET target_subscription_id = %s, error_code = %s"
            " WHERE switch_id = %s",
            [FORMULA, "<script>alert(1)</script>", stories[0].switch_id],
        )
    sheet = client.get("/api/v1/views/switches?format=csv").text
    page = client.get("/api/v1/views/switches?format=html").text
    shown = client.get("/reports/switches").text

    assert f",'{FORMULA}," in sheet
    assert not [row for row in csv.reader(io.StringIO(sheet)) if any(cell.startswith("=") for cell in row)]
    for text in (page, shown):
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "default-src 'none'" in page


def test_numbers_stay_numbers(client: TestClient, database_url: str, stories: list[SwitchStory]) -> None:
    """A negative amount is a number in each form, and no formula."""
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE planswitch_read.switch_board_v1 SET quote_total = -1234")

    (line, *_) = _lines(client, "switch_money")
    assert line["quoted_total_minor_units"] == -1234
    assert ",-1234," in client.get("/api/v1/views/switch_money?format=csv").text


def test_a_caller_sees_the_rows_of_their_organizations(
    app: FastAPI, client: TestClient, stories: list[SwitchStory]
) -> None:
    """Whoever may see some organizations gets no row of another one, nor of none, in any view or form."""
    own, other = stories[0].organization_id, stories[1].organization_id
    limited, nobody = _limited(app, own.upper()), _limited(app)
    for view in _views(limited):
        name = view["name"]
        texts = [limited.get(f"/api/v1/views/{name}?format={form}").text for form in ViewFormat]
        texts.append(limited.get(f"/reports/{name}").text)
        for text in texts:
            assert other not in text, name
            assert stories[1].switch_id not in text, name
        if view["is_by_organization"]:
            assert {line["organization_id"] for line in _lines(limited, name)} <= {own}, name
    assert len(_lines(limited, "switches")) == 1
    assert _lines(limited, "switches", f"?organization={other}") == []
    assert len(_lines(limited, "projection")) == 1
    assert nobody.get("/api/v1/views/switches").status_code == 403
    assert len(_lines(client, "switches")) == SWITCHES


def test_one_organization_is_chosen_in_any_spelling(client: TestClient, stories: list[SwitchStory]) -> None:
    """`organization` keeps the rows of one; what is no directory id is refused with the field."""
    own = stories[0].organization_id
    refused = client.get("/api/v1/views/switches?organization=Fernwick%20Energy")

    assert [
        line["organization_id"] for line in _lines(client, "switches", f"?organization={own.upper()}")
    ] == [own]
    assert (refused.status_code, refused.json()["field"]) == (422, "organization")


def test_what_is_no_view_is_refused(client: TestClient) -> None:
    """A name of a table, or of nothing, is no view: 404 with the views that there are, by API and page."""
    for name in ("none", "switch_board", "planswitch.switch_events", 'switches"--', "pg_authid"):
        answer = client.get(f"/api/v1/views/{name}")
        shown = client.get(f"/reports/{name}")
        assert (answer.status_code, answer.json()["code"]) == (404, "UNKNOWN_VIEW"), name
        assert "switches" in answer.json()["detail"]
        assert "GET /api/v1/views" in answer.json()["remedy"]
        assert (shown.status_code, 'href="/reports"' in shown.text) == (404, True), name
    form = client.get("/api/v1/views/switches?format=xls")
    assert (form.status_code, form.json()["field"]) == (422, "format")


def test_pages_list_the_views_and_show_first_rows(client: TestClient, stories: list[SwitchStory]) -> None:
    """`/reports` has every view with its columns and files; a view's page has its first rows."""
    listed = client.get("/reports").text
    shown = client.get("/reports/switches").text
    empty = client.get("/reports/product_acts").text

    for view in _views(client):
        assert f'href="/reports/{view["name"]}"' in listed
        assert all(f"<code>{column['name']}</code>" in listed for column in view["columns"])
        assert f"/api/v1/views/{view['name']}?format=csv" in listed
    assert all(story.switch_id in shown for story in stories)
    assert f"{SWITCHES} rows" in shown
    assert "No row yet" in empty


def test_a_file_is_made_batch_by_batch(database_url: str, stories: list[SwitchStory]) -> None:
    """No more than a batch of rows is held, whatever the view has, and each row is written once."""
    with psycopg.connect(database_url) as connection:
        (count,) = connection.execute("SELECT count(*) FROM planswitch_views.switch_timeline").fetchone() or (
            0,
        )
        connection.execute(
            "INSERT INTO planswitch_read.switch_timeline_v1 SELECT switch_id, 1000000 + number, at,"
            " stream_id, version, event, stage, actor, reason, causation, summary, activity, attempt"
            " FROM (SELECT * FROM planswitch_read.switch_timeline_v1 LIMIT 1) AS line,"
            " generate_series(1, %s) AS number",
            [3 * dashboard_views.BATCH_ROWS],
        )
    view, batches = dashboard_views.dashboard_rows(database_url, "switch_timeline", organizations=None)
    sizes = [len(batch) for batch in batches]
    lines = b"".join(view_file(database_url, "switch_timeline", ViewFormat.CSV, organizations=None))

    assert view.name == "switch_timeline"
    assert max(sizes) == dashboard_views.BATCH_ROWS
    assert sum(sizes) == count + 3 * dashboard_views.BATCH_ROWS == lines.count(b"\r\n") - 1


def test_exports_take_turns(
    database_url: str, stories: list[SwitchStory], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A further export is refused while all turns are taken; one that nobody reads on gives its turn back."""
    monkeypatch.setattr(views, "WAIT_SECONDS", 0.05)
    running = [
        view_file(database_url, "switches", ViewFormat.CSV, organizations=None)
        for _ in range(views.EXPORTS_MAX)
    ]
    with pytest.raises(StoreUnavailable, match="other exports"):
        view_file(database_url, "switches", ViewFormat.CSV, organizations=None)
    # As a client that hangs up: what it did not read is dropped.
    del running[0]
    again = view_file(database_url, "switches", ViewFormat.CSV, organizations=None)
    assert b"".join(again)
    del running
    assert b"".join(view_file(database_url, "switches", ViewFormat.CSV, organizations=None))


def test_the_command_line_writes_what_the_api_answers(
    database_url: str, tmp_path: Path, stories: list[SwitchStory]
) -> None:
    """`report views` lists the views, `report view` writes each form; a file is never written over."""
    folder = tmp_path / "console"
    folder.mkdir()
    with served(database_url, folder) as running:
        environment = {
            **os.environ,
            "PLANSWITCH_API_URL": f"http://127.0.0.1:{running.port}",
            "PLANSWITCH_API_KEY": SERVED_KEY,
            "PLANSWITCH_DATA_DIR": str(tmp_path / "none"),
            "COLUMNS": "80",
        }

        def run(*arguments: str) -> Any:
            return run_in_pipes(("report", *arguments), environment)

        listed, as_json = run("views"), run("views", "--json")
        printed, lines = run("view", "switches"), run("view", "switches", "--json")
        one = run("view", "switches", "--json", "--organization", stories[0].organization_id)
        sheet, page = tmp_path / "switches.csv", tmp_path / "switches.html"
        written = run("view", "switches", "--csv", str(sheet)), run("view", "switches", "--html", str(page))
        again = run("view", "switches", "--csv", str(sheet))
        both = run("view", "switches", "--json", "--csv", "-")
        unknown = run("view", "none", "--html", str(tmp_path / "none.html"))

    assert (listed.code, listed.longest_line <= 80) == (0, True)
    assert all(each["name"] in listed.out for each in json.loads(as_json.out)["views"])
    assert printed.out.splitlines()[0].lstrip("\ufeff").startswith("switch_id,organization_id")
    assert len(printed.out.splitlines()) == SWITCHES + 1
    assert {json.loads(line)["switch_id"] for line in lines.out.splitlines()} == {
        story.switch_id for story in stories
    }
    assert [json.loads(line)["switch_id"] for line in one.out.splitlines()] == [stories[0].switch_id]
    assert [each.code for each in written] == [0, 0]
    assert sheet.read_text(encoding="utf-8").splitlines()[1:] == printed.out.splitlines()[1:]
    assert "<h1>switches</h1>" in page.read_text(encoding="utf-8")
    assert (again.code, both.code, unknown.code) == (2, 2, 3)
    assert "planswitch report views" in unknown.err
    assert not (tmp_path / "none.html").exists()
