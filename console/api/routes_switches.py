"""Endpoints of quotes and switches: ask, start, look, and follow the live changes of one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Annotated, Any

import anyio.from_thread
from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool

from activities.contract import RequestSwitchResult, SwitchOrder
from audit.story.show import SwitchAudit, audit_of
from audit.users.user_outcomes import service_settings_of
from console.access.authorization import is_still_allowed
from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.edge.positions import require_position
from console.edge.worded_answers import Reader, reader_of, worded
from console.lists.paging import Paged
from console.lists.queries import Events, Switches
from console.models.base import view_of
from console.models.quotes import FindingAnswer, QuoteMade
from console.models.switches import (
    HistoryOfSwitch,
    ListedSwitch,
    NamedSwitch,
    SettingsOfSwitch,
    ShownSwitch,
    SwitchCounts,
    SwitchKnown,
    SwitchList,
    SwitchStarted,
    Timeline,
)
from console.switches import views
from console.switches.bodies import QuoteBody, SwitchBody
from console.switches.views import attention_of, finding_answer, looks_of
from domain.kernel.errors import RequestReused, UnknownSwitch
from domain.kernel.ids import canonical_id, switch_id_of, workflow_id_of
from domain.licenses.pilot import require_soaked_pilot
from domain.operator.lost_settings import open_points
from domain.operator.workflow_trouble import WorkflowTrouble
from projections.board.stages import GROUPS, STAGES
from projections.reads.lists import StageCount, counts_of
from projections.reads.queries import PAGE_MAX, POSITION_MAX
from projections.reads.shown_rows import SwitchRow
from services.approvals.gate import require_approved
from services.approvals.proposals import start_proposal
from services.assessment.asking import ask, order_of, planned, record, require_askable, require_start
from services.assessment.owned_targets import owned_id
from services.assessment.selections import has_same_users, with_selection
from services.assessment.switch_back import back_advice
from services.assessment.waits import begin_wait, require_wait, wait_terms
from services.base.switch_rows import readable_source, recorded_request, request_id_of, shown_switch
from services.recovery.workflow_troubles import looked_seconds_ago, remedy_beside
from services.temporal.switch_workflows import refused

router = APIRouter(prefix="/api/v1", tags=["switches"])

_OK = 200
_CREATED = 201
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]
Position = Annotated[int, Query(ge=0, le=POSITION_MAX)]
StageQuery = Annotated[
    str | None,
    Query(description=f"A stage, in any spelling: {', '.join(STAGES)}; or several: {', '.join(GROUPS)}"),
]
ToChange = Annotated[
    bool,
    Query(
        description="Only what names a switch to a command: its id or the first 8 characters of it, or the "
        "whole id of its old or new subscription or of its organization"
    ),
]
REPEATED: dict[int | str, dict[str, Any]] = {
    _OK: {"model": SwitchKnown, "description": "It was requested before; this is its answer."}
}
MEDIA_TYPE = "text/event-stream"
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events `switch` and `end`.",
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
    }
}
_ROW = TypeAdapter(NamedSwitch)
#: A live stream looks for changed rows this often.
POLL_SECONDS = 0.5
#: A live stream without news says that it is alive this often.
HEARTBEAT_SECONDS = 15.0
#: A stream ends after this, and the browser opens the next one by itself.
STREAM_MAX_SECONDS = 3600.0


@router.post("/quotes")
def make_quote(body: QuoteBody, actor: Actor, console: Console) -> QuoteMade:
    """Assess and quote a switch; nothing is ordered, the assessment is recorded."""
    question = with_selection(console, body.question(), body.choice)
    require_askable(question)
    answer = ask(console, question, actor=actor)
    answer.require_acknowledged_domains()
    answer, plan = planned(console, answer)
    record(console, answer, reason="quote", accepted=answer.prepared.assessment.is_eligible)
    terms = wait_terms(answer.prepared, wait_until=body.wait_until, max_total=body.max_total)
    return QuoteMade(
        **dict(views.quoted(console.catalog, answer.prepared, console.support_contact, console.reads.names)),
        plan=views.switch_plan(plan, console.store.words),
        wait=views.wait_answer(terms) if terms else None,
        selection=question.terms.selection,
        selected=question.terms.selected,
    )


@router.post("/switches", status_code=_CREATED, responses=REPEATED)
def start_switch(
    body: SwitchBody, actor: Actor, console: Console, response: Response
) -> SwitchStarted | SwitchKnown:
    """Start a switch by an accepted quote; the same request id again answers the same switch."""
    require_soaked_pilot(body)
    switch_id = switch_id_of(body.organization_id, body.request_id)
    known = _known(console, switch_id)
    if known is not None:
        _require_same(console, known, body)
        response.status_code = _OK
        return SwitchKnown(switch_id=switch_id, request_id=body.request_id, switch=known)
    question = body.question(switch_id)
    require_askable(question)
    # Before anything is asked of the seller or recorded: what no worker takes is refused, not kept.
    anyio.from_thread.run(console.workflows.require_worker, body.organization_id, body.request_id)
    question = with_selection(console, question, body.choice)
    answer = ask(console, question, actor=actor)
    answer.require_acknowledged_domains()
    order = order_of(
        answer.ordered,
        answer.prepared.quote,
        switch_id=switch_id,
        request_id=body.request_id,
        actor=actor,
        reason=body.reason,
    )
    wait, users = None, answer.prepared.users
    is_scheduled = answer.prepared.start_on is not None
    terms = wait_terms(answer.prepared, wait_until=body.wait_until, max_total=body.max_total)
    if terms and (is_scheduled or not answer.prepared.assessment.is_eligible):
        require_wait(console, answer, body)
        begin_wait(console, answer, terms, order, is_bound_stated=body.max_total is not None)
        wait = views.wait_answer(terms)
    else:
        require_start(console, answer, body)
        if console.approvals.is_on:
            require_approved(console, start_proposal(console, order, answer.prepared))
        result = _started(console, order, answer.prepared.source.plan_id)
        users = result.users or users
    shown = shown_switch(console.reads, switch_id)
    quoted = views.quoted(console.catalog, answer.prepared, console.support_contact)
    return SwitchStarted(
        switch_id=switch_id,
        request_id=body.request_id,
        users=users,
        quote=quoted.quote,
        findings=quoted.findings,
        switch=named(console, shown) if shown else None,
        wait=wait,
    )


@router.get("/switches")
def list_switches(
    *,
    _actor: Actor,
    console: Console,
    choice: Switches,
    paging: Paged,
    stage: StageQuery = None,
    limit: Limit = 50,
    after: str | None = None,
) -> SwitchList:
    """List switches, the newest request first; `cursor` is `next_cursor` of the previous page.

    `total` counts the matches on all pages; `counts` ignores the stage, `all` every filter.
    The first page also has all switches that call for somebody, under `attention`.
    """
    begin = paging.begin(after)
    page = console.reads.switches(stage=stage, limit=limit, after=begin, **choice)
    called = console.reads.alarmed(**choice) if begin is None else []
    return SwitchList(
        attention=listed(console, called),
        switches=listed(console, page.rows),
        workflows_looked_seconds_ago=looked_seconds_ago(console.store),
        next=page.next_id,
        next_cursor=paging.next_cursor(page.next_id),
        total=page.total,
        counts=_counts(console.reads.stage_counts(**choice)),
        all=_counts(console.reads.stage_counts()).all,
    )


def _counts(stages: Sequence[StageCount]) -> SwitchCounts:
    return SwitchCounts.model_validate(counts_of(stages))


@router.get("/switches/{switch}")
def show_switch(switch: str, _actor: Actor, console: Console, *, to_change: ToChange = False) -> ShownSwitch:
    """Show one switch with what is left to do by hand.

    `switch` is its id, that of its old or new subscription or of its organization, the first 8 characters of
    one, or the organization's name. What names several is refused with a list of them.
    """
    row = console.reads.switch_to_change(switch) if to_change else console.reads.switch(switch)
    (shown,) = listed(console, [row])
    return view_of(
        ShownSwitch,
        shown,
        open_points=_open_points(console, row),
        switch_back=back_advice(console, row),
        completion_notice=views.unread_notice(console.catalog, row),
    )


def _open_points(console: ConsoleDependencies, row: SwitchRow) -> tuple[FindingAnswer, ...]:
    """Return what a switch left to do, or to know; only one that has ended leaves something."""
    if not row.outcome:
        return ()
    source = readable_source(console, row)
    state = source.switches.get(row.switch_id) if source else None
    return tuple(finding_answer(each) for each in open_points(state)) if state else ()


@router.get("/switches/{switch}/timeline")
def show_timeline(
    *,
    switch: str,
    _actor: Actor,
    console: Console,
    choice: Events,
    paging: Paged,
    after: Position = 0,
    limit: Limit = PAGE_MAX,
) -> Timeline:
    """List the events of a switch, oldest first; `cursor` is `next_cursor` of the previous page."""
    switch_id = console.reads.switch(switch).switch_id
    begin = paging.begin_number(after or None) or 0
    # One more than asked for tells whether there is a next page.
    events = console.reads.timeline(switch_id, after=begin, limit=limit + 1, **choice)
    following = events[limit - 1].position if len(events) > limit else None
    return Timeline(
        switch_id=switch_id,
        events=tuple(events[:limit]),
        next=following,
        next_cursor=paging.next_cursor(following),
        total=console.reads.timeline_count(switch_id, **choice),
    )


@router.get("/switches/{switch}/audit")
def show_audit(switch: str, _actor: Actor, console: Console) -> SwitchAudit:
    """Show a switch's story from its events, with cause and effect of each."""
    switch_id = console.reads.switch(switch).switch_id
    return audit_of(console.store, switch_id, console.reads.streams_of(switch_id))


@router.get("/switches/{switch}/service-settings")
def show_service_settings(switch: str, _actor: Actor, console: Console) -> SettingsOfSwitch:
    """Count what happened to the services that users had switched off (docs/switch.md#services)."""
    switch_id = console.reads.switch(switch).switch_id
    audit = audit_of(console.store, switch_id, console.reads.streams_of(switch_id))
    return view_of(SettingsOfSwitch, service_settings_of(console.store, audit), switch_id=switch_id)


@router.get("/switches/{switch}/history")
def show_history(switch: str, _actor: Actor, console: Console) -> HistoryOfSwitch:
    """Show how long the histories of the workflow and its children are."""
    row = console.reads.switch(switch)
    workflow_id = workflow_id_of(row.organization_id, request_id_of(console, row))
    histories = anyio.from_thread.run(console.workflows.histories, workflow_id)
    return HistoryOfSwitch(
        switch_id=row.switch_id,
        events=sum(history.events for history in histories),
        workflows=tuple(histories),
    )


def named(console: ConsoleDependencies, row: SwitchRow) -> NamedSwitch:
    """Return a row of the board with the names of its plans, its next look, and what calls for somebody."""
    return view_of(NamedSwitch, row, **_beside(console, row))


def listed(console: ConsoleDependencies, rows: Sequence[SwitchRow]) -> tuple[ListedSwitch, ...]:
    """Return rows of the board as a list shows them, with names and what is wrong with their workflows."""
    troubles = console.store.troubles()
    names = console.reads.names.names_of(row.organization_id for row in rows)
    return tuple(
        _in_trouble(
            console,
            row,
            tuple(each for each in troubles if each.switch_id == row.switch_id),
            organization_name=names.get(row.organization_id, ""),
        )
        for row in rows
    )


def _in_trouble(
    console: ConsoleDependencies,
    row: SwitchRow,
    troubles: tuple[WorkflowTrouble, ...],
    *,
    organization_name: str,
) -> ListedSwitch:
    beside = {**_beside(console, row), "wait_remedy": remedy_beside(row.wait_remedy, troubles)}
    return view_of(
        ListedSwitch, row, **beside, organization_name=organization_name, workflow_troubles=troubles
    )


def _beside(console: ConsoleDependencies, row: SwitchRow) -> dict[str, object]:
    """Return what is shown of a switch beside its row."""
    looks_at, looks_soon = looks_of(row)
    return {
        "looks_at": looks_at,
        "looks_soon": looks_soon,
        "attention": attention_of(row),
        "source_plan": views.plan_name(console.catalog, row.source_plan_id),
        "target_plan": views.plan_name(console.catalog, row.target_plan_id),
    }


def _started(console: ConsoleDependencies, order: SwitchOrder, source_plan_id: str) -> RequestSwitchResult:
    result = anyio.from_thread.run(partial(console.workflows.start, order, source_plan_id=source_plan_id))
    if not result.accepted:
        raise refused(result)
    return result


def _known(console: ConsoleDependencies, switch_id: str) -> NamedSwitch | None:
    try:
        return named(console, console.reads.switch(switch_id))
    except UnknownSwitch:
        return None


def _require_same(console: ConsoleDependencies, known: NamedSwitch, body: SwitchBody) -> None:
    target = console.catalog.find(body.named_plan).plan_id if body.target_plan else known.target_plan_id
    source = body.source_subscription_id or known.source_subscription_id
    if body.licenses_only:
        source = _own_id(console, known, source, known.source_subscription_id)
    taken_back = canonical_id(body.switch_back_of) if body.switch_back_of else ""
    question = (target, source, taken_back)
    is_same = (known.target_plan_id, known.source_subscription_id, known.switch_back_of) == question
    if not is_same or not _asks_as_recorded(console, known, body):
        raise RequestReused(
            f"Request {body.request_id} was used before for another switch.",
            remedy="Use a new request id.",
        )


def _own_id(console: ConsoleDependencies, known: NamedSwitch, named: str, recorded: str) -> str:
    """Return a subscription by the id that its seller gave it, where it is named by the directory's own."""
    if named.casefold() == recorded.casefold():
        return recorded
    return owned_id(console, known.organization_id, named) or named


def _asks_as_recorded(console: ConsoleDependencies, known: NamedSwitch, body: SwitchBody) -> bool:
    """Return whether mode, named target and users are those of the record; who can't read it can't say."""
    order = recorded_request(console, known)
    if order is None:
        return True
    owned, wanted = str(order.get("target_subscription_id") or ""), body.target_subscription_id or ""
    if bool(order.get("licenses_only")) != body.licenses_only:
        return False
    if body.licenses_only:
        # Its mode follows from who moves.
        if _own_id(console, known, wanted, owned) != owned:
            return False
    elif (str(order["mode"]), owned.casefold()) != (body.mode, wanted.casefold()):
        return False
    if order.get("user_services") != body.user_services:
        return False
    recorded = str(order.get("selection") or "")
    return has_same_users(console, known.organization_id, recorded, body.choice, selection=body.selection)


@router.get("/switches/{switch}/events", response_class=StreamingResponse, responses=_STREAM)
async def stream_switch(
    *,
    switch: str,
    request: Request,
    _actor: Actor,
    console: Console,
    since: Position = 0,
    last_event_id: Annotated[int | None, Header(ge=0, le=POSITION_MAX)] = None,
) -> StreamingResponse:
    """Send the switch's row whenever it changes, until the switch has ended.

    `Last-Event-ID`, or `since`, is the id of the last message that the reader knows.
    """
    first = await run_in_threadpool(console.reads.switch, switch)
    field, begin = ("since", since) if last_event_id is None else ("Last-Event-ID", last_event_id)
    if begin > first.position:
        await run_in_threadpool(require_position, console, field, begin)
    is_allowed = partial(is_still_allowed, request, first.organization_id)
    stream = _changes(console, first, begin, reader_of(request), is_allowed)
    return StreamingResponse(stream, media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


async def _changes(
    console: ConsoleDependencies,
    row: SwitchRow,
    position: int,
    reader: Reader,
    is_allowed: Callable[[], bool],
) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    began = last_sent = judged_at = loop.time()
    while loop.time() - began < STREAM_MAX_SECONDS:
        if row.position > position:
            position, last_sent = row.position, loop.time()
            yield _message(
                "switch", position, worded(_ROW.dump_python(named(console, row), mode="json"), reader)
            )
        if row.outcome:
            yield _message("end", position, {"outcome": row.outcome})
            return
        if loop.time() - judged_at > HEARTBEAT_SECONDS:
            judged_at = loop.time()
            if not await run_in_threadpool(is_allowed):
                # The client asks anew, and is told why.
                return
        if loop.time() - last_sent > HEARTBEAT_SECONDS:
            last_sent = loop.time()
            yield ": still here\n\n"
        await asyncio.sleep(POLL_SECONDS)
        row = await run_in_threadpool(console.reads.switch, row.switch_id)


def _message(event: str, position: int, data: dict[str, Any]) -> str:
    return f"id: {position}\nevent: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
