"""What commands print: data to stdout, words about it to stderr; plain text that fits 80 columns."""

from __future__ import annotations

import json
import re
import shutil
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

COLUMNS_DEFAULT = 80
_COLUMN_GAP = "  "
_COLUMN_MIN = 6
_SHORT_ID_LENGTH = 8
#: A count, or an amount with its currency.
_FIGURE = re.compile(r"-?[0-9][0-9,.]*( [A-Z]{3})?")

JsonOption = Annotated[bool, typer.Option("--json", help="Print the data as JSON.")]


def print_json(data: Any) -> None:
    """Print one JSON document to stdout."""
    typer.echo(json.dumps(data, indent=2, ensure_ascii=False, default=str))


def print_lines(lines: Iterable[str]) -> None:
    """Print text to stdout."""
    for line in lines:
        typer.echo(line)


def note(text: str) -> None:
    """Tell the person something about the work; not part of the data."""
    typer.echo(text, err=True)


def width() -> int:
    """Return how many columns a line may take."""
    return shutil.get_terminal_size((COLUMNS_DEFAULT, 24)).columns


def table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Return aligned lines, cut so that each fits the terminal; the widest column of words gives way.

    Columns of figures or amounts stand to the right, so that their digits stand under each other; they are
    never cut.
    """
    cells = [[str(cell) for cell in row] for row in [headers, *rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(headers))]
    spare = width() - len(_COLUMN_GAP) * (len(headers) - 1)
    is_right = [_are_figures(row[column] for row in cells[1:]) for column in range(len(headers))]
    while sum(widths) > spare:
        words = {column: width for column, width in enumerate(widths) if not is_right[column]}
        widest = max(words, key=lambda column: words[column], default=None)
        if widest is None or widths[widest] <= _COLUMN_MIN:
            break
        widths[widest] -= 1
    return [_table_line(row, widths, is_right) for row in cells]


def fields(pairs: Mapping[str, object]) -> list[str]:
    """Return `name  value` lines with the values under each other, wrapped to the terminal."""
    room = max((len(name) for name in pairs), default=0) + len(_COLUMN_GAP)
    return [line for name, value in pairs.items() for line in wrapped(str(value), room, name)]


def wrapped(text: str, indent: int, first: str = "") -> list[str]:
    """Return text in lines that fit the terminal, each after `indent` columns; words stay whole.

    Args:
        text: One paragraph.
        indent: Columns before each line.
        first: Stands in the indent of the first line.
    """
    return textwrap.wrap(
        text,
        width=width(),
        initial_indent=first.ljust(indent),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first]


def short(identifier: str) -> str:
    """Return the beginning of an id, enough to name it again."""
    return identifier[:_SHORT_ID_LENGTH]


def print_command(answer: dict[str, Any], *, as_json: bool, then: str = "watch") -> None:
    """Print what became of a command on a switch, and which command looks at it next.

    Args:
        answer: The API's answer: `message` and `switch_id`.
        as_json: Print the answer as it is.
        then: Command of `planswitch switch` that comes next.
    """
    if as_json:
        print_json(answer)
        return
    print_lines([answer["message"], f"next: planswitch switch {then} {short(answer['switch_id'])}"])


def ago(instant: str | None) -> str:
    """Return an instant of the API as local reading: time of day today, else date and time, in UTC."""
    if not instant:
        return "-"
    moment = datetime.fromisoformat(instant).astimezone(UTC)
    is_today = moment.date() == datetime.now(tz=UTC).date()
    return f"{moment:%H:%M:%S} UTC" if is_today else f"{moment:%Y-%m-%d %H:%M} UTC"


def _are_figures(cells: Iterable[str]) -> bool:
    told = [cell for cell in cells if cell != "-"]
    return bool(told) and all(map(_FIGURE.fullmatch, told))


def _table_line(row: Sequence[str], widths: Sequence[int], is_right: Sequence[bool]) -> str:
    cut = [
        _cut(cell, room).rjust(room) if right else _cut(cell, room).ljust(room)
        for cell, room, right in zip(row, widths, is_right, strict=True)
    ]
    return _COLUMN_GAP.join(cut).rstrip()


def _cut(cell: str, room: int) -> str:
    return cell if len(cell) <= room else cell[: room - 1] + "…"
