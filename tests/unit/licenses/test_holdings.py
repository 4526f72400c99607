"""What a user holds of the two plans, by the newest thing that the record tells (switch#licenses)."""

from __future__ import annotations

import pytest

from domain.licenses.drift import RECONCILED
from domain.licenses.holdings import (
    TELLING_NOTHING,
    Holding,
    HoldingChange,
    changes_by_outcome,
    holding_of,
    is_way_back,
    shown_outcome,
)


@pytest.mark.parametrize(
    ("change", "plain", "with_both", "stranger"),
    [
        (HoldingChange.NONE, Holding.OLD, Holding.BOTH, Holding.OLD),
        (HoldingChange.REFUSED_FORWARD, Holding.OLD, Holding.BOTH, Holding.OLD),
        (HoldingChange.REFUSED_BACK, Holding.OLD, Holding.BOTH, Holding.NEW),
        (HoldingChange.MOVED, Holding.NEW, Holding.NEW, Holding.NEW),
        (HoldingChange.RETURNED, Holding.OLD, Holding.BOTH, Holding.OLD),
        (HoldingChange.GONE, Holding.GONE, Holding.GONE, Holding.GONE),
        (HoldingChange.LICENSES_REMOVED, Holding.NEITHER, Holding.NEITHER, Holding.NEITHER),
    ],
)
def test_the_newest_change_tells_what_a_user_holds(
    change: HoldingChange, plain: Holding, with_both: Holding, stranger: Holding
) -> None:
    """A refusal leaves a user where they were; who held the new plan before keeps it on the way back.

    A stranger to the roster who could not be taken off the new plan holds it.
    """
    assert holding_of(change, is_on_roster=True, held_target=False) is plain
    assert holding_of(change, is_on_roster=True, held_target=True) is with_both
    assert holding_of(change, is_on_roster=False, held_target=False) is stranger


def test_every_outcome_is_a_change_a_refusal_or_tells_nothing() -> None:
    """Users who were moved on by the look that found them are told by its chunk, not by the finding."""
    assert RECONCILED < TELLING_NOTHING
    assert not TELLING_NOTHING & set(changes_by_outcome())
    assert changes_by_outcome()["moved"] == (HoldingChange.MOVED, HoldingChange.RETURNED)


@pytest.mark.parametrize(
    ("pass_name", "outcome", "shown"),
    [
        ("move", "moved", "moved"),
        ("groups-1", "moved", "moved"),
        ("return-1", "moved", "returned"),
        ("return-12", "failed", "failed"),
        ("return-1", "gone", "gone"),
        ("return-1", "found_back", "found_back"),
    ],
)
def test_whom_a_way_back_moved_is_shown_as_returned(pass_name: str, outcome: str, shown: str) -> None:
    """Nobody reads `moved` of a user who is on the old plan again (switch#the-outcome-of-each-user)."""
    assert shown_outcome(pass_name, outcome) == shown
    assert is_way_back(pass_name) is pass_name.startswith("return-")
