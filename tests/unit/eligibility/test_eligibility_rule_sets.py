"""Rule sets as data, facts as JSON, and the page that lists the reasons (rules#reasons, rules#rule-sets)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.catalog.rule_sets import rule_set, rule_set_names
from domain.kernel.errors import InvalidInput
from domain.kernel.facts import as_plain, digest_of
from domain.kernel.money import Money
from domain.reasons.reasons import REASONS, docs_link

RULES_PAGE = Path(__file__).parents[3] / "docs" / "rules.md"


def test_rule_sets_decide_as_their_day_did() -> None:
    """What rule sets decide, one beside the other (rules#rule-sets)."""
    old, middle, today = (rule_set(name) for name in rule_set_names()[:3])

    assert rule_set_names() == ("2014", "2020", "current", "demo")
    assert (old.user_limit, middle.user_limit, today.user_limit) == (300, 3000, None)
    settings = (old.service_settings, middle.service_settings, today.service_settings)
    assert settings == ("grant_all", "grant_all", "keep")
    assert (old.billing_stop, today.billing_stop) == ("at_order", "at_completion")
    assert (middle.administration_lock, today.administration_lock) == ("credit_check", "license_move")
    assert (old.credit_wait, old.credit_wait_unit) == (14, "calendar_days")
    assert (today.credit_wait, today.credit_wait_unit) == (2, "business_days")
    assert (old.is_right_sizing, middle.is_right_sizing, today.is_right_sizing) == (False, False, True)
    assert today.credit_threshold("USD") == Money(minor_units=500000, currency="USD")


def test_unknown_rule_set_is_refused_with_the_names_there_are() -> None:
    """A wrong name tells the right ones."""
    with pytest.raises(InvalidInput, match="2014, 2020, current"):
        rule_set("1999")


def test_one_instant_has_one_spelling() -> None:
    """An instant is written in UTC, whatever zone it came in; so is its digest."""
    utc = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    berlin = utc.astimezone(ZoneInfo("Europe/Berlin"))

    assert as_plain(berlin) == "2026-11-22T09:00:00+00:00"
    assert digest_of({"at": berlin}) == digest_of({"at": utc})


def test_digest_does_not_depend_on_the_order_of_keys() -> None:
    """Canonical JSON: the same facts have the same digest, other facts another one."""
    assert digest_of({"a": 1, "b": (1, 2)}) == digest_of({"b": [1, 2], "a": 1})
    assert digest_of({"a": 1}) != digest_of({"a": "1"})
    assert as_plain(frozenset({"b", "a"})) == ["a", "b"]


@pytest.mark.parametrize(
    "value",
    [1.5, Decimal("NaN"), datetime(2026, 11, 22, 9, 0), object()],  # noqa: DTZ001 - a naive instant is the point
)
def test_values_that_are_no_facts_are_refused(value: Any) -> None:
    """Floats, infinite decimals, naive instants and strange objects never reach the record."""
    with pytest.raises(InvalidInput):
        as_plain({"value": value})


def _rows() -> dict[str, list[str]]:
    """Return the cells of the page's table of reasons, by code."""
    table = RULES_PAGE.read_text("utf-8").partition("\n## Reasons\n")[2].partition("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("| [`")]
    return {line.split("`")[1]: [cell.strip() for cell in line.split("|")[1:-1]] for line in lines}


def _sections() -> dict[str, str]:
    """Return the page's explanations, by heading."""
    reasons = RULES_PAGE.read_text("utf-8").partition("\n## The reasons one by one\n")[2]
    parts = reasons.partition("\n## ")[0].split("\n### ")[1:]
    return {part.partition("\n")[0]: part.partition("\n")[2] for part in parts}


def test_page_of_reasons_lists_and_explains_every_code_once() -> None:
    """docs/rules.md names each code of the table and explains it under its own heading, and no other."""
    assert list(_rows()) == list(REASONS)
    assert list(_sections()) == list(REASONS)


@pytest.mark.parametrize("code", sorted(REASONS))
def test_page_of_reasons_says_what_the_table_does(code: str) -> None:
    """The page's words for modes, stages and anchor are the table's; each reason says what to do."""
    modes = {(): "notice", ("automatic",): "automatic", ("automatic", "manual"): "both"}
    stages = {"order": "before_order", "first move": "before_first_move"}
    stages["cancellation"] = "before_cancellation"
    name, blocks, licenses_only, look_again, counts = _rows()[code]

    assert name == f"[`{code}`]({docs_link(code).removeprefix('docs/rules.md')})"
    assert blocks == modes[REASONS[code].blocks]
    assert licenses_only == ("yes" if REASONS[code].blocks_licenses_only else "no")
    assert (look_again == "never") == (REASONS[code].retry == "never")
    assert tuple(stages[word] for word in counts.split(", ")) == REASONS[code].stages
    assert "**What to do.**" in _sections()[code]
