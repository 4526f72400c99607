"""As-of at every version of random switches: `./run chaos asof --runs N --seed S [--resume FILE]`.

Each seed is one switch of the fault runs. While it runs, every state is copied when it is saved; when it has
ended, the record gives the states back at each of its events, and each must equal the copy. Users are held
against the sandbox's own journal. One seed is repeated by `./run chaos asof --seed S --runs 1`.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from ops.stack.postgres_binaries import temporary_data_folder
from ops.stack.postgres_server import EmbeddedPostgres
from ops.stack.temporal_server import EmbeddedTemporal
from tests.chaos.faults import CHUNK, PARALLEL, POSTGRES_SETTINGS
from tests.support.asof.live_runs import live_runs
from tests.support.chaos.command import Plan, be_quiet, connected, in_slots, parser_of, plan_of, report
from tests.support.chaos.fault_worlds import open_fault_worlds
from tests.support.chaos.run_log import RunResult


async def run_all(plan: Plan, seeds: Sequence[int], folder: Path) -> list[RunResult]:
    """Run seeds, in chunks."""
    results: list[RunResult] = []
    with (
        EmbeddedPostgres(folder / "postgres", settings=POSTGRES_SETTINGS) as postgres,
        EmbeddedTemporal(folder / "temporal") as temporal,
    ):
        client = await connected(temporal.address)
        for start in range(0, len(seeds), CHUNK):
            if plan.is_over:
                break
            worlds_folder = folder / f"worlds-{start}"
            async with open_fault_worlds(client, postgres.create_database, worlds_folder) as worlds:
                with live_runs(worlds) as runs:
                    chunk = seeds[start : start + CHUNK]
                    results += await in_slots(runs.run, chunk, plan, rebuild=worlds.rebuild)
            shutil.rmtree(worlds_folder, ignore_errors=True)
    return results


def main(arguments: Sequence[str]) -> int:
    """Run what is asked and return the exit code: 1 when a state is not given back."""
    wanted = parser_of("asof", __doc__, parallel=PARALLEL).parse_args(arguments)
    be_quiet()
    plan, seeds = plan_of(wanted)
    started, results = time.monotonic(), list[RunResult]()
    if not wanted.summary:
        folder = temporary_data_folder("planswitch-asof-")
        try:
            results = asyncio.run(run_all(plan, seeds, folder))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return report(wanted, results, time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
