"""One switch for each kind of planted fault, with nothing else going wrong: each is named as planted.

Seeded runs with noise beside the fault: tests/chaos/test_explained_faults.py (audit#how-far-to-trust-it).
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from ops.base.payloads import data_converter
from tests.support.explained.terminal_faults import KINDS, fault_of, noise_of
from tests.support.explained.terminal_runs import ExplainedRun, open_terminal_world, run_and_explain

PARALLEL = 7


async def test_each_kind_of_fault_is_named(
    temporal_env: WorkflowEnvironment, database_url: str, tmp_path: Path
) -> None:
    """What the planter wrote down is what the audit names."""
    config = temporal_env.client.config()
    config["data_converter"] = data_converter
    slots = asyncio.Semaphore(PARALLEL)
    async with open_terminal_world(Client(**config), database_url, tmp_path / "world") as world:

        async def in_slot(seed: int) -> ExplainedRun:
            async with slots:
                return await run_and_explain(world, seed, is_noisy=False)

        runs = await asyncio.gather(*(in_slot(seed) for seed in range(KINDS)))

    assert [f"{each.fault}: {each.named}: {each.sentence}" for each in runs if not each.is_right] == []
    assert len({each.planted for each in runs}) > 15


def test_a_seed_is_always_the_same_run() -> None:
    """Faults and noise are drawn from the seed alone, and noise has nothing that lasts."""
    for seed in range(3 * KINDS):
        assert (fault_of(seed), noise_of(seed)) == (fault_of(seed), noise_of(seed))
        assert all(rule.get("count", 0) <= 2 for rule in noise_of(seed))
