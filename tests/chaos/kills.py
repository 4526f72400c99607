"""Seeded kill runs on a running stack: `./run chaos kills --runs N --seed S [--resume FILE]`.

Each seed is one switch with faults, problems and commands of its own, and a part (worker, Temporal or
PostgreSQL) that is killed with -9 when the switch reaches its nth point. Several switches run at a time, so a
kill meets the others where they happen to be. One is repeated by `./run chaos kills --seed S --runs 1`.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import sys
import threading
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2

from activities.base.step import Toolbox
from activities.contract import SwitchOrder
from ops.base.database_settings import DATABASE_ROLE_VARIABLES
from ops.base.settings import ENVIRONMENT_PREFIX, load_settings
from ops.stack.embedded import master_key_file
from ops.stack.postgres_binaries import temporary_data_folder
from projections.running.rebuild import rebuild
from providers.factory import cloud_factory
from sandbox.kernel.journal import JOURNAL_NAME
from store.record.catalogs import Catalogs
from store.roles.role import DatabaseRole
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.chaos.command import Plan, be_quiet, connected, in_slots, parser_of, plan_of, report
from tests.support.chaos.drive import Drive
from tests.support.chaos.fault_cases import POINTS_MAX, FaultCase, case_of
from tests.support.chaos.fault_points import WrittenPoints
from tests.support.chaos.gates import VARIABLE
from tests.support.chaos.run_log import RunResult
from tests.support.chaos.stack import RunningStack, running_stack
from tests.support.clouds.cloud_server import SandboxCloud
from tests.support.clouds.plain_http import WITHOUT_TLS
from tests.support.worlds.signing import signing_client
from tests.support.worlds.world import World
from workflows.base.messages import SwitchStatus

PARTS = ("worker", "Temporal", "PostgreSQL")
#: Switches at a time.
PARALLEL = 5
#: Runs on one stack: the referee reads a whole journal for each of them.
CHUNK = 60
#: A killed worker costs 15 s, and several kills may meet one switch.
END_SECONDS = 420.0
#: What the rules look at again only after minutes, in the worker of a stack.
TOO_SLOW = frozenset({"incident"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Kill:
    """Which part dies, and at which point of the switch."""

    part: str
    point: int


def kill_of(seed: int) -> tuple[FaultCase, Kill]:
    """Return the run of a seed; the same seed is the same run."""
    draw = random.Random(f"planswitch-kills:{seed}")
    case = case_of(seed)
    rules = [rule for rule in case.program["rules"] if rule["fault"] not in TOO_SLOW]
    case = replace(case, program=case.program | {"rules": rules})
    return case, Kill(part=draw.choice(PARTS), point=draw.randint(1, POINTS_MAX))


@dataclass(kw_only=True)
class KillWorld:
    """A running stack, and a world through which its switches are driven and judged."""

    running: RunningStack
    world: World
    points: WrittenPoints
    database_url: str

    async def run(self, seed: int) -> RunResult:
        """Run one seed."""
        case, kill = kill_of(seed)
        drive = Drive(
            world=self.world, case=case, points=self.points, end_seconds=END_SECONDS, look=self._look
        )

        async def trouble(order: SwitchOrder) -> None:
            reached, loop = asyncio.Event(), asyncio.get_running_loop()
            self.points.when(order, kill.point, lambda: loop.call_soon_threadsafe(reached.set))
            await reached.wait()
            await asyncio.to_thread(self._kill, kill.part)
            drive.met[f"kill {kill.part}"] = 1

        drive.trouble = trouble
        return await drive.run()

    def _look(self, switch_id: str) -> SwitchStatus:
        """Look at the board, as people do: a query may meet a new worker before its next workflow task."""
        row = self.running.row(switch_id)
        waits_for = "operator" if row.get("waits_for", "").startswith("an operator") else ""
        return SwitchStatus(stage=row.get("stage", ""), waits_for=waits_for)

    def _kill(self, part: str) -> None:
        with _ONE_AT_A_TIME:
            self.running.kill(part)

    def rebuild(self) -> list[str]:
        """Fold all events from zero, and return where that differs from what the projector had built."""
        report = rebuild(self.database_url, accept_differences=True)
        wrong = [f"{rows} rows of {table} differ" for table, rows in report.differences.items() if rows]
        return wrong + ([f"{report.dead_letters} dead letters"] if report.dead_letters else [])


_ONE_AT_A_TIME = threading.Lock()


@asynccontextmanager
async def open_kill_world(folder: Path) -> AsyncIterator[KillWorld]:
    """Start a stack in a folder, and open a world on it that has no worker of its own."""
    # Beside the stack: `up` takes no folder that holds other things.
    gates, folder = folder / "points", folder / "stack"
    await asyncio.to_thread(gates.mkdir, parents=True)
    with running_stack(folder, **{VARIABLE: str(gates)}) as running:
        environment = running.state.environment
        # A rebuild makes tables.
        url = environment[DATABASE_ROLE_VARIABLES[DatabaseRole.OWNER]]
        sandbox_url = running.state.urls["sandbox"]
        build_cloud, close_cloud = cloud_factory(sandbox_url)
        keys = FileKeyProvider(master_key_file(folder))
        address = environment[f"{ENVIRONMENT_PREFIX}TEMPORAL_ADDRESS"]
        command_keys = load_settings(data_dir=folder).command_keys()
        client = signing_client(await connected(address), command_keys)
        with (
            SwitchStore.open(url, keys, pool_size=8) as store,
            httpx2.Client(verify=WITHOUT_TLS, base_url=sandbox_url) as control,
        ):
            calls: list[Any] = []
            sandbox = SandboxCloud(
                url=sandbox_url,
                cloud=build_cloud(calls.append),
                control=control,
                calls=calls,
                journal=folder / "sandbox" / JOURNAL_NAME,
            )
            sandbox.settings(credit_verdict="silent", credit_delay_seconds=0)
            toolbox = Toolbox(
                store=store,
                cloud_factory=build_cloud,
                catalogs=Catalogs(store.application),
                command_keys=command_keys,
                slice_size=2000,
                lanes=4,
                batches_in_flight=4,
            )
            world = World(client=client, toolbox=toolbox, sandbox=sandbox, task_queue="planswitch")
            points = WrittenPoints(gates)
            yield KillWorld(running=running, world=world, points=points, database_url=url)
            points.close()
        close_cloud()


async def run_all(plan: Plan, seeds: Sequence[int], folder: Path) -> list[RunResult]:
    """Run seeds, in chunks of one stack each."""
    results: list[RunResult] = []
    for start in range(0, len(seeds), CHUNK):
        if plan.is_over:
            break
        stack_folder = folder / f"stack-{start}"
        async with open_kill_world(stack_folder) as world:
            chunk = seeds[start : start + CHUNK]
            results += await in_slots(world.run, chunk, plan, rebuild=world.rebuild)
        if not any(result.problem for result in results):
            shutil.rmtree(stack_folder, ignore_errors=True)
    return results


def main(arguments: Sequence[str]) -> int:
    """Run what is asked and return the exit code: 1 when any run failed."""
    wanted = parser_of("kills", __doc__, parallel=PARALLEL).parse_args(arguments)
    be_quiet()
    plan, seeds = plan_of(wanted)
    started, results = time.monotonic(), list[RunResult]()
    if not wanted.summary:
        folder = temporary_data_folder("planswitch-kills-")
        results = asyncio.run(run_all(plan, seeds, folder))
        if any(result.problem for result in results):
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return report(wanted, results, time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
