"""Read your writes: each write answers with a place in the log, and a read waits until it shows that place.

See api-data#read-your-writes.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Annotated

import structlog
from fastapi import Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.access.dependencies import Console, ConsoleDependencies, dependencies, principal_of
from console.edge.idempotency import is_api_write
from console.words.header_names import AFTER_HEADER, POSITION_HEADER
from domain.kernel.errors import InvalidInput, PlanSwitchError
from projections.reads.queries import POSITION_MAX
from projections.reads.replica import AT_LEAST

#: A read that waits looks this often.
_LOOK_SECONDS = 0.05
AfterPosition = Annotated[
    int | None,
    Header(
        alias=AFTER_HEADER,
        ge=0,
        le=POSITION_MAX,
        description=f"Wait until what is shown has this position, which a write answers as {POSITION_HEADER}",
    ),
]
_log = structlog.get_logger()


class ReadsBehind(PlanSwitchError):
    """What is shown did not reach the position of a read in time; the write itself is recorded."""

    code = "READS_BEHIND"


class Positions:
    """ASGI middleware: a write of the API that was accepted answers with its place in the log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if not is_api_write(scope):
            await self._app(scope, receive, send)
            return
        store = dependencies(Request(scope)).store

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < HTTPStatus.BAD_REQUEST:
                try:
                    # The end of the log: it is at or after whatever the write has recorded.
                    position = await run_in_threadpool(store.max_notification_id)
                    MutableHeaders(scope=message)[POSITION_HEADER] = str(position)
                except PlanSwitchError as error:
                    # The write is done and says so; only the place is unknown.
                    _log.warning("position_unknown", code=error.code)
            await send(message)

        await self._app(scope, receive, noting)


async def wait_for_position(
    request: Request, response: Response, console: Console, after: AfterPosition = None
) -> None:
    """Wait until what is shown has reached the position that a request names.

    Raises:
        Unauthorized: A stranger waits for nothing.
        InvalidInput: The log has no such position.
        ReadsBehind: It was not reached in time.
    """
    if after is None:
        return
    await run_in_threadpool(principal_of, request, console)
    shown = await run_in_threadpool(console.reads.position)
    if shown < after:
        shown = await _reached(console, after, shown)
    # What is read for this request alone: each has a context of its own.
    AT_LEAST.set(after)
    response.headers[POSITION_HEADER] = str(shown)


async def _reached(console: ConsoleDependencies, after: int, shown: int) -> int:
    await run_in_threadpool(require_position, console, AFTER_HEADER, after)
    loop = asyncio.get_running_loop()
    until = loop.time() + console.read_wait_seconds
    while shown < after:
        if loop.time() >= until:
            raise ReadsBehind(
                f"What is shown is at position {shown} and did not reach {after} within"
                f" {console.read_wait_seconds:g} seconds.",
                remedy="Send it again after the seconds of Retry-After; `planswitch projection status` tells"
                " how far the read models are. What was written is recorded.",
                retry_after_seconds=0,
            )
        await asyncio.sleep(_LOOK_SECONDS)
        shown = await run_in_threadpool(console.reads.position)
    return shown


def require_position(console: ConsoleDependencies, field: str, position: int) -> None:
    """Refuse a position that the log does not have: of another installation, or of a newer backup.

    Args:
        console: Where to look.
        field: What named it.
        position: The position.

    Raises:
        InvalidInput: The log ends before it.
    """
    end = console.store.max_notification_id()
    if position > end:
        raise InvalidInput(field=field, value=position, allowed=f"0 to {end}, a position of this log")
