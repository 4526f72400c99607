"""Fixtures of the workflow tests: one world for all of them, an organization for each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from ops.base.payloads import data_converter
from ops.stack.postgres_server import EmbeddedPostgres
from tests.support.clouds.cloud_server import running_sandbox
from tests.support.worlds.credit import CreditCase, waiting_case
from tests.support.worlds.dated import DatedWorlds
from tests.support.worlds.world import World, open_world


@pytest.fixture(scope="session", name="temporal_client")
def _temporal_client(temporal_env: WorkflowEnvironment) -> Client:
    """Return a client with the converter that all messages use."""
    config = temporal_env.client.config()
    config["data_converter"] = data_converter
    return Client(**config)


@pytest_asyncio.fixture(scope="session", name="shared_world")
async def _shared_world(
    temporal_client: Client, postgres_server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """Yield the world with a worker that all tests share."""
    folder: Path = tmp_path_factory.mktemp("world")
    database_url = postgres_server.create_database("workflow_world")
    with running_sandbox(folder / "cloud") as sandbox:
        async with open_world(temporal_client, database_url, sandbox, folder) as world:
            yield world


@pytest.fixture(name="world")
def _world(shared_world: World, request: pytest.FixtureRequest) -> Iterator[World]:
    """Yield the shared world, and leave it calm."""
    with shared_world.of_test(request.node.nodeid) as world:
        yield world
    _require_workers(shared_world)


def _require_workers(world: World) -> None:
    """Fail where a worker has ended by itself: nobody is told so, and each test would wait in vain."""
    ended = [each.task_queue for each in world.workers if each.is_shutdown]
    assert not ended, f"the workers of {ended} have ended; what they logged says why"


@pytest.fixture(name="dated_worlds")
def _dated_worlds(
    world: World, temporal_env: WorkflowEnvironment, database_url: str, tmp_path: Path
) -> DatedWorlds:
    """Return a way to open a world in which it is a chosen instant."""
    return DatedWorlds(shared=world, environment=temporal_env, database_url=database_url, folder=tmp_path)


@pytest.fixture(name="case")
async def _case(world: World, temporal_env: WorkflowEnvironment) -> CreditCase:
    """Return a switch that waits for its credit check."""
    return await waiting_case(world, temporal_env)
