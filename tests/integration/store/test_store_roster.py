"""The roster is frozen once, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from domain.kernel.errors import InvalidInput
from store.core.rows import RosterRow
from store.switch_store import SwitchStore
from tests.support.consoles.store_parts import new_switch_id, open_store, user_key


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
    """Settings of every user are kept as they were (switch#services)."""
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


def _keys(store: SwitchStore, switch_id: str) -> list[int]:
    """Return who stands on the roster, as numbers of `user_key`."""
    numbers = {user_key(number): number for number in range(1000)}
    return [numbers[row.user_key] for row in store.roster_slice(switch_id, 0, 1000)]


def test_a_pilot_stands_first_and_nobody_twice(store: SwitchStore) -> None:
    """Its users come first, the others behind them in the directory's order (rules#pilot-group)."""
    switch_id, rows = new_switch_id(), _rows(250)
    pilot = [[rows[201], rows[7]], [], [rows[7], rows[100], rows[99]]]
    summary = store.write_roster(switch_id, _pages(rows), pilot=pilot)

    first = [201, 7, 100, 99]
    assert (summary.count, summary.pilot) == (250, 4)
    assert _keys(store, switch_id) == [*first, *(each for each in range(250) if each not in first)]
    assert [row.position for row in store.roster_slice(switch_id, 0, 1000)] == list(range(250))
    assert store.roster_slice(switch_id, 0, 1)[0].old_disabled == rows[201].old_disabled
    assert store.roster_digest(switch_id) == summary.digest
    assert store.roster_summary(switch_id) == summary
    assert store.write_roster(switch_id, [], pilot=[]) == summary


def test_a_pilot_of_nobody_or_of_everybody_is_a_roster(store: SwitchStore) -> None:
    """A group that has emptied leaves the order as it is; one of all users leaves nobody for later."""
    rows = _rows(120)
    empty, whole = new_switch_id(), new_switch_id()
    nobody = store.write_roster(empty, _pages(rows), pilot=[[], []])
    everybody = store.write_roster(whole, _pages(rows), pilot=_pages(rows[::-1]))

    assert (nobody.count, nobody.pilot) == (120, 0)
    assert store.roster_slice(empty, 0, 1000) == tuple(rows)
    assert (everybody.count, everybody.pilot) == (120, 120)
    assert _keys(store, whole) == list(range(119, -1, -1))


def test_a_pilot_does_not_hide_gaps(store: SwitchStore) -> None:
    """The roster behind a pilot is checked as any other, and nothing is written."""
    switch_id, rows = new_switch_id(), _rows(3)
    with pytest.raises(InvalidInput, match="position"):
        store.write_roster(switch_id, [[rows[0], rows[2]]], pilot=[[rows[1]]])
    assert store.roster_summary(switch_id) is None
