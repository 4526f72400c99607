"""Pages, filters, exports, live changes and positions over two served consoles (docs/api-data.md)."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest

from console.words.header_names import AFTER_HEADER, POSITION_HEADER
from ops.stack.postgres_server import EmbeddedPostgres
from projections.running.projector import Projector
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.clouds.plain_http import WITHOUT_TLS
from tests.support.consoles.served_console import KEY, served
from tests.support.stories.switch_story import FAILED, SwitchStory

SWITCHES, HELD = 23, 2
V1 = "/api/v1"


@dataclass(frozen=True, kw_only=True)
class Data:
    """Two consoles over one database with switches, whose cloud and Temporal are down."""

    database_url: str
    folder: Path
    http: httpx2.Client
    other: httpx2.Client
    held: tuple[SwitchStory, ...]

    def write(self, number: int) -> SwitchStory:
        """Record one more switch."""
        with SwitchStore.open(self.database_url, FileKeyProvider(self.folder / "master.key")) as store:
            story = SwitchStory(store=store, seconds=number)
            story.request()
        return story

    def project(self) -> int:
        """Show everything that is recorded."""
        return Projector(self.database_url).catch_up()


@pytest.fixture(scope="module", name="data")
def _data(postgres_server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Data]:
    first, second = (tmp_path_factory.mktemp(name) for name in ("one", "two"))
    url = postgres_server.create_database("data_of_the_tests")
    key_file = str(first / "master.key")
    with served(url, first) as one, served(url, second, PLANSWITCH_MASTER_KEY_FILE=key_file) as two:
        with SwitchStore.open(url, FileKeyProvider(first / "master.key")) as store:
            held = tuple(_held(store, number) for number in range(HELD))
            for number in range(SWITCHES - HELD):
                SwitchStory(store=store, seconds=1_000 + number).request()
        Projector(url).catch_up()
        with _client(one.port) as http, _client(two.port) as other:
            yield Data(database_url=url, folder=first, http=http, other=other, held=held)


def _client(port: int) -> httpx2.Client:
    return httpx2.Client(
        base_url=f"http://127.0.0.1:{port}", headers={"X-API-Key": KEY}, verify=WITHOUT_TLS, timeout=30
    )


def _held(store: SwitchStore, number: int) -> SwitchStory:
    story = SwitchStory(store=store, seconds=number * 20)
    story.request()
    story.order()
    story.move(failed=FAILED)
    story.hold()
    return story


def _all(data: Data, path: str, rows: str, **filters: Any) -> list[dict[str, Any]]:
    """Return every row of a list, whose pages are asked for at the two consoles in turn."""
    found: list[dict[str, Any]] = []
    query = dict(filters)
    for client in (data.http, data.other) * 100:
        answer = client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        found += answer.json()[rows]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return found
        query = {**filters, "cursor": cursor}
    raise AssertionError


def _always(_row: dict[str, Any]) -> bool:
    return True


def _never(_row: dict[str, Any]) -> bool:
    return False


def test_pages_have_each_row_once_while_others_write(data: Data) -> None:
    """Rule: what was there at the first page comes exactly once, at whichever console."""
    before = {row["switch_id"] for row in _all(data, "/api/switches", "switches", limit=500)}
    stop = threading.Event()

    def write() -> None:
        number = 5_000
        while not stop.is_set():
            data.write(number)
            data.project()
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        pages = [
            [row["switch_id"] for row in _all(data, "/api/switches", "switches", limit=3)] for _ in range(3)
        ]
    finally:
        stop.set()
        writer.join()

    for page in pages:
        assert len(page) == len(set(page))
        assert set(page) >= before


def test_filters_go_with_pages(data: Data) -> None:
    """Rule: each filter by what a row shows gives the rows that have it, and no others."""
    rows = _all(data, "/api/switches", "switches", limit=500)
    day = rows[0]["first_requested_at"][:10]
    cases: list[tuple[dict[str, Any], Any]] = [
        ({"stage": "held"}, lambda row: row["stage"] == "held"),
        ({"waits_for": "AN OPERATOR"}, lambda row: "an operator" in row["waits_for"].lower()),
        ({"requested_by": rows[0]["requested_by"].upper()}, _always),
        ({"plan": rows[0]["source_plan"]}, _always),
        ({"target_plan": rows[0]["source_plan"]}, _never),
        (
            {"requested_from": rows[0]["first_requested_at"]},
            lambda row: row["first_requested_at"] >= rows[0]["first_requested_at"],
        ),
        (
            {"requested_to": rows[0]["first_requested_at"]},
            lambda row: row["first_requested_at"] < rows[0]["first_requested_at"],
        ),
        ({"requested_from": day, "requested_to": day}, lambda row: row["first_requested_at"][:10] == day),
        ({"licenses_only": "true"}, _never),
        ({"ended_from": "2000-01-01"}, lambda row: row["ended_at"] is not None),
        (
            {"organization": data.held[0].organization_id},
            lambda row: row["organization_id"] == data.held[0].organization_id,
        ),
    ]
    for query, is_match in cases:
        wanted = [row["switch_id"] for row in rows if is_match(row)]
        assert [
            row["switch_id"] for row in _all(data, "/api/switches", "switches", limit=2, **query)
        ] == wanted, query


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/api/switches", {"cursor": "abc"}, "cursor"),
        ("/api/switches", {"cursor": "A" * 2_000}, "cursor"),
        ("/api/switches", {"requested_from": "yesterday"}, "requested_from"),
        ("/api/switches", {"requested_to": "2026-12-24T10:00:00"}, "requested_to"),
        ("/api/switches", {"waits_for": " "}, "waits_for"),
        ("/api/switches", {"limit": "0"}, "limit"),
        ("/api/switches", {"licenses_only": "perhaps"}, "licenses_only"),
        ("/api/checkouts", {"started_from": "2026-13-01"}, "started_from"),
        ("/api/v1/changes", {"since": "999999999"}, "since"),
        ("/api/v1/changes", {"since": "-1"}, "since"),
        ("/api/v1/switches.xml", {}, "form"),
    ],
)
def test_wrong_query_is_a_clear_refusal(data: Data, path: str, query: dict[str, str], field: str) -> None:
    """Rule: a wrong cursor, filter, position or format is a 422 that names the field and what is allowed."""
    answer = data.http.get(path, params=query)

    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
    assert "allowed" in answer.json()["detail"]


def test_cursor_belongs_to_its_filters(data: Data) -> None:
    """Rule: a cursor of other filters or another list is refused, and so is `after` beside it."""
    cursor = data.http.get("/api/switches", params={"limit": 2}).json()["next_cursor"]
    same = data.http.get("/api/switches", params={"limit": 4, "cursor": cursor})
    others = [
        data.http.get("/api/switches", params={"cursor": cursor, "stage": "held"}),
        data.http.get("/api/checkouts", params={"cursor": cursor}),
        data.http.get("/api/switches", params={"cursor": cursor, "after": data.held[0].switch_id}),
    ]

    assert same.status_code == 200
    assert {each.status_code for each in others} == {422}


def test_exports_have_the_rows_of_the_list(data: Data) -> None:
    """Rule: CSV and JSON lines have every row of the filtered list, in its order, with its fields."""
    for query in ({}, {"stage": "held"}, {"organization": data.held[0].organization_id}):
        rows = _all(data, "/api/switches", "switches", limit=500, **query)
        lines = data.http.get(f"{V1}/switches.jsonl", params=query)
        table = data.other.get(f"{V1}/switches.csv", params=query)
        cells = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))

        assert [json.loads(line) for line in lines.text.splitlines()] == rows
        assert [each["switch_id"] for each in cells] == [each["switch_id"] for each in rows]
        assert list(cells[0]) == list(rows[0])
        assert "attachment" in table.headers["Content-Disposition"]
        assert table.headers["Content-Type"].startswith("text/csv")
    refused = data.http.get(f"{V1}/switches.csv", params={"stage": "nonsense"})
    assert (refused.status_code, refused.json()["field"]) == (422, "stage")


def test_other_lists_are_exported(data: Data) -> None:
    """Rule: each list has its file; one of a switch has the rows of its page."""
    switch_id = data.held[0].switch_id
    events = _all(data, f"/api/switches/{switch_id}/timeline", "events", limit=2)
    lines = {
        name: [json.loads(line) for line in data.http.get(f"{V1}/{name}.jsonl").text.splitlines()]
        for name in (
            f"switches/{switch_id}/timeline",
            f"switches/{switch_id}/users",
            "checkouts",
            "customers",
        )
    }

    assert lines[f"switches/{switch_id}/timeline"] == events
    assert len(events) > 2
    assert lines["checkouts"] == []
    assert len(lines["customers"]) == len({row["organization_id"] for row in lines["customers"]}) > 2


def test_exported_cells_are_no_formulas(data: Data) -> None:
    """Rule: what would run in a spreadsheet stands behind an apostrophe."""
    with SwitchStore.open(data.database_url, FileKeyProvider(data.folder / "master.key")) as store:
        story = SwitchStory(store=store, seconds=90_000, reason="=HYPERLINK(1)")
        story.request()
    data.project()
    table = data.http.get(f"{V1}/switches/{story.switch_id}/timeline.csv")

    assert "'=HYPERLINK(1)" in table.text
    assert ",=HYPERLINK(1)" not in table.text


def test_read_waits_for_a_write(data: Data) -> None:
    """Rule: a read with a position shows everything up to it, at any console; past the bound it says so."""
    story = data.write(91_000)
    with SwitchStore.open(data.database_url, FileKeyProvider(data.folder / "master.key")) as store:
        position = store.max_notification_id()
    path = f"/api/switches/{story.switch_id}"
    unknown = data.http.get(path)
    began = time.monotonic()
    late = data.http.get(path, headers={AFTER_HEADER: str(position)})
    waited = time.monotonic() - began
    timer = threading.Timer(0.5, data.project)
    timer.start()
    shown = data.other.get(path, headers={AFTER_HEADER: str(position)})
    timer.join()
    wrong = [
        data.http.get(path, headers={AFTER_HEADER: value}) for value in (str(position + 10**6), "-1", "x")
    ]

    assert unknown.status_code == 404
    assert (late.status_code, late.json()["code"]) == (503, "READS_BEHIND")
    assert int(late.headers["Retry-After"]) >= 1
    assert 4 < waited < 20
    assert (shown.status_code, shown.json()["switch_id"]) == (200, story.switch_id)
    assert int(shown.headers[POSITION_HEADER]) >= position
    assert {each.status_code for each in wrong} == {422}
    assert {each.json()["field"].lower() for each in wrong} == {AFTER_HEADER.lower()}


def test_changes_resume_at_another_console(data: Data) -> None:
    """Rule: a reader who comes back with its last position, wherever, gets every event once and in order."""
    since = data.project()
    stories = [data.write(100_000 + number) for number in range(4)]
    data.project()
    seen: list[dict[str, Any]] = []
    position = since
    for client in (data.http, data.other) * 2:
        stories.append(data.write(110_000 + len(seen)))
        with _stream(client, position) as messages:
            # The connection breaks after two events, in the middle of what is there.
            for _ in range(2):
                position, event = next(messages)
                seen.append(event)
        data.project()
    told = [_all(data, f"/api/switches/{each.switch_id}/timeline", "events") for each in stories]
    expected = [event["position"] for events in told for event in events]
    with _stream(data.http, position, header=True) as messages:
        while seen[-1]["position"] < expected[-1]:
            seen.append(next(messages)[1])

    assert [each["position"] for each in seen] == expected
    assert expected == sorted(set(expected))
    assert {each["switch_id"] for each in seen} == {each.switch_id for each in stories}


def test_changes_of_one_organization(data: Data) -> None:
    """Rule: the stream takes the filters of the list."""
    since = data.project()
    story, _ = data.write(120_000), data.write(120_001)
    last = data.write(120_002)
    data.project()
    with _stream(data.http, since, organization=last.organization_id) as messages:
        assert next(messages)[1]["switch_id"] == last.switch_id
    with _stream(data.http, since, organization=story.organization_id) as messages:
        assert next(messages)[1]["switch_id"] == story.switch_id


@contextmanager
def _stream(
    client: httpx2.Client, since: int, *, header: bool = False, **query: str
) -> Iterator[Iterator[tuple[int, dict[str, Any]]]]:
    """Yield the changes that a stream sends, each with its position."""
    address = f"{V1}/changes?{urlencode(query if header else {**query, 'since': since})}"
    headers = {"Last-Event-ID": str(since)} if header else {}
    with client.stream("GET", address, headers=headers) as answer:
        assert answer.status_code == 200, answer.read()
        yield _changes(answer.iter_lines())


def _changes(lines: Iterator[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    position, event = 0, ""
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "id":
            position = int(value)
        elif name == "event":
            event = value
        elif name == "data" and event == "change":
            yield position, json.loads(value)
