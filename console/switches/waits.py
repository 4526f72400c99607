"""A start that waits: what it refuses, and what is answered to it (rules#waiting)."""

from __future__ import annotations

from activities.assessment.preparation import not_eligible
from activities.contract import SwitchOrder
from activities.request.eligibility import require_waitable
from console.access.dependencies import ConsoleDependencies
from console.models.quotes import WaitAnswer
from console.switches.asking import Asked, accepted_digest, planned, record
from console.switches.bodies import SwitchBody
from domain.kernel.errors import NotEligible
from domain.requests.eligibility_wait import standing_for_ever
from domain.requests.wait_events import WaitTerms
from services.waits import waits
from services.waits.waits import wait_terms


def wait_answer(terms: WaitTerms) -> WaitAnswer:
    """Return what is accepted by waiting."""
    return WaitAnswer(
        until=terms.until.isoformat(),
        not_before=terms.not_before.isoformat() if terms.not_before else None,
        currency=terms.total_at_most.currency,
        total_at_most_minor_units=terms.total_at_most.minor_units,
        total_at_most=str(terms.total_at_most),
        forfeited_at_most_minor_units=terms.forfeited_at_most.minor_units,
    )


def require_wait(console: ConsoleDependencies, asked: Asked, body: SwitchBody) -> str:
    """Return the digest of the accepted quote, or refuse a wait and record the refusal.

    Raises:
        InvalidInput: No quote was accepted.
        NotEligible: A reason never clears; every such reason is in the details.
        QuoteChanged: The quote is not the one that was accepted.
        RuleViolated: A warning was not acknowledged, or a loss not accepted.
    """
    digest = accepted_digest(asked, body)
    # Nobody can be asked later: what the look at the users asks to confirm is asked for now.
    prepared = planned(console, asked)[0].prepared
    require_waitable(prepared, digest)
    if standing_for_ever(prepared.assessment, body.mode, is_caller_known=bool(body.caller)):
        record(console, asked, reason=body.reason, accepted=False)
        refused = not_eligible(prepared.assessment, body.mode)
        raise NotEligible(
            f"Waiting is no use. {refused.message}", remedy=refused.remedy, reasons=refused.details["reasons"]
        )
    return digest


def begin_wait(
    console: ConsoleDependencies, body: SwitchBody, asked: Asked, order: SwitchOrder
) -> WaitAnswer:
    """Let a request wait, and return what was accepted."""
    terms = wait_terms(asked.prepared, body)
    if terms is None:
        raise AssertionError
    record(console, asked, reason=body.reason, accepted=False)
    waits.begin(console, asked.prepared, terms, order)
    return wait_answer(terms)
