"""In whose name the end of a wait is recorded, and why (ADR 19)."""

from __future__ import annotations

from dataclasses import dataclass

from activities.base.outside_acts import CANCELLED
from activities.base.step import Step
from activities.base.wait_contract import EndWaitInput
from activities.contract import SYSTEM_ACTOR
from activities.signed_command import OUTSIDE_ACTOR

#: The command that ends a wait.
CANCEL = "cancel"


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitEnd:
    """Who ends a wait, why, and what is told of it."""

    actor: str
    reason: str
    message: str


def end_of(step: Step, step_input: EndWaitInput) -> WaitEnd:
    """Return how the end of a wait is recorded; who ordered the switch is not who ends its wait.

    Args:
        step: It tells who is proved.
        step_input: Who is said to end it, and why.
    """
    reason = step_input.reason
    actor = step.authority.commander(step_input.actor, step_input.signed, {CANCEL}, reason=reason)
    if not actor:
        return WaitEnd(actor=SYSTEM_ACTOR, reason=step_input.message, message=step_input.message)
    if actor == OUTSIDE_ACTOR:
        # What somebody says there is no reason of a person whom the product knows.
        message = f"{CANCELLED}: {reason}" if reason else f"{CANCELLED}."
        return WaitEnd(actor=actor, reason=message, message=message)
    return WaitEnd(actor=actor, reason=reason, message=step_input.message)
