"""Users of the directory, page by page: one loop for whoever is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from domain.ports import DirectoryUser, UserPage


def user_pages(read: Callable[[str | None], UserPage]) -> Iterator[tuple[DirectoryUser, ...]]:
    """Yield the users of each page; the next one is read when it is asked for.

    Args:
        read: Reads the page of a cursor; None asks for the first one.
    """
    cursor: str | None = None
    while True:
        page = read(cursor)
        yield page.users
        if page.next_cursor is None:
            return
        cursor = page.next_cursor
