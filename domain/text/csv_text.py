"""CSV that people exchange with spreadsheets: read in every usual form, written so that no cell is a formula.

A spreadsheet runs a cell that begins with one of FORMULA_STARTS. Such a cell is written behind an apostrophe,
which the reader takes away again: a file that went through a spreadsheet reads as it was written.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from domain.kernel.errors import InvalidInput
from domain.kernel.shown_values import Words
from domain.text.file_text import UTF_8, line_of, read_text_file

#: First characters by which a spreadsheet takes a cell for a formula (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")  # noqa: RUF001 - wide
#: What separates cells, the most usual first.
DELIMITERS = (",", ";", "\t")
#: The line by which a spreadsheet tells the sign to another one.
_DELIMITER_LINE = re.compile(r"sep=([,;\t])\s*", re.IGNORECASE)
REMEDY = "Save the file again as CSV in UTF-8; nothing was changed."
_APOSTROPHE = "'"
#: What a spreadsheet may drop before a formula.
_DROPPED = f" {_APOSTROPHE}"
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
    _require_text(file.text, remedy)
    delimiter, has_line = _delimiter_of(file.text)
    rows = tuple(_rows(file.text, delimiter, remedy))[has_line:]
    return CsvRows(rows=rows, encoding=file.encoding if rows else UTF_8, delimiter=delimiter)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
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


def safe_cell(value: object) -> str:
    """Return a value as the text of a cell; what would be a formula stands behind an apostrophe.

    Args:
        value: A number is written as it is, and so is a day.
    """
    text = str(value)
    # A cell that has an apostrophe before a formula of its own gets a second one, so that one is taken away.
    is_formula = not isinstance(value, int | float) and _is_formula(text)
    return f"{_APOSTROPHE}{text}" if is_formula else text


def column_name(cell: str) -> str:
    """Return the name of a column without case, and without the blanks and signs that people put into it."""
    return "".join(each for each in cell.lower() if each.isalnum())


def plain_cell(cell: str) -> str:
    """Return what a cell said before `safe_cell`."""
    return cell[1:] if cell.startswith(_APOSTROPHE) and _is_formula(cell) else cell


def _is_formula(text: str) -> bool:
    """Return whether a spreadsheet would run a text, blanks and apostrophes before it left out."""
    return text.lstrip(_DROPPED).startswith(FORMULA_STARTS)


def _require_text(text: str, remedy: str) -> None:
    """Refuse what no spreadsheet writes into text: UTF-16 without its mark, UTF-32, and other files.

    Raises:
        InvalidInput: The text holds a zero character; the message names the line.
    """
    place = text.find("\0")
    if place >= 0:
        raise InvalidInput(
            field=f"line {line_of(text[:place])}",
            value=Words("a zero character"),
            allowed="text in UTF-8, Windows-1252, or UTF-16 with its byte-order mark",
            remedy=remedy,
        )


def _delimiter_of(text: str) -> tuple[str, bool]:
    """Return what separates the cells, and whether the first line that says something says only this.

    A spreadsheet may write `sep=;` before the header. Otherwise that sign counts which the header has most
    often; a comma where it has none.
    """
    first = next((line for line in text.splitlines() if line.strip()), "")
    line = _DELIMITER_LINE.fullmatch(first)
    if line is not None:
        return line[1], True
    counts = {delimiter: _count_outside_quotes(first, delimiter) for delimiter in DELIMITERS}
    return max(DELIMITERS, key=lambda each: counts[each]), False


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
