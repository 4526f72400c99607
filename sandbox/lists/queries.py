"""`$filter` and `$orderby` of a list of the directory: which entries, and in which order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import dropwhile, islice
from typing import Any, TypeVar

from starlette.requests import Request

from sandbox.cloud.answers import HTTP_BAD_REQUEST, Refusal
from sandbox.kernel.model import Json
from sandbox.lists.filters import Filter, read_filter
from sandbox.lists.listing import require_advanced, unknown_field

#: Query parameters that are read here.
QUERY_PARAMETERS = frozenset({"$filter", "$orderby"})
_ORDER = re.compile(r"\s*([A-Za-z]\w*)(?:\s+(asc|desc))?\s*", re.IGNORECASE)

Entry = TypeVar("Entry")


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """What a request wants of a list."""

    wanted: Filter | None
    #: Fields to order by, each with whether it goes down.
    order: tuple[tuple[str, bool], ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the fields of an entry that it looks at."""
        filtered = self.wanted.fields if self.wanted else ()
        return tuple(dict.fromkeys((*filtered, *(name for name, _is_down in self.order))))

    def entries(
        self,
        everything: Iterable[Entry],
        values_of: Callable[[Entry], Json],
        identity: Callable[[Entry], str],
    ) -> Callable[[str], Iterator[Entry]]:
        """Return what yields the wanted entries behind an id, all of them for "".

        Args:
            everything: Entries in the order of their ids.
            values_of: Returns the fields that the query looks at.
            identity: Returns the id of an entry.
        """
        rows = [(entry, values_of(entry)) for entry in everything]
        chosen = [row for row in rows if self.wanted is None or self.wanted.holds(row[1])]
        for name, is_down in reversed(self.order):
            chosen.sort(key=lambda row: _place(row[1].get(name)), reverse=is_down)
        ordered = [entry for entry, _values in chosen]

        def behind(last_id: str) -> Iterator[Entry]:
            if not last_id:
                return iter(ordered)
            return islice(dropwhile(lambda entry: identity(entry) != last_id, ordered), 1, None)

        return behind


def read_query(request: Request, known: frozenset[str], kind: str, *, is_object: bool) -> Query:
    """Return what `$filter` and `$orderby` of a request say.

    Args:
        request: Asks for the list.
        known: Fields of an entry.
        kind: The vendor's name of the type of an entry.
        is_object: Entries are objects of the directory, which wants eventual consistency for more than the
            simple queries (vendor's page on advanced queries).

    Raises:
        Refusal: It is not understood, names an unknown field, or is advanced without the header for it.
    """
    filtered, ordered = (request.query_params.get(name) for name in ("$filter", "$orderby"))
    query = Query(
        wanted=None if filtered is None else read_filter(filtered),
        order=_read_order(ordered) if ordered is not None else (),
    )
    for name in query.fields:
        if name not in known:
            raise unknown_field(name, kind)
    is_advanced = query.wanted is not None and (query.wanted.is_advanced or bool(query.order))
    if is_object and is_advanced:
        require_advanced(request)
    return query


def _read_order(text: str) -> tuple[tuple[str, bool], ...]:
    parts = [_ORDER.fullmatch(part) for part in text.split(",")]
    matches: Sequence[re.Match[str]] = [match for match in parts if match is not None]
    if len(matches) < len(parts):
        text = f"Unsupported or invalid order: {text}"
        raise Refusal(HTTP_BAD_REQUEST, "Request_UnsupportedQuery", text)
    return tuple((match[1], (match[2] or "").lower() == "desc") for match in matches)


def _place(value: Any) -> tuple[bool, str | float]:
    """Return where a value stands: what is not set comes first."""
    if isinstance(value, bool | int | float):
        return True, float(value)
    return value is not None, str(value or "").casefold()
