"""Every list that comes in pages: each entry once, read anew where its links lead astray, never for ever."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from activities.directory.user_pages import user_pages
from domain.kernel.errors import PageExpired, PagingUnreliable
from domain.kernel.paging import PAGES_BEYOND, PAGES_MAX, READS_ANEW_MAX, Page, pages
from domain.ports.directory_port import DirectoryUser, UserPage

Read = Callable[[str | None], Page[str]]


def _entries(read: Read) -> list[str]:
    return [entry for page in pages(read, identity=lambda entry: entry, what="the list") for entry in page]


def _listed(*found: Sequence[str]) -> Read:
    """Return a list of these pages, each cursor the number of its page."""

    def read(cursor: str | None) -> Page[str]:
        number = int(cursor or 0)
        next_cursor = str(number + 1) if number + 1 < len(found) else None
        return Page(entries=found[number], next_cursor=next_cursor)

    return read


def test_an_entry_that_is_repeated_counts_once() -> None:
    """Of a user on two pages, or twice on one, in whatever case, the first row counts.

    See rules#lists-in-pages.
    """
    assert _entries(_listed(["a", "b", "a"], ["B", "c"], ["a"])) == ["a", "b", "c"]


@pytest.mark.parametrize("back_to", ["1", "0"])
def test_a_link_that_comes_again_is_read_anew_and_then_given_up(back_to: str) -> None:
    """A link that leads back is noticed when it comes twice; the list is read anew three times."""
    firsts = []

    def read(cursor: str | None) -> Page[str]:
        firsts.append(cursor is None)
        return Page(entries=["a", "b"], next_cursor=back_to)

    with pytest.raises(PagingUnreliable) as caught:
        _entries(read)

    assert caught.value.handling.is_retryable
    assert sum(firsts) == READS_ANEW_MAX + 1
    assert len(firsts) == 2 * (READS_ANEW_MAX + 1)
    assert "the list" in caught.value.message
    assert caught.value.remedy


def test_links_that_never_repeat_come_to_an_end() -> None:
    """More pages than the entries fill, and ten, are no list, though each link is a new one."""
    asked = []

    def read(cursor: str | None) -> Page[str]:
        asked.append(cursor)
        return Page(entries=["a", "b"], next_cursor=str(len(asked)))

    with pytest.raises(PagingUnreliable):
        _entries(read)

    assert len(asked) == (READS_ANEW_MAX + 1) * (PAGES_BEYOND + 2)


def test_a_list_of_ever_new_entries_comes_to_an_end() -> None:
    """Pages whose entries are all new are bounded too."""
    asked = []

    def read(_cursor: str | None) -> Page[str]:
        asked.append(1)
        return Page(entries=[str(len(asked))], next_cursor=str(len(asked)))

    with pytest.raises(PagingUnreliable):
        _entries(read)

    assert len(asked) == (READS_ANEW_MAX + 1) * PAGES_MAX


@pytest.mark.parametrize("size", [1, 7])
def test_short_and_empty_pages_are_no_trouble(size: int) -> None:
    """A provider may give fewer entries in a page than were asked for, and some pages without any."""
    found = [[f"{page}-{number}" for number in range(size)] for page in range(100)]
    empty: list[list[str]] = [[]] * (PAGES_BEYOND - 1)

    assert _entries(_listed(*found[:50], *empty, *found[50:])) == [each for page in found for each in page]


def test_other_entries_of_a_page_fill_it() -> None:
    """A group of many devices and few users has many pages; what is not asked for fills them all the same."""

    def read(cursor: str | None) -> Page[str]:
        number = int(cursor or 0)
        others = tuple(f"device-{number}-{each}" for each in range(9))
        return Page(
            entries=["ada"] if number == 39 else [],
            next_cursor=None if number == 39 else str(number + 1),
            other_ids=others,
        )

    assert _entries(read) == ["ada"]


@pytest.mark.parametrize("times", [1, READS_ANEW_MAX])
def test_a_link_that_has_expired_is_read_anew_without_a_gap(times: int) -> None:
    """A link that is not taken any more ends no list: it is read again from page one, each entry once."""
    read, left = _listed(["a", "b"], ["c", "d"], ["e"]), [times]

    def expiring(cursor: str | None) -> Page[str]:
        if cursor == "2" and left[0]:
            left[0] -= 1
            raise PageExpired("The page token has expired.")
        return read(cursor)

    assert _entries(expiring) == ["a", "b", "c", "d", "e"]
    assert left == [0]


def test_links_that_always_expire_are_told_as_such() -> None:
    """A list whose links never work is given up for this attempt, with the provider's words."""

    def read(cursor: str | None) -> Page[str]:
        if cursor:
            raise PageExpired("The page token has expired.")
        return Page(entries=["a"], next_cursor="1")

    with pytest.raises(PagingUnreliable, match="The page token has expired"):
        _entries(read)


def test_who_joins_while_a_list_is_read_anew_is_on_it() -> None:
    """A second reading hands on whom the first one did not show."""
    found = [["a", "b"], ["c"]]
    left = [1]

    def read(cursor: str | None) -> Page[str]:
        if cursor and left[0]:
            left[0] -= 1
            found[0] = ["a", "new", "b"]
            raise PageExpired("Expired.")
        return _listed(*found)(cursor)

    assert _entries(read) == ["a", "b", "new", "c"]


def test_pages_of_users_go_through_the_same_loop() -> None:
    """The users of a plan and of a group are read by it: one user, however often they come."""
    ada = DirectoryUser(directory_id="Ada", licenses=())
    found = {
        None: UserPage(users=(ada,), next_cursor="1"),
        "1": UserPage(users=(ada,), next_cursor=None),
    }

    assert [user for page in user_pages(found.__getitem__) for user in page] == [ada]
    with pytest.raises(PagingUnreliable):
        list(user_pages(lambda _cursor: found[None]))
