"""How many whole switches a stack completes in a second, beside what bare workflows of the same shape take.

In each round run in turn: switches of the product, the floor (bench/switches/floor.py) and the DBOS peer
(bench/switches/dbos_peer.py); the figures are medians over the rounds, so that a busy machine weighs on all
alike.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import statistics
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from temporalio.client import Client

from bench.switches.peer_process import Peer
from bench.switches.switch_orders import OrderMaker
from bench.switches.switch_rounds import ROOT, Measured, Rounds
from bench.switches.switch_shape import SwitchShape, shape_of
from cli.stack.sandbox_client import SandboxClient
from domain.kernel.ids import workflow_id_of
from ops.base.log import configure_logging
from ops.base.payloads import data_converter
from ops.base.settings import ENVIRONMENT_PREFIX
from ops.processes.processes import Service
from ops.stack.embedded import Ports, embedded_stack
from ops.stack.postgres_binaries import temporary_data_folder
from ops.stack.supervisor import StackState, termination_as_interrupt

#: Switches under way at a time: as many as the worker takes steps.
AT_ONCE = 16
#: Switches before the first round: caches fill, and one of them tells the shape.
WARM_UP = 8
#: Switches of one turn: short, so that the same neighbors weigh on all.
BLOCK = 30
PEER_KINDS = ("working", "empty")
DBOS_MISSING = "DBOS is not installed: no figure of the peer. Start with `./run bench switches`."
#: The seller is ready at once: what is waited for takes no worker's time.
READY_SELLER: dict[str, object] = {"provisioning_delay_seconds": 0, "setup_delay_seconds": 0}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much is measured."""

    #: Switches of each kind in each round.
    count: int
    #: Users of each organization.
    users: int
    rounds: int
    has_peer: bool


def measure(*, count: int, users: int, rounds: int, has_peer: bool = True) -> dict[str, Any]:
    """Measure on a stack of its own and return the figures.

    Args:
        count: Switches of each kind in each round.
        users: Users of each organization.
        rounds: Rounds; the figures are medians.
        has_peer: Also measure DBOS, where it is installed.
    """
    plan = Plan(count=count, users=users, rounds=rounds, has_peer=has_peer)
    configure_logging(json=False, level="WARNING")
    folder = temporary_data_folder("planswitch-bench-")
    try:
        with (
            termination_as_interrupt(),
            embedded_stack(folder, Ports.free()) as stack,
            _floor_worker(folder, stack.state) as floor_worker,
        ):
            processes = {**stack.children(), "floor worker": floor_worker.pid or 0}
            return asyncio.run(_measure(stack.state, processes, folder, plan))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _measure(state: StackState, processes: dict[str, int], folder: Path, plan: Plan) -> dict[str, Any]:
    with SandboxClient(state.urls["sandbox"]) as sandbox:
        sandbox.change_settings(READY_SELLER)
    maker = OrderMaker(sandbox_url=state.urls["sandbox"], users=plan.users)
    client = await Client.connect(state.urls["temporal"], data_converter=data_converter)
    running = Rounds(
        client=client,
        environment=dict(state.environment),
        processes=processes,
        folder=folder,
        at_once=AT_ONCE,
    )
    shape = await _warm_up(running, maker)
    with _peers(running, plan) as peers:
        for _ in range(plan.rounds):
            await _round(running, maker, shape, peers, plan.count)
    return figures_of(running.measured, shape, plan)


async def _round(
    running: Rounds, maker: OrderMaker, shape: SwitchShape, peers: dict[str, Peer], count: int
) -> None:
    """Take turns in short blocks, and note each kind's time over the whole round."""
    for start in range(0, count, BLOCK):
        number = min(BLOCK, count - start)
        orders = maker.orders(number)
        await running.take("switches", number, partial(running.switches, orders))
        await running.take("floor", number, partial(running.floor, shape, number))
        for kind, peer in peers.items():
            await running.take_told(f"dbos_{kind}", partial(peer.run, maker.orders(number)))
    running.end_round()


@contextmanager
def _peers(running: Rounds, plan: Plan) -> Iterator[dict[str, Peer]]:
    """Yield a process of the peer for each kind; none where DBOS is not wanted or not installed."""
    if not plan.has_peer:
        yield {}
        return
    if importlib.util.find_spec("dbos") is None:
        print(DBOS_MISSING, file=sys.stderr)
        yield {}
        return
    with ExitStack() as closing:
        started = (Peer(kind, running.environment, running.folder, running.at_once) for kind in PEER_KINDS)
        yield {peer.kind: closing.enter_context(peer) for peer in started}


async def _warm_up(running: Rounds, maker: OrderMaker) -> SwitchShape:
    """Run a few switches of both kinds, and return the shape of a real one."""
    orders = maker.orders(WARM_UP)
    await running.switches(orders)
    shape = await shape_of(running.client, workflow_id_of(orders[0].organization_id, orders[0].request_id))
    bare = await shape_of(running.client, await running.floor(shape, WARM_UP))
    if (bare.switch, bare.license_move) != (shape.switch, shape.license_move):
        raise AssertionError(bare)
    print(f"events of a history: {shape.history_events}, bare {bare.history_events}", file=sys.stderr)
    return shape


def figures_of(found: dict[str, Measured], shape: SwitchShape, plan: Plan) -> dict[str, Any]:
    """Return what `--json` prints; figures of a peer that was not measured are None.

    Args:
        found: What was measured, by its kind.
        shape: The commands of one switch.
        plan: How much was measured.
    """
    per_second = {name: each.per_second for name, each in found.items()}
    return {
        "switches_per_second": _median(per_second["switches"]),
        "floor_per_second": _median(per_second["floor"]),
        "ratio_to_floor": _ratio(per_second, "floor"),
        "dbos_per_second": _median(per_second.get("dbos_working", [])),
        "ratio_to_dbos": _ratio(per_second, "dbos_working"),
        "dbos_empty_per_second": _median(per_second.get("dbos_empty", [])),
        "ratio_to_dbos_empty": _ratio(per_second, "dbos_empty"),
        "activities": shape.activities,
        "history_events": shape.history_events,
        "commands": " ".join((*shape.switch, "|", *shape.license_move)),
        "count": plan.count,
        "users": plan.users,
        "rounds": {name: [round(each, 2) for each in figures] for name, figures in per_second.items()},
        "processor_milliseconds": {name: each.processor_milliseconds for name, each in found.items()},
    }


def _median(figures: list[float]) -> float | None:
    return round(statistics.median(figures), 2) if figures else None


def _ratio(per_second: dict[str, list[float]], other: str) -> float | None:
    """Return the median over the rounds of how much the product reaches of something else."""
    pairs = zip(per_second["switches"], per_second.get(other, []), strict=False)
    return _median([ours / theirs for ours, theirs in pairs])


@contextmanager
def _floor_worker(folder: Path, state: StackState) -> Iterator[Service]:
    ready_file = folder / "run" / "floor.ready"
    service = Service(
        name="floor worker",
        command=[sys.executable, "-m", "bench.switches.floor_worker"],
        environment={
            **os.environ,
            **state.environment,
            f"{ENVIRONMENT_PREFIX}READY_FILE": str(ready_file),
        },
        log_file=folder / "logs" / "floor.log",
        ready_file=ready_file,
        folder=ROOT,
    )
    with service:
        yield service
