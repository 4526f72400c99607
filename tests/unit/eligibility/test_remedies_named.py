"""What remedies name can be typed: each command and each option, read by the command line's own parser."""

from __future__ import annotations

import pytest

from domain.reasons.findings import FINDINGS
from domain.reasons.reasons import REASONS
from domain.reasons.wordings import WORDINGS
from providers.microsoft.seller.refusals import _ORDER_CODES as ORDERS
from providers.microsoft.seller.refusals import _UPGRADE_CODES as UPGRADES
from tests.support.remedies.told import REQUEST, commands_in, in_capitals, options_in, parsed, words_of
from tests.support.remedies.walks import PLACES, TERMINAL, WALKS

CODES_OF_THE_RULES = 31
REMEDIES = {
    **{code: in_capitals(row.remedy) for code, row in REASONS.items()},
    **{f"{code}, {name}": in_capitals(words.remedy) for (code, name), words in WORDINGS.items()},
    **{str(code): in_capitals(row.remedy) for code, row in FINDINGS.items()},
}


@pytest.mark.parametrize("name", REMEDIES)
def test_what_a_remedy_names_is_taken_by_the_parser(name: str) -> None:
    """Every command is one with all that it needs, and every option is one of the same request."""
    remedy = REMEDIES[name]

    for command in commands_in(remedy):
        parsed(words_of(command))
    for option in options_in(remedy):
        parsed([*REQUEST, *words_of(option)])


@pytest.mark.parametrize("code", REASONS)
def test_a_reason_has_a_way_out_here_or_names_the_place(code: str) -> None:
    """No remedy is a riddle: it names a command, an option, or whom alone it can be cleared by."""
    remedy = REMEDIES[code]
    has_way = bool(commands_in(remedy) or options_in(remedy))

    assert has_way or PLACES[code] in remedy
    assert ("support" in remedy) or code not in TERMINAL


def test_every_code_of_the_rules_has_its_walk() -> None:
    """The table of walks names exactly the 31 codes of the rules (rules#reasons)."""
    assert len(WALKS) == CODES_OF_THE_RULES
    assert set(WALKS) == set(REASONS)


@pytest.mark.parametrize("code", sorted({*UPGRADES.values(), *ORDERS.values()}))
def test_a_remedy_needs_no_figure_where_the_seller_says_no(code: str) -> None:
    """A seller says no without the figures of our own checks."""
    assert "{" not in REASONS[code].remedy
