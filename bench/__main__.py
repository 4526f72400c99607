"""`./run bench NAME`: figures for people, never asserted by a test."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench import audit, controls, eligibility, licenses, seals, switch, whatif
from bench.large import asof, exports
from bench.soak import soak
from bench.switches import switches
from bench.text import lines_of
from ops.base.log import configure_logging

#: Whole switches, whose rounds take turns with their floor and their peer on one stack.
SWITCHES = "switches"
SWITCHES_USERS = 25
SWITCHES_ROUNDS = 3
COUNT_DEFAULT = 300
#: Hours under load; it has options of its own.
SOAK = "soak"


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """One thing to measure."""

    measure: Callable[[int], dict[str, Any]]
    summarize: Callable[[list[dict[str, Any]]], dict[str, Any]]
    #: Users of the organization, where nothing else is asked for.
    users: int
    #: Runs, where no other number is asked for; the figures are medians.
    runs: int = 3


BENCHMARKS = {
    "switch": Benchmark(measure=switch.measure, summarize=switch.summarize, users=250),
    "licenses": Benchmark(measure=licenses.measure, summarize=licenses.summarize, users=300_000, runs=1),
    "controls": Benchmark(
        measure=controls.measure, summarize=controls.summarize, users=controls.USERS_DEFAULT, runs=1
    ),
    "eligibility": Benchmark(measure=eligibility.measure, summarize=eligibility.summarize, users=10_000),
    "audit": Benchmark(measure=audit.measure, summarize=audit.summarize, users=audit.EVENTS_DEFAULT, runs=1),
    "asof": Benchmark(measure=asof.measure, summarize=asof.summarize, users=asof.USERS_DEFAULT, runs=1),
    "exports": Benchmark(
        measure=exports.measure, summarize=exports.summarize, users=exports.ROWS_DEFAULT, runs=1
    ),
    "seals": Benchmark(measure=seals.measure, summarize=seals.summarize, users=seals.LEAVES_DEFAULT),
    "whatif": Benchmark(
        measure=whatif.measure, summarize=whatif.summarize, users=whatif.EVENTS_DEFAULT, runs=1
    ),
}


def main() -> None:
    """Measure and print; what the stack logs goes to stderr, so that stdout holds the figures alone."""
    if sys.argv[1:2] == [SOAK]:
        sys.exit(soak.main(sys.argv[2:]))
    configure_logging(json=False, level="WARNING")
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("benchmark", choices=sorted((*BENCHMARKS, SWITCHES, SOAK)))
    parser.add_argument(
        "--users",
        type=int,
        default=0,
        help="users of the organization; leaves of seals; events of audit, whatif",
    )
    parser.add_argument("--count", type=int, default=COUNT_DEFAULT, help="switches in each round")
    parser.add_argument("--no-peer", action="store_true", help="switches without the figures of DBOS")
    parser.add_argument("--runs", type=int, default=0, help="runs; the figures are medians")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    figures = _figures(options)
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    for line in lines_of(figures):
        print(line)


def _figures(options: argparse.Namespace) -> dict[str, Any]:
    if options.benchmark == SWITCHES:
        users = options.users or SWITCHES_USERS
        return switches.measure(
            count=options.count,
            users=users,
            rounds=options.runs or SWITCHES_ROUNDS,
            has_peer=not options.no_peer,
        )
    benchmark = BENCHMARKS[options.benchmark]
    users = options.users or benchmark.users
    return benchmark.summarize([benchmark.measure(users) for _ in range(options.runs or benchmark.runs)])


if __name__ == "__main__":
    main()
