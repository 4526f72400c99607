"""Requests that wait and are changed before they start, as the console changes them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from temporalio.api.enums.v1 import EventType

from activities.assessment.preparation import Prepared
from activities.request.eligibility_wait import accepted_wait
from domain.requests.eligibility_wait import most_of
from domain.requests.start_times import local_text, stated_instant
from services.assessment.waits import wait_terms
from tests.support.worlds.scheduled import ZONE
from tests.support.worlds.temporal_command import temporal
from tests.support.worlds.waiting import WaitingCase
from tests.support.worlds.world import OPERATOR, World
from workflows.base.messages import ChangeStart, CommandAnswer
from workflows.wait.eligibility_wait import EligibilityWait

TASK_COMPLETED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
UPDATE_ACCEPTED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
WHY = "the office is open then"


async def rescheduled(
    world: World,
    case: WaitingCase,
    *,
    request_id: str = "change-1",
    until: str | None = None,
    max_total: str | None = None,
    acknowledgments: tuple[str, ...] = (),
    **start: Any,
) -> CommandAnswer:
    """Let an operator change when a request starts, by the quote of the new time."""
    prepared = await _prepared(world, case, acknowledgments=acknowledgments, **start)
    terms = wait_terms(prepared, wait_until=until, max_total=max_total, is_waiting=True)
    assert terms is not None
    asked = prepared.question.terms
    instant = None if asked.start_at is None else local_text(stated_instant(asked.start_at, ZONE), ZONE)
    message = ChangeStart(
        request_id=request_id,
        actor=OPERATOR,
        reason=WHY,
        accepted=accepted_wait(terms),
        quote=prepared.quote.as_facts(),
        start_on=str(prepared.start_on or ""),
        start_at=instant or "",
        quiet_hours=asked.quiet_hours or "",
        acknowledgments=tuple(dict.fromkeys((*case.wait.acknowledgments, *acknowledgments))),
        is_bound_stated=max_total is not None,
    )
    return await case.handle.execute_update(EligibilityWait.reschedule, message)


async def price_accepted(
    world: World, case: WaitingCase, *, request_id: str = "accept-1", **start: Any
) -> CommandAnswer:
    """Let an operator accept what a switch costs now."""
    prepared = await _prepared(world, case, **start)
    terms = replace(
        case.wait.terms,
        total_at_most=most_of(prepared.quote),
        forfeited_at_most=prepared.quote.forfeited_at_most,
    )
    message = ChangeStart(
        request_id=request_id,
        actor=OPERATOR,
        reason="the tax rose",
        accepted=accepted_wait(terms),
        quote=prepared.quote.as_facts(),
        is_price_accepted=True,
        acknowledgments=case.wait.acknowledgments,
    )
    return await case.handle.execute_update(EligibilityWait.reschedule, message)


async def _prepared(world: World, case: WaitingCase, **options: Any) -> Prepared:
    organization = {
        "organization_id": case.order.organization_id,
        "subscription_id": case.order.source_subscription_id,
    }
    return await asyncio.to_thread(world.prepare, organization, quantity=case.order.quantity, **options)


def tax(world: World, case: WaitingCase, rate: str) -> None:
    """Let another tax rate apply, so that every quote from now on costs more or less."""
    world.sandbox.edit(case.order.organization_id, kind="profile", changes={"tax_rate": rate})


async def reset_before_change(world: World, case: WaitingCase) -> WaitingCase:
    """Return the request in a run that was reset to before its change, and was told nothing of it."""
    history = (await case.handle.fetch_history()).events
    taken = [each for each in history if each.event_type == UPDATE_ACCEPTED]
    changed_at = next(
        each.event_id
        for each in taken
        if each.workflow_execution_update_accepted_event_attributes.accepted_request.input.name
        == "reschedule"
    )
    before = [each.event_id for each in history if each.event_type == TASK_COMPLETED]
    at = max(each for each in before if each < changed_at - 1)
    told = await temporal(
        world,
        *("workflow", "reset", "-w", case.handle.id, "--event-id", str(at), "--reapply-exclude", "All"),
        *("--reason", "by hand"),
    )
    assert told.code == 0, told.text
    return replace(case, handle=world.client.get_workflow_handle_for(EligibilityWait.run, case.handle.id))
