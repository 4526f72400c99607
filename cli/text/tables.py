"""Tables that cut nothing: whole lines into a pipe or a file; on a terminal rows wrap, or go on below.

A list ends with how many there are, how to see the others, or which filter gave nothing.
"""

from __future__ import annotations

import os
import re
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from shlex import quote

from cli.text import answers
from cli.text.output import counted, width, wrapped

_GAP = "  "
#: A column of words is made no narrower than this; one that finds less room goes on below its row.
_WORDS_MIN = 36
#: How wide lines are to be, also where they go into a pipe.
_COLUMNS_VARIABLE = "COLUMNS"
_INDENT = 2
_ABSENT = frozenset({"", "-"})
#: A count, or an amount with its currency.
_FIGURE = re.compile(r"-?[0-9][0-9,.]*( [A-Z]{3})?")


def is_piped() -> bool:
    """Return whether what is printed goes into a pipe or a file, for programs as well as for people."""
    return not sys.stdout.isatty()


def table(
    headers: Sequence[str], rows: Sequence[Sequence[object]], *, columns: int | None = None
) -> list[str]:
    """Return aligned lines in which every cell is whole.

    Columns of figures or amounts stand to the right, so that their digits stand under each other. What does
    not fit a terminal wraps between words; a column for which even that leaves no room goes on below its row.

    Args:
        headers: Name of each column.
        rows: Cells of each row.
        columns: Columns of the terminal; None: those of standard output; in a pipe as many as are needed,
            unless the environment says how many there are to be.
    """
    cells = [[str(cell) for cell in row] for row in [headers, *rows]]
    is_endless = is_piped() and _COLUMNS_VARIABLE not in os.environ
    room = columns or (None if is_endless else width())
    is_right = [_are_figures(row[column] for row in cells[1:]) for column in range(len(headers))]
    widths = _widths(cells, is_right, room)
    below = [column for column in range(len(headers)) if column not in widths]
    lines = _row_lines(cells[0], widths, is_right)
    for row in cells[1:]:
        lines += _row_lines(row, widths, is_right)
        for column in below:
            lines += _below(headers[column], row[column])
    return lines


def _widths(cells: Sequence[Sequence[str]], is_right: Sequence[bool], room: int | None) -> Mapping[int, int]:
    """Return the width of each column that stands in the row, for which they are wrapped or leave it."""
    kept = {column: max(len(row[column]) for row in cells) for column in range(len(cells[0]))}
    while room is not None and not _fits(kept, room):
        widths = _shrunk(cells, kept, is_right, room)
        # The first column names the row.
        movable = [column for column in kept if column and not is_right[column]]
        if widths is not None or not movable:
            return widths or kept
        del kept[_leaving(kept, movable, room)]
    return kept


def _leaving(kept: Mapping[int, int], movable: Sequence[int], room: int) -> int:
    """Return the column that leaves the row: the last one that makes it fit by itself, else the widest."""
    for column in reversed(movable):
        if _fits({each: width for each, width in kept.items() if each != column}, room):
            return column
    return max(movable, key=lambda column: kept[column])


def _fits(widths: Mapping[int, int], room: int) -> bool:
    return sum(widths.values()) + len(_GAP) * (len(widths) - 1) <= room


def _shrunk(
    cells: Sequence[Sequence[str]], natural: Mapping[int, int], is_right: Sequence[bool], room: int
) -> Mapping[int, int] | None:
    """Return widths that fit, the widest columns of words the first to give way; None where none do."""
    spare = room - len(_GAP) * (len(natural) - 1)
    least = {
        column: width if is_right[column] else _least(cells, column, width)
        for column, width in natural.items()
    }
    if sum(least.values()) > spare:
        return None
    widths = dict(natural)
    while sum(widths.values()) > spare:
        able = [column for column in widths if widths[column] > least[column]]
        widths[max(able, key=lambda column: widths[column])] -= 1
    return widths


def _least(cells: Sequence[Sequence[str]], column: int, natural: int) -> int:
    """Return how narrow a column of words may be: no word of it is broken, an id least of all."""
    longest = max((len(word) for row in cells for word in row[column].split()), default=0)
    return max(longest, min(natural, _WORDS_MIN))


def _are_figures(cells: Iterable[str]) -> bool:
    filled = [cell for cell in cells if cell != "-"]
    return bool(filled) and all(map(_FIGURE.fullmatch, filled))


def _row_lines(row: Sequence[str], widths: Mapping[int, int], is_right: Sequence[bool]) -> list[str]:
    parts = [_parts(row[column], room) for column, room in widths.items()]
    lines = []
    for line in zip_longest(*parts, fillvalue=""):
        cells = [
            part.rjust(room) if is_right[column] else part.ljust(room)
            for part, (column, room) in zip(line, widths.items(), strict=True)
        ]
        lines.append(_GAP.join(cells).rstrip())
    return lines


def _parts(cell: str, room: int) -> list[str]:
    if len(cell) <= room:
        return [cell]
    return textwrap.wrap(cell, width=room, break_long_words=False, break_on_hyphens=False)


def _below(header: str, cell: str) -> list[str]:
    """Return a cell that found no room in its row."""
    first = f"{' ' * _INDENT}{header.lower()}: "
    return [] if cell in _ABSENT else wrapped(cell, len(first), first)


def list_end(
    page: answers.switches.SwitchList | answers.checkouts.CheckoutList | answers.schedules.ScheduleList,
    *,
    command: str,
    noun: str,
    shown: int,
    filters: Mapping[str, str | None],
    is_first: bool,
    start: str,
    figures: str = "",
) -> list[str]:
    """Return what stands below one page of a list; no list ends without a word.

    Args:
        page: The API's answer.
        command: The command that lists.
        noun: What is listed.
        shown: Rows of this page.
        filters: Name of each filter and what was asked for; None filters nothing.
        is_first: It is the first page.
        start: Said where there is nothing at all.
        figures: Further counts.
    """
    total, everywhere = page.total, page.all
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
    lines = wrapped(f"{shown} of {counted(total, noun)}{matching}{figures}", 0)
    if page.next:
        options = "".join(f" --{name} {quote(value)}" for name, value in filters_set.items())
        lines += wrapped(f"more: {command}{options} --after {page.next}", 0)
    return lines
