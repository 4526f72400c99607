"""Rows of the vendor's published list: decoded, cleaned, and every repair told with its line.

The list is edited by hand and carries dirt, such as blanks around ids. A file that is cut off, in another
encoding or of another form is refused as a whole.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from domain.errors import InvalidInput

COLUMNS = (
    "Product_Display_Name",
    "String_Id",
    "GUID",
    "Service_Plan_Name",
    "Service_Plan_Id",
    "Service_Plans_Included_Friendly_Names",
)
NAME, PART_NUMBER, PLAN_ID, SERVICE_NAME, SERVICE_ID, FRIENDLY_NAME = range(len(COLUMNS))
ID_COLUMNS = frozenset({PLAN_ID, SERVICE_ID})

#: Bounds of a file; the published one has 1.1 MB and 5,990 rows.
FILE_BYTES_MAX = 20_000_000
ROWS_MAX = 100_000
#: Longest piece of a bad value that is shown.
SHOWN_MAX = 80

#: Kinds of findings -> what was done.
REPAIRS = {
    "blank_at_end": "blanks around the value were removed",
    "no_break_space": "no-break spaces became blanks",
    "blanks_inside": "tabs and repeated blanks became one blank",
    "invisible_character": "characters that nobody sees were removed",
    "upper_case_id": "the id was put in lower case",
    "repeated_row": "the service is in this product already; the row was left out",
    "product_of_several_names": "the first name stays; the others find the product too",
    "service_of_several_names": "the spelling used most stays",
}
NOTES = {
    "part_number_of_several_products": "both stay; only the id tells them apart",
    "name_of_several_products": "both stay; the part number tells them apart",
    "unknown_column": "the column was not read",
}
REFUSALS = {
    "row_refused": "the row was left out",
    "product_refused": "the product was left out with all its rows; what is known of it stays as it is",
}
OUTCOMES = {
    **dict.fromkeys(REPAIRS, "repaired"),
    **dict.fromkeys(NOTES, "noted"),
    **dict.fromkeys(REFUSALS, "refused"),
}

GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: Zero-width characters, direction marks, soft hyphen and byte order mark.
_INVISIBLE = dict.fromkeys([0x00AD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF])
_REMEDY = "Download the list again and import it as it is; nothing was changed."


@dataclass(frozen=True, kw_only=True, slots=True)
class ListFinding:
    """One thing that was repaired, noted or refused."""

    #: Key of REPAIRS, NOTES or REFUSALS.
    kind: str
    #: Line of the file, from 1 (the header).
    line: int
    field: str
    #: As it stood in the file, or what it is about.
    value: str
    #: Why, where the kind alone does not tell.
    why: str = ""


class ListRow(NamedTuple):
    """One row with its cells in the order of COLUMNS; a tuple, since a list has thousands."""

    line: int
    cells: tuple[str, ...]

    @property
    def plan_id(self) -> str:
        """Return the product's id."""
        return self.cells[PLAN_ID]

    @property
    def key(self) -> tuple[str, str]:
        """Return product and service plan, which no second row should have."""
        return self.cells[PLAN_ID], self.cells[SERVICE_ID]


def read_rows(content: bytes, findings: list[ListFinding]) -> list[ListRow]:
    """Return the cleaned rows below the header, and add what was done to `findings`.

    Args:
        content: The file as it was downloaded.
        findings: Takes one finding for each repaired cell.

    Raises:
        InvalidInput: It is empty, cut off, no UTF-8, or no such list.
    """
    rows = [_cleaned(row, findings) for row in _rows(_decoded(content), findings)]
    if not rows:
        raise refused("file", "no rows", f"a header and rows below it: {', '.join(COLUMNS)}")
    return rows


def clean_cell(cell: str) -> tuple[str, str]:
    """Return a cell without the dirt that published lists carry, and the kind of repair, or ""."""
    visible = cell if cell.isascii() else cell.translate(_INVISIBLE)
    text = " ".join(visible.split())
    if text == cell:
        return text, ""
    if visible != cell:
        return text, "invisible_character"
    if cell != cell.strip():
        return text, "blank_at_end"
    return text, "no_break_space" if "\u00a0" in cell else "blanks_inside"


def _decoded(content: bytes) -> str:
    if not content.strip():
        raise refused("file", "empty", "a CSV file with a header and rows")
    if len(content) > FILE_BYTES_MAX:
        raise refused("file", f"{len(content)} bytes", f"at most {FILE_BYTES_MAX} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        value = f"byte {content[error.start]:#04x}"
        raise refused(f"line {line}", value, "text in UTF-8") from error
    if not text.endswith(("\n", "\r")):
        last = text.count("\n") + 1
        raise refused(
            f"line {last}",
            text.splitlines()[-1] if text else "",
            "a last line with its end: the file was cut off",
        )
    return text


def _rows(text: str, findings: list[ListFinding]) -> Iterator[ListRow]:
    """Yield the rows below the header with the cells in the order of COLUMNS, still dirty."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [clean_cell(cell)[0] for cell in next(reader)]
        places = _places(header, findings)
        for count, cells in enumerate(reader):
            if not any(cells):
                continue
            if len(cells) != len(header):
                raise refused(
                    f"line {reader.line_num}", ",".join(cells), f"{len(header)} cells, as in the header"
                )
            if count >= ROWS_MAX:
                raise refused("file", f"more than {ROWS_MAX} rows", f"at most {ROWS_MAX} rows")
            yield ListRow(reader.line_num, tuple(cells[place] for place in places))
    except csv.Error as error:
        raise refused(
            f"line {reader.line_num}", str(error), "cells with commas between, quotes closed"
        ) from error


def _places(header: Sequence[str], findings: list[ListFinding]) -> list[int]:
    if any(header.count(column) != 1 for column in COLUMNS):
        raise refused("header", ",".join(header), f"each of {', '.join(COLUMNS)} once")
    findings += [
        ListFinding(kind="unknown_column", line=1, field=column, value=column)
        for column in header
        if column not in COLUMNS
    ]
    return [header.index(column) for column in COLUMNS]


def _cleaned(row: ListRow, findings: list[ListFinding]) -> ListRow:
    cells: list[str] = []
    for column, cell in enumerate(row.cells):
        text, kind = clean_cell(cell)
        if column in ID_COLUMNS and text != text.lower():
            text, kind = text.lower(), kind or "upper_case_id"
        if kind:
            findings.append(ListFinding(kind=kind, line=row.line, field=COLUMNS[column], value=shown(cell)))
        cells.append(text)
    return ListRow(row.line, tuple(cells))


def shown(cell: str) -> str:
    """Return as much of a value as a message shows."""
    return cell[:SHOWN_MAX]


def refused(field: str, value: str, allowed: str) -> InvalidInput:
    """Return the error that refuses a whole file."""
    return InvalidInput(field=field, value=value[:SHOWN_MAX], allowed=allowed, remedy=_REMEDY)
