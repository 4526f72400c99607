"""Seeded fault runs whose live states are held against the record, at every version of the switch."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from domain.kernel.ids import switch_id_of
from tests.support.asof.judge import Judge
from tests.support.asof.live_states import LiveStates, captured_states
from tests.support.chaos.drive import Drive
from tests.support.chaos.fault_cases import FaultCase, case_of
from tests.support.chaos.fault_points import CountedPoints
from tests.support.chaos.fault_worlds import FaultWorlds
from tests.support.chaos.run_log import RunResult

#: Problems of one run that are named.
_TOLD_MAX = 5


@dataclass(kw_only=True)
class LiveRuns:
    """Fault runs of two worlds, with everything that was live."""

    worlds: FaultWorlds
    live: LiveStates
    #: What was compared in all runs.
    counts: dict[str, int] = field(default_factory=dict)
    #: Of the runs that have ended.
    judged: list[Judge] = field(default_factory=list)

    async def run(self, seed: int) -> RunResult:
        """Run the case of a seed, and say where the record does not give back what was live."""
        return await self.run_case(case_of(seed))

    async def run_case(self, case: FaultCase) -> RunResult:
        """Run a case, and say where the record does not give back what was live."""
        world = self.worlds.small if case.has_small_slices else self.worlds.large
        points = world.toolbox.points
        assert isinstance(points, CountedPoints)
        drive = Drive(world=world, case=case, points=points)
        result = await drive.run()
        if drive.ended is None:
            return result
        order = drive.ended.order
        judge = Judge(
            store=world.store,
            journal=world.sandbox.journal,
            live=self.live,
            switch_id=switch_id_of(order.organization_id, order.request_id),
        )
        problems = await asyncio.to_thread(judge.problems)
        self.judged.append(judge)
        for name, count in judge.counts.items():
            self.counts[name] = self.counts.get(name, 0) + count
        told = "; ".join([*([result.problem] if result.problem else []), *problems[:_TOLD_MAX]])
        return replace(result, problem=told, faults=result.faults | dict(judge.counts))


@contextmanager
def live_runs(worlds: FaultWorlds) -> Iterator[LiveRuns]:
    """Capture what is live in the worlds of fault runs as long as the block lasts."""
    journals: dict[int, Path] = {
        id(world.store.application): world.sandbox.journal for world in (worlds.large, worlds.small)
    }
    with captured_states(journals) as live:
        yield LiveRuns(worlds=worlds, live=live)
