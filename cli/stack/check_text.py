"""What `planswitch doctor` prints: a row for each part, whole, and below what to do."""

from __future__ import annotations

from collections.abc import Sequence

from cli.stack.checks import Check
from cli.text.output import wrapped

_GAP = "  "


def check_lines(checks: Sequence[Check]) -> list[str]:
    """Return the lines of all checks; a text that is too long for its row goes on below."""
    parts = max(len("PART"), *(len(each.part) for each in checks))
    states = max(len("STATE"), *(len(each.state) for each in checks))
    indent = parts + states + 2 * len(_GAP)
    lines = [f"{'PART'.ljust(parts)}{_GAP}{'STATE'.ljust(states)}{_GAP}WHAT"]
    for each in checks:
        first = f"{each.part.ljust(parts)}{_GAP}{each.state.ljust(states)}{_GAP}"
        lines += wrapped(each.detail, indent, first)
    for each in checks:
        if each.remedy:
            lines += wrapped(f"what to do: {each.part}: {each.remedy}", 0)
    return lines
