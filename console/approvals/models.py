"""Answers about what waits for the approval of a second person."""

from __future__ import annotations

from console.models.base import Answer
from domain.approvals.approval import ApprovalState
from projections.reads.shown_rows import InstantText


class ApprovalFact(Answer):
    """One thing that the request would do, in words."""

    name: str
    text: str


class ApprovalAnswer(Answer):
    """A request for an approval as it is now."""

    approval_id: str
    state: ApprovalState
    organization_id: str
    #: "" where nobody says.
    organization_name: str
    #: The switch that it would start or that it commands; "" for an act on a product.
    switch_id: str
    #: start, wait, the name of a command such as cancel, or product_ and the name of an act.
    command: str
    request_id: str
    requested_by: str
    requested_at: InstantText
    #: Why it is wanted.
    reason: str
    #: Why it needs an approval.
    needs: tuple[str, ...]
    #: What it would do, as the preview says it.
    would: tuple[ApprovalFact, ...]
    #: Users who move because of it.
    users: int
    #: The most that it costs, with tax; 0 in currency "" where it costs nothing.
    amount_minor_units: int
    currency: str
    #: Of exactly what will be carried out; a decision names it.
    digest: str
    expires_at: InstantText
    #: Who approved or refused it, "" where nobody did.
    decided_by: str
    decided_at: InstantText | None
    decision_reason: str
    #: What became of it when it was carried out, or why it counts no more; "" where there is nothing to tell.
    outcome_code: str
    outcome: str
    #: Why the caller may not decide about it now; "" where they may.
    why_not: str


class ApprovalList(Answer):
    """Requests for approvals, the one that changed last first."""

    approvals: tuple[ApprovalAnswer, ...]
    #: How many wait for a decision that the caller may see.
    waiting: int
    #: Place of the next page; null: this is the last one.
    next: int | None
