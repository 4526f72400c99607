"""How a request for an approval is shown, and the body of a decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from pydantic import Field

from console.access.dependencies import ConsoleDependencies
from console.approvals.models import ApprovalAnswer, ApprovalFact
from console.edge.plain_bodies import Body, Reason, Text
from domain.approvals.approval import Approval
from domain.people.principal import Principal
from projections.reads.shown_rows import instant_text
from services.approving.deciding import may_decide


class DecisionBody(Body):
    """A decision about a request for an approval."""

    reason: Reason
    #: Digest of what was shown: a request that was changed since is not decided.
    digest: Text = Field(min_length=1)


def approval_answers(
    console: ConsoleDependencies, caller: Principal, approvals: Iterable[Approval]
) -> tuple[ApprovalAnswer, ...]:
    """Return requests as they are shown to somebody; all names are asked for at once."""
    listed = tuple(approvals)
    names = console.reads.names.names_of(each.requested.organization_id for each in listed)
    return tuple(_answer(console, caller, each, names) for each in listed)


def approval_answer(console: ConsoleDependencies, caller: Principal, approval: Approval) -> ApprovalAnswer:
    """Return a request as it is shown to somebody."""
    (answer,) = approval_answers(console, caller, (approval,))
    return answer


def _answer(
    console: ConsoleDependencies, caller: Principal, approval: Approval, names: Mapping[str, str]
) -> ApprovalAnswer:
    request, decision = approval.requested, approval.granted or approval.refused
    ending = approval.carried_out or approval.voided
    return ApprovalAnswer(
        approval_id=approval.approval_id,
        state=approval.state(datetime.now(tz=UTC)),
        organization_id=request.organization_id,
        organization_name=names.get(request.organization_id, ""),
        switch_id=request.switch_id,
        command=request.command,
        request_id=request.request_id,
        requested_by=approval.requested_by,
        requested_at=instant_text(request.timestamp),
        reason=request.meta["reason"],
        needs=tuple(request.needs),
        would=tuple(ApprovalFact(name=name, text=text) for name, text in request.shown.items()),
        users=request.users,
        amount_minor_units=request.amount_minor_units,
        currency=request.currency,
        digest=request.digest,
        expires_at=instant_text(request.expires_at),
        decided_by=decision.meta["actor"] if decision else "",
        decided_at=instant_text(decision.timestamp) if decision else None,
        decision_reason=decision.meta["reason"] if decision else "",
        outcome_code=ending.code if ending else "",
        outcome=ending.message if ending else "",
        why_not=may_decide(console, caller, approval),
    )
