"""Requests that wait until their switch may be: what is accepted by waiting, and the begin."""

from __future__ import annotations

from datetime import datetime

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


def wait_terms(prepared: Prepared, *, wait_until: str | None, max_total: str | None) -> WaitTerms | None:
    """Return what is accepted by waiting, or None where nobody wants to wait.

    Args:
        prepared: What is asked, and the answer.
        wait_until: End of the wait: ISO date or instant, by the organization's clocks.
        max_total: The most that the switch may take, as a decimal amount.

    Raises:
        InvalidInput: The deadline or the bound can't be taken.
    """
    if wait_until is None and prepared.start_on is None:
        if max_total is not None:
            raise InvalidInput(
                field="max_total",
                value=max_total,
                allowed="nothing without wait_until or start_on",
                remedy="A switch that begins now takes what its accepted quote says.",
            )
        return None
    _require_no_switch_back(prepared, wait_until=wait_until)
    zone, now = prepared.profile.time_zone, prepared.assessment.at
    not_before = _not_before(prepared)
    if wait_until is not None:
        until = deadline_of(wait_until, time_zone=zone, now=now, not_before=not_before)
    else:
        until = end_of_day(not_before or now, zone)
    return terms_of(prepared.quote, until, time_zone=zone, total_at_most=max_total, not_before=not_before)


def _require_no_switch_back(prepared: Prepared, *, wait_until: str | None) -> None:
    """Refuse a switch back that waits: its days run out, and its users are compared as they are now."""
    terms = prepared.question.terms
    if terms.switch_back_of:
        name, value = ("start_on", terms.start_on) if wait_until is None else ("wait_until", wait_until)
        raise InvalidInput(
            field=name,
            value=value,
            allowed="nothing with switch_back_of",
            remedy="A switch back starts at once (rules#switch-back): ask for it when nothing blocks it.",
        )


def _not_before(prepared: Prepared) -> datetime | None:
    """Return when the day of a scheduled start begins, or None where it starts at once."""
    start_on, quoted_on = prepared.question.terms.start_on, prepared.question.quoted_on
    if prepared.start_on is None or start_on is None:
        return None
    if quoted_on is not None:
        allowed = "nothing beside start_on, whose day is quoted"
        raise InvalidInput(field="quoted_on", value=quoted_on, allowed=allowed)
    zone = prepared.profile.time_zone
    require_later_day(start_on, prepared.start_on, time_zone=zone, now=prepared.assessment.at)
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
