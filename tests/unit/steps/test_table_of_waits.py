"""docs/waits.md has a line for every place in workflows/ that waits (unit; waits#where-it-is-shown)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
#: Calls that wait: for a condition, a time, an activity or a child.
WAITING = frozenset(
    {
        *("wait_condition", "sleep", "passes_before", "run_step", "_recorded", "wait_for_retry"),
        *("execute_child_workflow", "start_child_workflow", "gather", "wait"),
    }
)
#: What a wait that is told needs to tell.
COLUMNS = 5
UNTOLD = frozenset({"caller", "brief"})


def places() -> Iterator[str]:
    """Yield every function of the workflows that waits, as `module.function`."""
    for path in sorted((PROJECT / "workflows").rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.AsyncFunctionDef) and _waits(function):
                yield f"{path.stem}.{function.name}"


def _waits(function: ast.AsyncFunctionDef) -> bool:
    calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
    return any(ast.unparse(call.func).split(".")[-1] in WAITING for call in calls)


def lines() -> dict[str, list[str]]:
    """Return the lines of the table by place."""
    text = (PROJECT / "docs" / "waits.md").read_text(encoding="utf-8")
    table = text.partition("## The table")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| `")]
    return {row[0].strip("`"): row for row in rows}


def test_every_place_that_waits_has_its_line() -> None:
    """No wait is forgotten, and no line is left of a wait that is gone."""
    assert set(lines()) == set(places())


@pytest.mark.parametrize("place", sorted(lines()))
def test_a_wait_that_is_told_names_all_that_is_to_be_told(place: str) -> None:
    """What it waits for, since when, the next look and what to do; nothing is left open."""
    row = lines()[place]

    assert len(row) == COLUMNS
    assert row[1] in UNTOLD or row[4] not in {"", "-"}
