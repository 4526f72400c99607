"""How fast the license step moves users, and what it costs: history, memory, the quota, a loaded stream.

Each run is a whole switch on a stack of its own: worker, sandbox, PostgreSQL and Temporal as processes.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle

from bench.base.processes import peak_megabytes, processor_seconds
from bench.quota import measure_share
from bench.stack import plan_of, running_stack
from cli.base.client import client_of_stack
from cli.stack.demo_plan import DemoResult
from cli.stack.demo_run import run_demo
from client.api import switches as switches_api
from console.models.switches import ShownSwitch
from ops.base.database_settings import DATABASE_VARIABLE
from ops.stack.supervisor import StackState
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider

#: Users of the run that the peak memory is compared with.
SMALL_USERS = 30_000
LOADS = 5
MILLISECONDS = 1_000
MOVE = "LicenseMove"


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """One switch, as its stack showed it."""

    result: DemoResult
    #: Seconds of the license move itself (switch#steps, step 8).
    move_seconds: float
    #: Seconds of an activity of the parent workflow, by its name: from scheduled to completed, all rounds.
    step_seconds: dict[str, float]
    #: Processor seconds of each part during the switch.
    processor_seconds: dict[str, float]
    peak_megabytes: float
    load_ms: float


def measure(users: int) -> dict[str, Any]:
    """Run one switch of so many users, a small one to compare the memory with, and one under the quota."""
    small = run_switch(SMALL_USERS)
    return figures_of(small, run_switch(users), measure_share())


def figures_of(small: Measured, large: Measured, share: dict[str, Any]) -> dict[str, Any]:
    """Return what `--json` prints.

    Args:
        small: The switch that the memory is compared with.
        large: The switch that is told of.
        share: Figures of the switch under the quota.
    """
    steps = large.step_seconds
    return {
        "users": large.result.moved,
        "users_per_second": round(large.result.moved / large.move_seconds, 1),
        "history_events": large.result.history_events,
        "peak_memory_ratio": round(large.peak_megabytes / small.peak_megabytes, 3),
        "load_ms": round(large.load_ms, 2),
        **share,
        "move_seconds": round(large.move_seconds, 2),
        "freeze_seconds": round(steps["license_reassignment.start_license_move"], 2),
        "verify_seconds": round(steps["verification.verify_move"], 2),
        "switch_seconds": large.result.seconds,
        "peak_megabytes": [round(each.peak_megabytes, 1) for each in (small, large)],
        "small_users_per_second": round(small.result.moved / small.move_seconds, 1),
        "processor_seconds": {name: round(each, 1) for name, each in large.processor_seconds.items()},
        "referee": large.result.referee,
    }


def summarize(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the run whose move was the median one."""
    return sorted(results, key=lambda each: each["users_per_second"])[len(results) // 2]


def run_switch(users: int) -> Measured:
    """Run one switch on a stack of its own and measure it; the referee must find nothing."""
    with running_stack() as stack:
        before = processor_seconds(stack.children())
        result = run_demo(plan_of(users), stack.state)
        after = processor_seconds(stack.children())
        assert result.is_as_expected, result
        assert result.is_proven, result
        move_seconds, steps = asyncio.run(_durations(stack.state, result.switch_id))
        return Measured(
            result=result,
            move_seconds=move_seconds,
            step_seconds=steps,
            processor_seconds={name: after[name] - before.get(name, 0.0) for name in after},
            peak_megabytes=peak_megabytes(stack.children()["worker"]),
            load_ms=_load_ms(stack.state, result),
        )


async def _durations(state: StackState, switch_id: str) -> tuple[float, dict[str, float]]:
    """Return the seconds of the license move, and those of the parent's activities by name."""
    client = await Client.connect(state.urls["temporal"])
    child = client.get_workflow_handle(f"licenses:{switch_id}:1")
    described = await child.describe()
    assert described.close_time is not None
    assert described.parent_id is not None
    parent = client.get_workflow_handle(described.parent_id)
    move_seconds = (described.close_time - described.start_time).total_seconds()
    return move_seconds, await _activity_seconds(parent)


async def _activity_seconds(handle: WorkflowHandle[Any, Any]) -> dict[str, float]:
    began: dict[int, tuple[str, float]] = {}
    seconds: dict[str, float] = {}
    for event in (await handle.fetch_history()).events:
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            name = event.activity_task_scheduled_event_attributes.activity_type.name
            began[event.event_id] = (name, event.event_time.ToNanoseconds() / 1e9)
        elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            scheduled = event.activity_task_completed_event_attributes.scheduled_event_id
            name, start = began[scheduled]
            seconds[name] = seconds.get(name, 0.0) + event.event_time.ToNanoseconds() / 1e9 - start
    return seconds


def _load_ms(state: StackState, result: DemoResult) -> float:
    """Return the median milliseconds in which the source's stream is loaded, events of the move included."""
    with client_of_stack(state.urls["console"], state.api_key_file) as console:
        row = console.ask(ShownSwitch, switches_api.show_switch.request(result.switch_id))
    times = []
    keys = FileKeyProvider(Path(state.environment["PLANSWITCH_MASTER_KEY_FILE"]))
    with SwitchStore.open(state.environment[DATABASE_VARIABLE], keys) as store:
        stream_id = store.resolve_subscription(row.organization_id, row.source_subscription_id)
        for _ in range(LOADS):
            start = time.perf_counter()
            loaded = store.subscription(stream_id)
            times.append((time.perf_counter() - start) * MILLISECONDS)
            assert loaded is not None
    return statistics.median(times)
