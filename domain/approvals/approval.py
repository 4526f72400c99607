"""One request for an approval: who may decide it, until when, and what became of it.

See approvals#the-way-of-a-request.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from domain.approvals.approval_events import (
    ApprovalCarriedOut,
    ApprovalEvent,
    ApprovalGranted,
    ApprovalRefused,
    ApprovalRequested,
    ApprovalVoided,
)
from domain.approvals.custody import Custody
from domain.kernel.errors import PlanSwitchError
from domain.kernel.ids import approval_id_of, approval_stream_id
from domain.kernel.recorded import Meta

Decided = TypeVar(
    "Decided", ApprovalRequested, ApprovalGranted, ApprovalRefused, ApprovalVoided, ApprovalCarriedOut
)

#: Fields of a request that the signature of its approval covers.
_SIGNED = (
    *("switch_id", "organization_id", "command", "request_id", "digest", "users", "amount_minor_units"),
    *("currency", "expires_at"),
)


class ApprovalState(StrEnum):
    """What became of a request for an approval."""

    WAITING = "waiting"
    EXPIRED = "expired"
    APPROVED = "approved"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    VOID = "void"


class ApprovalRequired(PlanSwitchError):
    """It needs the approval of a second person, which was requested; nothing was done."""

    code = "APPROVAL_REQUIRED"


class OwnApproval(PlanSwitchError):
    """Nobody decides about their own request."""

    code = "OWN_APPROVAL"


class ApproverMissing(PlanSwitchError):
    """Whoever decides has no role by which they may."""

    code = "APPROVER_MISSING"


class ApprovalClosed(PlanSwitchError):
    """The request is decided, has expired, or is another one by now."""

    code = "APPROVAL_CLOSED"


class UnknownApproval(PlanSwitchError):
    """No request for an approval has this id."""

    code = "UNKNOWN_APPROVAL"


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """A request for an approval as it is now."""

    requested: ApprovalRequested
    revision: int
    granted: ApprovalGranted | None = None
    refused: ApprovalRefused | None = None
    voided: ApprovalVoided | None = None
    carried_out: ApprovalCarriedOut | None = None

    @property
    def approval_id(self) -> str:
        """Return its id."""
        request = self.requested
        subject = request.switch_id or request.organization_id
        return approval_id_of(subject, request.command, request.request_id)

    @property
    def requested_by(self) -> str:
        """Return who requested it."""
        return str(self.requested.meta["actor"])

    @property
    def approved_by(self) -> str:
        """Return who approved it, "" where nobody did."""
        return str(self.granted.meta["actor"]) if self.granted else ""

    def state(self, now: datetime) -> ApprovalState:
        """Return what became of it until now."""
        if self.carried_out is not None:
            return ApprovalState.FAILED if self.carried_out.code else ApprovalState.DONE
        if self.voided is not None:
            return ApprovalState.VOID
        if self.refused is not None:
            return ApprovalState.REFUSED
        if now >= self.requested.expires_at:
            return ApprovalState.EXPIRED
        return ApprovalState.APPROVED if self.granted else ApprovalState.WAITING

    def signed_facts(self, approved_by: str, approved_at: datetime) -> dict[str, Any]:
        """Return what the signature of an approval covers.

        Args:
            approved_by: Who approves it.
            approved_at: When.
        """
        return {
            **{name: getattr(self.requested, name) for name in _SIGNED},
            "approval_id": self.approval_id,
            "requested_by": self.requested_by,
            "approved_by": approved_by,
            "approved_at": approved_at,
        }

    def require_decidable(self, actor: str, digest: str, *, now: datetime, custody: Custody) -> None:
        """Refuse a decision of the requester, of what is decided, and of what is another request by now.

        Args:
            actor: Who decides.
            digest: Of what was shown to them.
            now: Aware instant.
            custody: Tells whose accounts decide and request, and who made their keys.

        Raises:
            OwnApproval: They requested it, an account of the same person did, or one of the two holds a key
                that the other one made.
            ApprovalClosed: It is decided or has expired, or something else was shown.
        """
        self._require_apart(actor, now, custody)
        state = self.state(now)
        if state != ApprovalState.WAITING:
            raise ApprovalClosed(
                f"The request is {state.value} and can't be decided any more.", remedy=_AGAIN
            )
        if digest != self.requested.digest:
            raise ApprovalClosed("The request was changed since it was shown.", remedy=_LOOK)

    def is_own_of(self, actor: str, at: datetime, custody: Custody) -> bool:
        """Return whether who decides could have requested it, or the requester could decide as them.

        Args:
            actor: Who decides.
            at: When; an aware instant.
            custody: Tells whose accounts they use, and who made their keys.
        """
        requester = self.requested_by
        return (
            custody.owner_of(actor) == custody.owner_of(requester)
            or custody.has_made_key(actor, of=requester, at=self.requested.timestamp)
            or custody.has_made_key(requester, of=actor, at=at)
        )

    def require_not_requested_by(self, actor: str, custody: Custody) -> None:
        """Refuse a decision in the name of the requester.

        Args:
            actor: Who decides, or who answers for the credential of whoever decides.
            custody: Tells whose accounts they use.

        Raises:
            OwnApproval: They requested it, or an account of the same person did.
        """
        if custody.owner_of(actor) == custody.owner_of(self.requested_by):
            raise OwnApproval(
                f"{self.requested_by} requested this, and nobody decides about their own request.",
                remedy="Let somebody else decide who holds the role approver over the organization.",
            )

    def _require_apart(self, actor: str, now: datetime, custody: Custody) -> None:
        self.require_not_requested_by(actor, custody)
        if self.is_own_of(actor, now, custody):
            requester = self.requested_by
            is_maker = custody.has_made_key(actor, of=requester, at=self.requested.timestamp)
            maker, holder = (actor, requester) if is_maker else (requester, actor)
            raise OwnApproval(
                f"{requester} requested this, and {maker} made a key of {holder}, by which {maker} could "
                "act as well: nobody decides about their own request.",
                remedy="Let somebody else decide. For later requests, the owner of the key replaces it: "
                "`planswitch keys rotate KEY --overlap-hours 0 --reason …`.",
            )

    def advance(self, kind: type[Decided], *, at: datetime, meta: Meta, **facts: Any) -> Decided:
        """Return what happens to the request as its next revision.

        Args:
            kind: What happens.
            at: Aware instant.
            meta: Who does it, and why.
            facts: The event's own fields.
        """
        return kind(
            originator_id=approval_stream_id(self.approval_id),
            originator_version=self.revision + 1,
            timestamp=at,
            meta=meta.as_facts(),
            **facts,
        )


_AGAIN = "If it is still wanted, its requester gives the command again, with a new request id."
_LOOK = "Look at it again, then decide about what it shows now."


def approval_of(events: Iterable[ApprovalEvent]) -> Approval | None:
    """Fold the log of a request; None when it has no events.

    A request that is changed begins anew: what was decided before counts no more.
    """
    approval: Approval | None = None
    for event in events:
        if isinstance(event, ApprovalRequested):
            approval = Approval(requested=event, revision=event.originator_version)
        elif approval is not None:
            approval = replace(_decided(approval, event), revision=event.originator_version)
    return approval


def _decided(
    approval: Approval, event: ApprovalGranted | ApprovalRefused | ApprovalVoided | ApprovalCarriedOut
) -> Approval:
    if isinstance(event, ApprovalGranted):
        return replace(approval, granted=event)
    if isinstance(event, ApprovalRefused):
        return replace(approval, refused=event)
    if isinstance(event, ApprovalVoided):
        return replace(approval, voided=event)
    return replace(approval, carried_out=event)
