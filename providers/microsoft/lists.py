"""Lists of the vendor, read to their end: by the directory's next links, by the seller's continuations."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.parse import urlsplit

from domain.kernel.awaited import party_of
from domain.kernel.paging import Page, pages
from domain.operator.step_words import asked_words
from providers.transport.answers import JsonObject, understood
from providers.transport.http import ProviderHttp, ProviderRequest

Entry = TypeVar("Entry")

_NEXT = "@odata.nextLink"
#: Header that carries the seller's token of the next page.
_CONTINUATION = "MS-ContinuationToken"
_LOOPBACK = "localhost"


def directory_rows(
    http: ProviderHttp,
    organization_id: str,
    request: ProviderRequest,
    identity: Callable[[JsonObject], str],
) -> list[JsonObject]:
    """Return every row of a list of the directory, each once; `request` asks for its first page.

    Raises:
        PagingUnreliable: The pages do not lead to an end.
        ProviderRefused: A row has no id, or a next page is at another address.
    """

    def read(cursor: str | None) -> Page[JsonObject]:
        body = http.send(organization_id, replace(request, query=cursor or request.query)).body
        with understood(http.provider, request.operation):
            rows: list[JsonObject] = body["value"]
            for row in rows:
                identity(row)
            return Page(
                entries=rows, next_cursor=cursor_of(body, request.path, http.host_of(organization_id))
            )

    return _entries(read, identity, http, request)


def cursor_of(body: JsonObject, path: str, host: str) -> str | None:
    """Return the query of the page after `body`.

    Raises:
        ValueError: Its path does not end with `path`, or it is at another host, which would get our token.
    """
    link = body.get(_NEXT)
    return _query_of(link, path, host) if link else None


def seller_rows(
    send: Callable[[ProviderRequest], Any],
    http: ProviderHttp,
    organization_id: str,
    request: ProviderRequest,
) -> list[JsonObject]:
    """Return every item of a collection of the seller, each once; `request` asks for its first page.

    Raises:
        PagingUnreliable: The pages do not lead to an end.
        ProviderRefused: There are fewer items than the collection says.
    """

    def read(cursor: str | None) -> Page[tuple[str, JsonObject]]:
        body = send(request if cursor is None else _continued(request, cursor))
        with understood(http.provider, request.operation):
            link = _continuation_of(body, request.path, http.host_of(organization_id))
            rows: list[JsonObject] = body["items"]
            if link is None and cursor is None and len(rows) < int(body.get("totalCount") or 0):
                raise ValueError(f"{len(rows)} items of {body['totalCount']}")
            return Page(entries=_numbered(rows), next_cursor=link)

    return [item for _, item in _entries(read, lambda entry: entry[0], http, request)]


def _entries(
    read: Callable[[str | None], Page[Entry]],
    identity: Callable[[Entry], str],
    http: ProviderHttp,
    request: ProviderRequest,
) -> list[Entry]:
    all_pages = pages(
        read,
        identity=identity,
        what=f"the {http.provider}'s answer to {asked_words(request.operation)}",
        party=party_of(http.provider),
    )
    return [entry for page in all_pages for entry in page]


def _continuation_of(body: JsonObject, path: str, host: str) -> str | None:
    link = (body.get("links") or {}).get("next")
    if not link:
        return None
    headers = {str(each["key"]).lower(): str(each["value"]) for each in link.get("headers") or ()}
    return json.dumps([_query_of(link["uri"], path, host), headers.get(_CONTINUATION.lower(), "")])


def _continued(request: ProviderRequest, cursor: str) -> ProviderRequest:
    query, token = json.loads(cursor)
    headers = {**request.headers, **({_CONTINUATION: token} if token else {})}
    return replace(request, query=query, headers=headers)


def _numbered(items: Sequence[JsonObject]) -> list[tuple[str, JsonObject]]:
    """Return each item with what tells it from others: one page is believed, a second one may repeat it.

    An item without an id is told by all that it says.
    """
    counts = Counter[str]()
    numbered = []
    for item in items:
        name = str(item["id"]) if item.get("id") else json.dumps(item, sort_keys=True, default=str)
        counts[name] += 1
        numbered.append((f"{name}#{counts[name]}", item))
    return numbered


def _query_of(link: str, path: str, host: str) -> str:
    parts = urlsplit(link)
    if parts.hostname and _host_of(parts.hostname) != _host_of(host):
        raise ValueError("the next page is at another host, which gets no token")
    if not parts.path.endswith(path) or not parts.query:
        raise ValueError(f"the next page is not one of {path}")
    return parts.query


def _host_of(name: str) -> str:
    """Return a host's name; all names of this machine for itself are one."""
    try:
        return _LOOPBACK if ip_address(name).is_loopback else name.lower()
    except ValueError:
        return name.lower()
