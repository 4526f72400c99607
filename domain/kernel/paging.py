"""One loop for everything that comes in pages: each entry once, and no list without an end.

A provider's pages may lead back to themselves, repeat entries, or end in the middle because the link to the
next one has expired. The list is then read again from its first page; nothing is handed on twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from domain.kernel.awaited import Awaited, Party
from domain.kernel.errors import PageExpired, PagingUnreliable

#: Times a list is read again from its first page before it is given up for this attempt.
READS_ANEW_MAX = 3
#: Pages beyond those that the entries fill: some may be empty or short.
PAGES_BEYOND = 10
#: No list has more pages, whatever is on them: ten million users in pages of a thousand.
PAGES_MAX = 10_000

_REMEDY = "The list is read again by itself; if this lasts, ask the provider's support."
Entry = TypeVar("Entry")


@dataclass(frozen=True, kw_only=True, slots=True)
class Page(Generic[Entry]):
    """One page of a list."""

    entries: Sequence[Entry]
    #: Leads to the next page; None on the last one.
    next_cursor: str | None
    #: Ids of what else stands on the page and is not asked for.
    other_ids: tuple[str, ...] = ()


def pages(
    read: Callable[[str | None], Page[Entry]],
    *,
    identity: Callable[[Entry], str],
    what: str,
    party: Party = Party.DIRECTORY,
) -> Iterator[tuple[Entry, ...]]:
    """Yield the entries of each page, every entry once: of one that is repeated the first counts.

    The next page is read when it is asked for. A page without anything new is not yielded.

    Args:
        read: Reads the page of a cursor; None asks for the first one.
        identity: Returns the id of an entry, in any case.
        what: The list in words, such as `the directory's users`.
        party: Whose list it is.

    Raises:
        PagingUnreliable: Every reading led back to an earlier page, had too many pages, or broke off.
    """
    known: set[str] = set()
    trouble = ""
    for _ in range(READS_ANEW_MAX + 1):
        try:
            for page in _reading(read, identity):
                new = [entry for entry in page if _is_new(known, identity(entry))]
                if new:
                    yield tuple(new)
        except (PageExpired, _Astray) as error:
            trouble = str(error)
        else:
            return
    raise PagingUnreliable(
        f"Reading {what} did not end: {trouble}",
        remedy=_REMEDY,
        awaited=Awaited(party=party, action=f"give {what} on pages that end", remedy=_REMEDY),
    )


class _Astray(Exception):
    """The pages of one reading lead nowhere."""


def _reading(
    read: Callable[[str | None], Page[Entry]], identity: Callable[[Entry], str]
) -> Iterator[Sequence[Entry]]:
    """Yield the pages of one reading as they come.

    Raises:
        PageExpired: The provider takes a link no more.
        _Astray: A link came twice, or there are more pages than the entries can fill.
    """
    cursor: str | None = None
    links, ids = set[str](), set[str]()
    page_size = 1
    for number in range(1, PAGES_MAX + 1):
        page = read(cursor)
        yield page.entries
        ids.update(identity(entry).casefold() for entry in page.entries)
        ids.update(page.other_ids)
        page_size = max(page_size, len(page.entries) + len(page.other_ids))
        cursor = page.next_cursor
        if cursor is None:
            return
        if cursor in links:
            raise _Astray("a link to the next page came twice.")
        if number > len(ids) / page_size + PAGES_BEYOND:
            break
        links.add(cursor)
    raise _Astray(f"there are more than {number} pages for {len(ids)} entries.")


def _is_new(known: set[str], identity: str) -> bool:
    key = identity.casefold()
    if key in known:
        return False
    known.add(key)
    return True
