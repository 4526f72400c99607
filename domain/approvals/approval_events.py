"""Events of an approval: a log of its own for each request (approvals#what-is-recorded).

They belong to no switch: most requests have none yet. The switch's own record says who approved what it did
(`CommandApproved`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from domain.kernel.recorded import LogEvent, stored


@stored("approval.requested")
@dataclass(frozen=True)
class ApprovalRequested(LogEvent):
    """Somebody wants what needs a second person; nothing was done."""

    organization_id: str
    #: "" for an act on a product.
    switch_id: str
    #: As the envelope of the command says it.
    command: str
    request_id: str
    #: Of exactly what will be carried out; the command's signature covers the same.
    digest: str
    #: Why it needs an approval, in words.
    needs: list[str]
    users: int
    #: The most that it costs, with tax; 0 in currency "" where it costs nothing.
    amount_minor_units: int
    currency: str
    #: What it would do, as the preview says it: name -> text.
    shown: dict[str, str]
    #: What will be carried out, without the person on whose behalf it is asked.
    proposal: dict[str, Any]
    expires_at: datetime
    #: Who requests, and why.
    meta: dict[str, Any]


@stored("approval.granted")
@dataclass(frozen=True)
class ApprovalGranted(LogEvent):
    """A second person approved exactly this."""

    class_version: ClassVar[int] = 2

    digest: str
    #: Which key of commands signed it.
    key_id: str
    #: HMAC-SHA-256 over what was approved, by whom and until when, hexadecimal.
    signature: str
    #: What was approved, by whom, when and why, for whoever has no key; {} in approvals of before.
    statement: dict[str, Any]
    #: Ed25519 key that signed the statement, and the signature, both hexadecimal.
    public_key: str
    public_signature: str
    meta: dict[str, Any]

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Read an approval from before it had a signature that everybody can check."""
        state |= {"statement": {}, "public_key": "", "public_signature": ""}


@stored("approval.refused")
@dataclass(frozen=True)
class ApprovalRefused(LogEvent):
    """A second person refused it: it will not be carried out."""

    digest: str
    meta: dict[str, Any]


@stored("approval.voided")
@dataclass(frozen=True)
class ApprovalVoided(LogEvent):
    """The request, or what it was quoted for, is another one by now: an approval of it counts no more."""

    digest: str
    code: str
    message: str
    meta: dict[str, Any]


@stored("approval.carried-out")
@dataclass(frozen=True)
class ApprovalCarriedOut(LogEvent):
    """What was approved was sent in the name of its requester, and was taken or refused."""

    digest: str
    #: "" where it was taken.
    code: str
    message: str
    meta: dict[str, Any]


ApprovalEvent = ApprovalRequested | ApprovalGranted | ApprovalRefused | ApprovalVoided | ApprovalCarriedOut
