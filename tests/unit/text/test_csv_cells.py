"""Cells of files that spreadsheets open are shown and never computed (first-look#the-report)."""

from __future__ import annotations

import pytest

from domain.text.csv_text import safe_cell


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "=cmd|' /C calc'!A0", "\uff1d1"]
)
def test_what_a_spreadsheet_would_compute_stands_behind_an_apostrophe(text: str) -> None:
    """Also behind blanks, which some programs drop."""
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "cell"), [("Office 365 E1", "Office 365 E1"), ("", ""), (-2, "-2"), (0, "0"), ("a=b", "a=b")]
)
def test_anything_else_is_written_as_it_is(value: object, cell: str) -> None:
    """Numbers of ours stay numbers, and a sign inside of a text is no formula."""
    assert safe_cell(value) == cell
