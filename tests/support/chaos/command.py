"""What the commands of seeded runs share: arguments, slots, the log, and what they say at the end."""

from __future__ import annotations

import argparse
import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from temporalio.client import Client
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter

from ops.base.log import configure_logging
from ops.base.payloads import data_converter
from tests.support.chaos.run_log import RunLog, RunResult, summary

Run = Callable[[int], Awaitable[RunResult]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How runs are made."""

    log: RunLog
    #: Runs at a time.
    parallel: int
    #: Reading of the monotonic clock after which no run begins.
    until: float = float("inf")

    @property
    def is_over(self) -> bool:
        """Tell whether no run may begin any more."""
        return time.monotonic() > self.until


def parser_of(name: str, description: str | None, *, parallel: int) -> argparse.ArgumentParser:
    """Return the parser of a command of seeded runs."""
    parser = argparse.ArgumentParser(prog=f"./run chaos {name}", description=description)
    parser.add_argument("--runs", type=int, default=50, help="how many seeds")
    parser.add_argument("--seed", type=int, default=1, help="the first seed; the others follow")
    parser.add_argument("--resume", type=Path, help="note results in this file, and skip what passed")
    parser.add_argument("--parallel", type=int, default=parallel, help="switches at a time")
    parser.add_argument("--minutes", type=float, default=1e6, help="begin no run after so many minutes")
    parser.add_argument("--summary", action="store_true", help="run nothing; tell what the file holds")
    return parser


def plan_of(wanted: argparse.Namespace) -> tuple[Plan, list[int]]:
    """Return how runs are made, and the seeds that are left to run."""
    log = RunLog(wanted.resume)
    plan = Plan(log=log, parallel=wanted.parallel, until=time.monotonic() + wanted.minutes * 60)
    return plan, log.left(wanted.seed, wanted.runs)


async def in_slots(
    run: Run, seeds: Sequence[int], plan: Plan, *, rebuild: Callable[[], list[str]]
) -> list[RunResult]:
    """Run seeds, many at a time; when all have ended the read models are built anew, and each is noted.

    Args:
        run: Runs one seed.
        seeds: One for each run.
        plan: How.
        rebuild: Folds all events from zero and returns where that differs from what was built.
    """
    slots = asyncio.Semaphore(plan.parallel)
    results: list[RunResult] = []

    async def in_slot(seed: int) -> None:
        async with slots:
            if not plan.is_over:
                results.append(await run(seed))
                print(_said(results[-1]), flush=True)

    await asyncio.gather(*(in_slot(seed) for seed in seeds))
    if problems := await asyncio.to_thread(rebuild):
        # Rows of any of the runs may be the ones that differ: none has passed.
        results = [replace(each, problem="; ".join([each.problem, *problems])) for each in results]
    for result in results:
        plan.log.add(result)
    return results


async def connected(address: str) -> Client:
    """Connect to Temporal without its core's warnings: lost connections are what these runs are made of."""
    quiet = LoggingConfig(filter=TelemetryFilter(core_level="ERROR", other_level="ERROR"))
    return await Client.connect(
        address,
        data_converter=data_converter,
        runtime=Runtime(telemetry=TelemetryConfig(logging=quiet)),
    )


def be_quiet() -> None:
    """Keep failed attempts and broken connections out of the output."""
    configure_logging(json=False, level="ERROR")
    for name in ("temporalio", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def report(wanted: argparse.Namespace, results: Sequence[RunResult], seconds: float) -> int:
    """Print figures of this call and of the whole file; return the exit code: 1 when any run failed."""
    if not wanted.summary:
        print(f"{len(results)} runs in {seconds:.0f} s, {len(results) / max(seconds, 1):.2f} a second")
    everything = list(RunLog(wanted.resume).results().values()) if wanted.resume else list(results)
    print("\n".join(summary(everything)))
    return int(any(result.problem for result in everything))


def _said(result: RunResult) -> str:
    problem = f"FAILED: {result.problem}" if result.problem else "ok"
    return f"seed {result.seed:7}  {result.outcome or 'never ended':12}{result.seconds:6.1f} s  {problem}"
