"""Lists of the directory whose entries are rows as they are shown, and single rows of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.cloud.licenses import missing
from sandbox.kernel.model import Json
from sandbox.lists.listing import (
    EXPAND,
    Listing,
    check_parameters,
    entry_answer,
    expansion_of,
    list_routes,
    names_of,
)
from sandbox.lists.paging import PAGING, behind
from sandbox.lists.queries import QUERY_PARAMETERS, read_query


@dataclass(frozen=True, kw_only=True, slots=True)
class RowKind:
    """A list whose entries are rows as they are shown."""

    #: Name behind the `#` of the answer's context.
    context: str
    #: The vendor's name of the type.
    kind: str
    #: Field that is another in each row.
    named: str = "id"
    #: The vendor takes `$filter` and `$orderby` of it.
    is_queried: bool = True
    #: What `$expand` can bring with a row.
    expansions: Mapping[str, Callable[[Json], Any]] = field(default_factory=dict)

    def identity(self, row: Json) -> str:
        """Return the id of a row."""
        return str(row[self.named])


def path_of(of: RowKind) -> str:
    """Return the path of a list."""
    return f"/v1.0/{of.context}"


def row_routes(of: RowKind, rows_of: Callable[[Request], Sequence[Json]]) -> list[Route]:
    """Return the routes of a list, of its count, and of one row."""

    async def one(request: Request) -> Response:
        return row_answer(request, of, rows_of(request), request.path_params["key"])

    listed = list_routes(path_of(of), lambda request: row_listing(request, of, rows_of(request)))
    return [*listed, Route(f"{path_of(of)}/{{key}}", one, methods=["GET"])]


def row_listing(request: Request, of: RowKind, rows: Sequence[Json]) -> Listing[Json]:
    """Return a list of rows, in their order where they come on one page, else in the order of their ids."""
    select = request.query_params.get("$select")
    is_in_pages = PAGING in request.scope or {"$top", "$skiptoken"} & set(request.query_params)
    ordered = sorted(rows, key=of.identity) if is_in_pages else rows
    entries = behind(ordered, of.identity)
    if of.is_queried and rows:
        query = read_query(request, frozenset(rows[0]), of.kind, is_object=False)
        entries = query.entries(ordered, lambda row: row, of.identity)
    return Listing(
        context=of.context,
        entries=entries,
        identity=of.identity,
        view=lambda row: selected(row, select, of.kind),
        parameters=QUERY_PARAMETERS if of.is_queried else frozenset(),
        expansions=of.expansions,
        is_eventual=False,
    )


def row_answer(request: Request, of: RowKind, rows: Sequence[Json], key: str, named: str = "id") -> Response:
    """Return the row that has a value under a name.

    Raises:
        Refusal: There is none (404), or a parameter that is not understood.
    """
    check_parameters(request, EXPAND | {"$select"})
    expand = expansion_of(request, of.expansions)
    row = next((row for row in rows if str(row[named]).lower() == key.lower()), None)
    if row is None:
        raise missing(key)
    view = selected(row, request.query_params.get("$select"), of.kind)
    return entry_answer(of.context, view | expand(row))


def selected(row: Json, select: str | None, kind: str) -> Json:
    """Return the fields of a row that a `$select` asks for, all of them without one.

    Raises:
        Refusal: The kind of thing has no such field.
    """
    names = names_of(select, row, kind) or tuple(row)
    return {name: value for name, value in row.items() if name in names}
