"""What `switch list` prints: a row for each switch, how many there are, and how to see the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cli.switch.switch_text import stage_text
from cli.text import answers
from cli.text.output import short, wrapped
from cli.text.tables import is_piped, list_end, table
from cli.text.trouble_text import in_trouble

_INDENT = 2
_HEADERS = ("SWITCH", "STAGE", "PLANS", "MOVED", "ORGANIZATION", "WAITS FOR")
#: Counts of the API over all pages -> their words.
_COUNTED = {"running": "running", "attention": "need attention", "ended": "ended"}
_START = "No switch yet. Start one: planswitch switch start ORGANIZATION --to PLAN"
_COMMAND = "planswitch switch list"


def board(rows: Sequence[answers.switches.ListedSwitch]) -> list[str]:
    """Return a row for each switch; none where there is none."""
    if not rows:
        return []
    lines = [
        [
            # A person gives the first characters; a program gets all of them.
            row.switch_id if is_piped() else short(row.switch_id),
            stage_text(row),
            f"{row.source_plan} -> {row.target_plan}",
            f"{row.moved}/{row.total}",
            row.organization_id,
            row.waits_for or "-",
        ]
        for row in rows
    ]
    return [*table(_HEADERS, lines), *_incomplete(rows), *in_trouble(rows)]


def board_end(
    answer: answers.switches.SwitchList, filters: Mapping[str, str | None], *, is_first: bool
) -> list[str]:
    """Return how many switches there are, what waits for an operator, and the command of the next page.

    Args:
        answer: The API's answer.
        filters: Name of each filter and what was asked for; None filters nothing.
        is_first: It is the first page.
    """
    counts = answer.counts
    figures = ", ".join(f"{getattr(counts, name)} {word}" for name, word in _COUNTED.items())
    return list_end(
        command=_COMMAND,
        noun="switch",
        shown=len(answer.switches),
        total=answer.total,
        everywhere=answer.all,
        filters=filters,
        after=answer.next,
        is_first=is_first,
        start=_START,
        figures=f"; {figures}",
    )


def _incomplete(rows: Sequence[answers.switches.ListedSwitch]) -> list[str]:
    """Return which switches lack events in what is shown, below a table that has no room for it."""
    incomplete = [each for each in rows if each.incomplete_since is not None]
    lines = [
        f"{short(each.switch_id)} is incomplete since version {each.incomplete_since}" for each in incomplete
    ]
    return [*lines, *wrapped("what to do: `planswitch projection status` says it", _INDENT)] if lines else []
