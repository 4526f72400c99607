"""Pages of the directory's lists: their size, and the token of the next one."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import quote

from starlette.requests import Request

from providers.sandbox.answers import HTTP_BAD_REQUEST, Refusal
from providers.sandbox.licenses import bad_request

PAGE_SIZE_DEFAULT = 100
PAGE_SIZE_LIMIT = 999


def page_size(text: str | None) -> int:
    """Return how many entries `$top` asks for.

    Raises:
        Refusal: No page may be of that size.
    """
    if text is None:
        return PAGE_SIZE_DEFAULT
    if not text.isdecimal() or not 1 <= int(text) <= PAGE_SIZE_LIMIT:
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
        raise Refusal(
            HTTP_BAD_REQUEST, "Directory_ExpiredPageToken", "The specified page token is invalid."
        ) from error


def next_link(request: Request, last_id: str) -> str:
    """Return the address of the page that begins after an id."""
    token = base64.urlsafe_b64encode(last_id.encode()).decode()
    kept = [(name, value) for name, value in request.query_params.items() if name != "$skiptoken"]
    pairs = [f"{name}={quote(value, safe='')}" for name, value in [*kept, ("$skiptoken", token)]]
    return f"{request.url.scheme}://{request.url.netloc}{request.url.path}?{'&'.join(pairs)}"
