"""Figures as text for people: a line for each, a small table for what is nested."""

from __future__ import annotations

from typing import Any

_INDENT = "  "
_NAME_WIDTH = 22


def lines_of(figures: dict[str, Any]) -> list[str]:
    """Return one line for each figure; a nested one is a heading with a row for each of its names."""
    lines: list[str] = []
    for name, figure in figures.items():
        if isinstance(figure, dict):
            lines += [name, *_rows(figure)]
        else:
            lines.append(f"{name:<{_NAME_WIDTH}} {_text(figure)}".rstrip())
    return lines


def _rows(figures: dict[str, Any]) -> list[str]:
    """Return aligned rows; where each figure is nested once more, its names are the columns."""
    columns = list(
        dict.fromkeys(name for each in figures.values() if isinstance(each, dict) for name in each)
    )
    head = [["", *columns]] if columns else []
    rows = [[str(name), *_cells(each, columns)] for name, each in figures.items()]
    cells = [*head, *rows]
    columns_max = max((len(row) for row in cells), default=0)
    filled = [[*row, *[""] * (columns_max - len(row))] for row in cells]
    widths = [max(len(row[column]) for row in filled) for column in range(columns_max)]
    return [_line(row, widths) for row in filled]


def _cells(figure: Any, columns: list[str]) -> list[str]:
    if isinstance(figure, dict):
        return [_text(figure.get(column)) for column in columns]
    return [_text(each) for each in figure] if isinstance(figure, list | tuple) else [_text(figure)]


def _line(row: list[str], widths: list[int]) -> str:
    name, *figures = row
    right = [each.rjust(width) for each, width in zip(figures, widths[1:], strict=True)]
    return (_INDENT + _INDENT.join([name.ljust(widths[0]), *right])).rstrip()


def _text(figure: Any) -> str:
    if figure is None:
        return "-"
    return ", ".join(map(_text, figure)) if isinstance(figure, list | tuple) else str(figure)
