"""A view of dashboards as a file: CSV, JSON lines or a page for browsers, made batch by batch."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from enum import StrEnum
from html import escape
from uuid import UUID

from domain.text.csv_text import csv_text
from projections.reads.dashboard_views import Cell, DashboardView, Row


class ViewFormat(StrEnum):
    """How rows are written."""

    CSV = "csv"
    #: A JSON object for each row, each on a line of its own.
    JSON_LINES = "jsonl"
    HTML = "html"


_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; } .scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding: .3rem .6rem;
  text-align: left; vertical-align: top; }
th { font-size: .8rem; } td { white-space: nowrap; } .figure { text-align: right; }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_FIGURES = frozenset({"integer", "bigint", "double precision", "numeric"})


def view_lines(view: DashboardView, batches: Iterator[list[Row]], form: ViewFormat) -> Iterator[str]:
    """Yield the text of a file, part by part.

    Args:
        view: Names the columns.
        batches: Rows in the order of the columns.
        form: How they are written. No cell of a CSV file is a formula.
    """
    rows = (row for batch in batches for row in batch)
    if form is ViewFormat.CSV:
        return csv_text([each.name for each in view.columns], (_csv_row(row) for row in rows))
    return _json_lines(view, rows) if form is ViewFormat.JSON_LINES else _page(view, rows)


def plain_cell(cell: Cell) -> str | int | float | bool | None:
    """Return a value as JSON has it: instants in UTC with a `Z`, days and ids as text."""
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell) if isinstance(cell, UUID) else cell


def cell_text(cell: Cell) -> str:
    """Return a value as people read it; nothing is no text."""
    plain = plain_cell(cell)
    if plain is None:
        return ""
    return str(plain).lower() if isinstance(plain, bool) else str(plain)


def _csv_row(row: Row) -> list[object]:
    """Return cells of a row; numbers stay numbers, so that a negative one is no formula."""
    return [cell if type(cell) in {int, float} else cell_text(cell) for cell in row]


def _json_lines(view: DashboardView, rows: Iterator[Row]) -> Iterator[str]:
    names = [each.name for each in view.columns]
    for row in rows:
        facts = dict(zip(names, map(plain_cell, row), strict=True))
        yield json.dumps(facts, ensure_ascii=False) + "\n"


def _page(view: DashboardView, rows: Iterator[Row]) -> Iterator[str]:
    """Yield a page without script, which loads nothing from elsewhere."""
    title = f"{view.name} · planswitch"
    heads = "".join(
        f'<th scope="col" title="{escape(each.meaning)}">{escape(each.name)}</th>' for each in view.columns
    )
    classes = [' class="figure"' if each.type in _FIGURES else "" for each in view.columns]
    yield (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>\n"
        f"<h1>{escape(view.name)}</h1>\n<p>{escape(view.meaning)}</p>\n"
        '<div class="scroll" tabindex="0" role="region" aria-label="Rows"><table>\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n"
    )
    count = 0
    for row in rows:
        count += 1
        cells = zip(classes, row, strict=True)
        yield "".join(
            ["<tr>", *(f"<td{kind}>{escape(cell_text(cell))}</td>" for kind, cell in cells), "</tr>\n"]
        )
    yield f"</tbody></table></div>\n<p>Rows: {count}</p>\n</body></html>\n"
