"""Requests for approvals: listed, shown, approved and refused by a second person (approvals)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from activities.signing.approvals import granted, is_proved
from domain.approvals.approval import (
    Approval,
    ApprovalClosed,
    ApprovalState,
    ApproverMissing,
    UnknownApproval,
)
from domain.approvals.approval_events import ApprovalCarriedOut, ApprovalRefused, ApprovalVoided
from domain.approvals.approval_policy import APPROVAL_HOURS_MAX
from domain.kernel.errors import InvalidInput, PlanSwitchError, RuleViolated
from domain.kernel.recorded import Meta
from domain.people.principal import Principal
from domain.people.roles import Role
from services.approving.carrying_out import carry_out, end_unapproved, require_current
from services.base.tools import Tools, decided_anew

#: Characters of an id by which a request may be named.
BEGINNING_MIN = 8
#: More are not counted.
BADGE_MAX = 99
#: Requests that are read at a time.
_PAGE = 200
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovalPage:
    """Requests for approvals, the one that changed last first."""

    approvals: tuple[Approval, ...]
    #: Where the next page begins; None: this is the last one.
    next_id: int | None


def approval_page(
    tools: Tools,
    caller: Principal,
    *,
    state: str | None = None,
    organization_id: str | None = None,
    limit: int,
    after: int | None = None,
) -> ApprovalPage:
    """Return the requests that somebody may see.

    Args:
        tools: Where to look.
        caller: Who looks.
        state: Only in this state; None: in any.
        organization_id: Only of this organization; None: of all that the caller may see.
        limit: Rows of a page.
        after: Where the page before ended.

    Raises:
        InvalidInput: There is no such state.
    """
    wanted = None if state is None else _state(state)
    now, rows = datetime.now(tz=UTC), []
    for number, approval in _visible(tools, caller, wanted=wanted, after=after):
        is_wanted = wanted is None or approval.state(now) == wanted
        if is_wanted and organization_id in {None, approval.requested.organization_id}:
            rows.append((number, approval))
        if len(rows) > limit:
            break
    shown = rows[:limit]
    next_id = shown[-1][0] if len(rows) > limit else None
    return ApprovalPage(approvals=tuple(approval for _, approval in shown), next_id=next_id)


def waiting_count(tools: Tools, caller: Principal) -> int:
    """Return how many requests wait for a decision that somebody may see."""
    now = datetime.now(tz=UTC)
    visible = _visible(tools, caller, wanted=ApprovalState.WAITING, after=None)
    return sum(1 for _, approval in visible if approval.state(now) == ApprovalState.WAITING)


def decidable_count(tools: Tools, caller: Principal) -> int:
    """Return how many requests wait that somebody may decide, BADGE_MAX at most."""
    if not tools.approvals.is_on:
        return 0
    now, count = datetime.now(tz=UTC), 0
    for _, approval in _visible(tools, caller, wanted=ApprovalState.WAITING, after=None):
        if now - approval.requested.timestamp > timedelta(hours=APPROVAL_HOURS_MAX):
            # What was requested before has expired, since requests come with the newest first.
            break
        is_decidable = approval.state(now) == ApprovalState.WAITING and not may_decide(
            tools, caller, approval
        )
        count += is_decidable
        if count == BADGE_MAX:
            break
    return count


def shown_approval(tools: Tools, caller: Principal, name: str) -> Approval:
    """Return one request.

    Args:
        tools: Where to look.
        caller: Who looks.
        name: Its id, or the first 8 characters of it or more.

    Raises:
        UnknownApproval: There is none, or the caller may not see its organization.
        InvalidInput: Several begin so.
    """
    approval = tools.store.find_approval(name)
    known = [approval] if approval is not None else _beginning(tools, caller, name)
    if len(known) > 1:
        raise InvalidInput(field="approval", value=name, allowed="a whole id: several requests begin so")
    if not known or not caller.has(Role.VIEWER, known[0].requested.organization_id):
        raise UnknownApproval(
            f"There is no request for an approval {name!r}.", remedy="`planswitch approval list` shows them."
        )
    return known[0]


def _beginning(tools: Tools, caller: Principal, name: str) -> list[Approval]:
    if len(name) < BEGINNING_MIN:
        return []
    visible = (approval for _, approval in _visible(tools, caller, wanted=None, after=None))
    return [each for each in visible if each.approval_id.startswith(name)]


def may_decide(tools: Tools, caller: Principal, approval: Approval) -> str:
    """Return why somebody may not decide about a request now, "" where they may."""
    now = datetime.now(tz=UTC)
    try:
        _require_approver(caller, approval)
        _require_decidable(tools, caller, approval, approval.requested.digest, now=now)
    except PlanSwitchError as refusal:
        return refusal.message
    return ""


def approve(tools: Tools, caller: Principal, name: str, *, digest: str, reason: str) -> Approval:
    """Approve a request, and carry out what it asks for; again it answers the same.

    Call it in a worker thread of the server's loop.

    Args:
        tools: What to do it with.
        caller: Who approves.
        name: The request, as `shown_approval` takes it.
        digest: Of what was shown.
        reason: Why.

    Raises:
        ApproverMissing: The caller is no approver of this organization.
        OwnApproval: The caller requested it.
        ApprovalClosed: It is decided or has expired, or something else was shown.
        QuoteChanged: It is another one by now; the request is void.
        PlanSwitchError: It was refused where it was carried out, or nobody answers.
    """
    approval = shown_approval(tools, caller, name)
    approval_id = approval.approval_id
    if approval.approved_by != caller.actor or approval.requested.digest != digest:
        _require_current(tools, caller, approval, digest)
        approval = decided_anew(lambda: _grant(tools, caller, approval_id, digest=digest, reason=reason))
    if approval.state(datetime.now(tz=UTC)) != ApprovalState.APPROVED:
        return approval
    return _carried_out(tools, approval)


def refuse(tools: Tools, caller: Principal, name: str, *, digest: str, reason: str) -> Approval:
    """Refuse a request: nothing is done.

    Args:
        tools: What to do it with.
        caller: Who refuses.
        name: The request, as `shown_approval` takes it.
        digest: Of what was shown.
        reason: Why.

    Raises:
        ApproverMissing: The caller is no approver of this organization.
        OwnApproval: The caller requested it.
        ApprovalClosed: It is decided or has expired, or something else was shown.
    """
    approval_id = shown_approval(tools, caller, name).approval_id

    def decide() -> Approval:
        approval = _decidable(tools, caller, approval_id, digest)
        at, meta = datetime.now(tz=UTC), _meta(approval, caller.actor, reason)
        tools.store.append_approval(approval.advance(ApprovalRefused, at=at, meta=meta, digest=digest))
        return approval

    approval = decided_anew(decide)
    end_unapproved(tools, approval, RuleViolated(f"{caller.actor} refused it: {reason}"), actor=caller.actor)
    return tools.store.approval(approval_id)


def _visible(
    tools: Tools, caller: Principal, *, wanted: ApprovalState | None, after: int | None
) -> Iterator[tuple[int, Approval]]:
    undecided_only = wanted in {ApprovalState.WAITING, ApprovalState.EXPIRED}
    while True:
        page = tools.store.approvals(undecided_only=undecided_only, limit=_PAGE, before_id=after)
        yield from (each for each in page if caller.has(Role.VIEWER, each[1].requested.organization_id))
        if len(page) < _PAGE:
            return
        after = page[-1][0]


def _state(word: str) -> ApprovalState:
    try:
        return ApprovalState(word.strip().lower())
    except ValueError:
        allowed = ", ".join(ApprovalState)
        raise InvalidInput(field="state", value=word, allowed=allowed) from None


def _require_approver(caller: Principal, approval: Approval) -> None:
    organization_id = approval.requested.organization_id
    if not caller.has(Role.APPROVER, organization_id):
        raise ApproverMissing(
            f"{caller.actor} is no approver of organization {organization_id}.",
            remedy="Let somebody decide who holds the role approver over it.",
        )


def _decidable(tools: Tools, caller: Principal, approval_id: str, digest: str) -> Approval:
    approval = shown_approval(tools, caller, approval_id)
    _require_approver(caller, approval)
    _require_decidable(tools, caller, approval, digest, now=datetime.now(tz=UTC))
    return approval


def _require_decidable(
    tools: Tools, caller: Principal, approval: Approval, digest: str, *, now: datetime
) -> None:
    # Whoever made the key of somebody else can act by it too: that person did not request it either.
    if caller.owner:
        approval.require_not_requested_by(caller.owner, tools.custody)
    approval.require_decidable(caller.actor, digest, now=now, custody=tools.custody)


def _require_current(tools: Tools, caller: Principal, approval: Approval, digest: str) -> None:
    """Refuse a request that is out of date, and record that it counts no more."""
    _decidable(tools, caller, approval.approval_id, digest)
    try:
        require_current(tools, approval)
    except PlanSwitchError as error:
        if not error.handling.is_retryable:
            _void(tools, approval, error)
            end_unapproved(tools, approval, error, actor=caller.actor)
        raise


def _grant(tools: Tools, caller: Principal, approval_id: str, *, digest: str, reason: str) -> Approval:
    approval = _decidable(tools, caller, approval_id, digest)
    keys, meta = tools.workflows.signer.keys, _meta(approval, caller.actor, reason)
    tools.store.append_approval(granted(keys, approval, at=datetime.now(tz=UTC), meta=meta))
    _log.info("approval_granted", approval_id=approval_id, command=approval.requested.command)
    return tools.store.approval(approval_id)


def _carried_out(tools: Tools, approval: Approval) -> Approval:
    if not is_proved(tools.workflows.signer.keys, approval, custody=tools.custody):
        raise ApprovalClosed(
            "The recorded approval was not given by this installation.",
            remedy="Its requester requests it anew. The record was changed: compare it with its seals.",
        )
    try:
        code, message = "", carry_out(tools, approval)
    except PlanSwitchError as error:
        if not error.handling.is_retryable:
            refusal_code = str(getattr(error, "refusal_code", error.code))
            _end(tools, approval, code=refusal_code, message=error.message)
            end_unapproved(tools, approval, error, actor=approval.approved_by)
        raise
    return _end(tools, approval, code=code, message=message)


def _end(tools: Tools, approval: Approval, *, code: str, message: str) -> Approval:
    """Record what became of it; who was faster recorded the same."""

    def decide() -> Approval:
        known = tools.store.approval(approval.approval_id)
        if known.carried_out is None and known.requested.digest == approval.requested.digest:
            # Carried out in the name of the requester, because of the one who approved.
            meta = _meta(known, known.requested_by, known.requested.meta["reason"])
            facts = {"digest": known.requested.digest, "code": code, "message": message}
            event = known.advance(ApprovalCarriedOut, at=datetime.now(tz=UTC), meta=meta, **facts)
            tools.store.append_approval(event)
        return tools.store.approval(approval.approval_id)

    return decided_anew(decide)


def _void(tools: Tools, approval: Approval, error: PlanSwitchError) -> None:
    def decide() -> None:
        known = tools.store.approval(approval.approval_id)
        if known.revision == approval.revision:
            meta = _meta(known, known.requested_by, known.requested.meta["reason"])
            facts = {"digest": known.requested.digest, "code": error.code, "message": error.message}
            event = known.advance(ApprovalVoided, at=datetime.now(tz=UTC), meta=meta, **facts)
            tools.store.append_approval(event)

    decided_anew(decide)


def _meta(approval: Approval, actor: str, reason: str) -> Meta:
    return Meta(
        switch_id="",
        organization_id=approval.requested.organization_id,
        actor=actor,
        reason=reason,
        causation=f"approval:{approval.approval_id}",
    )
