"""Chains of switches against an independent ledger: `./run chaos money --runs N --seed S [--resume FILE]`.

Each seed is one organization with one to four switches, amendments and changes of licenses. Every line of a
quote, every entry of the seller's ledger and every invoice is compared with the ledger of tests/support.
With `--whole N` the first N seeds are run as whole switches too; days of those are counted back from today.
One seed is repeated by `./run chaos money --seed S --runs 1`, a whole one by `--runs 0 --whole 1`.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ops.base.log import configure_logging
from tests.support.chaos.command import parser_of
from tests.support.chaos.run_log import RunLog, RunResult
from tests.support.money.money_cases import chain_of
from tests.support.money.money_drive import MoneyDrive
from tests.support.money.money_market import open_market
from tests.support.money.money_whole import run_whole

#: Chains at a time; they mostly wait for servers to start and stop.
PARALLEL = 4
CHAIN, WHOLE = "chain", "whole"
DIFFERENCES_TOLD = 6


def run_chain(seed: int) -> RunResult:
    """Run the chain of a seed and say what differs."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="money-") as folder, open_market(Path(folder)) as market:
        drive = MoneyDrive(market=market, chain=chain_of(seed))
        differences = drive.run()
    return RunResult(
        seed=seed,
        outcome=CHAIN,
        seconds=round(time.monotonic() - started, 1),
        problem="; ".join(differences[:DIFFERENCES_TOLD]),
        faults={"switches": drive.switches, "lines": drive.lines, "differences": len(differences)},
    )


def run_chains(seeds: Iterable[int], parallel: int = PARALLEL) -> Iterator[RunResult]:
    """Run many chains, some at a time, each on a market of its own."""
    with ThreadPoolExecutor(parallel) as pool:
        yield from pool.map(run_chain, seeds)


def told(results: Sequence[RunResult], kind: str) -> list[str]:
    """Return what the runs of a kind came to, and how each that failed is repeated."""
    mine = [each for each in results if each.outcome == kind]
    sums = {name: sum(each.faults.get(name, 0) for each in mine) for name in ("switches", "lines")}
    failed = [each for each in mine if each.problem]
    again = f"./run chaos money {'--runs 0 --whole 1' if kind == WHOLE else '--runs 1'} --seed"
    differences = sum(each.faults.get("differences", 0) for each in mine)
    compared = f"{sums['switches']} switches, {sums['lines']} lines compared"
    first = f"{kind}: {len(mine)} runs, {compared}, {differences} differences in {len(failed)} runs"
    return [first, *(f"FAILED seed {each.seed}: {each.problem} ({again} {each.seed})" for each in failed)]


def main(arguments: Sequence[str]) -> int:
    """Run the chains that are left, and print what they came to; the exit code is 1 when any differs."""
    parser = parser_of("money", __doc__, parallel=PARALLEL)
    parser.add_argument("--whole", type=int, default=0, help="how many of the seeds are whole switches too")
    wanted = parser.parse_args(arguments)
    configure_logging(json=False, level="ERROR")
    logging.getLogger("temporalio").setLevel(logging.CRITICAL)
    logs = {CHAIN: RunLog(wanted.resume), WHOLE: RunLog(_beside(wanted.resume))}
    results: dict[str, list[RunResult]] = {kind: [] for kind in logs}
    if not wanted.summary:
        whole = logs[WHOLE].left(wanted.seed, wanted.whole)
        until = time.monotonic() + wanted.minutes * 60
        seeds = (seed for seed in logs[CHAIN].left(wanted.seed, wanted.runs) if time.monotonic() < until)
        runs = {CHAIN: run_chains(seeds, wanted.parallel), WHOLE: run_whole(whole)}
        for kind, made in runs.items():
            for result in made:
                logs[kind].add(result)
                results[kind].append(result)
                if result.problem:
                    print(f"seed {result.seed}: {result.problem}", flush=True)
    for kind, log in logs.items():
        results[kind] = list(log.results().values()) if wanted.resume else results[kind]
        print("\n".join(told(results[kind], kind)))
    return int(any(each.problem for kind in logs for each in results[kind]))


def _beside(file: Path | None) -> Path | None:
    """Return the file for whole switches beside the one for chains."""
    return None if file is None else file.with_name(f"{file.name}.whole")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
