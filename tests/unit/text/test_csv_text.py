"""CSV as spreadsheets save it, and cells that no spreadsheet runs (manual#a-file-of-users)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.errors import InvalidInput
from domain.text.csv_text import FORMULA_STARTS, csv_text, read_csv, safe_cell

CELLS = st.text(
    st.one_of(st.sampled_from("=+-@'|%\"ab;,é"), st.characters(categories=("L", "N", "P", "S"))), max_size=12
)


def _written(header: list[str], rows: list[list[str]]) -> bytes:
    return "".join(csv_text(header, rows)).encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_usual_form_is_read(encoding: str, delimiter: str) -> None:
    """Encodings and delimiters of spreadsheets; the lines are those of the file, empty ones counted."""
    text = f"user{delimiter}note\r\n\r\nadé{delimiter}x\r\n{delimiter}\r\nbob{delimiter}y"

    read = read_csv(text.encode(encoding))

    assert [(row.line, row.cells) for row in read.rows] == [
        (1, ("user", "note")),
        (3, ("adé", "x")),
        (5, ("bob", "y")),
    ]
    assert read.delimiter == delimiter


@pytest.mark.parametrize("line", ["sep=;", "SEP=; "])
def test_a_spreadsheet_may_name_the_delimiter_before_the_header(line: str) -> None:
    """The line of it is no row, and is counted."""
    read = read_csv(f"{line}\r\nuser;a,b,c\r\nada;x\r\n".encode())

    assert [(row.line, row.cells) for row in read.rows] == [(2, ("user", "a,b,c")), (3, ("ada", "x"))]
    assert read.delimiter == ";"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_text_without_a_known_mark_is_refused(encoding: str) -> None:
    """Its zero characters would become part of names."""
    with pytest.raises(InvalidInput, match="line 1 is a zero character"):
        read_csv("user\nada\n".encode(encoding))


def test_a_row_of_several_lines_has_its_first_line() -> None:
    """A quoted cell may hold a line end; the next row counts on behind it."""
    read = read_csv(b'user,note\n"a","one\ntwo"\nb,x\n')

    assert [(row.line, row.cells[0]) for row in read.rows] == [(1, "user"), (2, "a"), (4, "b")]


def test_delimiters_inside_quotes_do_not_count() -> None:
    """Which sign separates cells is told by those outside of quotation marks."""
    assert read_csv(b'"a;b;c;d",e\n1,2\n').delimiter == ","


@pytest.mark.parametrize("content", [b'user\n"open\n', b'user\n"a"b\n', b"user\nad\xc3\xa9\xff\n"])
def test_what_is_no_csv_is_refused_with_its_line(content: bytes) -> None:
    """A quotation mark that is never closed, text behind a quoted cell, two encodings in one file."""
    with pytest.raises(InvalidInput, match="line 2"):
        read_csv(content)


@given(cell=CELLS)
def test_no_cell_is_a_formula(cell: str) -> None:
    """Whatever a cell says, its first character is none by which a spreadsheet runs it."""
    assert not safe_cell(cell).startswith(FORMULA_STARTS)


@given(rows=st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=5))
def test_what_is_written_is_read(rows: list[list[str]]) -> None:
    """A file reads as it was written, with its apostrophes taken away; blanks at the ends do not count."""
    kept = [[cell.strip() for cell in row] for row in rows]
    told = [row for row in kept if any(row)]

    read = read_csv(_written(["user", "note"], kept))

    assert [list(row.cells) for row in read.rows[1:]] == told
