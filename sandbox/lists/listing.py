"""Lists of the directory: their pages and their counts."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sandbox.cloud.answers import HTTP_BAD_REQUEST, Refusal, json_answer
from sandbox.cloud.licenses import bad_request
from sandbox.kernel.model import Json
from sandbox.lists.paging import PageView, page_size, paged

CONTEXT = "https://graph.microsoft.com/v1.0/$metadata#"
#: What every list understands; a list of the directory's objects may understand more.
PARAMETERS = frozenset({"$select", "$top", "$skiptoken", "$count"})
EXPAND = frozenset({"$expand"})

Entry = TypeVar("Entry")


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing(Generic[Entry]):
    """What a list holds and how its entries look."""

    #: Name behind the `#` of the answer's context.
    context: str
    #: Returns the entries behind an id in the order of their ids, all of them for "".
    entries: Callable[[str], Iterator[Entry]]
    identity: Callable[[Entry], str]
    view: Callable[[Entry], Json]
    #: Query parameters that the list understands beside `PARAMETERS`.
    parameters: frozenset[str] = frozenset()
    #: Entries of a page where no `$top` was given; None: all.
    page_size_default: int | None = None
    #: What `$expand` can bring with an entry: name -> what it holds.
    expansions: Mapping[str, Callable[[Entry], Any]] = field(default_factory=dict)
    #: It is counted for requests of eventual consistency only, as all objects of the directory.
    is_eventual: bool = True


ListingOf = Callable[[Request], Listing[Entry]]


def list_routes(path: str, listing_of: ListingOf[Entry]) -> list[Route]:
    """Return the routes of a list and of its count."""

    async def page(request: Request) -> Response:
        return list_answer(request, listing_of(request))

    async def count(request: Request) -> Response:
        return _count_answer(request, listing_of(request))

    return [Route(path, page, methods=["GET"]), Route(f"{path}/$count", count, methods=["GET"])]


def list_answer(request: Request, listing: Listing[Entry]) -> Response:
    """Return one page of a list, with the number of all entries where `$count` asks for it.

    Raises:
        Refusal: A parameter that the list does not understand, or a page that is none.
    """
    check_parameters(request, PARAMETERS | EXPAND | listing.parameters)
    expand = expansion_of(request, listing.expansions)
    page = _page(request, listing)
    body: Json = {"@odata.context": CONTEXT + listing.context}
    if is_counted(request) and (is_eventual(request) or not listing.is_eventual):
        body["@odata.count"] = _total(listing)
    if page.link is not None:
        body["@odata.nextLink"] = page.link
    return json_answer(body | {"value": [listing.view(entry) | expand(entry) for entry in page.entries]})


def entry_answer(context: str, view: Json) -> Response:
    """Return one entry of a list."""
    return json_answer({"@odata.context": f"{CONTEXT}{context}/$entity"} | view)


def check_parameters(request: Request, known: frozenset[str]) -> None:
    """Check that a request has no query parameter but those known.

    Raises:
        Refusal: It has one; to leave it out would answer another question.
    """
    for name in sorted(request.query_params):
        if name not in known:
            text = f"Unsupported query parameter '{name}'."
            raise Refusal(HTTP_BAD_REQUEST, "Request_UnsupportedQuery", text)


def expansion_of(
    request: Request, expansions: Mapping[str, Callable[[Entry], Any]]
) -> Callable[[Entry], Json]:
    """Return what gives the relations of an entry that a request wants to see with it.

    Raises:
        Refusal: It wants one that the sandbox does not bring along, or options of one.
    """
    text = request.query_params.get("$expand")
    names = [name.strip() for name in text.split(",")] if text is not None else []
    for name in names:
        if name not in expansions:
            raise Refusal(HTTP_BAD_REQUEST, "Request_UnsupportedQuery", f"Unsupported $expand: '{name}'.")
    return lambda entry: {name: expansions[name](entry) for name in names}


def unknown_field(name: str, kind: str) -> Refusal:
    """Return the refusal of a field that a kind of thing has not."""
    text = f"Could not find a property named '{name}' on type 'microsoft.graph.{kind}'."
    return Refusal(HTTP_BAD_REQUEST, "BadRequest", text)


def names_of(select: str | None, known: Container[str], kind: str) -> tuple[str, ...]:
    """Return the fields that a `$select` asks for, none without one.

    Raises:
        Refusal: A field that a kind of thing has not.
    """
    names = tuple(name.strip() for name in select.split(",")) if select else ()
    for name in names:
        if name not in known:
            raise unknown_field(name, kind)
    return names


def _page(request: Request, listing: Listing[Entry]) -> PageView:
    text = request.query_params.get("$top")
    top = (listing.page_size_default or _total(listing) or 1) if text is None else page_size(text)
    return paged(request, listing.entries, listing.identity, top)


def _count_answer(request: Request, listing: Listing[Entry]) -> Response:
    """Return the number of a list's entries as text (advanced queries of the directory)."""
    if listing.is_eventual and not is_eventual(request):
        raise bad_request("$count is not currently supported.")
    check_parameters(request, (PARAMETERS | listing.parameters) - {"$skiptoken", "$top"})
    return PlainTextResponse(str(_total(listing)))


def _total(listing: Listing[Entry]) -> int:
    return sum(1 for _entry in listing.entries(""))


def is_counted(request: Request) -> bool:
    """Return whether a request wants the number of all entries beside a page of them."""
    return request.query_params.get("$count", "").lower() == "true"


def is_eventual(request: Request) -> bool:
    """Return whether a request bears an answer that lags: counts and advanced queries are for such alone."""
    return request.headers.get("consistencylevel", "").lower() == "eventual"


def require_advanced(request: Request) -> None:
    """Refuse an advanced query that is not declared as one: eventual, and counted beside it or alone.

    Raises:
        Refusal: It is not (400).
    """
    is_number = is_counted(request) or request.url.path.endswith("/$count")
    if not (is_eventual(request) and is_number):
        text = "Unsupported Query: it needs the header ConsistencyLevel: eventual and $count=true."
        raise Refusal(HTTP_BAD_REQUEST, "Request_UnsupportedQuery", text)
