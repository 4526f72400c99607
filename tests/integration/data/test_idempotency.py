"""Writes with an idempotency key over served consoles: answered alike, carried out once (api-data#writes)."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest

from console.words.header_names import KEY_HEADER, REPLAYED_HEADER
from ops.processes.processes import free_port
from tests.support.clouds.plain_http import WITHOUT_TLS
from tests.support.consoles.console_world import KEY, ConsoleWorld, running_console

PATH = "/api/checkouts"
_DRAFTS = "SELECT count(*) FROM planswitch.switch_events WHERE topic = 'checkout.started'"
_EVENTS = "SELECT count(*) FROM planswitch.switch_events"
_ROW = "SELECT claim_id FROM planswitch.idempotency_key FOR UPDATE"
START_LOOKS = 1_200


def _send(
    http: httpx2.Client, body: dict[str, Any], *, key: str = "one", method: str = "POST", path: str = PATH
) -> httpx2.Response:
    return http.request(method, path, json=body, headers={KEY_HEADER: key})


async def _draft_body(console: ConsoleWorld, **changes: Any) -> dict[str, Any]:
    """Return a body without a request id: only the key tells one request from another."""
    organization = await console.organization(users=5)
    return {"organization_id": organization["organization_id"], "target_plan": "E3", **changes}


def _one(database_url: str, query: str) -> Any:
    with psycopg.connect(database_url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


async def test_same_key_and_body_answers_alike_on_every_console(
    console: ConsoleWorld, database_url: str
) -> None:
    """Rule: the second request gets status and body of the first, at every console."""
    body = await _draft_body(console)
    first = _send(console.http, body)
    count = _one(database_url, _EVENTS)
    with (
        running_console(console.settings) as other,
        httpx2.Client(base_url=other, headers={"X-API-Key": KEY}, verify=WITHOUT_TLS, timeout=30) as http,
    ):
        again = _send(http, body)
        quoted = _send(http, body, key='"one"')

    assert (first.status_code, first.headers.get(REPLAYED_HEADER)) == (201, None), first.text
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert (quoted.status_code, quoted.content) == (first.status_code, first.content)
    assert again.headers[REPLAYED_HEADER] == "true"
    assert again.headers["Planswitch-Position"] == first.headers["Planswitch-Position"]
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert _one(database_url, _EVENTS) == count


async def test_key_belongs_to_one_request(console: ConsoleWorld, database_url: str) -> None:
    """Rule: another body, address or method with a used key is 422 and changes nothing."""
    body = await _draft_body(console)
    draft = _send(console.http, body).json()
    count = _one(database_url, _EVENTS)
    path = f"{PATH}/{draft['checkout_id']}/items"
    refused = [
        _send(console.http, body | {"quantity": 7}),
        _send(console.http, body, path=f"{PATH}/{draft['checkout_id']}/abandon"),
        _send(console.http, {"revision": draft["revision"]}, method="PATCH", path=path),
    ]

    assert {each.status_code for each in refused} == {422}
    assert {each.json()["code"] for each in refused} == {"IDEMPOTENCY_KEY_REUSED"}
    assert _one(database_url, _EVENTS) == count


@pytest.mark.parametrize("key", ["", "a b", "ä", '"', "x" * 256, '"a', "back\\slash"])
async def test_wrong_key_is_refused(console: ConsoleWorld, key: str) -> None:
    """Rule: what is no key is a clear 422, whatever the body is."""
    answer = console.http.post(PATH, json={}, headers={KEY_HEADER.encode(): key.encode()})

    assert (answer.status_code, answer.json()["field"]) == (422, KEY_HEADER), answer.text


async def test_refusals_are_kept_and_outages_are_not(console: ConsoleWorld, database_url: str) -> None:
    """Rule: a refusal of the request is its answer; after a 503 the same key carries it out."""
    body = await _draft_body(console)
    wrong = body | {"target_plan": "no such plan"}
    first, second = _send(console.http, wrong), _send(console.http, wrong)
    with psycopg.connect(database_url) as connection:
        # Nobody writes an event while the table is held: the store gives up, and the console answers 503.
        connection.execute("LOCK TABLE planswitch.switch_events IN EXCLUSIVE MODE")
        out = await asyncio.to_thread(_send, console.http, body, key="two")
        connection.rollback()
    later = _send(console.http, body, key="two")

    assert (first.status_code, first.content) == (404, second.content)
    assert second.headers[REPLAYED_HEADER] == "true"
    assert out.status_code == 503, out.text
    assert (later.status_code, later.headers.get(REPLAYED_HEADER)) == (201, None)


async def test_requests_at_once_are_carried_out_once(console: ConsoleWorld, database_url: str) -> None:
    """Rule: of eight at the same time one acts; the others are told to wait, or get its answer."""
    body = await _draft_body(console)
    with ThreadPoolExecutor(max_workers=8) as threads:
        answers = list(threads.map(lambda _: _send(console.http, body), range(8)))
    codes = sorted({each.status_code for each in answers})
    busy = [each for each in answers if each.status_code == 409]

    assert codes in ([201], [201, 409])
    assert len({each.content for each in answers if each.status_code == 201}) == 1
    assert all(each.json()["code"] == "IDEMPOTENCY_KEY_BUSY" for each in busy)
    assert all(int(each.headers["Retry-After"]) >= 1 for each in busy)
    assert _one(database_url, _DRAFTS) == 1


async def test_answers_are_sealed_at_rest(console: ConsoleWorld, database_url: str) -> None:
    """Rule: what was answered may name people, so that the table has no word of it."""
    body = await _draft_body(console)
    draft = _send(console.http, body).json()
    text = _one(database_url, "SELECT k::text || encode(sealed, 'escape') FROM planswitch.idempotency_key k")

    assert draft["checkout_id"] not in text
    assert body["organization_id"] not in text


async def test_killed_console_neither_acts_twice_nor_locks_the_key(
    console: ConsoleWorld, database_url: str, tmp_path: Path
) -> None:
    """Rule: killed after the act and before the answer, the second try finds what the first one did."""
    body = await _draft_body(console)
    with (
        _console_process(console, tmp_path) as (http, process),
        psycopg.connect(database_url) as holder,
        ThreadPoolExecutor(max_workers=1) as threads,
    ):
        lost = threads.submit(_send, http, body)
        # The act is recorded, and the answer waits for the row that the test holds.
        await _until(lambda: holder.execute(_ROW).fetchone() is not None)
        await _until(lambda: _one(database_url, _DRAFTS) == 1)
        process.send_signal(signal.SIGKILL)
        process.wait()
        holder.rollback()
        with pytest.raises(httpx2.HTTPError):
            lost.result()
    busy = _send(console.http, body)
    with psycopg.connect(database_url) as connection:
        # The dead one says no more that it is alive; the test does not wait for the clock.
        connection.execute("UPDATE planswitch.idempotency_key SET claimed_until = clock_timestamp()")
    second, third = _send(console.http, body), _send(console.http, body)

    assert (busy.status_code, busy.json()["code"]) == (409, "IDEMPOTENCY_KEY_BUSY")
    assert (second.status_code, second.headers.get(REPLAYED_HEADER)) == (201, None), second.text
    assert (third.content, third.headers[REPLAYED_HEADER]) == (second.content, "true")
    assert _one(database_url, _DRAFTS) == 1


async def _until(is_so: Callable[[], bool]) -> None:
    for _ in range(START_LOOKS):
        if is_so():
            return
        await asyncio.sleep(0.02)
    raise AssertionError


@contextmanager
def _console_process(
    console: ConsoleWorld, folder: Path
) -> Iterator[tuple[httpx2.Client, subprocess.Popen[bytes]]]:
    """Yield a client of one more console, a process of its own over the same world."""
    settings, port = console.settings, free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": settings.required_database_url(),
        "PLANSWITCH_DATA_DIR": str(settings.data_dir),
        "PLANSWITCH_API_KEY": KEY,
        "PLANSWITCH_API_PORT": str(port),
        "PLANSWITCH_MASTER_KEY_FILE": str(settings.master_key_path()),
        "PLANSWITCH_CREDIT_SECRET_FILE": str(folder / "credit.secret"),
        "PLANSWITCH_COMMAND_KEY_FILE": str(settings.command_key_path()),
        "PLANSWITCH_CLOUD_URL": settings.cloud_url,
        "PLANSWITCH_TEMPORAL_ADDRESS": settings.temporal_address,
        "PLANSWITCH_LOCAL_ACTOR": settings.local_actor,
    }
    log_file = folder / "other.log"
    with log_file.open("wb") as log:
        command = [sys.executable, "-m", "cli.main", "serve"]
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        with httpx2.Client(base_url=url, headers={"X-API-Key": KEY}, verify=WITHOUT_TLS, timeout=60) as http:
            _require_started(http, process, log_file)
            yield http, process
    finally:
        process.kill()
        process.wait()


def _require_started(http: httpx2.Client, process: subprocess.Popen[bytes], log_file: Path) -> None:
    for _ in range(START_LOOKS):
        with suppress(httpx2.HTTPError):
            if http.get("/api/health").status_code == 200:
                return
        assert process.poll() is None, log_file.read_text(encoding="utf-8")
        time.sleep(0.1)
    raise AssertionError(log_file.read_text(encoding="utf-8"))


async def test_a_method_that_an_address_does_not_take_is_refused_whatever_the_key(
    console: ConsoleWorld,
) -> None:
    """Rule: 405 comes before the key, and spends none (api-data#writes)."""
    first = _send(console.http, await _draft_body(console), key="spent")
    refused = [
        _send(console.http, {}, key=key, method=method, path=path)
        for key in ("spent", "fresh", "no key at all")
        for method, path in (("DELETE", PATH), ("TRACE", PATH), ("POST", "/api/v1/customers"))
    ]
    then = _send(console.http, await _draft_body(console), key="fresh")

    assert first.status_code == 201
    assert {each.status_code for each in refused} == {405}
    assert then.status_code == 201
