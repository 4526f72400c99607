"""How a list ends: how many there are, how to see the others, or which filter gave nothing."""

from __future__ import annotations

from collections.abc import Mapping
from shlex import quote

from cli.text.output import wrapped


def list_end(
    *,
    command: str,
    noun: str,
    shown: int,
    total: int,
    everywhere: int,
    filters: Mapping[str, str | None],
    after: str | None,
    is_first: bool,
    start: str,
    figures: str = "",
) -> list[str]:
    """Return what stands below one page of a list; no list ends without a word.

    Args:
        command: The command that lists.
        noun: What is listed.
        shown: Rows of this page.
        total: Rows that match, on all pages.
        everywhere: Rows without a filter.
        filters: Name of each filter and what was asked for; None filters nothing.
        after: What the next page begins after; None: there is none.
        is_first: It is the first page.
        start: Said where there is nothing at all.
        figures: Further counts.
    """
    filters_set = {name: value for name, value in filters.items() if value is not None}
    if not shown and total and not is_first:
        return wrapped(f"No {noun} follows. The first page: {command}", 0)
    if not shown and filters_set:
        options_set = " and ".join(f"--{name} {quote(value)}" for name, value in filters_set.items())
        there = "there is" if everywhere == 1 else "there are"
        others = f"Without a filter {there} {everywhere}: {command}" if everywhere else start
        return wrapped(f"No {noun} matches {options_set}. {others}", 0)
    if not shown:
        return [start]
    matching = (" that matches" if total == 1 else " that match") if filters_set else ""
    lines = wrapped(f"{shown} of {_count(total, noun)}{matching}{figures}", 0)
    if after:
        options = "".join(f" --{name} {quote(value)}" for name, value in filters_set.items())
        lines += wrapped(f"more: {command}{options} --after {after}", 0)
    return lines


def _count(count: int, noun: str) -> str:
    if count == 1:
        return f"1 {noun}"
    return f"{count} {noun}{'es' if noun.endswith('ch') else 's'}"
