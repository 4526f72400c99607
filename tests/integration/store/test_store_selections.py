"""Selections of users: one choice has one id, and never changes (manual#some-users)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.core.base import PAGE_SIZE_MAX
from store.switch_store import SwitchStore
from tests.support.consoles.store_parts import open_store, user_key

ORGANIZATION = "0d0e0f00-0000-4000-8000-000000000001"
OTHER = "0d0e0f00-0000-4000-8000-000000000002"


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store on a fresh database."""
    with open_store(database_url, tmp_path) as store:
        yield store


def test_the_same_users_are_the_same_selection(store: SwitchStore) -> None:
    """Order and repetition of the users do not count; another organization's are others."""
    keys = [user_key(number) for number in range(5)]

    first = store.write_selection(ORGANIZATION, keys)
    again = store.write_selection(ORGANIZATION, [*reversed(keys), keys[0]])
    other = store.write_selection(OTHER, keys)

    assert (first, len({first, other})) == (again, 2)
    assert store.selection_count(ORGANIZATION, first) == 5
    assert store.selection_count(OTHER, first) is None
    assert list(store.selection_pages(ORGANIZATION, first)) == [sorted(keys)]
    assert store.selected_of(ORGANIZATION, first, [keys[1], user_key(9)]) == {keys[1]}


def test_a_large_selection_is_read_by_pages(store: SwitchStore) -> None:
    """Memory does not grow with the users who are named."""
    keys = [user_key(number) for number in range(PAGE_SIZE_MAX + 3)]
    selection = store.write_selection(ORGANIZATION, keys)

    pages = list(store.selection_pages(ORGANIZATION, selection))

    assert [len(page) for page in pages] == [PAGE_SIZE_MAX, 3]
    assert [key for page in pages for key in page] == sorted(keys)


def test_an_unknown_selection_has_nobody(store: SwitchStore) -> None:
    """Nothing is selected by an id that nobody has stored."""
    assert store.selection_count(ORGANIZATION, "none") is None
    assert list(store.selection_pages(ORGANIZATION, "none")) == []
    assert store.selected_of(ORGANIZATION, "none", [user_key(1)]) == set()
