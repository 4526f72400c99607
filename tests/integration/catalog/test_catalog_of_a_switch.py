"""A switch keeps the version of the catalog that it was requested with; the next one takes the new one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest_asyncio
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from domain.catalog.catalog import load_catalog
from domain.switch.events import QuoteFixed, SwitchRequested
from ops.base.payloads import data_converter
from tests.support.clouds.cloud_server import running_sandbox
from tests.support.consoles.console_world import ConsoleWorld, open_console_world

CSV = "msft_service_plans.csv"


@pytest_asyncio.fixture(name="console")
async def _console(
    temporal_env: WorkflowEnvironment, database_url: str, tmp_path: Path
) -> AsyncIterator[ConsoleWorld]:
    """Yield a console with everything behind it."""
    config = temporal_env.client.config()
    config["data_converter"] = data_converter
    with running_sandbox(tmp_path / "cloud") as sandbox:
        async with open_console_world(Client(**config), database_url, sandbox, tmp_path) as console:
            yield console


async def _start(console: ConsoleWorld, seed: int) -> str:
    organization = await console.organization(users=5, seed=seed)
    body = {"organization_id": organization["organization_id"], "target_plan": "E3", "accept": True}
    answer = await console.post("/api/switches", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["switch_id"])


async def _import(console: ConsoleWorld, content: bytes, name: str) -> httpx2.Response:
    return await asyncio.to_thread(
        console.http.post, "/api/catalog/imports", content=content, params={"name": name}
    )


def _versions(console: ConsoleWorld, switch_id: str) -> set[str]:
    """Return every version that the record of a switch names: of request, assessment and prices."""
    versions = set()
    for notification in console.world.store.notifications():
        event = notification.event
        if isinstance(event, SwitchRequested) and event.meta["switch_id"] == switch_id:
            versions |= {event.catalog_version, event.assessment["inputs"]["catalog_version"]}
        if isinstance(event, QuoteFixed) and event.meta["switch_id"] == switch_id:
            versions.add(event.quote["input"]["price_list_version"])
    return versions


async def test_a_switch_keeps_its_version_and_the_next_takes_the_new_one(
    console: ConsoleWorld, shared_data: Path
) -> None:
    """An import reaches worker and console without a restart and changes nothing under a running switch."""
    console.world.sandbox.settings(provisioning_delay_seconds=2)
    first = await _start(console, 1)
    made = await _import(console, (shared_data / CSV).read_bytes(), "2026-12")
    second = await _start(console, 2)
    rows = [await console.ended(switch_id) for switch_id in (first, second)]

    assert made.status_code == 201, made.text
    assert [row["outcome"] for row in rows] == ["completed", "completed"]
    assert _versions(console, first) == {load_catalog().version}
    assert _versions(console, second) == {"2026-12"}
