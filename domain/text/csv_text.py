"""CSV that people exchange with spreadsheets: read in every usual form, written so that no cell is a formula.

A spreadsheet runs a cell that begins with one of FORMULA_STARTS. Such a cell is written behind an apostrophe,
which the reader takes away again: a file that went through a spreadsheet reads as it was written.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from domain.kernel.errors import InvalidInput
from domain.text.file_text import UTF_8, read_text_file

#: First characters by which a spreadsheet takes a cell for a formula (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
#: What separates cells, the most usual first.
DELIMITERS = (",", ";", "\t")
REMEDY = "Save the file again as CSV in UTF-8; nothing was changed."
_APOSTROPHE = "'"
#: By this mark a spreadsheet knows that a file is UTF-8.
_MARK = "\ufeff"


@dataclass(frozen=True, kw_only=True, slots=True)
class CsvRow:
    """One row of a file."""

    #: Line of the file on which the row begins, from 1.
    line: int
    #: Without blanks around them.
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CsvRows:
    """What a file says."""

    #: Rows that are not empty, the header among them.
    rows: tuple[CsvRow, ...]
    #: utf_8, utf_16 or windows_1252.
    encoding: str
    #: One of DELIMITERS.
    delimiter: str


def read_csv(content: bytes, *, remedy: str = REMEDY) -> CsvRows:
    """Return the rows of a file in UTF-8, UTF-16 or Windows-1252, whatever separates the cells.

    Args:
        content: The whole file.
        remedy: What to do about a file that can't be read.

    Raises:
        InvalidInput: It is no CSV text; the message names the line.
    """
    file = read_text_file(content, remedy=remedy)
    delimiter = _delimiter_of(file.text)
    rows = tuple(_rows(file.text, delimiter, remedy))
    return CsvRows(rows=rows, encoding=file.encoding if rows else UTF_8, delimiter=delimiter)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a CSV file line by line, in UTF-8 with its mark once encoded; no cell of it is a formula.

    Each export of the product is written here.

    Args:
        header: Names of the columns.
        rows: Their cells.
    """
    mark = _MARK
    for row in chain([header], rows):
        output = io.StringIO()
        csv.writer(output, lineterminator="\r\n").writerow([safe_cell(cell) for cell in row])
        yield mark + output.getvalue()
        mark = ""


def safe_cell(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    # A cell that has an apostrophe before a formula of its own gets a second one, so that one is taken away.
    return f"{_APOSTROPHE}{cell}" if cell.lstrip(_APOSTROPHE).startswith(FORMULA_STARTS) else cell


def plain_cell(cell: str) -> str:
    """Return what a cell said before `safe_cell`."""
    is_safe = cell.startswith(_APOSTROPHE) and cell.lstrip(_APOSTROPHE).startswith(FORMULA_STARTS)
    return cell[1:] if is_safe else cell


def _delimiter_of(text: str) -> str:
    """Return what separates the cells of the first line that says something; a comma where nothing does."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    counts = {delimiter: _count_outside_quotes(first, delimiter) for delimiter in DELIMITERS}
    return max(DELIMITERS, key=lambda each: counts[each])


def _count_outside_quotes(line: str, delimiter: str) -> int:
    return sum(part.count(delimiter) for part in line.split('"')[::2])


def _rows(text: str, delimiter: str, remedy: str) -> Iterator[CsvRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            allowed = f"CSV, in which a quotation mark inside of a cell is doubled ({error})"
            raise InvalidInput(field=f"line {line}", value=None, allowed=allowed, remedy=remedy) from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield CsvRow(line=line, cells=tuple(plain_cell(cell.strip()) for cell in cells))
