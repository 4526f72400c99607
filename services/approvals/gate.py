"""The gate before everything that is sent: what needs a second person becomes a request for an approval."""

from __future__ import annotations

from datetime import UTC, datetime

from activities.signing.approvals import is_proved
from domain.approvals.approval import Approval, ApprovalRequired, ApprovalState
from domain.approvals.approval_events import ApprovalRequested, ApprovalVoided
from domain.kernel.errors import RequestReused, RuleViolated
from domain.kernel.ids import approval_id_of, approval_stream_id
from domain.kernel.recorded import Meta
from services.approvals.proposals import Proposal
from services.base.tools import Tools, decided_anew

CHANGED = "REQUEST_CHANGED"
#: Whoever sends it again asks anew.
_OVER = frozenset({ApprovalState.EXPIRED, ApprovalState.VOID, ApprovalState.FAILED})


def require_approved(tools: Tools, proposal: Proposal) -> None:
    """Let a command pass that needs no approval, or has one; otherwise request one and refuse the command.

    Args:
        tools: Where to look, and the policy.
        proposal: The command.

    Raises:
        ApprovalRequired: A second person has to approve it first; the request is recorded.
        RequestReused: Its request id was used for another command.
        RuleViolated: A second person refused it.
    """
    needs = tools.approvals.needs(proposal.command, users=proposal.users, total=proposal.total)
    if needs:
        waiting = decided_anew(lambda: _awaited(tools, proposal, needs))
        if waiting is not None:
            raise _required(waiting)


def _awaited(tools: Tools, proposal: Proposal, needs: tuple[str, ...]) -> Approval | None:
    """Return the request that somebody has to decide, a new one where there is none; None: it is approved."""
    now = datetime.now(tz=UTC)
    approval = tools.store.find_approval(_id_of(proposal))
    if approval is None:
        return _request(tools, proposal, needs, now=now)
    state = approval.state(now)
    is_same = proposal.digest == approval.requested.digest and proposal.actor == approval.requested_by
    if proposal.actor != approval.requested_by or (not is_same and state == ApprovalState.DONE):
        raise RequestReused(
            f"The request id {proposal.request_id} was used before for another request.",
            remedy="Use a new request id.",
        )
    if not is_same or state in _OVER:
        return _request(tools, proposal, needs, now=now, before=approval)
    if state == ApprovalState.REFUSED:
        raise _refused(approval)
    if state == ApprovalState.WAITING:
        return approval
    if not is_proved(tools.workflows.signer.keys, approval, custody=tools.custody):
        return _request(tools, proposal, needs, now=now, before=approval)
    return None


def _request(
    tools: Tools,
    proposal: Proposal,
    needs: tuple[str, ...],
    *,
    now: datetime,
    before: Approval | None = None,
) -> Approval:
    """Record a request; what was requested or approved under its id before counts no more."""
    meta, total = _meta(proposal), proposal.total
    voided = None if before is None else _voided(before, now=now, meta=meta)
    revision = before.revision if before else 0
    requested = ApprovalRequested(
        originator_id=approval_stream_id(_id_of(proposal)),
        originator_version=revision + (2 if voided else 1),
        timestamp=now,
        organization_id=proposal.organization_id,
        switch_id=proposal.switch_id,
        command=proposal.command,
        request_id=proposal.request_id,
        digest=proposal.digest,
        needs=list(needs),
        users=proposal.users,
        amount_minor_units=total.minor_units if total else 0,
        currency=total.currency if total else "",
        shown=proposal.shown,
        proposal=proposal.message,
        expires_at=now + tools.approvals.lifetime,
        meta=meta.as_facts(),
    )
    tools.store.append_approval(*((voided,) if voided else ()), requested)
    return Approval(requested=requested, revision=requested.originator_version)


def _voided(before: Approval, *, now: datetime, meta: Meta) -> ApprovalVoided | None:
    """Return what ends a request that was still open; None where it has ended."""
    if before.state(now) not in {ApprovalState.WAITING, ApprovalState.APPROVED}:
        return None
    message = "The requester changed the request."
    digest = before.requested.digest
    return before.advance(ApprovalVoided, at=now, meta=meta, digest=digest, code=CHANGED, message=message)


def _meta(proposal: Proposal) -> Meta:
    return Meta(
        # It belongs to no switch yet; what is approved is recorded there when it acts.
        switch_id="",
        organization_id=proposal.organization_id,
        actor=proposal.actor,
        reason=proposal.reason,
        causation=f"request:{proposal.request_id}",
    )


def _id_of(proposal: Proposal) -> str:
    subject = proposal.switch_id or proposal.organization_id
    return approval_id_of(subject, proposal.command, proposal.request_id)


def _required(approval: Approval) -> ApprovalRequired:
    request = approval.requested
    return ApprovalRequired(
        f"It waits for the approval of a second person: {'; '.join(request.needs)}. Nothing was done.",
        remedy=f"Somebody else approves it until {request.expires_at:%Y-%m-%d %H:%M} UTC; then it is carried "
        f"out by itself. `planswitch approval show {approval.approval_id}` tells how it stands.",
        approval_id=approval.approval_id,
    )


def _refused(approval: Approval) -> RuleViolated:
    refusal = approval.refused
    meta = refusal.meta if refusal else {"actor": "", "reason": ""}
    return RuleViolated(
        f"{meta['actor']} refused the request: {meta['reason']}",
        remedy="If it is still wanted, request it anew, with a new request id.",
    )
