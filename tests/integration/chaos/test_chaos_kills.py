"""The kill runs in short: five seeds on one running stack."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.kills import PARTS, kill_of, open_kill_world
from tests.support.chaos.command import Plan, in_slots
from tests.support.chaos.run_log import RunLog, summary

#: Between them they kill each part, early and in the middle.
SEEDS = (34, 47, 60, 98, 149)


async def test_five_kills_harm_nobody(reachable_folder: Path) -> None:
    """Killed with -9 at random points among faults, every switch ends as it must.

    See reliability#fault-runs-and-kill-runs.

    A seed that fails is repeated by `./run chaos kills --seed S --runs 1`.
    """
    plan = Plan(log=RunLog(None), parallel=len(SEEDS))
    async with open_kill_world(reachable_folder / "stack") as world:
        results = await in_slots(world.run, SEEDS, plan, rebuild=world.rebuild)

    told = "\n".join(summary(results))
    assert [result.seed for result in results if result.problem] == [], told
    assert sum(name.startswith("kill ") for result in results for name in result.faults) >= 3, told


def test_every_part_is_killed_by_some_seed() -> None:
    """The seeds of a long run kill each part, and the same seed the same part at the same point."""
    kills = [kill_of(seed)[1] for seed in range(1, 151)]

    assert {kill.part for kill in kills} == set(PARTS)
    assert kill_of(9) == kill_of(9)
