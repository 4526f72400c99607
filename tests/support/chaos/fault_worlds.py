"""Worlds of this process for chaos runs: worker, projector, console and sandbox, twice."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio.client import Client

from activities.request import reassessment
from domain.kernel.errors import AuditMismatch
from projections.running.rebuild import rebuild
from sandbox.billing.bureau import BureauSettings
from tests.support.chaos.drive import Drive
from tests.support.chaos.fault_cases import case_of
from tests.support.chaos.fault_points import CountedPoints
from tests.support.chaos.run_log import RunResult
from tests.support.clouds.cloud_server import running_sandbox
from tests.support.consoles.console_world import CREDIT_SECRET, open_console_world
from tests.support.worlds.world import World

SMALL_SLICE, LARGE_SLICE = 8, 2000
#: Longer than anything here goes on having its effect.
SETTLE_SECONDS = 3.0
#: What the rules put off by minutes is looked at again after this.
LOOK_AGAIN_SECONDS = 1.5
CreateDatabase = Callable[[str], str]


@dataclass(kw_only=True)
class FaultWorlds:
    """Two worlds, which differ in how the license move is cut into slices."""

    large: World
    small: World
    database_urls: tuple[str, ...]

    async def run(self, seed: int) -> RunResult:
        """Run the case of a seed and say how it ended; never raises for what the switch does."""
        case = case_of(seed)
        world = self.small if case.has_small_slices else self.large
        points = world.toolbox.points
        assert isinstance(points, CountedPoints)
        return await Drive(world=world, case=case, points=points).run()

    def rebuild(self) -> list[str]:
        """Fold all events from zero, and return where that differs from what the projector had built."""
        problems = []
        for url in self.database_urls:
            try:
                report = rebuild(url)
            except AuditMismatch as error:
                problems.append(error.message)
            else:
                problems += [f"{report.dead_letters} dead letters"] if report.dead_letters else []
        return problems


@asynccontextmanager
async def open_fault_worlds(
    client: Client, create_database: CreateDatabase, folder: Path
) -> AsyncIterator[FaultWorlds]:
    """Open the worlds, each with worker, projector, console, sandbox and database of its own."""
    kept, reassessment.LOOK_AGAIN_SECONDS = reassessment.LOOK_AGAIN_SECONDS, LOOK_AGAIN_SECONDS
    try:
        async with AsyncExitStack() as stack:
            worlds, urls = [], []
            for slice_size in (LARGE_SLICE, SMALL_SLICE):
                url = create_database(f"chaos_{uuid.uuid4().hex}")
                opened = _open(client, url, folder / f"slices-{slice_size}", slice_size)
                worlds.append(await stack.enter_async_context(opened))
                urls.append(url)
            yield FaultWorlds(large=worlds[0], small=worlds[1], database_urls=tuple(urls))
    finally:
        reassessment.LOOK_AGAIN_SECONDS = kept


@asynccontextmanager
async def _open(client: Client, database_url: str, folder: Path, slice_size: int) -> AsyncIterator[World]:
    await asyncio.to_thread(folder.mkdir, parents=True)
    options: dict[str, Any] = {
        "slice_size": slice_size,
        "settle_seconds": SETTLE_SECONDS,
        "points": CountedPoints(),
    }
    bureau = BureauSettings(secret=CREDIT_SECRET)
    with running_sandbox(folder / "cloud", bureau) as sandbox:
        async with open_console_world(client, database_url, sandbox, folder, **options) as console:
            # Silent until the operator of a run lets its bureau answer: settings are of the whole sandbox.
            sandbox.settings(
                callback_url=f"{console.url}/api/callbacks/credit",
                credit_verdict="silent",
                credit_delay_seconds=0,
            )
            yield console.world
