"""No way of a workflow depends on its clock (workflows/watch/alarms.py tells why)."""

from __future__ import annotations

import ast
from pathlib import Path

WORKFLOWS = Path(__file__).parents[3] / "workflows"
#: Where a comparison with the clock decides words or the length of a timer, and never which command is next.
HARMLESS = {"invoice_watch._pause", "eligibility_wait._its_time"}


def _asks_the_clock(node: ast.AST, names: set[str]) -> bool:
    """Tell whether an expression has `workflow.now()` in it, or a name that was given it."""
    return any(
        (isinstance(each, ast.Call) and ast.unparse(each.func) == "workflow.now")
        or (isinstance(each, ast.Name) and each.id in names)
        for each in ast.walk(node)
    )


def _clock_names(function: ast.AST) -> set[str]:
    """Return the names of a function to which the clock's time is given."""
    return {
        name.id
        for each in ast.walk(function)
        if isinstance(each, ast.Assign) and _asks_the_clock(each.value, set())
        for target in each.targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }


def _comparing(source: str, stem: str) -> set[str]:
    """Return the functions that compare something with the clock."""
    functions = (
        each
        for each in ast.walk(ast.parse(source))
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return {
        f"{stem}.{function.name}"
        for function in functions
        for each in ast.walk(function)
        if isinstance(each, ast.Compare) and _asks_the_clock(each, _clock_names(function))
    }


def test_no_branch_of_a_workflow_asks_the_clock() -> None:
    """An instant has passed when its timer has fired: a replay goes the same way (architecture#workflows)."""
    found = {
        name
        for path in sorted(WORKFLOWS.rglob("*.py"))
        for name in _comparing(path.read_text(encoding="utf-8"), path.stem)
    }

    assert found == HARMLESS


def test_a_branch_that_asks_the_clock_is_found() -> None:
    """Directly or by a name, in a condition of any kind."""
    direct = "def a():\n    if workflow.now() < at: pass\n"
    by_name = "def b():\n    now = workflow.now()\n    return now > at\n"

    assert _comparing(direct + by_name, "x") == {"x.a", "x.b"}
