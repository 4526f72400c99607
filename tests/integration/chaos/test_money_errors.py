"""Each planted money error is seen: by the independent ledger, and by the referee from the journal alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.money.money_cases import Chain
from tests.support.money.money_drive import MoneyDrive
from tests.support.money.money_errors import CHAINS, ERRORS, MoneyError
from tests.support.money.money_market import open_market

NAMES = [error.name for error in ERRORS]


def differences(chain: Chain, folder: Path) -> list[str]:
    """Return what differs in a chain."""
    with open_market(folder) as market:
        return MoneyDrive(market=market, chain=chain).run()


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: str(chain.seed))
def test_chains_without_an_error_have_no_difference(chain: Chain, tmp_path: Path) -> None:
    """What shows an error is right without it (rules 5)."""
    assert differences(chain, tmp_path) == []


@pytest.mark.parametrize("error", ERRORS, ids=NAMES)
def test_a_money_error_is_seen(error: MoneyError, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error in cutover or ledger makes a difference to what the rules say (rules 5)."""
    error.plant(monkeypatch)

    seen = differences(error.chain, tmp_path)

    assert seen != []
    assert any(each.startswith("referee:") for each in seen) or not error.is_seen_by_referee, seen


def test_twenty_errors_have_names() -> None:
    """At least twenty errors are planted, each by a name of its own."""
    assert len(set(NAMES)) == len(NAMES) >= 20
