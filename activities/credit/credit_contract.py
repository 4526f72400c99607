"""Names and types of the activities of the credit check; free of the domain, as activities.contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from activities.contract import ActivitySpec, StepInput, StepResult
from activities.signed_command import SignedCommand

#: A bureau that does not answer for so long is taken as not having decided.
BUREAU_ANSWER_SECONDS = 600
#: Why the bureau speaks where it was asked.
ASKED_REASON = "The bureau was asked."


@dataclass(frozen=True, kw_only=True)
class AskBureauInput(StepInput):
    """Ask the credit bureau once more, in case its answer was lost."""


@dataclass(frozen=True, kw_only=True)
class AskBureauResult(StepResult):
    """The bureau's word."""

    check_id: str
    #: approved or declined; "" while it has not decided.
    verdict: str
    #: The worker's proof of it, as of any decision.
    signed: SignedCommand | None = None


@dataclass(frozen=True, kw_only=True)
class RecordCreditDecisionInput(StepInput):
    """Record the first answer to a credit check."""

    decision_id: str
    #: approved or declined.
    verdict: str
    #: bureau or operator.
    decided_by: str
    actor: str
    reason: str
    signed: SignedCommand | None = None


@dataclass(frozen=True, kw_only=True)
class RecordCreditWaitInput(StepInput):
    """Record that the wait reached its reminder, its deadline or its cap."""

    #: reminder, overdue or expired.
    mark: str
    #: What the bureau said when it was asked before.
    evidence: str


@dataclass(frozen=True, kw_only=True)
class ExtendCreditInput(StepInput):
    """Record that an operator extends the wait, once."""

    request_id: str
    days: int
    actor: str
    reason: str
    signed: SignedCommand | None = None


@dataclass(frozen=True, kw_only=True)
class CreditResult(StepResult):
    """Where the wait for the credit check stands after a command."""

    accepted: bool
    #: approved, declined, expired, or "" while nothing is decided.
    verdict: str
    message: str
    deadline_at: datetime | None = None


ASK_BUREAU = ActivitySpec(
    name="credit_check.ask_bureau",
    input_type=AskBureauInput,
    result_type=AskBureauResult,
    schedule_to_close_seconds=BUREAU_ANSWER_SECONDS,
)
RECORD_CREDIT_DECISION = ActivitySpec(
    name="credit_check.record_decision",
    input_type=RecordCreditDecisionInput,
    result_type=CreditResult,
    schedule_to_close_seconds=BUREAU_ANSWER_SECONDS,
)
RECORD_CREDIT_WAIT = ActivitySpec(
    name="credit_check.record_wait", input_type=RecordCreditWaitInput, result_type=CreditResult
)
EXTEND_CREDIT = ActivitySpec(
    name="credit_check.extend", input_type=ExtendCreditInput, result_type=CreditResult
)


def decision_id_of(check_id: str) -> str:
    """Return the name of what the bureau says of a check when it is asked."""
    return f"check:{check_id}"
