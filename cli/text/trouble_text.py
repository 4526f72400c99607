"""What keeps a switch's workflow from going on, in lines for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.text import answers
from cli.text.output import ago, short, wrapped

if TYPE_CHECKING:
    from domain.operator.workflow_trouble import WorkflowTrouble

_INDENT = 2


def in_trouble(rows: Sequence[answers.switches.ListedSwitch]) -> list[str]:
    """Return whose workflows can't go on, below a table of switches that has no room for it."""
    return [
        line
        for row in rows
        for each in row.workflow_troubles
        for line in ("", short(row.switch_id), *trouble_lines(each, _INDENT))
    ]


def trouble_lines(trouble: WorkflowTrouble, indent: int) -> list[str]:
    """Return one trouble: what it is, since when, and what to do.

    Args:
        trouble: As the API tells it.
        indent: Columns before each line.
    """
    since = f", since {ago(trouble.since)}" if trouble.since else ""
    return [
        *wrapped(f"{trouble.code}{since}: {trouble.message}", indent),
        *wrapped(f"what to do: {trouble.remedy}", indent),
    ]
