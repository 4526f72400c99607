"""Kind of fault: an answer that the document does not describe, to a request that a stranger's tool draws."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from console.access import wrong_tries
from console.words.operation_words import ORGANIZATION, REQUEST_ID, SWITCH
from tests.support.api.drawing_hooks import ORGANIZATIONS, drawn_organization
from tests.support.api.drawn import STREAMS, Drawn, drawn
from tests.support.consoles.console_world import ConsoleWorld, start_body

SECONDS, LONG_SECONDS, LINKS_SECONDS = 60, 540, 360
DAYS_AHEAD = 5


async def _tried(
    console: ConsoleWorld,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    seconds: int,
    links_seconds: int = 0,
) -> Drawn:
    """Draw requests for a console that has what the examples of the document name."""
    # The tool tries wrong keys everywhere; behind this bound it would see nothing but 429.
    monkeypatch.setattr(wrong_tries, "TRIES_MAX", 1_000_000)
    organization = await console.organization(organization_id=ORGANIZATION, users=4)
    body = start_body(organization, request_id=REQUEST_ID)
    started = await console.post("/api/v1/switches", body)
    assert started.json()["switch_id"] == SWITCH
    await console.ended(SWITCH)
    if links_seconds:
        await _plant(console)
    # The first reader waits until it is made, which takes longer than the tool waits on a loaded machine.
    document = (await console.get("/api/v1/openapi.json")).json()
    found = await asyncio.to_thread(drawn, console.url, folder, seconds=seconds, links_seconds=links_seconds)
    # Else the last requests were refused to a stranger, and nothing was tried.
    assert (await console.get("/api/v1/people")).status_code == 200
    assert found.asked >= _operations(document)
    return found


async def _plant(console: ConsoleWorld) -> None:
    """Make what the links lead from: organizations to switch, and a switch of a later day."""
    for path, number in product(("/api/v1/switches", "/api/v1/checkouts"), range(ORGANIZATIONS)):
        known = drawn_organization(path, number)
        await console.organization(organization_id=known, seed=1_000 + number, users=3)
    organization = await console.organization(seed=2_000, users=3)
    day = (datetime.now(tz=UTC) + timedelta(days=DAYS_AHEAD)).date().isoformat()
    scheduled = await console.post("/api/v1/switches", start_body(organization, start_on=day))
    assert scheduled.is_success, scheduled.text


def _operations(document: dict[str, Any]) -> set[str]:
    return {
        f"{method.upper()} {path}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if operation["operationId"] not in STREAMS
    }


def _require_clean(found: Drawn) -> None:
    assert found.code == 0, found.output
    assert {operation for operation, _ in found.failed} <= {"GET /api/v1/ready"}
    # Few requests fit into a minute of a busy machine; the one about what is there is drawn in each.
    assert "GET /api/v1/switches/{switch}" in found.taken


async def test_a_minute_of_drawn_requests(
    console: ConsoleWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No answer of 5xx and none that the document does not describe (docs/api.md#the-document)."""
    _require_clean(await _tried(console, tmp_path, monkeypatch, seconds=SECONDS))


@pytest.mark.long
@pytest.mark.timeout(2 * (LONG_SECONDS + LINKS_SECONDS))
async def test_a_quarter_of_an_hour_of_drawn_requests(
    console: ConsoleWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same for longer, and along the links of the document (docs/api.md#the-document)."""
    found = await _tried(console, tmp_path, monkeypatch, seconds=LONG_SECONDS, links_seconds=LINKS_SECONDS)

    print(f"{sum(found.answers.values())} answers, {len(found.asked)} operations, links {found.links}")
    _require_clean(found)
    assert len(found.linked) > 20
