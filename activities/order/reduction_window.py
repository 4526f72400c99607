"""The window in which the seller takes licenses back, looked at before the order (manual#some-users)."""

from __future__ import annotations

from activities.base.step import Step
from activities.order.purchase import may_be_placed
from domain.licenses.reduction import closed_words, first_closed


def reduction_refusal(step: Step) -> str:
    """Return why nothing is ordered yet for some users; "" where their old licenses can be given back."""
    terms = step.accepted_quote.input
    if not terms.licenses_leaving or may_be_placed(step):
        return ""
    ids = (step.order.source_subscription_id, *(each.subscription_id for each in terms.addons))
    reduced = [step.cloud.seller.subscription(step.order.organization_id, each) for each in ids]
    closed = first_closed(reduced, step.at)
    if closed is None:
        return ""
    return f"{closed_words(closed)} Cancel the switch; nothing is ordered yet."
