"""The vendor's words and our codes: the documents say what the tables do (rules#license-failures)."""

from __future__ import annotations

import re

import pytest

from domain.licenses.license_failures import LICENSE_FAILURES
from domain.licenses.preflight import NO_FAILURES
from domain.reasons.reasons import REASONS
from providers.microsoft.directory.health import health_of
from providers.microsoft.directory.license_errors import LICENSE_WORDS, VENDOR_WORDS
from providers.microsoft.directory.users import service_state
from providers.microsoft.seller import refusals
from providers.microsoft.seller.inquiries import purchase_of
from tools.tidy_sources import ROOT

RULES = (ROOT / "docs" / "rules.md").read_text().partition("## License failures")[2].partition("\n## ")[0]
PROTOCOL = (ROOT / "docs" / "vendor.md").read_text()
VENDOR = PROTOCOL.partition("## Refusals")[2].partition("\n## ")[0]
#: What is spoken of, the port's word, and the vendor's words for it.
STATES = re.findall(r"\| (a service|a purchase|an entry)[^|]*\| `?(\w+)`? \| ([^|]*) \|", PROTOCOL)
PURCHASE = {
    "commerceSubscriptionId": "s",
    "skuId": "plan",
    "skuPartNumber": "PLAN",
    "totalLicenses": 1,
    "createdDateTime": "2026-01-01T00:00:00Z",
}


def cells_of(text: str) -> list[list[str]]:
    """Return the cells of a table's rows that begin with a code or a number."""
    rows = (line.strip("| ").split("|") for line in text.splitlines() if re.match(r"\| (`|\d)", line))
    return [[cell.strip().strip("`") for cell in row] for row in rows]


def test_the_document_translates_each_code_as_the_table_does() -> None:
    """One row for each code: the vendor's word, and what earlier versions stored."""
    rows = {code: (word, stored) for code, word, stored, _, _ in cells_of(RULES)}

    assert set(rows) == {*LICENSE_FAILURES, *NO_FAILURES}
    for code, (word, stored) in rows.items():
        # A code that came later was never stored under another word.
        assert (VENDOR_WORDS.word_of(code), VENDOR_WORDS.code_of(stored or code)) == (word, code)
    assert {stored for _, stored in rows.values() if stored} == set(VENDOR_WORDS.stored)


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
    meanings = {refusals.reason_of(refusals.ORDERS, code, "Words.") for code in codes.split(", ")}

    assert meanings == {reason}
    assert reason in REASONS


@pytest.mark.parametrize(("of", "word", "vendors"), STATES)
def test_the_document_tells_the_words_for_states(of: str, word: str, vendors: str) -> None:
    """Each word of the vendor comes to the port's word that the document names, and stays beside it."""
    words = re.findall(r"`(\w+)`", vendors)
    if of == "a service":
        assert {service_state(each).value for each in words} == {word}
    elif of == "a purchase":
        listed = [purchase_of(PURCHASE | {"status": each}) for each in words]
        assert [(each.status, each.vendor_status) for each in listed] == [(word, each) for each in words]
    else:
        entries = [health_of("Exchange Online", each) for each in words]
        assert [(each.is_healthy, each.vendor_status) for each in entries] == [(True, each) for each in words]


def test_the_document_tells_of_all_that_have_states() -> None:
    """The table of states is there and is read."""
    assert len(STATES) == 8
