"""The kill matrix: every named point of every step x every part of the stack, killed with -9 right there.

`./run chaos matrix` runs all of it; `--part`, `--point` and `--scenario` choose (each may be repeated);
`--write` puts the table into docs/reliability.md.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from itertools import count
from pathlib import Path

from ops.stack.postgres_binaries import temporary_data_folder
from tests.support.chaos.gates import VARIABLE, Gates
from tests.support.chaos.matrix_table import Cell, table, write_table
from tests.support.chaos.scenarios import SCENARIOS, Driven, Scenario
from tests.support.chaos.stack import SUPERVISOR, RunningStack, running_stack

USERS = 60
#: Parts that are killed at every point.
PARTS = ("worker", "Temporal", "PostgreSQL", "sandbox")
#: Parts that no step stands on: killed at a few points of the way.
SIDE_PARTS = ("project", "sealer", "serve", SUPERVISOR)
SIDE_POINTS = (
    "purchase.order_replacement:called:checkout",
    "credit_check.record_decision:save",
    "license_reassignment.move_slice:called:change_licenses",
    "roll_back.return_users:called:change_licenses",
    "billing_cutover.cut_over_billing:save",
    "administration.end_switch:called:void_order",
)
#: Switches at a time: a worker has 16 threads for steps and 4 for license slices.
CHUNK_SIZE = 12
#: A switch that is held for its command takes two of the threads.
HELD_CHUNK_SIZE = 7
SLICES_MAX = 3
SLICES = ("license_reassignment.move_slice:", "roll_back.return_users:")
DRY_RUN_SECONDS = 120.0
REACH_SECONDS = 60.0
#: A point that only some switches come by, such as that of a second attempt, is tried so often.
TRIES_MAX = 3
END_SECONDS = 180.0
#: Long enough that a step asks before the plan is set up, and that an answer comes after the wait has begun.
DELAY_SECONDS = 3


class Matrix:
    """Runs cells on one stack.

    Args:
        running: The stack; its worker watches the gates.
        gates: The gates.
    """

    def __init__(self, running: RunningStack, gates: Gates) -> None:
        self._running = running
        self._gates = gates
        self._seeds = count(1)

    def points_of(self, scenario: Scenario) -> list[str]:
        """Run the scenario undisturbed, and return the points of its own activities.

        Raises:
            AssertionError: It does not even end well undisturbed.
        """
        self._prepare(scenario)
        driven = self._switch(scenario)
        driven.drive(self._running, self._gates)
        problem = driven.judge(self._running, seconds=DRY_RUN_SECONDS)
        assert not problem, f"undisturbed, {scenario.name} {problem}"
        reached = self._gates.points_of(driven.organization_id)
        return [point for point in reached if point.startswith(scenario.activities)]

    def run(self, scenario: Scenario, part: str, points: Sequence[str]) -> list[Cell]:
        """Stop one switch at each point, kill the part, let all go on, and judge how they end."""
        self._prepare(scenario)
        switches = [self._switch(scenario) for _ in points]
        gated = [(each.organization_id, point) for each, point in zip(switches, points, strict=True)]
        for gate in gated:
            self._gates.close(*gate)
        with ThreadPoolExecutor(len(switches)) as pool:
            drives = [pool.submit(each.drive, self._running, self._gates) for each in switches]
            missing = self._gates.missing(gated, seconds=REACH_SECONDS)
            self._running.kill(part)
            killed_at = time.monotonic()
            for gate in gated:
                self._gates.open(*gate)
        with ThreadPoolExecutor(len(switches)) as judges:
            judged = [
                judges.submit(self._cell, driven, point, part, killed_at, is_missing=gate in missing)
                for driven, point, gate in zip(switches, points, gated, strict=True)
            ]
        cells = [each.result() for each in judged]
        refusals = [str(drive.exception() or "") for drive in drives]
        return [_with(cell, refusal) for cell, refusal in zip(cells, refusals, strict=True)]

    def _cell(self, driven: Driven, point: str, part: str, killed_at: float, *, is_missing: bool) -> Cell:
        left = max(END_SECONDS - (time.monotonic() - killed_at), 1)
        problem = driven.judge(self._running, seconds=left)
        if problem:
            problem = f"{driven.switch_id[:8]} {problem}"
        seconds = round(time.monotonic() - killed_at, 1)
        return Cell(
            scenario=driven.scenario.name,
            point=point,
            part=part,
            problem=problem,
            seconds=seconds,
            is_reached=not is_missing,
        )

    def _prepare(self, scenario: Scenario) -> None:
        self._running.settings(
            credit_verdict=scenario.verdict,
            credit_delay_seconds=DELAY_SECONDS,
            provisioning_delay_seconds=DELAY_SECONDS,
            setup_delay_seconds=0,
        )

    def _switch(self, scenario: Scenario) -> Driven:
        organization_id = self._running.organization(seed=next(self._seeds), users=USERS)
        owned_id = self._running.own(organization_id, licenses=USERS) if scenario.licenses_only else ""
        return Driven(
            scenario=scenario,
            organization_id=organization_id,
            request_id=uuid.uuid4().hex,
            owned_id=owned_id,
        )


def chunks_of(points: Sequence[str], size: int) -> Iterator[list[str]]:
    """Cut points into chunks of at most `size` that a worker can hold all at once."""
    left = list(points)
    while left:
        chunk: list[str] = []
        for point in list(left):
            is_full = len(chunk) == size
            slices = sum(each.startswith(SLICES) for each in chunk)
            if not is_full and (slices < SLICES_MAX or not point.startswith(SLICES)):
                chunk.append(point)
                left.remove(point)
        yield chunk


def run_matrix(matrix: Matrix, wanted: argparse.Namespace) -> list[Cell]:
    """Run every wanted cell, saying each as it ends; those that the results file knows are not repeated."""
    cells = [cell for cell in _known(wanted.results) if cell.is_reached and not cell.problem]
    done = {(cell.scenario, cell.point, cell.part) for cell in cells}
    for scenario in SCENARIOS:
        if wanted.scenario and scenario.name not in wanted.scenario:
            continue
        points = [
            each
            for each in matrix.points_of(scenario)
            if not wanted.point or any(word in each for word in wanted.point)
        ]
        print(f"{scenario.name}: {len(points)} points", flush=True)
        for part in wanted.part or (*PARTS, *SIDE_PARTS):
            chosen = [
                point
                for point in points
                if (part in PARTS or wanted.point or point in SIDE_POINTS)
                and (scenario.name, point, part) not in done
            ]
            size = HELD_CHUNK_SIZE if scenario.command_at else CHUNK_SIZE
            for chunk in chunks_of(chosen, size):
                cells += _tried(matrix, scenario, part, chunk, wanted.results)
    return cells


def _tried(
    matrix: Matrix, scenario: Scenario, part: str, points: Sequence[str], results: Path | None
) -> list[Cell]:
    """Run a chunk, and once more those of its points that a switch went by; say and note each cell."""
    cells: list[Cell] = []
    left = list(points)
    for _ in range(TRIES_MAX):
        if left:
            ran = matrix.run(scenario, part, left)
            cells = [*(cell for cell in cells if cell.point not in left), *ran]
            left = [cell.point for cell in ran if not (cell.is_reached or cell.problem)]
    for cell in cells:
        print(_said(cell), flush=True)
        _note(results, cell)
    return cells


def main(arguments: Sequence[str]) -> int:
    """Run the matrix and return the exit code: 1 when any cell failed."""
    wanted = _parsed(arguments)
    folder = temporary_data_folder("planswitch-matrix-")
    gates = Gates(folder / "points")
    started = time.monotonic()
    with running_stack(folder / "stack", **{VARIABLE: str(gates.folder)}) as running:
        cells = run_matrix(Matrix(running, gates), wanted)
    failed = [cell for cell in cells if cell.problem]
    minutes = (time.monotonic() - started) / 60
    print(
        f"{len(cells) - len(failed)} of {len(cells)} cells ended as the rules say, in {minutes:.0f} minutes"
    )
    for cell in failed:
        print(_said(cell))
    print("\n".join(table(cells)))
    if wanted.write:
        write_table(cells)
    if failed:
        print(f"kept: {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return bool(failed)


def _with(cell: Cell, refusal: str) -> Cell:
    """Add what the operator was told, when it was no answer."""
    problem = "; ".join(each for each in (cell.problem, refusal) if each)
    return replace(cell, problem=problem)


def _said(cell: Cell) -> str:
    fine = "ok" if cell.is_reached else "ok, but it never came by this point"
    result = f"FAILED: {cell.problem}" if cell.problem else fine
    return f"{cell.part:12}{cell.scenario:18}{cell.point:64}{cell.seconds:6.1f} s  {result}"


def _note(file: Path | None, cell: Cell) -> None:
    if file is not None:
        with file.open("a", encoding="utf-8") as results:
            results.write(json.dumps(asdict(cell)) + "\n")


def _known(file: Path | None) -> list[Cell]:
    """Return the newest result of each cell of an earlier run."""
    if file is None or not file.exists():
        return []
    lines = file.read_text(encoding="utf-8").splitlines()
    cells = [Cell(**json.loads(line)) for line in lines]
    return list({(cell.scenario, cell.point, cell.part): cell for cell in cells}.values())


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run chaos matrix", description=__doc__)
    parts = (*PARTS, *SIDE_PARTS)
    names = [scenario.name for scenario in SCENARIOS]
    parser.add_argument("--part", action="append", choices=parts, help="kill only this part")
    parser.add_argument("--scenario", action="append", choices=names, help="only this scenario")
    parser.add_argument("--point", action="append", help="only points that contain this")
    parser.add_argument("--results", type=Path, help="note each cell in this file, and skip what is ok there")
    parser.add_argument("--write", action="store_true", help="write the table into docs/reliability.md")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
