"""Live changes of one switch as server-sent events; a client that was away resumes where it stopped."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool

from console.access.authentication import Actor, Console
from console.access.dependencies import ConsoleDependencies
from console.api.routes_switches import named
from console.edge.worded_answers import Reader, reader_of, worded
from console.models.switches import NamedSwitch
from projections.reads.queries import POSITION_MAX
from projections.reads.shown_rows import SwitchRow

router = APIRouter(prefix="/api", tags=["switches"])

MEDIA_TYPE = "text/event-stream"
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events `switch` and `end`.",
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
    }
}
_ROW = TypeAdapter(NamedSwitch)
POLL_SECONDS = 0.5
HEARTBEAT_SECONDS = 15.0
#: A stream ends after this, and the browser opens the next one by itself.
STREAM_MAX_SECONDS = 3600.0


@router.get("/switches/{switch}/events", response_class=StreamingResponse, responses=_STREAM)
async def stream_switch(
    switch: str,
    request: Request,
    _actor: Actor,
    console: Console,
    last_event_id: Annotated[int | None, Header(ge=0, le=POSITION_MAX)] = None,
) -> StreamingResponse:
    """Send the switch's row whenever it changes, until the switch has ended."""
    first = await run_in_threadpool(console.reads.switch, switch)
    stream = _changes(console, first, last_event_id or 0, reader_of(request))
    return StreamingResponse(stream, media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


async def _changes(
    console: ConsoleDependencies, row: SwitchRow, position: int, reader: Reader
) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    began = last_sent = loop.time()
    while loop.time() - began < STREAM_MAX_SECONDS:
        if row.position > position:
            position, last_sent = row.position, loop.time()
            yield _message(
                "switch", position, worded(_ROW.dump_python(named(console, row), mode="json"), reader)
            )
        if row.outcome:
            yield _message("end", position, {"outcome": row.outcome})
            return
        if loop.time() - last_sent > HEARTBEAT_SECONDS:
            last_sent = loop.time()
            yield ": still here\n\n"
        await asyncio.sleep(POLL_SECONDS)
        row = await run_in_threadpool(console.reads.switch, row.switch_id)


def _message(event: str, position: int, data: dict[str, Any]) -> str:
    return f"id: {position}\nevent: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
