"""The start of billing of what was bought outside: nobody is charged twice (manual#done-outside)."""

from __future__ import annotations

from datetime import date

from activities.assessment.addons import billed_now
from activities.base.step import Step
from activities.contract import CUT_OVER_BILLING
from domain.kernel.errors import AuditMismatch
from domain.kernel.money import Money

#: Operation of the billing's port that starts a charge, as the record of calls names it.
START_BILLING = "start_billing"
#: HTTP statuses of a call that was carried out.
ANSWERED = range(200, 300)


def require_own_charge(
    step: Step, subscription_id: str, *, amount: Money, from_on: date, to_on: date, quantity: int
) -> None:
    """Refuse to start billing of a subscription that its seller bills already.

    What an attempt before this one has started is answered by its key, and charges nothing more: its call was
    recorded, or it shows the same days, licenses and money.

    Args:
        step: The attempt that bills the switch.
        subscription_id: What was bought outside.
        amount: Charge for the days from `from_on` to before `to_on`.
        from_on: First day.
        to_on: Day after the last one.
        quantity: Licenses.

    Raises:
        AuditMismatch: The seller bills it otherwise than the accepted quote does.
    """
    if _is_charged(step):
        return
    period = billed_now(step.cloud, step.order.organization_id, subscription_id)
    if period is None:
        return
    shown = (period.paid, period.period_start_on, period.period_end_on, period.quantity)
    if shown != (amount, from_on, to_on, quantity):
        raise AuditMismatch(
            f"Billing charges {period.paid} for subscription {subscription_id} already, from "
            f"{period.period_start_on} to {period.period_end_on}; the accepted quote charges {amount} from "
            f"{from_on} to {to_on}.",
            remedy="Let billing take its charge back and stop billing the subscription, then retry.",
        )


def _is_charged(step: Step) -> bool:
    """Return whether billing has answered a start of this step: a renewal may have followed it."""
    calls = step.store.step_calls(step.order.switch_id, CUT_OVER_BILLING.name)
    return any(call.operation == START_BILLING and call.status in ANSWERED for call in calls)
