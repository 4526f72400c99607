"""What each stage waits for, in words that an operator understands."""

from __future__ import annotations

from domain import switch_state as stages

#: Stage -> who or what the switch waits for.
WAITS_FOR = {
    stages.REQUESTED: "the seller to take the order",
    stages.ORDERED: "the seller to say whether a credit check is needed",
    stages.CREDIT_CHECK: "the credit check",
    stages.CREDIT_OVERDUE: "an operator: the credit check is overdue",
    stages.CREDIT_CLEARED: "the seller to set up the new subscription",
    stages.PROVISIONING_OVERDUE: "an operator: the new subscription is not ready in its time",
    stages.READY: "the roster to be frozen",
    stages.MOVING: "the directory to move licenses",
    stages.HELD: "an operator: repair, then retry",
    stages.ROLLING_BACK: "the directory to return licenses",
    stages.STUCK: "an operator: it can't be taken back yet; it is tried again",
    stages.MOVED: "the seller to cancel the old subscription",
    stages.CANCELLING: "the seller to answer the cancellation of the old subscription",
    stages.SOURCE_CANCELLED: "billing to cut over",
    stages.CUT_OVER: "the completion notice",
}


def waits_for(stage: str) -> str:
    """Return what a switch in this stage waits for; "" when it has ended."""
    return WAITS_FOR.get(stage, "")
