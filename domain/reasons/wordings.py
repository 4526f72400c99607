"""Other words for a reason, where its row would tell something that is not so, or nothing to do."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Of NO_PATH: the plan is held already; or no plan at all is offered.
SAME_PLAN = "same_plan"
NOTHING_OFFERED = "nothing_offered"
NO_TARGET = "no_target"
#: Of SWITCH_IN_PROGRESS and CREDIT_CHECK_PENDING: nobody can promise an end.
END_UNKNOWN = "end_unknown"
#: Of CREDIT_CHECK_PENDING: how long it takes is known.
WITHIN = "within"
#: Of SUBSCRIPTION_NOT_ACTIVE: it is being set up, stopped by the seller, or no more.
PENDING = "pending"
STOPPED = "stopped"
ENDED = "ended"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """What stands in place of a row's words; `{name}` is filled from the evidence."""

    remedy: str
    #: "" keeps the row's.
    message: str = ""


_ONE = re.compile(r"(?<![\w.,-])1 (license|user)s\b(?: (are|hold)\b)?")
_OF_ONE = {"are": " is", "hold": " holds", None: ""}

_NO_OFFER = (
    "There is no plan to choose from: stay on {source}, move the users to another plan by a manual switch "
    "after a backup, or call support."
)

#: Code and name of the wording -> its words.
WORDINGS: dict[tuple[str, str], Wording] = {
    ("NO_PATH", SAME_PLAN): Wording(
        remedy="Choose another plan: `planswitch switch targets` lists what is offered."
    ),
    ("NO_PATH", NOTHING_OFFERED): Wording(remedy=_NO_OFFER),
    ("NO_PATH", NO_TARGET): Wording(
        message="No plan is offered for {source} under rule set {rule_set}: {why}.", remedy=_NO_OFFER
    ),
    ("SWITCH_IN_PROGRESS", END_UNKNOWN): Wording(
        message="Switch {switch_id} runs in the organization since {since}; its end is unknown: it waits for "
        "{waits_for}.",
        remedy="Wait until it is done: `planswitch switch show {switch_id}` tells what it waits for, since "
        "when, and what can be done.",
    ),
    ("CREDIT_CHECK_PENDING", END_UNKNOWN): Wording(
        message="A credit check is pending in the organization since {since}, of switch {switch_id}; its end "
        "is unknown: it waits for {waits_for}.",
        remedy="Wait for its answer: `planswitch switch show {switch_id}` tells what can be done.",
    ),
    ("CREDIT_CHECK_PENDING", WITHIN): Wording(remedy="Wait for its answer, up to {wait}."),
    ("SUBSCRIPTION_NOT_ACTIVE", PENDING): Wording(
        remedy="Wait until the seller has set it up, then look again; if it stays so, call support."
    ),
    ("SUBSCRIPTION_NOT_ACTIVE", STOPPED): Wording(
        remedy="Mend the cause for which the seller stopped it, such as an unpaid bill, then look again."
    ),
    ("SUBSCRIPTION_NOT_ACTIVE", ENDED): Wording(
        remedy="It can't be made active again: name another subscription, or buy the new plan."
    ),
}


def of_one(text: str) -> str:
    """Return words about one license or one user in the singular."""
    return _ONE.sub(lambda match: f"1 {match[1]}{_OF_ONE[match[2]]}", text)
