"""What is measured in each round of `bench switches`: the product, its floor, its peer; on one stack."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from uuid import uuid4

from temporalio.client import Client

from activities.contract import SwitchOrder
from bench.switches.floor import FLOOR_QUEUE, FloorInput, FloorSwitch
from bench.switches.peer_process import Told
from bench.switches.processor_time import processor_seconds, used_between
from bench.switches.switch_orders import FROM_PLAN
from bench.switches.switch_shape import SwitchShape
from domain.catalog.catalog import load_catalog
from domain.kernel.ids import workflow_id_of
from domain.switch.stage import Stage
from ops.base.settings import Settings
from services.temporal.command_signer import CommandSigner
from services.temporal.switch_workflows import SwitchWorkflows

ROOT = Path(__file__).resolve().parents[2]
MILLISECONDS = 1_000


@dataclass(kw_only=True)
class Measured:
    """Switches in a second, one figure a round, and where the processor time of the last round went."""

    per_second: list[float] = field(default_factory=list)
    #: Milliseconds of one switch, by part.
    processor_milliseconds: dict[str, float] = field(default_factory=dict)
    #: Of the round that is under way.
    switches: int = 0
    seconds: float = 0.0
    used: dict[str, float] = field(default_factory=dict)


@dataclass(kw_only=True)
class Rounds:
    """A running stack, and what was measured on it so far."""

    client: Client
    #: Environment that makes a process join the stack.
    environment: dict[str, str]
    #: Name of a part -> its process.
    processes: dict[str, int]
    #: The stack's.
    folder: Path
    #: Switches under way at a time.
    at_once: int
    measured: dict[str, Measured] = field(default_factory=dict)

    async def take(self, name: str, number: int, run: Callable[[], Awaitable[object]]) -> None:
        """Measure one round of something."""
        before, began = processor_seconds(self.processes), time.perf_counter()
        await run()
        seconds = time.perf_counter() - began
        used = used_between(before, processor_seconds(self.processes))
        self._note(name, number, seconds, used)

    async def switches(self, orders: list[SwitchOrder]) -> None:
        """Run switches to their ends, as the console starts them."""
        settings = Settings(data_dir=self.folder)
        signer = CommandSigner(settings.command_keys())
        workflows = SwitchWorkflows(self._connected, task_queue=settings.task_queue, signer=signer)
        plan_id = load_catalog().find(FROM_PLAN).plan_id

        async def one(order: SwitchOrder) -> None:
            answer = await workflows.start(order, source_plan_id=plan_id)
            assert answer.accepted, answer
            handle = self.client.get_workflow_handle(workflow_id_of(order.organization_id, order.request_id))
            result = await handle.result()
            assert result["outcome"] == Stage.COMPLETED, result

        await self._bounded([partial(one, order) for order in orders])

    async def floor(self, shape: SwitchShape, number: int) -> str:
        """Run bare workflows of the same shape, and return the id of one."""
        given = FloorInput(switch=shape.switch, license_move=shape.license_move)

        async def one(workflow_id: str) -> None:
            await self.client.execute_workflow(FloorSwitch.run, given, id=workflow_id, task_queue=FLOOR_QUEUE)

        ids = [f"floor:{uuid4().hex}" for _ in range(number)]
        await self._bounded([partial(one, each) for each in ids])
        return ids[0]

    async def take_told(self, name: str, run: Callable[[], Awaitable[Told]]) -> None:
        """Measure one turn of something that measures itself."""
        told = await run()
        self._note(name, told.switches, told.seconds, {"peer": told.processor_seconds})

    def end_round(self) -> None:
        """Turn what was measured since the last round into one figure of each kind."""
        for name, found in self.measured.items():
            found.per_second.append(found.switches / found.seconds)
            found.processor_milliseconds = {
                part: round(seconds / found.switches * MILLISECONDS, 1)
                for part, seconds in found.used.items()
                if seconds > 0
            }
            text = f"{name}: {found.switches} in {found.seconds:.1f} s, {found.per_second[-1]:.2f}/s"
            print(text, found.processor_milliseconds, file=sys.stderr, flush=True)
            found.switches, found.seconds, found.used = 0, 0.0, {}

    def _note(self, name: str, number: int, seconds: float, used: dict[str, float]) -> None:
        found = self.measured.setdefault(name, Measured())
        found.switches += number
        found.seconds += seconds
        found.used = {part: found.used.get(part, 0.0) + each for part, each in used.items()}

    async def _connected(self) -> Client:
        return self.client

    async def _bounded(self, works: list[Callable[[], Awaitable[None]]]) -> None:
        """Run all, at most so many at a time."""
        waiting = iter(works)

        async def lane() -> None:
            for work in waiting:
                await work()

        await asyncio.gather(*(lane() for _ in range(self.at_once)))
