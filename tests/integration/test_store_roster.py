"""The roster is frozen once, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from domain.errors import InvalidInput
from store.rows import RosterRow
from store.switch_store import SwitchStore
from tests.integration.store_parts import new_switch_id, open_store, user_key


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store on a fresh database."""
    with open_store(database_url, tmp_path) as store:
        yield store


def _rows(count: int) -> list[RosterRow]:
    return [
        RosterRow(
            position=position,
            user_key=user_key(position),
            old_disabled=("teams", "sway") if position % 3 else (),
            new_disabled=("teams",) if position % 3 else (),
            kept_count=position % 3,
            newly_granted_count=4,
        )
        for position in range(count)
    ]


def _pages(rows: Sequence[RosterRow]) -> list[Sequence[RosterRow]]:
    return [rows[start : start + 100] for start in range(0, len(rows), 100)]


def test_a_roster_comes_back_by_slice(store: SwitchStore) -> None:
    """Settings of every user are kept as they were (rules section 4)."""
    switch_id, rows = new_switch_id(), _rows(250)
    summary = store.write_roster(switch_id, _pages(rows))
    assert summary.count == 250
    assert store.roster_slice(switch_id, 0, 1000) == tuple(rows)
    assert store.roster_slice(switch_id, 20, 40) == tuple(rows[20:40])
    assert store.roster_slice(switch_id, 40, 40) == ()
    assert store.roster_summary(switch_id) == summary
    assert store.roster_digest(switch_id) == summary.digest


def test_a_frozen_roster_never_changes(store: SwitchStore) -> None:
    """A second freeze is answered with the first one, without asking the directory again."""
    switch_id = new_switch_id()
    first = store.write_roster(switch_id, _pages(_rows(30)))

    def unread() -> Iterator[Sequence[RosterRow]]:
        pytest.fail("the directory was read again")
        yield ()

    assert store.write_roster(switch_id, unread()) == first
    assert len(store.roster_slice(switch_id, 0, 100)) == 30


def test_a_freeze_that_fails_half_way_leaves_nothing(store: SwitchStore) -> None:
    """A directory that fails on the second page leaves no roster, and the next attempt freezes."""
    switch_id, rows = new_switch_id(), _rows(200)

    def failing() -> Iterable[Sequence[RosterRow]]:
        yield rows[:100]
        raise ConnectionError("directory")

    with pytest.raises(ConnectionError):
        store.write_roster(switch_id, failing())
    assert store.roster_summary(switch_id) is None
    assert store.roster_slice(switch_id, 0, 100) == ()
    assert store.write_roster(switch_id, _pages(rows)).count == 200


def test_of_two_attempts_at_once_one_roster_counts(store: SwitchStore) -> None:
    """An attempt thought dead may finish in between: the later one takes its roster."""
    switch_id, rows = new_switch_id(), _rows(50)

    def overtaken() -> Iterator[Sequence[RosterRow]]:
        yield rows[:20]
        store.write_roster(switch_id, _pages(_rows(30)))
        yield rows[20:]

    assert store.write_roster(switch_id, overtaken()).count == 30
    assert len(store.roster_slice(switch_id, 0, 100)) == 30


def test_gaps_in_the_positions_are_refused(store: SwitchStore) -> None:
    """Positions are the cursor of the move, so they count without gaps."""
    switch_id, rows = new_switch_id(), _rows(3)
    with pytest.raises(InvalidInput, match="position"):
        store.write_roster(switch_id, [[rows[0], rows[2]]])
    assert store.roster_summary(switch_id) is None


def test_an_empty_roster_is_a_roster(store: SwitchStore) -> None:
    """A subscription without users is switched too."""
    assert store.write_roster(new_switch_id(), []).count == 0
