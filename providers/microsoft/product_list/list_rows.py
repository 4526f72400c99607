"""Rows of the vendor's published list: decoded, cleaned, and every repair noted with its line.

The list is edited by hand and carries dirt, such as blanks around ids; copies circulate in other encodings
and without the end of the last line. A file that is cut off or of another form is refused as a whole.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from domain.kernel.errors import InvalidInput
from domain.text.file_text import UTF_8, UTF_16, WINDOWS_1252, FileText, read_text_file
from domain.text.plain_text import cleaned_text

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
    WINDOWS_1252: "the file was read as Windows-1252, as it is no UTF-8",
    UTF_16: "the file was read as UTF-16, as its first bytes say",
    "last_line_without_end": "the last line was taken, as all its cells are whole",
    "repeated_header": "the header stands in the file again; the line was left out",
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

    def finding(self, kind: str, column: int, value: str, why: str = "") -> ListFinding:
        """Return what was repaired, noted or refused of a cell; `value` is shown as it stands."""
        return ListFinding(kind=kind, line=self.line, field=COLUMNS[column], value=value, why=why)


def read_rows(content: bytes, findings: list[ListFinding]) -> list[ListRow]:
    """Return the cleaned rows below the header, and add a finding for each repair to `findings`.

    Raises:
        InvalidInput: It is empty, cut off, in no encoding that is known, or no such list.
    """
    file = _decoded(content, findings)
    rows = [_cleaned(row, findings) for row in _rows(file.text, findings)]
    if not rows:
        raise refused("file", "no rows", f"a header and rows below it: {', '.join(COLUMNS)}")
    if not file.has_last_line_end:
        _note_last_line(rows, findings)
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


def _decoded(content: bytes, findings: list[ListFinding]) -> FileText:
    if not content.strip():
        raise refused("file", "empty", "a CSV file with a header and rows")
    if len(content) > FILE_BYTES_MAX:
        raise refused("file", f"{len(content)} bytes", f"at most {FILE_BYTES_MAX} bytes")
    file = read_text_file(content, remedy=_REMEDY)
    if not file.text.strip():
        raise refused("header", "", f"each of {', '.join(COLUMNS)} once")
    if file.encoding != UTF_8:
        findings.append(
            ListFinding(kind=file.encoding, line=file.line, field="file", value=file.first_special)
        )
    return file


def _rows(text: str, findings: list[ListFinding]) -> Iterator[ListRow]:
    """Yield the rows below the header with the cells in the order of COLUMNS, still dirty."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [clean_cell(cell)[0] for cell in next(reader)]
        places = _places(header, findings)
        for count, cells in enumerate(reader):
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise refused(
                    f"line {reader.line_num}", ",".join(cells), f"{len(header)} cells, as in the header"
                )
            if count >= ROWS_MAX:
                raise refused("file", f"more than {ROWS_MAX} rows", f"at most {ROWS_MAX} rows")
            if [clean_cell(cell)[0] for cell in cells] == header:
                line, value = reader.line_num, shown(cells[0])
                findings.append(ListFinding(kind="repeated_header", line=line, field="file", value=value))
                continue
            yield ListRow(reader.line_num, tuple(cells[place] for place in places))
    except csv.Error as error:
        raise refused(
            f"line {reader.line_num}", str(error), "cells with commas between, quotes closed"
        ) from error


def _note_last_line(rows: Sequence[ListRow], findings: list[ListFinding]) -> None:
    """Take a last row that lacks only the end of its line, and refuse one that may lack more.

    Raises:
        InvalidInput: A cell of it is empty or half; what should follow it is lost as well.
    """
    last = rows[-1]
    broken = next((column for column, cell in enumerate(last.cells) if _is_half(rows, column, cell)), None)
    if broken is not None:
        raise refused(
            f"{COLUMNS[broken]} in line {last.line}",
            last.cells[broken],
            "a whole value in the last line, which has no end: the file was cut off",
        )
    value = shown(last.cells[FRIENDLY_NAME])
    findings.append(ListFinding(kind="last_line_without_end", line=last.line, field="file", value=value))


def _is_half(rows: Sequence[ListRow], column: int, cell: str) -> bool:
    """Return whether a cell of the last row may be cut: no whole id, or only the beginning of a name."""
    if column in ID_COLUMNS:
        return GUID.fullmatch(cell) is None
    owner = {NAME: PLAN_ID, PART_NUMBER: PLAN_ID}.get(column, SERVICE_ID)
    known = {row.cells[column] for row in rows[:-1] if row.cells[owner] == rows[-1].cells[owner]}
    return not cell or (cell not in known and any(name.startswith(cell) for name in known))


def _places(header: Sequence[str], findings: list[ListFinding]) -> list[int]:
    if any(header.count(column) != 1 for column in COLUMNS):
        raise refused("header", ",".join(header), f"each of {', '.join(COLUMNS)} once")
    findings += [
        ListFinding(kind="unknown_column", line=1, field=shown(column), value=shown(column))
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
            findings.append(row.finding(kind, column, shown(cell)))
        cells.append(text)
    return ListRow(row.line, tuple(cells))


def shown(cell: str) -> str:
    """Return as much of a value as a message shows, with nothing that its reader can't bear."""
    return cleaned_text(cell[:SHOWN_MAX])


def refused(field: str, value: str, allowed: str) -> InvalidInput:
    """Return the error that refuses a whole file."""
    return InvalidInput(field=field, value=value[:SHOWN_MAX], allowed=allowed, remedy=_REMEDY)
