"""Pages of the directory's lists: their size, and the token of the next one."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import quote

from starlette.requests import Request

from sandbox.cloud.answers import HTTP_BAD_REQUEST, Refusal, is_short_number
from sandbox.cloud.licenses import bad_request
from sandbox.kernel.model import Json

#: Where the middleware leaves how a fault wants pages to be.
PAGING = "planswitch.paging"
EXPIRED = "Directory_ExpiredPageToken"
PAGE_SIZE_DEFAULT = 100
PAGE_SIZE_LIMIT = 999


Entry = TypeVar("Entry")


@dataclass(frozen=True, kw_only=True, slots=True)
class PagingFault:
    """How the pages of one request are to be."""

    #: Entries of a page at most; 0 leaves it to the request.
    page_size: int = 0
    #: Names of the faults that come with this request.
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class PageView:
    """One page of a list."""

    entries: list[Any]
    #: Address of the next page; None on the last one.
    link: str | None


def page_size(text: str | None) -> int:
    """Return how many entries `$top` asks for.

    Raises:
        Refusal: No page may be of that size.
    """
    if text is None:
        return PAGE_SIZE_DEFAULT
    if not is_short_number(text) or not 1 <= int(text) <= PAGE_SIZE_LIMIT:
        raise bad_request(
            f"Invalid page size specified: '{text}'. Must be between 1 and {PAGE_SIZE_LIMIT} inclusive."
        )
    return int(text)


def read_token(text: str | None) -> str:
    """Return the id that the page before ended with, or "" for the first page.

    Raises:
        Refusal: It is no token of this server.
    """
    if text is None:
        return ""
    try:
        return base64.urlsafe_b64decode(text.encode()).decode()
    except (binascii.Error, UnicodeError) as error:
        raise Refusal(HTTP_BAD_REQUEST, EXPIRED, "The specified page token is invalid.") from error


def paged(
    request: Request, after: Callable[[str], Iterator[Entry]], identity: Callable[[Entry], str], top: int
) -> PageView:
    """Return one page of a list, and the address of the next one.

    Args:
        request: Asks for the page.
        after: Returns the entries behind an id in the order of their ids, all of them for "".
        identity: Returns the id of an entry.
        top: Entries of a page that the request wants.

    Raises:
        Refusal: The token is none of this server, or has expired by a fault.
    """
    fault: PagingFault = request.scope.get(PAGING) or PagingFault()
    token = request.query_params.get("$skiptoken")
    last_id = read_token(token)
    if token is not None and "page_expired" in fault.kinds:
        raise Refusal(HTTP_BAD_REQUEST, EXPIRED, "The specified page token value has expired.")
    size = min(top, fault.page_size) if fault.page_size else top
    entries = list(islice(after(last_id), size + 1))
    page = entries[:size]
    if len(entries) <= size:
        return PageView(entries=page, link=None)
    if "page_repeated" in fault.kinds:
        return PageView(entries=page, link=next_link(request, last_id))
    is_repeated = "entry_repeated" in fault.kinds and size > 1
    return PageView(entries=page, link=next_link(request, identity(page[-2 if is_repeated else -1])))


def paged_rows(request: Request, rows: Sequence[Json], named: str, top: int) -> PageView:
    """Return one page of rows that have an id under a name."""
    ordered = sorted(rows, key=lambda row: str(row[named]))
    return paged(request, behind(ordered, lambda row: str(row[named])), lambda row: str(row[named]), top)


def behind(entries: Sequence[Entry], identity: Callable[[Entry], str]) -> Callable[[str], Iterator[Entry]]:
    """Return what yields the entries behind an id, of a list in the order of its ids."""
    ids = [identity(entry) for entry in entries]
    return lambda last_id: iter(entries[bisect_right(ids, last_id) if last_id else 0 :])


def next_link(request: Request, last_id: str) -> str:
    """Return the address of the page that begins after an id."""
    token = base64.urlsafe_b64encode(last_id.encode()).decode()
    kept = [(name, value) for name, value in request.query_params.items() if name != "$skiptoken"]
    pairs = [f"{name}={quote(value, safe='')}" for name, value in [*kept, ("$skiptoken", token)]]
    return f"{request.url.scheme}://{request.url.netloc}{request.url.path}?{'&'.join(pairs)}"
