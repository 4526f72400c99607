"""Pages of a list by cursor, which every list of the API takes alike (api-data#pages)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Query, Request

from domain.kernel.errors import InvalidInput
from domain.kernel.shown_values import Words
from domain.text.cursors import CURSOR_MAX, Cursor, cursor_of, question_digest
from projections.reads.queries import PAGE_MAX

Row = TypeVar("Row")
_CURSOR, _AFTER = "cursor", "after"
#: They say which page, and not which list.
_OF_PAGE = frozenset({_CURSOR, _AFTER, "limit", "total"})
_VERSIONED, _UNVERSIONED = "/api/v1/", "/api/"
CursorQuery = Annotated[
    str | None,
    Query(max_length=CURSOR_MAX, description="`next_cursor` of the page before, with the same filters"),
]
#: Rows of a page; lists that were whole before cursors stay whole without it.
OptionalLimit = Annotated[int | None, Query(ge=1, le=PAGE_MAX)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Paging:
    """Where a page of one list begins."""

    question: str
    place: str | None

    def begin(self, after: str | None = None) -> str | None:
        """Return what names the last row of the page before; None: this is the first page.

        Args:
            after: The same as a list takes it that had pages before cursors.

        Raises:
            InvalidInput: Both are given.
        """
        if after and self.place is not None:
            raise InvalidInput(
                field=_AFTER,
                value=Words("given beside cursor"),
                allowed="one of the two",
                remedy="Give cursor alone; nothing was changed.",
            )
        return after if self.place is None else self.place

    def begin_number(self, after: int | None = None) -> int | None:
        """Return the same of a list whose rows have numbers.

        Raises:
            InvalidInput: Both are given.
        """
        place = self.begin(None if after is None else str(after))
        return None if place is None else int(place)

    def next_cursor(self, place: str | int | None) -> str | None:
        """Return the cursor of the next page; None: there is none.

        Args:
            place: What names the last row of this page.
        """
        return None if place is None else Cursor(question=self.question, place=str(place)).text()


def paging_of(request: Request, cursor: CursorQuery = None) -> Paging:
    """Return where the page begins that a request names.

    Raises:
        InvalidInput: The cursor was altered, or belongs to another address or to other filters.
    """
    question = _question(request)
    place = None if cursor is None else cursor_of(cursor, question).place
    return Paging(question=question, place=place)


Paged = Annotated[Paging, Depends(paging_of)]
#: The first page, for callers without a cursor.
FIRST_PAGE = Paging(question="", place=None)


def _question(request: Request) -> str:
    """Return what tells one list with its filters from another; both addresses of the API are one."""
    path = request.scope["path"]
    if path.startswith(_VERSIONED):
        path = _UNVERSIONED + path.removeprefix(_VERSIONED)
    filters = sorted(each for each in request.query_params.multi_items() if each[0] not in _OF_PAGE)
    return question_digest(path, *(part for each in filters for part in each))


def is_found(text: str | None, row_id: str, name: str) -> bool:
    """Tell whether a row is looked for: by part of its name, or by the beginning of its id, in any case.

    Args:
        text: What somebody typed; None looks for every row.
        row_id: Id of the row.
        name: Its name; "" where nobody says.
    """
    words = (text or "").strip().casefold()
    return words in name.casefold() or row_id.casefold().startswith(words)


def keyset_page(
    rows: Sequence[Row], paging: Paging, limit: int | None, *, key: Callable[[Row], str]
) -> tuple[tuple[Row, ...], str | None]:
    """Return one page of a list that somebody else keeps, and the cursor of the next one.

    Without limit and cursor it is the whole list in its own order. With them the rows come in the order of
    their keys, so that rows that come or go meanwhile move nobody's page.

    Args:
        rows: The whole list as it is now.
        paging: Where the page begins.
        limit: Rows at most; None with a cursor is PAGE_MAX.
        key: What names a row and never changes.
    """
    if limit is None and paging.place is None:
        return tuple(rows), None
    begin = paging.place
    following = sorted((row for row in rows if begin is None or key(row) > begin), key=key)
    size = limit or PAGE_MAX
    page = tuple(following[:size])
    return page, paging.next_cursor(key(page[-1])) if len(following) > size else None
