"""The vendor's words and our codes: the documents say what the tables do (rules#license-failures)."""

from __future__ import annotations

import re

import pytest

from domain.licenses.license_failures import LICENSE_FAILURES
from domain.licenses.preflight import NO_FAILURES
from domain.reasons.reasons import REASONS
from providers.microsoft import refusal_codes
from providers.microsoft.vendor_codes import LICENSE_WORDS, VENDOR_WORDS
from tools.tidy_sources import ROOT

RULES = (ROOT / "docs" / "rules.md").read_text().partition("## License failures")[2].partition("\n## ")[0]
VENDOR = (ROOT / "docs" / "vendor.md").read_text().partition("## Refusals")[2].partition("\n## ")[0]


def cells_of(text: str) -> list[list[str]]:
    """Return the cells of a table's rows that begin with a code or a number."""
    rows = (line.strip("| ").split("|") for line in text.splitlines() if re.match(r"\| (`|\d)", line))
    return [[cell.strip().strip("`") for cell in row] for row in rows]


def test_the_document_translates_each_code_as_the_table_does() -> None:
    """One row for each code: the vendor's word, and what earlier versions stored."""
    rows = {code: (word, stored) for code, word, stored, _, _ in cells_of(RULES)}

    assert set(rows) == {*LICENSE_FAILURES, *NO_FAILURES}
    for code, (word, stored) in rows.items():
        assert (VENDOR_WORDS.word_of(code), VENDOR_WORDS.code_of(stored)) == (word, code)
    assert {stored for _, stored in rows.values()} == set(VENDOR_WORDS.stored)


def test_a_code_is_read_as_itself() -> None:
    """Newer rows hold codes; a word that no version stored stays as it is."""
    assert {VENDOR_WORDS.code_of(code) for code in LICENSE_FAILURES} == set(LICENSE_FAILURES)
    assert (VENDOR_WORDS.code_of("BrandNew"), VENDOR_WORDS.code_of("")) == ("BrandNew", "")
    assert set(LICENSE_WORDS.values()) <= set(LICENSE_FAILURES)


@pytest.mark.parametrize(
    ("codes", "reason"),
    [(row[0], found.group(1)) for row in cells_of(VENDOR) if (found := re.match(r"`?([A-Z_]+)\b", row[2]))],
)
def test_the_document_tells_what_the_sellers_codes_mean(codes: str, reason: str) -> None:
    """What the document says of a code is what the adapter makes of it (vendor#refusals)."""
    meanings = {refusal_codes.reason_of(refusal_codes.ORDERS, code, "Words.") for code in codes.split(", ")}

    assert meanings == {reason}
    assert reason in REASONS
