"""Endpoints of what is scheduled and what waits: list, show, change, undo, and answer a new price.

See rules#scheduled-starts.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from console.access.dependencies import Actor, Console
from console.lists.paging import Paged
from console.lists.queries import Switches
from console.models.schedules import ScheduleAnswer, ScheduleList, StartOffered
from console.switches.schedules import (
    AcceptBody,
    ChangeBody,
    NewStartBody,
    UndoBody,
    offer_answer,
    schedule_answers,
)
from projections.reads.queries import PAGE_MAX
from services.answers import CommandTaken
from services.commands import schedules

router = APIRouter(prefix="/api/v1", tags=["schedules"])

Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]


@router.get("/schedules")
def list_schedules(
    _actor: Actor,
    console: Console,
    choice: Switches,
    paging: Paged,
    limit: Limit = 50,
    after: str | None = None,
) -> ScheduleList:
    """List requests that are scheduled or wait to be eligible, the newest first."""
    page = schedules.waiting_page(console, limit=limit, after=paging.begin(after), **choice)
    return ScheduleList(
        schedules=schedule_answers(console, page.requests),
        total=page.total,
        all=page.everywhere,
        next=page.next_id,
        next_cursor=paging.next_cursor(page.next_id),
    )


@router.get("/switches/{switch}/schedule")
def show_schedule(switch: str, _actor: Actor, console: Console) -> ScheduleAnswer:
    """Show when a request starts, what it waits for, and whether a new price waits for an answer."""
    (answer,) = schedule_answers(console, (schedules.waiting_request(console, switch),))
    return answer


@router.post("/switches/{switch}/schedule/quote")
def quote_start(switch: str, body: NewStartBody, actor: Actor, console: Console) -> StartOffered:
    """Quote a request for another time; nothing is changed."""
    request = schedules.waiting_request(console, switch, is_to_change=True)
    return offer_answer(console, request, schedules.new_start(console, request, body.change(), actor=actor))


@router.post("/switches/{switch}/schedule")
def change_start(switch: str, body: ChangeBody, actor: Actor, console: Console) -> CommandTaken:
    """Let a request start at another time, by the accepted quote; the same request id acts once."""
    return schedules.change_start(
        console,
        switch,
        body.change(),
        body.acceptance(),
        body.command(actor),
        acknowledgments=body.confirmed(),
    )


@router.get("/switches/{switch}/schedule/price")
def show_price(switch: str, actor: Actor, console: Console) -> StartOffered:
    """Show what a switch costs now whose price has changed, and what is accepted with that."""
    request = schedules.waiting_request(console, switch)
    return offer_answer(console, request, schedules.new_price(console, request, actor=actor))


@router.post("/switches/{switch}/schedule/price")
def accept_price(switch: str, body: AcceptBody, actor: Actor, console: Console) -> CommandTaken:
    """Accept the new price of a request; to decline it is to undo the request."""
    return schedules.accept_price(
        console, switch, body.acceptance(), body.command(actor), acknowledgments=body.confirmed()
    )


@router.post("/switches/{switch}/schedule/undo")
def undo_schedule(switch: str, body: UndoBody, actor: Actor, console: Console) -> CommandTaken:
    """End a request that has not started, or decline its new price; a started switch is not touched."""
    return schedules.undo(console, switch, body.command(actor), is_decline=body.declines_price)
