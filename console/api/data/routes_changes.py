"""Live changes of all switches, and what keeps workflows from going on (api-data#live-changes)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import JsonValue, TypeAdapter
from starlette.concurrency import run_in_threadpool

from console.access.authorization import has_same_scope
from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.edge.positions import require_position
from console.edge.worded_answers import Reader, reader_of, worded
from console.lists.paging import OptionalLimit, Paged, keyset_page
from console.lists.queries import Switches
from console.models.troubles import TroubleList
from domain.kernel.limits import TEXT_MAX
from domain.operator.workflow_trouble import WorkflowTrouble
from projections.reads.queries import PAGE_MAX, POSITION_MAX
from projections.reads.shown_rows import EventRow
from projections.reads.switch_search import SwitchChoice

router = APIRouter(prefix="/api/v1", tags=["changes"])

MEDIA_TYPE = "text/event-stream"
_LAST_EVENT_ID, _SINCE = "Last-Event-ID", "since"
_STREAM: dict[int | str, dict[str, object]] = {
    200: {
        "description": "Messages `position` and `change`; each has a position of the log as its id.",
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
    }
}
#: A stream looks for news this often, and says this often how far it has looked.
POLL_SECONDS = 0.25
POSITION_SECONDS = 15.0
#: A stream ends after this, and its reader opens the next one.
STREAM_MAX_SECONDS = 3_600.0
_EVENT: TypeAdapter[EventRow] = TypeAdapter(EventRow)


@router.get("/changes", response_class=StreamingResponse, responses=_STREAM)
async def stream_changes(
    *,
    request: Request,
    _actor: Actor,
    console: Console,
    choice: Switches,
    since: Annotated[
        int | None, Query(ge=0, le=POSITION_MAX, description="Position after which it begins; else now")
    ] = None,
    last_event_id: Annotated[int | None, Header(ge=0, le=POSITION_MAX)] = None,
) -> StreamingResponse:
    """Send every event of every switch as it is shown, each once, in the order of the log.

    The id of a message is a position of the log. Whoever sends the last one again, as `Last-Event-ID` or as
    `since`, goes on behind it, at any console.
    """
    field, begin = (_SINCE, since) if last_event_id is None else (_LAST_EVENT_ID, last_event_id)
    shown = await run_in_threadpool(console.reads.position)
    if begin is not None and begin > shown:
        await run_in_threadpool(require_position, console, field, begin)
    # A filter that is refused is told before the stream begins.
    await run_in_threadpool(partial(console.reads.stage_counts, **choice))
    is_allowed = partial(has_same_scope, request)
    stream = _changes(console, choice, shown if begin is None else begin, reader_of(request), is_allowed)
    return StreamingResponse(stream, media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


async def _changes(
    console: ConsoleDependencies,
    choice: SwitchChoice,
    position: int,
    reader: Reader,
    is_allowed: Callable[[], bool],
) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    began, told_at = loop.time(), float("-inf")
    while loop.time() - began < STREAM_MAX_SECONDS:
        if loop.time() - told_at >= POSITION_SECONDS:
            if not await run_in_threadpool(is_allowed):
                return
            told_at = loop.time()
            yield _message("position", position, {"position": position})
        # Before the events are read: what is read afterwards has everything up to here.
        shown = await run_in_threadpool(console.reads.position)
        events: list[EventRow] = []
        if shown > position:
            events = await run_in_threadpool(partial(console.reads.changes, after=position, **choice))
        for event in events:
            position = event.position
            yield _message("change", position, worded(_EVENT.dump_python(event, mode="json"), reader))
        if len(events) < PAGE_MAX:
            position = max(position, shown)
            await asyncio.sleep(POLL_SECONDS)


def _message(event: str, position: int, data: JsonValue) -> str:
    return f"id: {position}\nevent: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


@router.get("/troubles")
def list_troubles(
    *,
    _actor: Actor,
    console: Console,
    paging: Paged,
    code: Annotated[str | None, Query(max_length=TEXT_MAX, description="Only troubles of this code")] = None,
    limit: OptionalLimit = None,
) -> TroubleList:
    """List what keeps workflows from going on, and what to do; with `limit` in pages."""
    wanted = None if code is None else code.strip().upper()
    matches = [each for each in console.store.troubles() if wanted in {None, each.code}]
    page, cursor = keyset_page(matches, paging, limit, key=_place)
    return TroubleList(troubles=page, next_cursor=cursor)


def _place(trouble: WorkflowTrouble) -> str:
    """Return what names a trouble: there is one of each code at each place of a workflow."""
    return f"{trouble.switch_id}/{trouble.workflow_id}/{trouble.code}/{trouble.place}"
