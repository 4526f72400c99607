"""The served console: what strangers can make it take, how often they may be wrong, and what it logs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from console.access.wrong_tries import TRIES_MAX
from console.edge.body_limits import (
    API_BYTES_MAX,
    CALLBACK_PATH,
    FORM_BYTES_MAX,
    IMPORT_PATH,
    ROUTE_BYTES_MAX,
    bytes_max,
)
from providers.reference.callback_signatures import HEADER, sign
from tests.support.consoles.connections import end_connections
from tests.support.consoles.served_console import KEY, SECRET, START_SECONDS, Served, ask, flood, served

TOTAL = 100_000_000
MEMORY_BYTES_MAX = 20_000_000
WITH_KEY = {"X-API-Key": KEY}
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PROBLEM = "application/problem+json"
ANOTHER_ADDRESS = "127.0.0.2"


@pytest.fixture(name="console")
def _console(database_url: str, tmp_path: Path) -> Iterator[Served]:
    """Yield a served console."""
    with served(database_url, tmp_path) as running:
        yield running


#: Method, path, headers, and how a stranger is answered.
STRANGERS = [
    ("POST", "/api/quotes", JSON, 401),
    ("POST", "/api/switches", JSON, 401),
    ("PATCH", "/api/checkouts/12345678/items", JSON, 401),
    ("POST", IMPORT_PATH, {}, 401),
    ("POST", "/api/nowhere", JSON, 401),
    ("POST", "/checkouts", FORM, 401),
    ("POST", "/switches/12345678/pause", {**FORM, "Cookie": "planswitch_session=x"}, 401),
    ("POST", "/sign-in", FORM, 413),
    ("POST", CALLBACK_PATH, JSON, 413),
    ("GET", "/api/health", JSON, 200),
    ("GET", "/static/page.css", {}, None),
]


def test_100_mb_without_a_key_cost_little_memory(console: Served) -> None:
    """No address of API, pages and callbacks takes a stranger's body, declared or streamed."""
    before = console.reset_peak()
    for method, path, headers, status in STRANGERS:
        for is_declared in (True, False):
            answer = flood(console.port, method, path, headers=headers, total=TOTAL, is_declared=is_declared)
            assert status is None or answer.status == status, (path, is_declared, answer)
            if path.startswith("/api/") and status != 200:
                assert answer.headers["content-type"] == PROBLEM
    grown = console.peak_bytes() - before

    print(f"{grown / 1e6:.1f} MB for {len(STRANGERS) * 2} bodies of 100 MB")
    assert grown < MEMORY_BYTES_MAX


@pytest.mark.parametrize("is_declared", [True, False])
def test_body_that_is_too_long_is_refused_with_a_key_as_well(console: Served, *, is_declared: bool) -> None:
    """Each route has a limit, the answer is a problem of our own form, and little memory goes."""
    before = console.reset_peak()
    for path in ("/api/quotes", "/api/switches", "/api/support/bundles"):
        answer = flood(
            console.port, "POST", path, headers={**JSON, **WITH_KEY}, total=TOTAL, is_declared=is_declared
        )
        assert (answer.status, answer.document["code"]) == (413, "BODY_TOO_LARGE")
        assert (answer.headers["content-type"], answer.document["status"]) == (PROBLEM, 413)
        assert f"{API_BYTES_MAX:,}" in answer.document["detail"]
        assert answer.document["remedy"]
        assert answer.document["request_id"] == answer.headers["x-request-id"]
    assert console.peak_bytes() - before < MEMORY_BYTES_MAX


def test_limits_by_route() -> None:
    """A published list may be long, a form and a sign-in may not; the document tells each."""
    text = (Path(__file__).parents[3] / "docs" / "limits.md").read_text(encoding="utf-8")
    for limit in (*ROUTE_BYTES_MAX.values(), API_BYTES_MAX, FORM_BYTES_MAX):
        assert f"| {limit:,} |" in text
    assert bytes_max(IMPORT_PATH) > 10_000_000
    assert bytes_max("/api/quotes") == API_BYTES_MAX
    assert bytes_max("/checkouts/12345678/order") == FORM_BYTES_MAX
    assert bytes_max("/sign-in") < bytes_max(CALLBACK_PATH) <= FORM_BYTES_MAX


def test_wrong_keys_are_limited_by_address(console: Served) -> None:
    """After some wrong keys an address waits; a right key of another address is never locked out."""
    for number in range(TRIES_MAX):
        wrong = {"X-API-Key": f"wrong-{number}"}
        assert ask(console.port, "GET", "/api/switches", headers=wrong).status == 401
    for headers in ({"X-API-Key": "wrong"}, WITH_KEY):
        refused = ask(console.port, "GET", "/api/switches", headers=headers)
        assert (refused.status, refused.document["code"]) == (429, "TOO_MANY_WRONG_TRIES")
        assert 1 <= int(refused.headers["retry-after"]) <= 61
    page = ask(console.port, "POST", "/sign-in", headers=FORM, body=b"key=wrong")
    assert (page.status, page.headers["retry-after"].isdecimal()) == (429, True)
    assert "text/html" in page.headers["content-type"]
    link = ask(console.port, "GET", "/sign-in?code=wrong")
    assert link.status == 429

    for _ in range(TRIES_MAX + 5):
        right = ask(console.port, "GET", "/api/switches", headers=WITH_KEY, address=ANOTHER_ADDRESS)
        assert right.status == 200
    assert ask(console.port, "GET", "/api/health").status == 200


def test_a_stranger_chooses_no_address_of_his_own(console: Served) -> None:
    """A header that names another address counts only where a proxy is trusted."""
    for number in range(TRIES_MAX + 1):
        claimed = {"X-API-Key": "wrong", "X-Forwarded-For": f"203.0.113.{number}"}
        last = ask(console.port, "GET", "/api/switches", headers=claimed)

    assert last.status == 429
    assert {line["address"] for line in console.lines() if line["event"] == "key_refused"} == {"127.0.0.1"}


def test_a_trusted_proxy_names_the_address(database_url: str, tmp_path: Path) -> None:
    """Behind a proxy each caller has his own tries."""
    with served(database_url, tmp_path, PLANSWITCH_TRUSTED_PROXIES="127.0.0.1") as console:
        for _ in range(TRIES_MAX + 1):
            claimed = {"X-API-Key": "wrong", "X-Forwarded-For": "203.0.113.7"}
            last = ask(console.port, "GET", "/api/switches", headers=claimed)
        other = {**WITH_KEY, "X-Forwarded-For": "203.0.113.8"}

        assert last.status == 429
        assert ask(console.port, "GET", "/api/switches", headers=other).status == 200


def test_every_request_leaves_a_line_without_secrets(console: Served) -> None:
    """Sign-ins, refusals, wrong signatures and changes are told with actor, address, route and answer."""
    user, reason, wrong = str(uuid4()), "because of the merger", "a-wrong-key-of-somebody"
    callback = json.dumps({"callback_id": "1"}).encode()
    form = urlencode({"key": KEY}).encode()
    ask(console.port, "POST", "/sign-in", headers=FORM, body=form)
    ask(console.port, "POST", "/sign-in", headers=FORM, body=urlencode({"key": wrong}).encode())
    ask(console.port, "GET", "/sign-in?code=a-code-that-was-never-made")
    ask(console.port, "GET", "/api/switches", headers={"X-API-Key": wrong})
    ask(console.port, "POST", CALLBACK_PATH, headers={**JSON, HEADER: "t=1,v1=00"}, body=callback)
    signature = sign(b"another", callback, datetime.now(tz=UTC))
    ask(console.port, "POST", CALLBACK_PATH, headers={**JSON, HEADER: signature}, body=callback)
    body = json.dumps({"user": user, "reason": reason}).encode()
    headers = {**JSON, **WITH_KEY, "X-Request-ID": "request-0001"}
    ask(console.port, "POST", "/api/switches/12345678/skip", headers=headers, body=body)
    ask(console.port, "GET", f"/api/nothing/{user}", headers=WITH_KEY)
    refused = {**JSON, "X-Request-ID": "request-0002"}
    ask(console.port, "POST", "/api/switches/12345678/pause", headers=refused, body=body)
    lines = lines_until(console, "request-0002")

    assert told(lines, "signed_in") == [("olga", "127.0.0.1")]
    assert len(told(lines, "sign_in_refused")) == 2
    assert len(told(lines, "key_refused")) == 2
    assert len(told(lines, "callback_signature_refused")) == 2
    change = next(line for line in lines if line.get("request_id") == "request-0001")
    assert {name: change[name] for name in ("event", "actor", "address", "method", "route", "status")} == {
        "event": "request_answered",
        "actor": "olga",
        "address": "127.0.0.1",
        "method": "POST",
        "route": "/api/v1/switches/{switch}/skip",
        "status": 404,
    }
    assert change["duration_ms"] > 0
    stranger = next(line for line in lines if line.get("request_id") == "request-0002")
    assert (stranger["actor"], stranger["route"], stranger["status"]) == (
        "",
        "/api/switches/{switch}/pause",
        401,
    )
    assert [each["status"] for each in lines if each.get("route") == CALLBACK_PATH] == [401, 401]
    text = console.log_file.read_text(encoding="utf-8")
    for secret in (KEY, SECRET.decode(), user, reason, wrong, "a-code-that-was-never-made", signature):
        assert secret not in text


def lines_until(console: Served, request_id: str) -> list[dict[str, Any]]:
    """Return the log once it tells of a request; the line comes after the answer."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        lines = console.lines()
        if any(each.get("request_id") == request_id and "status" in each for each in lines):
            return lines
        time.sleep(0.05)
    raise AssertionError(console.log_file.read_text(encoding="utf-8"))


def test_no_request_fails_when_every_session_was_ended(console: Served, database_url: str) -> None:
    """The served console meets dead connections in every pool, and answers all the same."""
    for _ in range(3):
        assert end_connections(database_url)
        for path in ("/api/switches", "/api/catalog/versions", "/api/projections", "/metrics"):
            assert ask(console.port, "GET", path, headers=WITH_KEY).status == 200


def told(lines: list[dict[str, Any]], event: str) -> list[tuple[str, str]]:
    """Return actor and address of each line of an event."""
    return [(line.get("actor", ""), line["address"]) for line in lines if line["event"] == event]
