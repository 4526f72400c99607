"""Sign-in, pages, problem documents and metrics of the console, in process over a real PostgreSQL."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from console.app import create_app
from console.server import open_dependencies
from projections.running.projector import Projector
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.consoles.shown_switches import facts_of
from tests.support.consoles.store_parts import lone_settings
from tests.support.stories.switch_story import SwitchStory
from tests.support.telemetry.board_rows import plant, waiting_row

KEY = "a-key-of-the-tests"
WITH_KEY = {"X-API-Key": KEY}


@pytest.fixture(name="client")
def _client(database_url: str, tmp_path: Path) -> Iterator[TestClient]:
    """Yield a client of a console whose cloud and Temporal are down."""
    settings = lone_settings(database_url, tmp_path, api_key=KEY, local_actor="olga")
    with open_dependencies(settings) as dependencies:
        app = create_app(dependencies)
        with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
            yield client


@pytest.fixture(name="story")
def _story(client: TestClient, database_url: str, tmp_path: Path) -> SwitchStory:
    """Return a completed switch that is shown."""
    with SwitchStore.open(database_url, FileKeyProvider(tmp_path / "master.key")) as store:
        story = SwitchStory(store=store)
        story.tell()
    Projector(database_url).catch_up()
    return story


@pytest.mark.parametrize("headers", [{}, {"X-API-Key": "wrong"}, {"Authorization": f"Basic {KEY}"}])
def test_without_the_key_nothing_is_told(client: TestClient, headers: dict[str, str]) -> None:
    """A request without the operator's key is UNAUTHORIZED, with what to do."""
    answer = client.get("/api/switches", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["remedy"]


@pytest.mark.parametrize("headers", [WITH_KEY, {"Authorization": f"Bearer {KEY}"}])
def test_key_opens_as_header_or_bearer(client: TestClient, headers: dict[str, str]) -> None:
    """The key works in its own header and as a bearer token."""
    assert client.get("/api/switches", headers=headers).status_code == 200


def test_page_asks_to_sign_in_and_a_link_works_once(client: TestClient) -> None:
    """The page sends a stranger to the sign-in; a link of the operator signs in once and only once."""
    stranger = client.get("/")
    path = client.post("/api/sign-in-codes", headers=WITH_KEY).json()["path"]
    signed_in = client.get(path)
    page = client.get("/")
    client.cookies.clear()
    again = client.get(path)

    assert (stranger.status_code, stranger.headers["location"]) == (303, "/sign-in")
    assert signed_in.status_code == 303
    assert "httponly" in signed_in.headers["set-cookie"].lower()
    assert "samesite=strict" in signed_in.headers["set-cookie"].lower()
    assert page.status_code == 200
    assert "olga" in page.text
    assert again.status_code == 401


def test_sign_in_by_key(client: TestClient) -> None:
    """The form takes the key and nothing else."""
    assert client.post("/sign-in", data={"key": "wrong"}).status_code == 401
    assert client.post("/sign-in", content=b"x" * 8_000).status_code == 401
    assert client.post("/sign-in", content=b"x" * 10_000).status_code == 413
    assert client.post("/sign-in", data={"key": KEY}).status_code == 303
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "asked", ["/checkouts?organization=00000000-0000-0000-0000%2D000000000000&state=open", "/docs/rules.md"]
)
def test_sign_in_leads_to_the_page_that_was_asked_for(client: TestClient, asked: str) -> None:
    """A deep link survives the sign-in by key, a wrong key before it, and the sign-in by a link."""
    sign_in = client.get(asked).headers["location"]
    form = client.get(sign_in).text
    (field,) = re.findall(r'name="next" value="([^"]*)"', form)
    wrong = client.post("/sign-in", data={"key": "wrong", "next": html.unescape(field)})
    by_key = client.post("/sign-in", data={"key": KEY, "next": html.unescape(field)})
    page = client.get(by_key.headers["location"])
    code = client.post("/api/sign-in-codes", headers=WITH_KEY).json()["path"]
    by_link = client.get(f"{code}&{sign_in.partition('?')[2]}")

    assert sign_in.startswith("/sign-in?next=%2F")
    assert html.unescape(field) == asked
    assert (wrong.status_code, f'name="next" value="{field}"' in wrong.text) == (401, True)
    assert (by_key.status_code, by_key.headers["location"], page.status_code) == (303, asked, 200)
    assert (by_link.status_code, by_link.headers["location"]) == (303, asked)


@pytest.mark.parametrize(
    "asked",
    [
        *("https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "evil.example"),
        *("/\t/evil.example", " //evil.example", "javascript:alert(1)", "", "/ü"),
        *(
            "/sign-in",
            "/sign-in?next=/",
            "/api/switches",
            "/metrics",
            "/static/console.css",
            "/" + "a" * 1_000,
        ),
    ],
)
def test_sign_in_leads_to_no_other_place(client: TestClient, asked: str) -> None:
    """Another site, whatever its spelling, and what is no page become the first page."""
    form = client.get("/sign-in", params={"next": asked})
    by_key = client.post("/sign-in", data={"key": KEY, "next": asked})
    code = client.post("/api/sign-in-codes", headers=WITH_KEY).json()["path"]
    by_link = client.get(f"{code}&{urlencode({'next': asked})}")

    assert 'name="next" value="/"' in form.text
    assert [each.headers["location"] for each in (by_key, by_link)] == ["/", "/"]


def test_session_changes_nothing_for_another_site(client: TestClient) -> None:
    """A cookie reads; a change with it must come from our own pages."""
    client.post("/sign-in", data={"key": KEY})

    read = client.get("/api/switches")
    foreign = client.post("/api/sign-in-codes", headers={"Sec-Fetch-Site": "cross-site"})
    bare = client.post("/api/sign-in-codes")
    own = client.post("/api/sign-in-codes", headers={"Sec-Fetch-Site": "same-origin"})

    assert [each.status_code for each in (read, foreign, bare, own)] == [200, 401, 401, 200]


def test_pages_load_nothing_of_others(client: TestClient) -> None:
    """Every answer forbids foreign and inline content, and carries its request id."""
    client.post("/sign-in", data={"key": KEY})
    page = client.get("/", headers={"X-Request-ID": "request-0001"})

    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Request-ID"] == "request-0001"
    assert "<script src=" in page.text
    assert "style=" not in page.text
    for path in ("/static/switches.js", "/static/console.css"):
        assert client.get(path).status_code == 200


def test_row_is_found_by_the_beginning_of_its_id(client: TestClient, story: SwitchStory) -> None:
    """Eight characters name a switch; fewer are refused; names of plans come with the row."""
    row = client.get(f"/api/switches/{story.switch_id[:8]}", headers=WITH_KEY).json()
    short = client.get("/api/switches/abc", headers=WITH_KEY)
    unknown = client.get("/api/switches/00000000", headers=WITH_KEY)

    assert row["switch_id"] == story.switch_id
    assert (row["source_plan"], row["target_plan"]) == ("Office 365 E1", "Office 365 E3")
    assert (short.status_code, short.json()["code"]) == (422, "INVALID_INPUT")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "UNKNOWN_SWITCH")


def test_list_tells_its_end_and_its_counts(client: TestClient, story: SwitchStory) -> None:
    """The last page names no next one; what follows its last switch is empty; filters hold, counts stay."""
    first = client.get("/api/switches?limit=1", headers=WITH_KEY).json()
    second = client.get(f"/api/switches?limit=1&after={story.switch_id}", headers=WITH_KEY).json()
    held = client.get("/api/switches?stage=held", headers=WITH_KEY).json()

    assert [row["switch_id"] for row in first["switches"]] == [story.switch_id]
    assert (first["next"], first["total"]) == (None, 1)
    assert (second["switches"], second["next"], second["total"]) == ([], None, 1)
    assert (held["switches"], held["total"], held["all"]) == ([], 0, 1)
    assert held["counts"] == {
        "all": 1,
        "running": 0,
        "ended": 1,
        "attention": 0,
        "stages": {"completed": 1},
    }


def test_audit_is_told_from_the_events(client: TestClient, story: SwitchStory) -> None:
    """The story has every event in order with cause, effect and the calls to providers."""
    audit = client.get(f"/api/switches/{story.switch_id}/audit", headers=WITH_KEY).json()

    positions = [entry["position"] for entry in audit["events"]]
    assert positions == sorted(positions)
    effects = {entry["event"]: entry["effect"] for entry in audit["events"]}
    assert "no way back" in effects["subscription.cancelled"]
    assert "Office 365 E3" in effects["subscription.switch-requested"]
    assert {call["operation"] for call in audit["provider_calls"]} == {"checkout", "assignLicense"}


def test_audit_without_an_index_is_the_same(
    client: TestClient, story: SwitchStory, database_url: str, tmp_path: Path
) -> None:
    """Looking through the whole log tells the same story as the streams that the read model names."""
    from audit.story.show import audit_of

    told = client.get(f"/api/switches/{story.switch_id}/audit", headers=WITH_KEY).json()
    with SwitchStore.open(database_url, FileKeyProvider(tmp_path / "master.key")) as store:
        searched = facts_of(audit_of(store, story.switch_id))

    assert [each["position"] for each in searched["events"]] == [each["position"] for each in told["events"]]


def test_parts_that_are_down_are_named(client: TestClient, story: SwitchStory) -> None:
    """With cloud and Temporal down the lists work, and what needs them is 503 with what to start."""
    body = {"organization_id": "any", "target_plan": "E3"}
    quote = client.post("/api/quotes", json=body, headers=WITH_KEY)
    history = client.get(f"/api/switches/{story.switch_id}/history", headers=WITH_KEY)

    assert (quote.status_code, quote.json()["code"]) == (503, "PROVIDER_UNAVAILABLE")
    assert (history.status_code, history.json()["code"]) == (503, "SERVER_UNAVAILABLE")
    assert "planswitch up" in history.json()["remedy"]


QUOTE = {"organization_id": "x", "target_plan": "E3"}


@pytest.mark.parametrize(
    "body",
    [
        {"organization_id": "x"},
        {**QUOTE, "color": 1},
        {**QUOTE, "quantity": 0},
        {**QUOTE, "target_plan": ""},
    ],
)
def test_bad_bodies_are_problem_documents(client: TestClient, body: dict[str, object]) -> None:
    """Whatever is wrong with a body is told by field, as a problem document with code and remedy."""
    answer = client.post("/api/quotes", json=body, headers=WITH_KEY)

    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_INPUT")
    assert answer.json()["remedy"]
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"]


@pytest.mark.parametrize(
    ("request_line", "code"),
    [
        ("GET /api/switches?limit=0", "INVALID_INPUT"),
        ("GET /api/nothing", "NOT_FOUND"),
        ("DELETE /api/switches", "METHOD_NOT_ALLOWED"),
    ],
)
def test_bad_requests_are_problem_documents(client: TestClient, request_line: str, code: str) -> None:
    """A path, method or query that is not served is a problem document as well."""
    method, path = request_line.split()
    answer = client.request(method, path, headers=WITH_KEY)

    assert answer.json()["code"] == code
    assert answer.headers["content-type"] == "application/problem+json"


def test_metrics_count_switches_and_lag(client: TestClient, story: SwitchStory) -> None:
    """Prometheus gets switches by stage and how far the lists are behind; no ids, no names."""
    text = client.get("/metrics").text

    assert 'planswitch_switches{stage="completed"} 1.0' in text
    assert 'planswitch_projection_lag_events{name="switches"} 0.0' in text
    assert 'planswitch_holds{stage="held"} 0.0' in text
    assert "planswitch_access_lost 0.0" in text
    assert "planswitch_wait_oldest_seconds{" not in text
    assert story.organization_id not in text


def test_metrics_tell_the_oldest_wait_by_stage_and_reason(client: TestClient, database_url: str) -> None:
    """An open switch counts under its stage and a code of the product; other codes are one label."""
    causes = (("held", "ACCESS_LOST"), ("held", "code of a provider"), ("moving", ""))
    plant(database_url, [waiting_row(stage, code=code) for stage, code in causes])
    lines = dict(line.rsplit(" ", 1) for line in client.get("/metrics").text.splitlines() if line[0] != "#")

    assert lines['planswitch_waiting_switches{reason="other",stage="held"}'] == "1.0"
    oldest = float(lines['planswitch_wait_oldest_seconds{reason="ACCESS_LOST",stage="held"}'])
    assert 3_600 <= oldest < 3_700
    assert 'planswitch_wait_oldest_seconds{reason="none",stage="moving"}' in lines
    assert (lines['planswitch_holds{stage="held"}'], lines["planswitch_access_lost"]) == ("2.0", "1.0")
