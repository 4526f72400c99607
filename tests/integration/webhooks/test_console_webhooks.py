"""Webhooks by API, command line and page, with a whole switch behind them (docs/webhooks.md)."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from providers.webhooks.posting import WebhookPost
from services.webhooks.sender import SenderSettings, WebhookSender
from tests.support.consoles.console_world import COLUMNS, KEY, ConsoleWorld, start_body
from tests.support.webhooks.receiver import Reply, running_receiver
from tests.support.webhooks.world import LOOPBACK
from tests.support.worlds.world import until

ROOT = "/api/v1/webhooks"
PAGE_HEADERS = {"Sec-Fetch-Site": "same-origin", "X-API-Key": KEY}


@pytest.fixture(autouse=True)
def _networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let receivers of this machine be named."""
    monkeypatch.setenv("PLANSWITCH_WEBHOOK_NETWORKS", "127.0.0.0/8")


async def _send(console: ConsoleWorld) -> None:
    """Send what is due, as a worker does."""
    sender = WebhookSender(console.world.store.webhooks, WebhookPost(networks=LOOPBACK), SenderSettings())
    await asyncio.to_thread(sender.drain)


async def _made(console: ConsoleWorld, url: str, **settings: Any) -> dict[str, Any]:
    answer = await console.post(ROOT, {"url": url, "reason": "tickets", **settings})
    assert answer.status_code == 201
    made: dict[str, Any] = answer.json()
    return made


async def test_a_switch_is_told_from_the_request_to_the_end(console: ConsoleWorld) -> None:
    """Each event of the table that the switch recorded arrives once, verified, without names of people."""
    organization = await console.organization(users=3)
    with running_receiver() as receiver:
        made = await _made(console, receiver.url)
        started = await console.post("/api/switches", start_body(organization))
        switch_id = started.json()["switch_id"]
        await console.ended(switch_id)
        await _send(console)
        payloads = receiver.verified(made["secret"])

    assert set(receiver.counts().values()) == {1}
    own = [each for each in payloads if each["data"]["switch_id"] == switch_id]
    names = [each["type"] for each in own]
    assert (names[0], names.count("switch.completed")) == ("switch.requested", 1)
    assert {"switch.ordered", "switch.licenses_moved", "switch.source_cancelled", "switch.billed"} <= set(
        names
    )
    places = [each["data"]["position"] for each in own]
    assert places == sorted(places)
    text = json.dumps(payloads)
    assert not [word for word in ("olga", "growth", organization["display_name"], "@") if word in text]


async def test_the_api_makes_changes_and_tells(console: ConsoleWorld) -> None:
    """What is made, changed, tried, replayed, disabled and removed stands in list, acts and deliveries."""
    with running_receiver(lambda _request: Reply(status=500, body=b"no")) as receiver:
        made = await _made(console, receiver.url, event_types=["switch.completed"], request_id="make-1")
        again = await _made(console, receiver.url, event_types=["switch.completed"], request_id="make-1")
        reused = await console.post(ROOT, {"url": receiver.url, "reason": "other", "request_id": "make-1"})
        webhook_id = made["webhook"]["webhook_id"]
        here = f"{ROOT}/{webhook_id}"
        tested = (await console.post(f"{here}/test", {})).json()
        await _send(console)
        delivery = (await console.get(f"{here}/deliveries/{tested['delivery_id']}")).json()
        receiver.answer = lambda _request: Reply(status=200, body=b"yes")
        replayed = await console.post(
            f"{here}/replay", {"delivery_id": tested["delivery_id"], "reason": "mended"}
        )
        await _send(console)
    listed = (await console.get(f"{here}/deliveries", state="delivered")).json()
    rolled = (await console.post(f"{here}/secrets", {"reason": "yearly", "overlap_hours": 0})).json()
    changed = (await console.post(f"{here}/change", {"event_types": [], "reason": "all"})).json()
    disabled = (await console.post(f"{here}/disable", {"reason": "quiet"})).json()
    refused = await console.post(f"{here}/test", {})
    enabled = (await console.post(f"{here}/enable", {"reason": "go on"})).json()
    shown = (await console.get(here[:-4])).json()
    metrics = (await console.get("/metrics")).text
    removed = (await console.post(f"{here}/remove", {"reason": "over"})).json()
    gone = await console.get(here)

    assert (again["secret"], again["webhook"]["webhook_id"]) == (made["secret"], webhook_id)
    assert (reused.status_code, reused.json()["code"]) == (409, "REQUEST_REUSED")
    assert (delivery["delivery"]["state"], delivery["attempts"][0]["answer"]) == ("waiting", "no")
    assert replayed.json()["count"] == 1
    (row,) = listed["deliveries"]
    assert (row["attempts"], row["last"]["status"], listed["next"]) == (2, 200, None)
    assert rolled["secret"] != made["secret"]
    assert (changed["event_types"], disabled["state"], enabled["state"]) == ([], "disabled", "enabled")
    assert (refused.status_code, refused.json()["code"]) == (409, "WEBHOOK_DISABLED")
    kinds = ["enabled", "disabled", "changed", "secret_rolled", "replayed", "tested", "created"]
    assert [each["kind"] for each in shown["acts"]] == kinds
    assert {each["actor"] for each in shown["acts"]} == {"olga"}
    assert f'planswitch_webhooks_waiting{{endpoint="{webhook_id}"}} 0.0' in metrics
    assert (removed["webhook_id"], gone.status_code, gone.json()["code"]) == (
        webhook_id,
        404,
        "UNKNOWN_WEBHOOK",
    )
    assert made["secret"] not in json.dumps([shown, listed, delivery])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "http://93.184.216.34/", "reason": "x", "event_types": ["switch.nothing"]}, "event_types"),
        ({"url": "ftp://example.com/", "reason": "x"}, "url"),
        ({"url": "https://169.254.169.254/latest", "reason": "x"}, "url"),
        ({"url": "https://example.com/", "reason": " "}, "reason"),
        ({"url": "https://example.com/", "reason": "x", "more": 1}, "more"),
        ({"url": "https://example.com/", "reason": "x", "organizations": ["a\x00b"]}, "organizations.0"),
    ],
)
async def test_wrong_inputs_are_refused(console: ConsoleWorld, body: dict[str, Any], field: str) -> None:
    """Each refusal names its field and changes nothing."""
    if field == "event_types":
        body = {**body, "url": "https://93.184.216.34/"}
    answer = await console.post(ROOT, body)

    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert (await console.get(ROOT)).json() == {"webhooks": []}


async def test_wrong_ranges_are_refused(console: ConsoleWorld) -> None:
    """A replay says which deliveries, by instants with an offset; an unknown one is a 404."""
    made = await _made(console, "https://example.com/hook")
    here = f"{ROOT}/{made['webhook']['webhook_id']}"
    answers = [
        await console.post(f"{here}/{place}", {"reason": "x", **body})
        for place, body in (
            ("replay", {}),
            ("replay", {"since": "yesterday"}),
            ("replay", {"since": "2026-11-30T10:00:00"}),
            ("replay", {"since": "2026-11-30T10:00:00Z", "until": "2026-11-30T09:00:00Z"}),
            ("replay", {"delivery_id": 2**63}),
            ("secrets", {"overlap_hours": 1_000}),
            ("change", {}),
        )
    ]
    unknown = await console.post(f"{here}/replay", {"reason": "x", "delivery_id": 99})

    assert [each.status_code for each in answers] == [422] * len(answers)
    fields = ["since", "since", "since", "until", "delivery_id", "overlap_hours", "url"]
    assert [each.json()["field"] for each in answers] == fields
    assert (unknown.status_code, unknown.json()["code"]) == (404, "UNKNOWN_WEBHOOK")


async def test_the_command_line_does_the_same(console: ConsoleWorld) -> None:
    """Make, list, try, look, roll, disable, enable, send again and remove, each within 80 columns."""
    with running_receiver() as receiver:
        made = await console.run("webhook", "create", receiver.url, "--reason", "tickets")
        webhook_id = re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", made.out)[0]
        short = webhook_id[:8]
        listed = await console.run("webhook", "list")
        tried = asyncio.create_task(console.run("webhook", "test", short))

        async def is_queued() -> bool:
            return bool((await console.get(f"{ROOT}/{webhook_id}/deliveries")).json()["deliveries"])

        await until(is_queued, "the test is queued")
        await _send(console)
        tested = await tried
        payload = receiver.verified(re.findall(r"whsec_\S+", made.out)[0])[0]
        ran = [
            await console.run("webhook", *arguments)
            for arguments in (
                ("show", short),
                ("types",),
                ("deliveries", short),
                ("deliveries", short, "1"),
                ("secret", short, "--reason", "yearly"),
                ("change", short, "--type", "switch.completed", "--reason", "less"),
                ("disable", short, "--reason", "quiet"),
                ("list",),
                ("enable", short, "--reason", "go on"),
                ("replay", short, "--delivery", "1", "--reason", "again"),
                ("remove", short, "--reason", "over", "--yes"),
            )
        ]
    unknown = await console.run("webhook", "show", "nothing")
    unsure = await console.run("webhook", "replay", short, "--reason", "x")

    assert (made.code, listed.code, tested.code) == (0, 0, 0), tested.out
    assert payload["type"] == "webhook.test"
    assert [each.code for each in ran] == [0] * len(ran)
    assert "WHAT WAS DONE" not in ran[0].out
    assert "is disabled by olga: quiet" in " ".join(ran[7].out.split())
    # A body is printed as it is sent, in one line.
    folded = [each for each in (made, listed, *ran) if each is not ran[3]]
    assert max(each.longest_line for each in folded) <= COLUMNS + len(receiver.url)
    assert (unknown.code, unsure.code) == (3, 3)


async def test_the_pages_do_the_same(console: ConsoleWorld) -> None:
    """A secret stands in the answer to its form alone; a refused form keeps what was typed."""
    with running_receiver(lambda _request: Reply(status=410)) as receiver:
        form = {"url": receiver.url, "reason": "tickets", "request_id": str(uuid4())}
        made = await _post(console, "/webhooks", form)
        webhook_id = re.findall(r"/webhooks/([0-9a-f-]{36})", made.text)[0]
        here = f"/webhooks/{webhook_id}"
        tried = await _post(console, f"{here}/test", {"reason": "try"})
        await _send(console)
    listed, one = await console.get("/webhooks"), await console.get(here)
    delivery = await console.get(f"{here}/deliveries/1")
    wrong = await _post(console, "/webhooks", {"url": "http://10.0.0.1/", "reason": "tickets"})
    refused = await _post(console, f"{here}/replay", {"since": "yesterday", "reason": "again"})
    enabled = await _post(console, f"{here}/enable", {"reason": "mended"})
    rolled = await _post(console, f"{here}/secrets", {"overlap_hours": "2", "reason": "yearly"})
    removed = await _post(console, f"{here}/remove", {"reason": "over"})
    after = await console.get("/webhooks")

    secret = re.findall(r"whsec_[A-Za-z0-9+/=]+", made.text)[0]
    assert (made.status_code, tried.status_code) == (200, 303)
    assert secret not in one.text + listed.text + delivery.text + rolled.text
    assert "whsec_" in rolled.text
    assert "410 Gone" in listed.text
    assert "Disabled" in one.text
    assert "webhook.test" in delivery.text
    assert (wrong.status_code, refused.status_code) == (422, 422)
    assert "http://10.0.0.1/" in wrong.text
    assert "yesterday" in refused.text
    assert (enabled.status_code, removed.status_code) == (303, 303)
    assert "No webhook" in after.text


async def _post(console: ConsoleWorld, path: str, fields: dict[str, str]) -> httpx2.Response:
    """Post a form as a page does; redirects are not followed."""
    return await asyncio.to_thread(
        console.http.post, path, data=fields, headers=PAGE_HEADERS, follow_redirects=False
    )
