"""Who may send a body, how much, and of which kind: decided before the framework reads it.

The framework reads a body before it asks who sends it. This stands before the framework.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.access.authorization import require_held
from console.access.dependencies import dependencies, principal_of
from console.access.page_roles import role_of_route
from console.edge.envelope import route_of
from console.words.problems import product_error
from console.words.readers import SIGN_IN, is_for_programs
from domain.catalog import price_list
from domain.kernel.errors import PlanSwitchError
from domain.requests import user_files
from domain.text.json_text import read_json
from providers.microsoft.product_list.list_rows import FILE_BYTES_MAX

JSON = "application/json"
BODY = "body"
_SUFFIX = "+json"
CALLBACK_PATH = "/api/callbacks/credit"
IMPORT_PATH = "/api/v1/catalog/imports"
PRICES_PATH = "/api/v1/catalog/price-imports"
USERS_PATH = "/api/v1/user-files"
USERS_FORM_PATH = "/licenses-only/users"
#: What is sent there is no JSON: a route reads it by itself.
_OTHER_FORMS = frozenset({CALLBACK_PATH, IMPORT_PATH, PRICES_PATH, USERS_PATH})
#: Bodies of strangers: the key of a sign-in, and what its signature proves.
OPEN_PATHS = frozenset({SIGN_IN, CALLBACK_PATH})
#: Longest body of a form.
FORM_BYTES_MAX = 64 * 1024
#: Longest body of a route, in bytes; else of a page's form, and of the API.
ROUTE_BYTES_MAX: Mapping[str, int] = {
    SIGN_IN: 8 * 1024,
    CALLBACK_PATH: 64 * 1024,
    IMPORT_PATH: FILE_BYTES_MAX,
    PRICES_PATH: price_list.FILE_BYTES_MAX,
    USERS_PATH: user_files.FILE_BYTES_MAX,
    # The file, and the fields beside it.
    USERS_FORM_PATH: user_files.FILE_BYTES_MAX + FORM_BYTES_MAX,
}
#: Longest body of a request to the API, except those of ROUTE_BYTES_MAX.
API_BYTES_MAX = 256 * 1024
#: Seconds in which a body must be here.
BODY_SECONDS = 30.0
#: Methods whose bodies nothing reads.
_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS"})


class BodyTooLarge(PlanSwitchError):
    """A body is longer than any that the route takes; nothing was changed."""

    code = "BODY_TOO_LARGE"


class BodyTooSlow(PlanSwitchError):
    """A body did not come in time; nothing was changed."""

    code = "REQUEST_TIMED_OUT"


class BodyIncomplete(PlanSwitchError):
    """The sender left before the body was here; nothing was changed, and nobody waits for an answer."""

    code = "REQUEST_TIMED_OUT"


class MediaTypeRefused(PlanSwitchError):
    """A body is of another kind than the address takes; nothing was changed."""

    code = "MEDIA_TYPE_REFUSED"


class Admission:
    """ASGI middleware: refuses strangers and long bodies, and hands on bodies that are here."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] in _WITHOUT_BODY:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            if scope["path"] not in OPEN_PATHS:
                await _require_known(request)
            body = await _body(request, receive)
            _require_readable(request, body)
        except PlanSwitchError as error:
            await product_error(request, error)(scope, receive, send)
            return
        await self._app(scope, handed_on(body, receive), send)


async def _require_known(request: Request) -> None:
    """Refuse a stranger, and who holds no role that the route takes, before a body of theirs is read.

    Keys and sessions are read from PostgreSQL, which may be silent.
    """
    principal = await run_in_threadpool(principal_of, request, dependencies(request))
    row = role_of_route(request.method, route_of(request.scope))
    if row is not None:
        require_held(principal, row, request)


def _require_readable(request: Request, body: bytes) -> None:
    """Refuse a body of the API that is no JSON; a file and a callback are read by their own routes.

    Raises:
        PlanSwitchError: It is none, or does not say so.
    """
    path = request.scope["path"]
    if body and is_for_programs(path) and path not in _OTHER_FORMS:
        require_json_type(request)
        require_json(body)


def require_json_type(request: Request) -> None:
    """Refuse a body that says it is no JSON.

    Raises:
        MediaTypeRefused: Its content type is another one, or none.
    """
    media_type = request.headers.get("Content-Type", "")
    kind = media_type.partition(";")[0].strip().lower()
    if kind == JSON or (kind.startswith("application/") and kind.endswith(_SUFFIX)):
        return
    what = f"is {media_type[:100]!r}" if media_type else "is missing"
    raise MediaTypeRefused(
        f"The header Content-Type {what}; allowed: {JSON}.",
        remedy=f"Send one JSON object with the header `Content-Type: {JSON}`; nothing was changed.",
    )


def require_json(content: bytes) -> None:
    """Refuse what is no JSON, and JSON that could be read in two ways.

    Raises:
        InvalidInput: It is not; the message says where.
    """
    read_json(content, field=BODY)


async def _body(request: Request, receive: Receive) -> bytes:
    limit = bytes_max(request.scope["path"])
    declared = request.headers.get("Content-Length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit)
    try:
        return await asyncio.wait_for(_streamed(receive, limit), BODY_SECONDS)
    except TimeoutError:
        raise BodyTooSlow(
            f"The body did not arrive within {BODY_SECONDS:.0f} seconds.",
            remedy="Send it again, faster; nothing was changed.",
        ) from None


def bytes_max(path: str) -> int:
    """Return how long a body may be that is sent to `path`."""
    others = API_BYTES_MAX if is_for_programs(path) else FORM_BYTES_MAX
    return ROUTE_BYTES_MAX.get(path, others)


async def _streamed(receive: Receive, limit: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise BodyIncomplete("The body ended too early.", remedy="Send it again; nothing was changed.")
        body += message.get("body", b"")
        if len(body) > limit:
            raise _too_large(limit)
        if not message.get("more_body", False):
            return bytes(body)


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(
        f"The body is longer than {limit:,} bytes, the most that is accepted here.",
        remedy="Send less; docs/limits.md says how much each address accepts. Nothing was changed.",
    )


def handed_on(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the body once, and then what the server tells.

    Args:
        body: The whole body.
        receive: What the server tells.
    """
    is_given = False

    async def give() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return give
