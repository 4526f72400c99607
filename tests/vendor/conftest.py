"""A sandbox with one organization, and the vendor's client of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.support.clouds.sandbox_world import open_world
from tests.vendor.kit import Kit


@pytest_asyncio.fixture(name="kit")
async def _kit(tmp_path: Path) -> AsyncIterator[Kit]:
    """Yield a client of an organization of 30 users on E1."""
    with open_world(tmp_path) as world:
        world.make()
        kit = Kit(world)
        yield kit
        await kit.close()
