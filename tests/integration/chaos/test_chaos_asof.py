"""As-of at every version of random switches equals what was live then: some seeds here, 100 by a command.

The command is `./run chaos asof`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from ops.base.payloads import data_converter
from ops.stack.postgres_server import EmbeddedPostgres
from tests.support.asof.live_runs import LiveRuns, live_runs
from tests.support.chaos.command import Plan, in_slots
from tests.support.chaos.fault_cases import FaultCase
from tests.support.chaos.fault_worlds import open_fault_worlds
from tests.support.chaos.run_log import RunLog, summary

#: They end as completed, rolled back, declined and expired; one has many slices in lanes.
SEEDS = (1, 2, 3, 4, 5, 6)
CALM = 10_000


@pytest_asyncio.fixture(name="runs")
async def _runs(
    temporal_env: WorkflowEnvironment, postgres_server: EmbeddedPostgres, tmp_path: Path
) -> AsyncIterator[LiveRuns]:
    """Yield the two worlds of fault runs, in which everything live is captured."""
    config = temporal_env.client.config()
    config["data_converter"] = data_converter
    async with open_fault_worlds(
        Client(**config), postgres_server.create_database, tmp_path / "worlds"
    ) as worlds:
        with live_runs(worlds) as runs:
            yield runs


async def test_the_record_gives_back_every_live_state(runs: LiveRuns) -> None:
    """At each event aggregates, locks and stage are those that were live, users those of the directory.

    See audit#what-was-true-at-that-moment.
    """
    plan = Plan(log=RunLog(None), parallel=len(SEEDS))

    results = await in_slots(runs.run, SEEDS, plan, rebuild=runs.worlds.rebuild)

    told = "\n".join(summary(results))
    assert [result.seed for result in results if result.problem] == [], told
    assert runs.counts["versions"] > 20 * len(SEEDS) // 2, told
    assert runs.counts["aggregates"] > runs.counts["versions"], told
    assert runs.counts["users"] > 10 * runs.counts.get("users_recorded_later", 0), told


async def test_a_state_that_was_not_live_is_told(runs: LiveRuns) -> None:
    """The judge of the runs can say no: another status, another lock, a version that nobody saw."""
    result = await runs.run_case(FaultCase(seed=CALM, users=5, program={"seed": 0, "rules": []}))
    assert (result.outcome, result.problem) == ("completed", "")
    live = runs.live.states
    subscriptions = [place for place, state in live.items() if "status" in state]
    organizations = [place for place, state in live.items() if "live_switch" in state]
    live[subscriptions[-1]]["status"] = "lost"
    live[organizations[-1]]["live_switch"] = object()
    del live[subscriptions[0]]

    told = runs.judged[-1].problems()

    assert any("status: lost was live" in each for each in told)
    assert any("are told" in each for each in told)
    assert any("nothing live was captured" in each for each in told)
