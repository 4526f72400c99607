"""The scenarios of the recorded histories, live in the library's sandbox: it refuses what no replay repeats.

The worlds of the other tests run workflows as the product does (docs/adr/0013-workflows-run-unsandboxed.md).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client

from ops.stack.postgres_server import EmbeddedPostgres
from tests.support.clouds.cloud_server import running_sandbox
from tests.support.worlds.guarded import build_guarded_workers
from tests.support.worlds.world import World, open_world
from tests.workflow import record_histories
from tests.workflow.record_histories import (
    test_record_amended,
    test_record_completed,
    test_record_credit_expired,
    test_record_held_then_retried,
    test_record_manual,
    test_record_paused,
    test_record_pilot,
    test_record_stuck,
    test_record_waited,
)

__all__ = [
    "test_record_amended",
    "test_record_completed",
    "test_record_credit_expired",
    "test_record_held_then_retried",
    "test_record_manual",
    "test_record_paused",
    "test_record_pilot",
    "test_record_stuck",
    "test_record_waited",
]


@pytest_asyncio.fixture(scope="module", loop_scope="session", name="guarded_world")
async def _guarded_world(
    temporal_client: Client, postgres_server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """Yield a world whose workflows run in the library's sandbox."""
    folder: Path = tmp_path_factory.mktemp("guarded")
    database_url = postgres_server.create_database("guarded_world")
    with running_sandbox(folder / "cloud") as sandbox:
        opened = open_world(temporal_client, database_url, sandbox, folder, build=build_guarded_workers)
        async with opened as world:
            yield world


@pytest.fixture(name="world")
def _world(
    guarded_world: World,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[World]:
    """Yield the guarded world; what a scenario records stays in the test's folder."""
    monkeypatch.setattr(record_histories, "FOLDER", tmp_path)
    guarded_world.calm()
    guarded_world.seed(request.node.nodeid)
    yield guarded_world
    guarded_world.calm()
