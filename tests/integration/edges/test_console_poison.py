"""Kind of fault: control characters. Every edge of console and command line refuses them, none fails."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from starlette.testclient import TestClient

from cli.stack.checks import all_checks
from console.app import create_app
from console.server import open_dependencies
from domain.switch.events import PromiseMissed
from ops.base.settings import Settings
from ops.readiness.part_state import DOWN
from projections.running.projector import Projector
from projections.running.rebuild import rebuild
from services.base.switch_rows import request_id_of
from tests.support.consoles.console_world import KEY, Ran, run_command, running_console
from tests.support.consoles.store_parts import lone_settings
from tests.support.stories.switch_story import SwitchStory

WITH_KEY = {"X-API-Key": KEY}
OWN_FORM = {"type", "title", "status", "detail", "code", "remedy", "field", "reasons", "request_id"}
REFUSED = 422
#: Every address that was a 500, and some that were not.
ADDRESSES = [
    "/api/switches/%00aaaaaaa",
    "/api/switches?organization=%00",
    "/api/switches?stage=%00",
    "/api/switches?after=%00aaaaaaa",
    "/api/switches/%00aaaaaaa/events",
    "/api/switches/aaaaaaaa/users?after=%00",
    "/api/checkouts/%00aaaaaaa",
    "/api/checkouts?organization=%00",
    "/api/checkouts?after=%00aaaaaaa",
    "/api/catalog/versions/%00",
    "/api/catalog/plans?catalog=%00",
    "/api/catalog/plans?q=%1b%5B2J",
    "/api/organizations/%00/subscriptions",
    "/api/nothing/%7f",
    "/api/switches?%00=1",
    "/static/%00",
]
PAGES = [
    "/switches/%00aaaaaaa",
    "/checkouts/%00aaaaaaa",
    "/checkouts?organization=%00",
    "/checkouts?after=%00aaaaaaa",
    "/checkouts?organization=%E2%80%AE",
    "/sign-in?next=/%00",
    "/sign-in?next=/%0d%0aSet-Cookie:%20a=b",
    "/docs/%00",
]
BAD = ["\x00", "\x1b", "\x7f", "\u0085", "\u202e", "\ud800"]


@dataclass(frozen=True, kw_only=True)
class Poisoned:
    """A console over a store with one switch."""

    client: TestClient
    settings: Settings
    story: SwitchStory
    database_url: str

    def send(self, path: str, body: Any, *, method: str = "POST") -> Any:
        """Send JSON with escapes, as JSON allows them."""
        headers = {**WITH_KEY, "content-type": "application/json"}
        return self.client.request(method, path, content=json.dumps(body), headers=headers)

    async def run(self, *arguments: str) -> Ran:
        """Run the command line as a process against this store's own console."""
        with running_console(self.settings) as url:
            environment = {
                **os.environ,
                "PLANSWITCH_API_URL": url,
                "PLANSWITCH_API_KEY": KEY,
                "PLANSWITCH_DATA_DIR": str(self.settings.data_dir),
                "DATABASE_URL": self.database_url,
                "PLANSWITCH_CLOUD_URL": self.settings.cloud_url,
                "PLANSWITCH_TEMPORAL_ADDRESS": self.settings.temporal_address,
                "COLUMNS": "80",
            }
            return await run_command(*arguments, environment=environment)


@pytest.fixture(name="poisoned")
def _poisoned(database_url: str, tmp_path: Path) -> Iterator[Poisoned]:
    """Yield a console whose store has a completed switch that the code of before poisoned."""
    settings = lone_settings(database_url, tmp_path, api_key=KEY, local_actor="olga")
    with open_dependencies(settings) as dependencies:
        story = SwitchStory(store=dependencies.store, request_id="a\x00b", reason="gr\x00wth\x1b[2J")
        story.tell()
        Projector(database_url).catch_up()
        app = create_app(dependencies)
        with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
            yield Poisoned(client=client, settings=settings, story=story, database_url=database_url)


def _put_aside(poisoned: Poisoned, topic: str = "subscription.cancelled") -> None:
    """Make an event of the switch unreadable, as one of a newer program is, and show what there is."""
    with psycopg.connect(poisoned.database_url) as connection:
        connection.execute("ALTER TABLE planswitch.switch_events DISABLE TRIGGER USER")
        connection.execute(
            "UPDATE planswitch.switch_events SET topic = 'nobody.knows' WHERE topic = %s",
            [topic],
        )
    rebuild(poisoned.database_url, accept_differences=True)


def test_every_address_with_a_control_character_is_refused_in_our_own_form(poisoned: Poisoned) -> None:
    """%00 and its like are a clear 4xx of the API, whoever asks; they were 500s."""
    answers = {each: poisoned.client.get(each, headers=WITH_KEY) for each in ADDRESSES}

    assert {address: answer.status_code for address, answer in answers.items()} == dict.fromkeys(
        ADDRESSES, REFUSED
    )
    for answer in answers.values():
        assert (set(answer.json()), answer.json()["code"]) == (OWN_FORM, "UNACCEPTABLE_TEXT")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["X-Request-ID"] == answer.json()["request_id"]


def test_every_page_with_a_control_character_in_its_address_says_so(poisoned: Poisoned) -> None:
    """A person reads a page of ours, with what to do."""
    answers = {each: poisoned.client.get(each, headers=WITH_KEY) for each in PAGES}

    assert {address: answer.status_code for address, answer in answers.items()} == dict.fromkeys(
        PAGES, REFUSED
    )
    assert all("UNACCEPTABLE_TEXT" in answer.text for answer in answers.values())
    assert all("What to do: Take U+" in answer.text for answer in answers.values())


@pytest.mark.parametrize("bad", BAD)
def test_every_body_with_a_control_character_is_refused_before_anything_is_done(
    poisoned: Poisoned, bad: str
) -> None:
    """A poisoned reason, request id, or name of a field is never recorded, however deep it stands."""
    switch, events = poisoned.story.switch_id, len(poisoned.story.store.notifications())
    organization = poisoned.story.organization_id
    asked = {"organization_id": organization, "target_plan": "E3"}
    bodies: list[tuple[str, Any]] = [
        (f"/api/switches/{switch}/pause", {"reason": f"a{bad}b"}),
        (f"/api/switches/{switch}/retry", {"reason": "a", "users": [f"a{bad}b"]}),
        (f"/api/switches/{switch}/credit/approve", {"reason": "a", "request_id": f"a{bad}b"}),
        ("/api/switches", {**asked, "request_id": f"a{bad}b", "accept": True}),
        ("/api/switches", {**asked, "reason": f"a{bad}b", "accept": True}),
        ("/api/quotes", {**asked, "target_plan": f"E3{bad}"}),
        ("/api/checkouts", {**asked, "request_id": f"a{bad}b"}),
        ("/api/support/bundles", {"switch": f"{switch}{bad}"}),
    ]
    answers = [poisoned.send(path, body) for path, body in bodies]
    edit = {"revision": 1, "changes": {f"a{bad}": "b"}}
    answers.append(poisoned.send(f"/api/checkouts/{uuid4()}/sold_to", edit, method="PATCH"))

    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (REFUSED, "UNACCEPTABLE_TEXT")
    ] * len(answers)
    assert len(poisoned.story.store.notifications()) == events


def test_forms_of_the_pages_refuse_alike_and_take_the_line_ends_of_browsers(poisoned: Poisoned) -> None:
    """A posted form is an edge like every other one."""
    path = f"/switches/{poisoned.story.switch_id}/pause"
    headers = {**WITH_KEY, "Sec-Fetch-Site": "same-origin"}

    bad = poisoned.client.post(path, data={"reason": "a\x00b"}, headers=headers)
    lines = poisoned.client.post(path, data={"reason": "a\r\nb"}, headers=headers)
    key = poisoned.client.post("/sign-in", data={"key": "a\x00b"})

    assert (bad.status_code, "UNACCEPTABLE_TEXT" in bad.text) == (REFUSED, True)
    assert "UNACCEPTABLE_TEXT" not in lines.text
    assert key.status_code == REFUSED


@pytest.mark.parametrize("path", ["pause", "resume", "cancel", "rollback", "look", "restart", "read-notice"])
def test_a_blank_reason_is_refused_by_the_api_as_the_page_does(poisoned: Poisoned, path: str) -> None:
    """Blanks do not tell why (rules#operator-controls)."""
    answer = poisoned.send(f"/api/switches/{poisoned.story.switch_id}/{path}", {"reason": "   "})

    assert (answer.status_code, answer.json()["code"]) == (REFUSED, "INVALID_INPUT")
    assert "words that say why" in answer.json()["detail"]


def test_a_poisoned_switch_is_shown_whole_and_clean(poisoned: Poisoned) -> None:
    """What the record of before holds is read by people, and by terminals."""
    switch = poisoned.story.switch_id

    row = poisoned.client.get(f"/api/switches/{switch}", headers=WITH_KEY).json()
    page = poisoned.client.get(f"/switches/{switch}", headers=WITH_KEY)

    assert (row["request_id"], row["outcome"], row["incomplete_since"]) == ("a\ufffdb", "completed", None)
    assert (page.status_code, "gr\ufffdwth\ufffd[2J" in page.text) == (200, True)
    assert "\x00" not in page.text
    assert "\x1b" not in page.text


def test_a_poisoned_switch_takes_commands_by_its_own_request_id(poisoned: Poisoned) -> None:
    """The workflow is named by the request id to the letter, which the board can't hold."""
    row = poisoned.client.get(f"/api/switches/{poisoned.story.switch_id}", headers=WITH_KEY).json()
    app: Any = poisoned.client.app

    console = app.state.dependencies
    assert request_id_of(console, console.reads.switch(row["switch_id"])) == "a\x00b"


def test_a_completed_switch_is_shown_although_a_later_event_cant_be_read(poisoned: Poisoned) -> None:
    """What is told beside the row may be missing; the row is there, and says since when it is incomplete."""
    story = poisoned.story
    source, meta = story.source(), story.meta("promise_record.record_missed")
    late = {"promise": "whole_switch", "promised_at": story.at()}
    story.advancer(source, meta)(PromiseMissed, **late)
    story.store.save(source)
    _put_aside(poisoned, "subscription.promise-missed")

    answer = poisoned.client.get(f"/api/switches/{story.switch_id}", headers=WITH_KEY)
    page = poisoned.client.get(f"/switches/{story.switch_id}", headers=WITH_KEY)

    row = answer.json()
    assert (answer.status_code, row["outcome"], row["open_points"]) == (200, "completed", [])
    assert row["incomplete_since"] == source.version
    assert (page.status_code, "Incomplete since version" in page.text) == (200, True)


async def test_a_terminal_gets_nothing_that_it_would_obey(poisoned: Poisoned) -> None:
    """The story of a poisoned switch is printed without a single control character."""
    shown = await poisoned.run("audit", "show", poisoned.story.switch_id)

    assert (shown.code, "gr\ufffdwth" in shown.out) == (0, True)
    assert "\x00" not in shown.out
    assert "\x1b" not in shown.out


@pytest.mark.parametrize(
    "words",
    [
        ("switch", "show", "aaaa\x01aaa"),
        ("switch", "pause", "aaaaaaaa", "--reason", "a\x1bb"),
        ("checkout", "start", "org\u202e", "--to", "E3"),
        ("switch", "list", "--organization", "a\x7f"),
        ("catalog", "import", "list\x08.csv"),
    ],
)
async def test_the_command_line_refuses_before_it_asks_anybody(
    poisoned: Poisoned, words: tuple[str, ...]
) -> None:
    """Arguments, options, ids and names of files are looked at in one place."""
    ran = await poisoned.run(*words)

    assert (ran.code, ran.out) == (2, "")
    assert "error UNACCEPTABLE_TEXT: the command line has the control character U+" in ran.err.replace(
        "\n", " "
    )


async def test_the_command_line_refuses_a_blank_reason(poisoned: Poisoned) -> None:
    """The option names itself, and nothing is asked."""
    ran = await poisoned.run("switch", "pause", poisoned.story.switch_id, "--reason", "   ")

    assert ran.code == 2
    assert "words that say why" in ran.err.replace("\n", " ")


async def test_a_switch_that_is_incomplete_says_so_everywhere(poisoned: Poisoned) -> None:
    """List, row, page, command line, status and doctor tell it, with what to do."""
    _put_aside(poisoned)
    switch = poisoned.story.switch_id

    row = poisoned.client.get(f"/api/switches/{switch}", headers=WITH_KEY).json()
    listed = poisoned.client.get("/api/switches", headers=WITH_KEY).json()["switches"]
    page = poisoned.client.get(f"/switches/{switch}", headers=WITH_KEY)
    told = poisoned.client.get("/api/projections", headers=WITH_KEY).json()["projections"][0]
    printed = await poisoned.run("switch", "list")
    shown = await poisoned.run("switch", "show", switch)
    status = await poisoned.run("projection", "status")
    looked = {each.part: each for each in all_checks(poisoned.settings)}
    doctor = await poisoned.run("doctor")

    since = row["incomplete_since"]
    assert since == listed[0]["incomplete_since"] == told["incomplete"][0]["since_version"]
    assert (page.status_code, f"Incomplete since version {since}" in page.text) == (200, True)
    assert f"{switch[:8]} is incomplete since version {since}" in printed.out
    assert f"since version {since} of stream" in shown.out
    assert f"incomplete since version {since}" in status.out.replace("\n", " ")
    assert "planswitch projection rebuild" in status.out.replace("\n", " ")
    assert (looked["projector"].state, told["is_degraded"]) == (DOWN, True)
    assert f"is incomplete since version {since}" in looked["projector"].detail
    assert doctor.code == 7
    assert "1 stream put aside" in doctor.out


def test_a_program_that_can_read_the_store_heals_it(poisoned: Poisoned) -> None:
    """After the update a rebuild shows everything, and doctor names no stream any more."""
    _put_aside(poisoned)
    with psycopg.connect(poisoned.database_url) as connection:
        connection.execute(
            "UPDATE planswitch.switch_events SET topic = 'subscription.cancelled'"
            " WHERE topic = 'nobody.knows'"
        )

    report = rebuild(poisoned.database_url)

    row = poisoned.client.get(f"/api/switches/{poisoned.story.switch_id}", headers=WITH_KEY).json()
    looked = {each.part: each for each in all_checks(poisoned.settings)}
    assert (report.dead_letters, set(report.differences.values())) == (0, {0})
    assert (row["outcome"], row["incomplete_since"]) == ("completed", None)
    assert ", 0 streams put aside" in looked["projector"].detail
