"""Requests that wait until their switch may be: what is accepted by waiting, and the begin."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from anyio import from_thread

from activities.assessment.preparation import Prepared, not_eligible
from activities.contract import RefusalReason, SwitchOrder
from activities.request.eligibility import require_waitable
from activities.request.eligibility_wait import accepted_wait
from domain.kernel.calendar import start_of_day
from domain.kernel.errors import InvalidInput, NotEligible
from domain.requests.eligibility_wait import deadline_of, end_of_day, standing_for_ever, terms_of
from domain.requests.schedule import require_later_day
from domain.requests.wait_events import WaitTerms
from services.assessment.asking import Acceptance, RulesAnswer, accepted_digest, planned, record
from services.base.tools import Tools
from services.temporal.switch_workflows import refused
from workflows.wait.eligibility_wait import WaitRequest


class WaitWish(Protocol):
    """What a request says about waiting; each may be missing."""

    @property
    def wait_until(self) -> str | None:
        """Return the end of the wait: ISO date or instant, by the organization's clocks."""

    @property
    def start_on(self) -> str | None:
        """Return the day of a scheduled start."""

    @property
    def quoted_on(self) -> date | None:
        """Return the day of the quote."""

    @property
    def max_total(self) -> str | None:
        """Return the most that the switch may take, as a decimal amount."""


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


def require_wait(tools: Tools, answer: RulesAnswer, accepted: Acceptance) -> None:
    """Refuse a wait that can't help, or for what was not accepted, and record the refusal.

    Raises:
        InvalidInput: No quote was accepted.
        NotEligible: A reason never clears; every such reason is in the details.
        QuoteChanged: The quote is not the one that was accepted.
        RuleViolated: A warning was not acknowledged, or a loss not accepted.
    """
    # Nobody can confirm anything later, so everything that the look at the users finds is confirmed now.
    prepared = planned(tools, answer)[0].prepared
    require_waitable(prepared, accepted_digest(answer, accepted))
    terms = prepared.question.terms
    if standing_for_ever(prepared.assessment, terms.mode, is_caller_known=bool(terms.caller)):
        record(tools, answer, reason=accepted.reason, accepted=False)
        refusal = not_eligible(prepared.assessment, terms.mode)
        raise NotEligible(
            f"Waiting is no use. {refusal.message}",
            remedy=refusal.remedy,
            reasons=refusal.details["reasons"],
        )


def begin_wait(tools: Tools, answer: RulesAnswer, terms: WaitTerms, order: SwitchOrder) -> None:
    """Record that a request is not eligible yet, and let it wait.

    Raises:
        Refused: The request can't wait.
        RequestReused: The request was made before, for something else or with another deadline.
    """
    record(tools, answer, reason=order.reason, accepted=False)
    prepared = answer.prepared
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
