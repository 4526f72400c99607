"""Fixtures of the integration tests: a console with everything behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from ops.base.payloads import data_converter
from sandbox.billing.bureau import BureauSettings
from tests.support.clouds.cloud_server import running_sandbox
from tests.support.consoles.console_world import ConsoleWorld, open_console_world


@pytest.fixture(name="bureau")
def _bureau() -> BureauSettings | None:
    """Return how the sandbox's bureau calls back; None: it does not. A file may have one of its own."""
    return None


@pytest_asyncio.fixture(name="console")
async def _console(
    temporal_env: WorkflowEnvironment, database_url: str, tmp_path: Path, bureau: BureauSettings | None
) -> AsyncIterator[ConsoleWorld]:
    """Yield a console with a world of its own behind it."""
    config = temporal_env.client.config()
    config["data_converter"] = data_converter
    with running_sandbox(tmp_path / "cloud", bureau) as sandbox:
        async with open_console_world(Client(**config), database_url, sandbox, tmp_path) as console:
            yield console
