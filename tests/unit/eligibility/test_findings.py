"""Findings: what is told beside an answer and stands in nobody's way (rules#findings)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from string import Formatter

import pytest

from audit.cases.redaction import DETAILS, REDACTED, redacted_assessment
from cli.switch.quote_text import findings
from console.switches.views import finding_answer
from domain.ports.seller_port import RenewalTerms
from domain.reasons.findings import (
    FINDINGS,
    Finding,
    FindingCode,
    docs_link,
    finding,
    in_order,
    recorded_finding,
)
from domain.reasons.reasons import REASONS
from tests.support.stories.eligibility_inputs import answer, subscription

RULES_PAGE = Path(__file__).parents[3] / "docs" / "rules.md"
ENDING = RenewalTerms(ends_on=date(2026, 12, 10), is_automatic=False)


def found(code: FindingCode) -> Finding:
    """Return a finding whose details are words of no meaning."""
    row = FINDINGS[code]
    names = {name for text in (row.message, row.remedy) for _, name, _, _ in Formatter().parse(text) if name}
    return finding(code, **dict.fromkeys(sorted(names), "7"))


@pytest.mark.parametrize("code", FindingCode)
def test_every_code_has_a_row_that_says_what_it_rests_on(code: FindingCode) -> None:
    """Each code has one row; its message ends as a sentence, and its figures may be told to support."""
    each = found(code)

    assert each.message.endswith(".")
    assert "{" not in each.message + each.remedy
    assert set(each.details) <= DETAILS


def test_findings_are_no_reasons() -> None:
    """The table of reasons stays as it is: no code is both."""
    assert not set(FindingCode) & set(REASONS)
    assert len(REASONS) == 31


def test_page_of_rules_lists_and_explains_every_finding_once() -> None:
    """docs/rules.md names each finding in its table and explains it under its own heading, and no other."""
    page = RULES_PAGE.read_text("utf-8")
    table = page.partition("\n## Findings\n")[2].partition("\n## ")[0]
    sections = page.partition("\n## The findings one by one\n")[2].partition("\n## ")[0]
    rows = [line.split("`")[1] for line in table.splitlines() if line.startswith("| [`")]
    links = [line.partition("](")[2].partition(")")[0] for line in table.splitlines() if "[`" in line]

    assert rows == list(FindingCode)
    assert [part.partition("\n")[0] for part in sections.split("\n### ")[1:]] == list(FindingCode)
    assert [f"docs/rules.md{link}" for link in links] == [docs_link(code) for code in FindingCode]


def test_findings_are_listed_once_and_in_the_order_of_the_table() -> None:
    """The same finding from two looks is one; another subscription's is another."""
    first, second = (
        finding(FindingCode.AUTO_RENEW_OFF, subscription_id=name, ends_on="2026-12-10") for name in "ab"
    )

    assert in_order([first, second, first]) == (first, second)


def test_answer_with_findings_is_as_eligible_as_one_without() -> None:
    """A finding never blocks; it is recorded with the answer, and nothing is where nothing was found."""
    plain = answer(source=subscription())
    told = answer(source=subscription(renewal=ENDING))

    (facts,) = told.as_facts()["answer"]["findings"]
    assert (told.reasons, told.is_eligible) == (plain.reasons, True)
    assert facts == {
        "code": "AUTO_RENEW_OFF",
        "details": {"subscription_id": "source", "ends_on": "2026-12-10"},
    }
    words = recorded_finding(facts)
    assert words.message == "Subscription source does not renew: it ends on 2026-12-10."
    assert words.remedy == "Complete the switch before that day, or turn its renewal on at the seller."
    assert plain.findings == ()
    assert "findings" not in plain.as_facts()["answer"]
    assert "renewal" not in plain.as_facts()["inputs"]["source"]


def test_findings_from_elsewhere_are_added_to_the_answer() -> None:
    """What a look at the users found is recorded with the answer, once however often it is added."""
    more = found(FindingCode.AUTO_RENEW_OFF)
    told = answer(source=subscription()).including([more]).including([more])

    assert told.findings == (more,)


def test_finding_leaves_the_installation_by_code_and_figures() -> None:
    """A support bundle tells code and known details; the message and a detail of another name stay inside."""
    details = {"subscription_id": "s", "ends_on": "2026-12-10"}
    row = finding(FindingCode.AUTO_RENEW_OFF, **details, person="jan jansen")

    told = redacted_assessment(answer().including([row]).as_facts())["answer"]["findings"]

    assert told == [{"code": "AUTO_RENEW_OFF", "details": {**details, "person": REDACTED}}]


def test_finding_is_printed_with_its_remedy_and_its_page() -> None:
    """The command line says what was found, what to do, and where it is explained."""
    told = finding_answer(found(FindingCode.AUTO_RENEW_OFF))

    lines = findings([told, told.model_copy(update={"remedy": ""})])

    assert lines[0].startswith("  finding AUTO_RENEW_OFF: ")
    assert sum("what to do" in line for line in lines) == 1
    assert lines[-1] == "    more: docs/rules.md#auto_renew_off"
