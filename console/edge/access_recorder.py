"""Writes the access log: before an answer leaves, its entry is recorded (access-log#what-is-recorded).

An answer with data of persons leaves only if its entry is recorded. Whatever else can't be recorded is told
in the log of the process.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from http import HTTPStatus

import structlog
from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.access.dependencies import address_of, dependencies
from console.access.page_roles import role_of_route
from console.access.route_roles import RouteRole
from console.access.wrong_tries import REFUSALS, TooManyWrongTries, WrongTries
from console.edge.envelope import route_of
from console.edge.recent_reads import Read, RecentReads
from console.words.problems import product_error
from domain.kernel.errors import PlanSwitchError
from domain.people.access import AccessEntry, AccessKind
from store.switch_store import SwitchStore

#: An answer waits for its entry at most this long.
PATIENCE_SECONDS = 5.0
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_UNKNOWN_CALLER = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS})
_REFUSED = _UNKNOWN_CALLER | {HTTPStatus.FORBIDDEN}
_SIGN_OUT = "/sign-out"
_log = structlog.get_logger()


class AccessLogUnavailable(PlanSwitchError):
    """The access log can't be written, so that data of persons is not handed out."""

    code = "ACCESS_LOG_UNAVAILABLE"


class AccessRecorder:
    """ASGI middleware between the one that logs requests and those that answer them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._reads = RecentReads()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        is_begun = is_withheld = False

        async def recording(message: Message) -> None:
            nonlocal is_begun, is_withheld
            if message["type"] == "http.response.start":
                is_begun = True
                is_withheld = not await self._may_leave(request, message["status"])
                if is_withheld:
                    await product_error(request, _unavailable())(scope, receive, send)
            if not is_withheld:
                await send(message)

        try:
            await self._app(scope, receive, recording)
        except Exception:
            # The outermost handler answers what nobody else caught.
            if not is_begun:
                await self._may_leave(request, HTTPStatus.INTERNAL_SERVER_ERROR)
            raise

    async def _may_leave(self, request: Request, status: int) -> bool:
        """Record an answer, and tell whether it may leave."""
        entry = entry_of(request, status)
        if entry is None:
            return True
        console, read = dependencies(request), _read_of(request, entry)
        if entry.kind is AccessKind.PERSONS_READ and self._reads.has(read):
            return True
        if status in _UNKNOWN_CALLER and not _has_room(console.refusals, entry.address):
            _log.warning("access_not_recorded", cause="too many refusals of this address", **asdict(entry))
            return True
        is_recorded = await _recorded(console.store, entry)
        if is_recorded and entry.kind is AccessKind.PERSONS_READ:
            self._reads.add(read)
        return is_recorded or not entry.shows_persons or status >= HTTPStatus.BAD_REQUEST


def _read_of(request: Request, entry: AccessEntry) -> Read:
    address = f"{request.scope['path']}?{request.scope['query_string'].decode('latin-1')}"
    return entry.actor, entry.credential_id, entry.address, address, entry.status


async def _recorded(store: SwitchStore, entry: AccessEntry) -> bool:
    try:
        await asyncio.wait_for(asyncio.to_thread(store.add_access, entry), PATIENCE_SECONDS)
    except (PlanSwitchError, TimeoutError) as error:
        _log.error("access_not_recorded", cause=str(error) or type(error).__name__, **asdict(entry))
        return False
    return True


def _has_room(refusals: WrongTries, address: str) -> bool:
    """Tell whether one more refusal of an address is recorded: a flood must not fill the database."""
    try:
        refusals.require_room(REFUSALS, address)
    except TooManyWrongTries:
        return False
    refusals.count(REFUSALS, address)
    return True


def entry_of(request: Request, status: int) -> AccessEntry | None:
    """Return the entry of an answered request; None where it is none of those that are recorded.

    Args:
        request: As it was judged.
        status: HTTP status of the answer.
    """
    route = route_of(request.scope)
    row = role_of_route(request.method, route)
    kind = _kind(request, row, status)
    if kind is None:
        return None
    caller = getattr(request.state, "principal", None)
    return AccessEntry(
        kind=kind,
        actor=getattr(caller, "actor", ""),
        credential_id=getattr(caller, "credential_id", "") or getattr(request.state, "tried_credential", ""),
        address=address_of(request),
        method=request.method,
        route=route,
        organization_id=getattr(request.state, "organization_id", ""),
        status=status,
        shows_persons=row is not None and row.shows_persons,
        request_id=getattr(request.state, "request_id", ""),
    )


def _kind(request: Request, row: RouteRole | None, status: int) -> AccessKind | None:
    if status in _REFUSED:
        return AccessKind.REFUSAL
    if row is None:
        return None
    if row.is_sign_in:
        return _sign_in_kind(request, status)
    if request.method not in _SAFE_METHODS:
        return AccessKind.CHANGE
    return AccessKind.PERSONS_READ if row.shows_persons else None


def _sign_in_kind(request: Request, status: int) -> AccessKind | None:
    """Return what a route of sessions did: it leads on where it has begun or ended one."""
    if not HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return None
    return AccessKind.SIGN_OUT if request.url.path == _SIGN_OUT else AccessKind.SIGN_IN


def _unavailable() -> AccessLogUnavailable:
    return AccessLogUnavailable(
        "The access log can't be written now, and data of persons is handed out only with an entry there.",
        remedy="Wait until `planswitch doctor` says that PostgreSQL answers, then ask again.",
    )
