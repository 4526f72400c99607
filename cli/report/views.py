"""`planswitch report views` and `report view`: the views that dashboards read, and their rows as files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.base.client import console_client
from cli.report.customer_files import STDOUT
from cli.report.new_files import new_file
from cli.text import answers
from cli.text.output import JsonOption, print_json, print_lines, wrapped
from client.api import reports as reports_api
from client.models.view_format import ViewFormat
from client.types import UNSET
from domain.kernel.errors import InvalidInput

#: Indent of what is told about a view.
_INDENT = 2
_CSV: ViewFormat = "csv"
_JSON_LINES: ViewFormat = "jsonl"
_HTML: ViewFormat = "html"


def list_views(*, as_json: JsonOption = False) -> None:
    """List the views that dashboards read, with their columns."""
    with console_client() as console:
        answer = console.ask(answers.reports.ViewsAnswer, reports_api.list_views.request())
    if as_json:
        print_json(answer)
        return
    for view in answer.views:
        columns = ", ".join(column.name for column in view.columns)
        print_lines([view.name, *wrapped(view.meaning, _INDENT), *wrapped(f"Columns: {columns}", _INDENT)])


def export_view(
    name: Annotated[str, typer.Argument(help="Name of the view; `report views` lists them.")],
    *,
    organization: Annotated[str, typer.Option(help="Only rows of this directory id.")] = "",
    csv: Annotated[Path | None, typer.Option(help="Write a new CSV file; - is stdout.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a new file for browsers.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object for each row.")] = False,
) -> None:
    """Write the rows of a view as CSV, JSON lines or HTML; without an option, print CSV."""
    form, file = _form(csv, html, as_json=as_json)
    with console_client() as console:
        request = reports_api.export_view.request(name, format_=form, organization=organization or UNSET)
        if file == STDOUT:
            console.download(request, sys.stdout.buffer)
            sys.stdout.buffer.flush()
            return
        with new_file(f"--{form}", file) as opened:
            console.download(request, opened.buffer)


def _form(csv: Path | None, html: Path | None, *, as_json: bool) -> tuple[ViewFormat, Path]:
    """Return which form is wanted, and where it goes.

    Raises:
        InvalidInput: Several forms are wanted.
    """
    forms = [(_CSV, csv), (_HTML, html), (_JSON_LINES, STDOUT if as_json else None)]
    wanted = [(form, path) for form, path in forms if path is not None]
    if len(wanted) > 1:
        raise InvalidInput(field="the form", value=", ".join(form for form, _ in wanted), allowed="one form")
    return wanted[0] if wanted else (_CSV, STDOUT)
