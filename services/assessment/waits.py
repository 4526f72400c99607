"""Requests that wait until their switch may be: what is accepted by waiting, and the begin."""

from __future__ import annotations

from datetime import datetime

from anyio import from_thread

from activities.assessment.preparation import Prepared, not_eligible
from activities.contract import SwitchOrder
from activities.request.eligibility import require_waitable
from activities.request.eligibility_wait import accepted_wait
from activities.request.refusal_reasons import refusal_reasons
from domain.kernel.errors import InvalidInput, NotEligible, QuoteChanged, RuleViolated
from domain.requests.eligibility_wait import (
    INSTANT_WAITS,
    QUIET_HOURS_WAIT,
    deadline_of,
    end_of_day,
    standing_for_ever,
    stated_bound,
    terms_of,
    tolerance_of,
)
from domain.requests.schedule import not_before, require_later_day, require_later_instant
from domain.requests.terms import SwitchTerms
from domain.requests.wait_terms import WaitTerms
from services.approvals.gate import require_approved
from services.approvals.proposals import wait_proposal
from services.assessment.asking import Acceptance, RulesAnswer, accepted_digest, planned, record
from services.base.scopes import require_write_access
from services.base.tools import Tools
from services.temporal.switch_workflows import refused
from workflows.wait.eligibility_wait import WaitRequest


def wait_terms(
    prepared: Prepared, *, wait_until: str | None, max_total: str | None, is_waiting: bool = False
) -> WaitTerms | None:
    """Return what is accepted by waiting, or None where nobody wants to wait.

    Args:
        prepared: What is asked, and the answer.
        wait_until: End of the wait: ISO date or instant, by the organization's clocks.
        max_total: The most that the switch may take, as a decimal amount.
        is_waiting: The request waits already, so that it goes on to wait.

    Raises:
        InvalidInput: The deadline, the bound, its tolerance or the start can't be taken.
    """
    options = prepared.question.terms
    tolerance_of(options.price_tolerance_percent)
    # Before anything else: whether quiet hours are open now decides nothing here.
    _require_no_switch_back(prepared, wait_until=wait_until)
    if options.licenses_only and max_total is not None:
        raise InvalidInput(
            field="max_total", value=max_total, allowed="nothing with licenses_only, which costs nothing"
        )
    if wait_until is None and prepared.start_on is None and not is_waiting:
        _require_no_bound(prepared, max_total)
        return None
    zone, now = prepared.profile.time_zone, prepared.assessment.at
    starts_at = _starts_at(prepared)
    if wait_until is not None:
        until = deadline_of(wait_until, time_zone=zone, now=now, not_before=starts_at)
    else:
        until = _usual_end(options, starts_at or now, zone)
    return terms_of(
        prepared.quote,
        until,
        time_zone=zone,
        total_at_most=max_total,
        not_before=starts_at,
        tolerance_percent=options.price_tolerance_percent,
    )


def _require_no_switch_back(prepared: Prepared, *, wait_until: str | None) -> None:
    """Refuse a switch back that waits: its days run out, and its users are compared as they are now."""
    terms = prepared.question.terms
    if not terms.switch_back_of:
        return
    stated = {"wait_until": wait_until} | {
        name: getattr(terms, name) for name in ("start_on", "start_at", "quiet_hours")
    }
    for name, value in stated.items():
        if value is not None:
            raise InvalidInput(
                field=name,
                value=value,
                allowed="nothing with switch_back_of",
                remedy="A switch back starts at once (docs/rules.md#switch-back): ask for it when nothing "
                "blocks it.",
            )


def _require_no_bound(prepared: Prepared, max_total: str | None) -> None:
    """Refuse what bounds only a switch that waits."""
    if prepared.question.terms.quiet_hours is not None:
        # Its window is open now, which nobody has to know: it takes what its accepted quote says.
        if max_total is not None:
            stated_bound(prepared.quote, max_total)
        return
    tolerance = prepared.question.terms.price_tolerance_percent
    bounds = {"max_total": max_total, "price_tolerance_percent": None if tolerance == "0" else tolerance}
    for field, value in bounds.items():
        if value is not None:
            raise InvalidInput(
                field=field,
                value=value,
                allowed="nothing without wait_until, start_on, start_at or quiet_hours",
                remedy="A switch that begins now takes what its accepted quote says.",
            )


def _usual_end(options: SwitchTerms, starts_at: datetime, time_zone: str) -> datetime:
    """Return until when a request waits where nobody says it (cli#scheduling-a-switch)."""
    if options.start_at is not None:
        return starts_at + INSTANT_WAITS
    if options.quiet_hours is not None:
        return starts_at + QUIET_HOURS_WAIT
    return end_of_day(starts_at, time_zone)


def _starts_at(prepared: Prepared) -> datetime | None:
    """Return before when a scheduled start does not come, or None where it starts at once."""
    options, quoted_on = prepared.question.terms, prepared.question.quoted_on
    if prepared.start_on is None:
        return None
    if quoted_on is not None:
        allowed = "nothing beside start_on, whose day is quoted"
        raise InvalidInput(field="quoted_on", value=quoted_on, allowed=allowed)
    zone, now = prepared.profile.time_zone, prepared.assessment.at
    starts_at = not_before(options, prepared.start_on, time_zone=zone, now=now)
    if options.start_at is not None:
        require_later_instant(options.start_at, starts_at, now=now)
    elif options.start_on is not None:
        require_later_day(options.start_on, prepared.start_on, time_zone=zone, now=now)
    return starts_at


def require_wait(tools: Tools, answer: RulesAnswer, accepted: Acceptance) -> None:
    """Refuse a wait that can't help, or for what was not accepted, and record the refusal.

    Raises:
        InvalidInput: No quote was accepted.
        NotEligible: A reason never clears; every such reason is in the details.
        QuoteChanged: The quote is not the one that was accepted.
        RuleViolated: A warning was not acknowledged, or a loss not accepted.
        ReadOnlyAccess: This installation may only read there.
    """
    require_write_access(tools.scopes, answer.prepared.question.terms.organization_id)
    # Nobody can confirm anything later, so everything that the look at the users finds is confirmed now.
    prepared = planned(tools, answer)[0].prepared
    digest = accepted_digest(answer, accepted)
    try:
        require_waitable(prepared, digest)
    except (QuoteChanged, RuleViolated) as error:
        record(tools, answer, reason=accepted.reason, accepted=False, refused=error)
        raise
    terms = prepared.question.terms
    if standing_for_ever(prepared.assessment, terms.way, is_caller_known=bool(terms.caller)):
        refusal = not_eligible(prepared.assessment, terms.way)
        record(tools, answer, reason=accepted.reason, accepted=False, refused=refusal)
        raise NotEligible(
            f"Waiting is no use. {refusal.message}",
            remedy=refusal.remedy,
            reasons=refusal.details["reasons"],
        )


def begin_wait(
    tools: Tools, answer: RulesAnswer, terms: WaitTerms, order: SwitchOrder, *, is_bound_stated: bool = False
) -> None:
    """Record that a request is not eligible yet, and let it wait.

    Args:
        tools: What to do it with.
        answer: What was asked, and the answer.
        terms: What is accepted by waiting.
        order: What is ordered when nothing blocks it.
        is_bound_stated: The total is the operator's own bound: no day is compared with the quote.

    Raises:
        Refused: The request can't wait.
        RequestReused: The request was made before, for something else or with another deadline.
        ApprovalRequired: A second person has to approve it first; nothing was recorded.
    """
    prepared = answer.prepared
    request = WaitRequest(
        order=order,
        accepted=accepted_wait(terms),
        source_plan_id=prepared.source.plan_id,
        reasons=refusal_reasons(prepared.assessment.blocking(order.way)),
        quote=None if is_bound_stated else prepared.quote_facts,
    )
    if tools.approvals.is_on:
        require_approved(tools, wait_proposal(tools, request, prepared, total=terms.total_at_most))
    record(tools, answer, reason=order.reason, accepted=False)
    result = from_thread.run(tools.workflows.start_wait, request)
    if not result.accepted:
        raise refused(result)
