"""One console for all walks, each with an organization of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from ops.base.payloads import data_converter
from ops.stack.postgres_server import EmbeddedPostgres
from tests.support.clouds.cloud_server import running_sandbox
from tests.support.consoles.console_world import ConsoleWorld, open_console_world
from tests.support.products.acts import waking


@pytest_asyncio.fixture(scope="module", name="console")
async def _console(
    temporal_env: WorkflowEnvironment,
    postgres_server: EmbeddedPostgres,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[ConsoleWorld]:
    """Yield a console whose worker wakes what waits and carries acts on, as the worker process does."""
    folder = tmp_path_factory.mktemp("remedies")
    config = temporal_env.client.config()
    config["data_converter"] = data_converter
    database_url = postgres_server.create_database("remedies")
    with running_sandbox(folder / "cloud") as sandbox:
        async with (
            open_console_world(Client(**config), database_url, sandbox, folder) as console,
            waking(console),
        ):
            console.world.calm()
            yield console
