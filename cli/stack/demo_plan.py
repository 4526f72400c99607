"""What the demo does, what it did, and the summary for a person who sees the product for the first time."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from cli.text.output import charged_amount, fields, wrapped
from domain.switch.stage import Stage

CARD, INVOICE = "card", "invoice"
#: What the sandbox's credit bureau answers -> how the switch ends.
CREDIT_OUTCOMES = {"approve": Stage.COMPLETED, "decline": Stage.DECLINED, "silent": Stage.EXPIRED}
APPROVE = "approve"
#: Rule set with waits of seconds, for a credit check that ends while one watches.
DEMO_RULE_SET = "demo"
#: Figure of the sandbox's referee -> what it counts.
REFEREE_WORDS = {
    "unlicensed_user_seconds": "seconds in which a user had no license",
    "data_service_gap_user_seconds": "seconds in which a user missed mail, files or chat",
    "double_charges": "days charged twice",
    "unbilled_days": "days not charged at all",
    "orphan_orders": "orders left behind",
    "wrong_amounts": "amounts that are not the price of their days",
    "renewal_differences": "new plans that renew otherwise than the old ones",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoPlan:
    """What the demo does."""

    organization: dict[str, object]
    source_plan_id: str
    target_plan_id: str
    #: card or invoice.
    payment_method: str = CARD
    #: approve, decline or silent: how the credit bureau answers.
    credit: str = APPROVE
    #: Name of the fault program, "" for a calm demo, and the program.
    faults: str = ""
    fault_program: dict[str, object] = field(default_factory=dict)

    @property
    def rule_set(self) -> str:
        """Return the rule set: that of today, or the one with a credit check of seconds."""
        return DEMO_RULE_SET if self.payment_method == INVOICE else "current"

    @property
    def expected_outcome(self) -> str:
        """Return how the switch has to end."""
        return CREDIT_OUTCOMES[self.credit] if self.payment_method == INVOICE else Stage.COMPLETED


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoResult:
    """What the demo did, in the fields that `demo --json` prints."""

    status: str
    switch_id: str
    from_plan: str
    to_plan: str
    users: int
    moved: int
    failed: int
    #: Services that users had switched off and that stayed so, over all users.
    services_kept: int
    #: not_required, approved, declined or expired.
    credit_check: str
    #: Minor units with tax, of the quote for the cutover day.
    quote_total: int | None
    #: Minor units, read from the sandbox's ledger.
    charged_total: int
    currency: str
    #: Stored events of the switch.
    events: int
    #: Events in Temporal's histories, parent and children.
    history_events: int
    #: From the request to the end of the switch.
    seconds: float
    #: What the sandbox's own journal proves.
    referee: dict[str, int]
    #: How it had to end: completed, declined or expired.
    expected: str = Stage.COMPLETED
    #: Name of the fault program, "" when the cloud was calm.
    faults: str = ""
    #: With faults: attempts of steps that were repeated, and throttled answers and failures that they met.
    absorbed: dict[str, int] = field(default_factory=dict)

    @property
    def is_completed(self) -> bool:
        """Return whether everybody works on the new plan."""
        return self.status == Stage.COMPLETED and self.moved == self.users

    @property
    def is_as_expected(self) -> bool:
        """Return whether the switch ended as it was told to, with everybody or nobody moved."""
        return self.is_completed if self.expected == Stage.COMPLETED else self._is_kept

    @property
    def _is_kept(self) -> bool:
        return self.status == self.expected and self.moved == 0

    @property
    def is_proven(self) -> bool:
        """Return whether the money is as quoted and the referee found nothing."""
        due = self.quote_total if self.expected == Stage.COMPLETED else 0
        return self.charged_total == due and not any(self.referee.values())


def summary(result: DemoResult, kept: Path | None) -> list[str]:
    """Return what happened, what it cost, and what proves it."""
    mark = "✔" if result.is_as_expected else "✖"
    lines = [
        "",
        f"{mark} {result.from_plan} -> {result.to_plan}: {result.status} in {result.seconds:.1f} s",
        "",
        *fields(
            {
                "users": f"{result.moved} of {result.users} moved, {result.failed} failed",
                "settings": f"{result.services_kept} switched-off services stayed off",
                "credit check": result.credit_check.replace("_", " "),
                "quoted": f"{charged_amount(result.quote_total, result.currency)} for the day of the cutover",
                "charged": f"{charged_amount(result.charged_total, result.currency)} by the seller's ledger",
                "record": f"{result.events} events; {result.history_events} in Temporal's history",
                "switch": result.switch_id,
            }
        ),
        "",
        "The sandbox cloud kept a journal of its own; it finds",
        *(f"{figure:>6}  {REFEREE_WORDS[name]}" for name, figure in result.referee.items()),
    ]
    if result.faults:
        lines += ["", *_absorbed(result)]
    if kept is not None:
        lines += ["", "Look around in it:", f"  planswitch up --data-dir {kept}"]
    return lines


def _absorbed(result: DemoResult) -> list[str]:
    """Return what went wrong, in a sentence that fits the terminal."""
    met = result.absorbed
    return wrapped(
        f"The program {result.faults} throttled {_times(met['throttles'], 'call')} and made "
        f"{_times(met['failures'], 'call')} fail; the switch repeated {_times(met['retries'], 'attempt')} "
        "of steps, and absorbed all of it.",
        0,
    )


def _times(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
