"""A report of organizations as a file: CSV, a page for browsers, or JSON; written entry by entry."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cli.report.customer_page import PageSink
from cli.report.customer_rows import COLUMNS, Entry, Sink, Summary, rows
from cli.report.new_files import new_file
from cli.text import answers
from cli.text.output import as_facts
from domain.text.csv_text import safe_cell

#: Name of a file that stands for stdout.
STDOUT = Path("-")
#: With it spreadsheets read the file as UTF-8.
_BYTE_ORDER_MARK = "\ufeff"


@contextmanager
def csv_sink(path: Path) -> Iterator[Sink]:
    """Yield what writes a CSV file, or CSV to stdout.

    Raises:
        InvalidInput: The file is there, or can't be written.
    """
    if path == STDOUT:
        yield CsvSink(sys.stdout)
        return
    with new_file("--csv", path) as file:
        yield CsvSink(file, mark=_BYTE_ORDER_MARK)


@contextmanager
def html_sink(path: Path) -> Iterator[Sink]:
    """Yield what writes a page for browsers.

    Raises:
        InvalidInput: The file is there, or can't be written.
    """
    with new_file("--html", path) as file:
        yield PageSink(file)


@contextmanager
def json_sink() -> Iterator[Sink]:
    """Yield what writes one JSON document to stdout."""
    yield JsonSink(sys.stdout)


class CsvSink:
    """Rows for spreadsheets; no cell of them is a formula."""

    def __init__(self, file: IO[str], *, mark: str = "") -> None:
        self._file = file
        self._mark = mark
        self._writer = csv.writer(file)

    def begin(self, _listed: answers.customers.CustomersAnswer) -> None:
        """Write the names of the columns."""
        self._file.write(self._mark)
        self._writer.writerow(COLUMNS)

    def add(self, entry: Entry) -> None:
        """Write the rows of one organization."""
        self._writer.writerows([safe_cell(cell) for cell in row] for row in rows(entry))
        self._file.flush()

    def end(self, _summary: Summary) -> None:
        """Write nothing: every line is a row."""


class JsonSink:
    """One document; its organizations are written as they come."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._is_first = True

    def begin(self, listed: answers.customers.CustomersAnswer) -> None:
        """Write who says which organizations there are."""
        facts = as_facts(listed)
        del facts["customers"]
        self._file.write(f'{json.dumps(facts, ensure_ascii=False)[:-1]}, "organizations": [')

    def add(self, entry: Entry) -> None:
        """Write one organization."""
        facts = as_facts(
            {
                "organization_id": entry.customer.organization_id,
                "organization": entry.name,
                "report": entry.report,
                "problem": entry.problem,
            }
        )
        self._file.write(f"{'' if self._is_first else ','}\n{json.dumps(facts, ensure_ascii=False)}")
        self._file.flush()
        self._is_first = False

    def end(self, summary: Summary) -> None:
        """Write the counts, and end the document."""
        self._file.write(f'], "summary": {json.dumps(as_facts(summary))}}}\n')
