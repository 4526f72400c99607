"""The log of chaos runs: one line of JSON for each, so that many calls together make one long run."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class RunResult:
    """How one run ended."""

    seed: int
    #: Final state of the switch; "" when it never ended.
    outcome: str
    seconds: float
    #: What is wrong; "" when nothing is.
    problem: str = ""
    #: Fault, or killed part -> how often it came.
    faults: dict[str, int] = field(default_factory=dict)
    #: Command -> how it was answered: taken or refused.
    commands: dict[str, str] = field(default_factory=dict)
    #: Times that the operator had to help.
    helped: int = 0
    #: By the sandbox's journal: orders, cancellations, seconds without a license booked to a planted hand.
    counts: dict[str, float] = field(default_factory=dict)


class RunLog:
    """Results in a file that each call adds to.

    Args:
        file: The file, or None to keep nothing.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def results(self) -> dict[int, RunResult]:
        """Return the newest result of each seed."""
        if self._file is None or not self._file.exists():
            return {}
        lines = self._file.read_text(encoding="utf-8").splitlines()
        found = [RunResult(**json.loads(line)) for line in lines if line.strip()]
        return {result.seed: result for result in found}

    def add(self, result: RunResult) -> None:
        """Append one result."""
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as log:
                log.write(json.dumps(asdict(result)) + "\n")

    def left(self, first_seed: int, runs: int) -> list[int]:
        """Return the seeds from `first_seed` on that have not passed so far."""
        passed = {seed for seed, result in self.results().items() if not result.problem}
        return [seed for seed in range(first_seed, first_seed + runs) if seed not in passed]


def summary(results: list[RunResult]) -> list[str]:
    """Return how many runs ended in which state, what they met, and the seeds that failed."""
    outcomes = Counter(result.outcome or "never ended" for result in results)
    faults: Counter[str] = Counter()
    commands: Counter[str] = Counter()
    for result in results:
        faults.update(result.faults)
        commands.update(f"{word} {answer}" for word, answer in result.commands.items())
    failed = [result for result in results if result.problem]
    seeds = sorted(result.seed for result in results)
    span = f"seeds {seeds[0]} to {seeds[-1]}" if seeds else "no seeds"
    return [
        f"{len(results)} runs, {len(results) - len(failed)} passed, {len(failed)} failed ({span})",
        f"final states: {_told(outcomes)}",
        *_counts_by_outcome(results),
        f"met: {_told(faults)}",
        f"commands: {_told(commands)}",
        f"helped by the operator: {sum(result.helped > 0 for result in results)}",
        *(f"FAILED seed {result.seed}: {result.problem}" for result in failed),
    ]


def _counts_by_outcome(results: list[RunResult]) -> list[str]:
    """Return how many orders and cancellations there were for each final state; ours may be 0 or 1 a run."""
    found: dict[str, dict[str, float]] = {}
    for result in results:
        sums = found.setdefault(result.outcome, {}) if result.counts else {}
        for name, count in ({"runs": 1} | result.counts).items():
            sums[name] = sums.get(name, 0) + count
    return [
        f"  {outcome}: {each['runs']} runs, {each['orders']} orders, {each['cancellations']} cancellations,"
        f" {each['hand_seconds']:.0f} s without a license by a planted hand"
        for outcome, each in sorted(found.items())
    ]


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none"
