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

_BY_ITSELF = "Nothing: the switch goes on by itself."
_CREDIT = "Wait, or give the answer: `planswitch credit approve|decline|extend|void SWITCH --reason …`."
#: Stage -> what an operator can do about the wait.
REMEDIES = {
    stages.CREDIT_CHECK: _CREDIT,
    stages.CREDIT_OVERDUE: f"{_CREDIT} Without an answer the order is taken back by itself.",
    stages.CREDIT_CLEARED: "Nothing: the switch asks again by itself; "
    "`planswitch switch cancel` takes it back.",
    stages.PROVISIONING_OVERDUE: "Ask the seller or set the services up, and "
    "`planswitch switch retry SWITCH --reason …` to wait on; `planswitch switch cancel` voids the order. "
    "Without an answer it is voided by itself.",
    stages.HELD: "Repair what `planswitch switch show` names, "
    "then `planswitch switch retry SWITCH --reason …`.",
}


def remedy_of(stage: str) -> str:
    """Return what can be done about what a stage waits for; "" for one that has ended."""
    return REMEDIES.get(stage, _BY_ITSELF) if stage in WAITS_FOR else ""


def waits_for(stage: str) -> str:
    """Return what a switch in this stage waits for; "" when it has ended."""
    return WAITS_FOR.get(stage, "")
