"""What an operator can do about what each stage waits for."""

from __future__ import annotations

from domain import switch_state as stages
from domain.stage_words import WAITS_FOR, waits_for

__all__ = ["REMEDIES", "WAITS_FOR", "remedy_of", "waits_for"]

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
