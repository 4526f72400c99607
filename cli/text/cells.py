"""Cells of files that spreadsheets open: text of others is shown there and never computed."""

from __future__ import annotations

#: What a spreadsheet takes for the beginning of a formula, or drops before one.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: object) -> str:
    """Return a value as the text of a cell; what would be a formula stands behind an apostrophe.

    Args:
        value: A number is written as it is, and so is a day.
    """
    text = str(value)
    if isinstance(value, int | float):
        return text
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
