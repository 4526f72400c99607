"""Fixtures of the tests of approvals."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from ops.base.payloads import data_converter
from tests.support.clouds.cloud_server import running_sandbox
from tests.support.consoles.approving import ApprovalWorld, open_approval_world


@pytest_asyncio.fixture(name="approving")
async def _approving(
    temporal_env: WorkflowEnvironment, database_url: str, tmp_path: Path
) -> AsyncIterator[ApprovalWorld]:
    """Yield a console and a worker that ask for approvals, with several people before it."""
    config = temporal_env.client.config()
    config["data_converter"] = data_converter
    with running_sandbox(tmp_path / "cloud", None) as sandbox:
        async with open_approval_world(Client(**config), database_url, sandbox, tmp_path) as approving:
            yield approving
