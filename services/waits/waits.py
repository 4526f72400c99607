"""Requests that wait until their switch may be: what is accepted by waiting, and the begin."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from anyio import from_thread

from activities.assessment.preparation import Prepared
from activities.contract import RefusalReason, SwitchOrder
from activities.request.eligibility_wait import accepted_wait
from domain.kernel.calendar import start_of_day
from domain.kernel.errors import InvalidInput
from domain.requests.eligibility_wait import deadline_of, end_of_day, terms_of
from domain.requests.schedule import require_later_day
from domain.requests.wait_events import WaitTerms
from services.base.refusals import refused
from services.base.tools import Tools
from workflows.wait.eligibility_wait import WaitRequest


class WaitWish(Protocol):
    """What a request says of waiting; each may be missing."""

    #: End of the wait: ISO date or instant, by the organization's clocks.
    wait_until: str | None
    #: Day of a scheduled start, and day of the quote.
    start_on: str | None
    quoted_on: date | None
    #: What the switch may take at most, as a decimal amount.
    max_total: str | None


def wait_terms(prepared: Prepared, wish: WaitWish) -> WaitTerms | None:
    """Return what is accepted by waiting, or None where nobody wants to wait.

    Raises:
        InvalidInput: The deadline or the bound can't be taken.
    """
    if wish.wait_until is None and prepared.start_on is None:
        if wish.max_total is not None:
            raise InvalidInput(
                field="max_total",
                value=wish.max_total,
                allowed="nothing without wait_until or start_on",
                remedy="A switch that begins now takes what its accepted quote says.",
            )
        return None
    zone, now = prepared.profile.time_zone, prepared.assessment.at
    not_before = _not_before(prepared, wish)
    if wish.wait_until is not None:
        until = deadline_of(wish.wait_until, time_zone=zone, now=now, not_before=not_before)
    else:
        until = end_of_day(not_before or now, zone)
    return terms_of(
        prepared.quote, until, time_zone=zone, total_at_most=wish.max_total, not_before=not_before
    )


def _not_before(prepared: Prepared, wish: WaitWish) -> datetime | None:
    """Return when the day of a scheduled start begins, or None where it starts at once."""
    if prepared.start_on is None or wish.start_on is None:
        return None
    if wish.quoted_on is not None:
        raise InvalidInput(
            field="quoted_on", value=wish.quoted_on, allowed="nothing beside start_on, whose day is quoted"
        )
    zone = prepared.profile.time_zone
    require_later_day(wish.start_on, prepared.start_on, time_zone=zone, now=prepared.assessment.at)
    return start_of_day(prepared.start_on, zone)


def begin(tools: Tools, prepared: Prepared, terms: WaitTerms, order: SwitchOrder) -> None:
    """Let a request wait.

    Args:
        tools: Where it waits.
        prepared: The assessment, with what stands in its way.
        terms: What is accepted by waiting.
        order: What is started once it may be.

    Raises:
        Refused: The request can't wait.
        RequestReused: The request was made before, for something else or with another deadline.
    """
    request = WaitRequest(
        order=order,
        accepted=accepted_wait(terms),
        source_plan_id=prepared.source.plan_id,
        reasons=tuple(
            RefusalReason(code=each.code, message=each.message, remedy=each.remedy)
            for each in prepared.assessment.blocking(order.mode)
        ),
    )
    result = from_thread.run(tools.workflows.start_wait, request)
    if not result.accepted:
        raise refused(result)
