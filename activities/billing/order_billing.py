"""Billing of the old plan around the order: off where the rule set says so, and on again (ADR 15)."""

from __future__ import annotations

from datetime import date

from activities.assessment.addons import BILLING
from activities.base.step import Step
from domain.kernel.errors import ProviderRefused, QuoteChanged, UnknownSubscription
from domain.kernel.recorded import Meta
from domain.quote.day_quotes import billing_stop_on
from domain.switch.move_events import BillingResumed, BillingStopped

#: State of a subscription whose billing was stopped.
STOPPED = "stopped"


def require_current_formulas(step: Step) -> None:
    """Refuse an order whose accepted quote was computed by formulas of before: it is quoted again, and asks.

    Raises:
        QuoteChanged: It was accepted before the formulas changed; nothing was ordered.
    """
    if not step.accepted_quote.input.is_nominal:
        raise QuoteChanged(
            "The accepted quote was computed by older formulas, and nothing is ordered yet.",
            remedy="Ask for a new quote and accept that.",
        )


def require_stoppable(step: Step) -> None:
    """Refuse an order whose quote stops the old billing on a day that was renewed since.

    See proration#where-billing-stops-at-the-order.

    Raises:
        QuoteChanged: What the quote gives back is of a period that is over; nothing was ordered.
    """
    stop_on = _stop_on(step)
    if stop_on is None:
        return
    for subscription_id in _billed(step):
        period = step.cloud.billing.period(step.order.organization_id, subscription_id)
        if not period.period_start_on <= stop_on <= period.period_end_on:
            raise QuoteChanged(
                f"The accepted quote stops the old plan's billing on {stop_on}; it has been renewed since, "
                f"on {period.period_start_on}.",
                remedy="Ask for a new quote and accept that.",
            )


def stop_at_order(step: Step, *, is_taken_back: bool = False) -> date | None:
    """Stop billing of the old plan and its add-ons where the rule set does that at the order.

    The keys are those that the cutover would use: a stop comes once, whoever asks for it.

    Args:
        step: The attempt on whose behalf; it records what is answered.
        is_taken_back: The order is found only to be voided. What billing refuses to stop then counts by what
            it shows; all the same it is asked, so that a late writer's stop is answered by its key and
            changes nothing after the resume.

    Returns:
        The day from which it is not billed, or None where nothing was stopped.
    """
    stop_on = _stop_on(step)
    if stop_on is None:
        return None
    stopped: list[date] = []
    for subscription_id, key in _billed(step).items():
        try:
            day = step.cloud.billing.stop(
                step.order.organization_id, subscription_id, effective_on=stop_on, key=step.key(f"stop{key}")
            )
        except (ProviderRefused, UnknownSubscription):
            if not is_taken_back:
                raise
            if _is_stopped(step, subscription_id):
                stopped.append(stop_on)
        else:
            stopped.append(day)
    return stopped[0] if stopped else None


def resume_billing(step: Step, meta: Meta) -> None:
    """Take back what was stopped at the order, once: an order that is void stops nothing.

    See proration#where-billing-stops-at-the-order.

    Args:
        step: The attempt that takes the switch back.
        meta: Whose will it is, and why.
    """
    source = step.source()
    state = step.state_of(source)
    if not state.has(BillingStopped) or state.has(BillingResumed):
        return
    resumed = [
        step.cloud.billing.resume(step.order.organization_id, subscription_id, key=step.key(f"resume{key}"))
        for subscription_id, key in _billed(step).items()
    ]
    step.advance(source, BillingResumed, meta, effective_on=resumed[0])
    step.save(source)


def _is_stopped(step: Step, subscription_id: str) -> bool:
    try:
        period = step.cloud.billing.period(step.order.organization_id, subscription_id)
    except UnknownSubscription:
        return False
    return period.state == STOPPED


def _stop_on(step: Step) -> date | None:
    """Return the day of the stop at the order; None where there is none, or nothing that could be stopped."""
    terms = step.accepted_quote.input
    return billing_stop_on(terms) if terms.billed.state == BILLING else None


def _billed(step: Step) -> dict[str, str]:
    """Return what the quote stops, the plan first: subscription id -> what ends its keys."""
    terms = step.accepted_quote.input
    addons = {each.subscription_id: f":{each.subscription_id}" for each in terms.addons if each.billed}
    return {terms.billed.subscription_id: "", **addons}
