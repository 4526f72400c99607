"""A world whose worker asks for approvals."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from temporalio.client import Client

from domain.approvals.approval_policy import ApprovalPolicy
from tests.support.clouds.cloud_server import running_sandbox
from tests.support.worlds.world import World, open_world


@pytest_asyncio.fixture(name="guarded_world")
async def _guarded_world(temporal_client: Client, database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Yield a world whose worker lets nothing over five users start, and no cancel through, by itself."""
    policy = ApprovalPolicy(users_over=5, commands=frozenset({"cancel"}))
    with running_sandbox(tmp_path / "cloud") as sandbox:
        async with open_world(temporal_client, database_url, sandbox, tmp_path, approvals=policy) as world:
            world.seed("approvals")
            yield world
