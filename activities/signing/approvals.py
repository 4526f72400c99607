"""Approvals by a second person: signed over what a command's own signature covers, and checked where it acts.

Neither Temporal nor the database is believed: without the key of commands nobody approves anything (ADR 47).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from activities.contract import SwitchOrder
from activities.signed_command import BUREAU_ACTOR, DECIDE_CREDIT, START, WAIT, SignedCommand
from activities.signing.signatures import SYSTEM_PREFIX, CommandKeys, hmac_of, is_equal, key_id
from domain.approvals.approval import Approval, ApprovalRequired
from domain.approvals.approval_events import ApprovalGranted
from domain.approvals.approval_policy import RESCHEDULE, ApprovalPolicy
from domain.approvals.approval_statement import signed_bytes, statement_of
from domain.approvals.custody import Custody
from domain.kernel.ids import approval_id_of, eligibility_wait_stream_id
from domain.kernel.money import Money
from domain.kernel.recorded import Meta
from domain.requests.wait_events import EligibilityWait
from store.switch_store import SwitchStore

_APPROVAL = b"planswitch approval 1:"
_PAIR = b"planswitch approval key pair 1:"
_REMEDY = (
    "Give the command by the console, which requests the approval; `planswitch approval list` shows it. If "
    "it was approved there, console and worker have different settings of approvals."
)


def granted(keys: CommandKeys, approval: Approval, *, at: datetime, meta: Meta) -> ApprovalGranted:
    """Return the event by which a second person approves a request, with the proof of it.

    Args:
        keys: Of this installation.
        approval: The request.
        at: Now; an aware instant.
        meta: Who approves it, and why.
    """
    facts = approval.signed_facts(meta.actor, at)
    statement, key = statement_of(facts, reason=meta.reason), _key_pair(keys.signing)
    proof = {
        "key_id": key_id(keys.signing),
        "signature": hmac_of(keys.signing, _APPROVAL, facts),
        "statement": statement,
        "public_key": key.public_key().public_bytes_raw().hex(),
        "public_signature": key.sign(signed_bytes(statement)).hex(),
    }
    return approval.advance(ApprovalGranted, at=at, meta=meta, digest=approval.requested.digest, **proof)


def is_proved(keys: CommandKeys, approval: Approval, *, custody: Custody) -> bool:
    """Return whether a second person approved a request, by a signature of this installation.

    Args:
        keys: Of this installation.
        approval: The request as it is recorded.
        custody: Tells whose accounts approved and requested, and who made their keys.
    """
    grant = approval.granted
    key = keys.of_id(grant.key_id) if grant else None
    if grant is None or key is None or approval.is_own_of(approval.approved_by, grant.timestamp, custody):
        return False
    facts = approval.signed_facts(approval.approved_by, grant.timestamp)
    return is_equal(grant.signature, hmac_of(key, _APPROVAL, facts)) and _is_stated(key, facts, grant)


def _is_stated(key: bytes, facts: dict[str, Any], grant: ApprovalGranted) -> bool:
    """Return whether the statement says the same and is signed; approvals of before have none."""
    if not grant.statement:
        return True
    statement, own = statement_of(facts, reason=grant.meta["reason"]), _key_pair(key)
    is_own = own.public_key().public_bytes_raw().hex() == grant.public_key
    # Ed25519 signs the same bytes with the same key always alike.
    is_signed = is_equal(grant.public_signature, own.sign(signed_bytes(statement)).hex())
    return is_own and is_signed and grant.statement == statement


def _key_pair(key: bytes) -> Ed25519PrivateKey:
    """Return the key pair of approvals, made of the key of commands; the public half tells nothing of it."""
    return Ed25519PrivateKey.from_private_bytes(hmac.new(key, _PAIR, hashlib.sha256).digest())


def command_approved(approval: Approval, grant: ApprovalGranted) -> dict[str, Any]:
    """Return what the record of the switch says of an approval, beside who gave it and why."""
    return {
        "approval_id": approval.approval_id,
        "command": approval.requested.command,
        "request_id": approval.requested.request_id,
        "requested_by": approval.requested_by,
        "approved_at": grant.timestamp,
        "digest": grant.digest,
        "key_id": grant.key_id,
        "signature": grant.signature,
        "statement": grant.statement,
        "public_key": grant.public_key,
        "public_signature": grant.public_signature,
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wanted:
    """A command that needs an approval: what it must have been approved for."""

    #: None: whatever was approved, within its users and its amount.
    digest: str | None
    requested_by: str
    signed_at: datetime
    users: int
    total: Money | None


class Approvals:
    """What a second person has approved, as the record proves it.

    Args:
        policy: What needs an approval, by the settings of whoever asks.
        store: The record.
        keys: Of this installation.
    """

    def __init__(self, policy: ApprovalPolicy, store: SwitchStore, keys: CommandKeys) -> None:
        self._policy = policy
        self._store = store
        self._keys = keys

    def require(
        self, signed: SignedCommand, order: SwitchOrder, *, users: int, total: Money | None
    ) -> Approval | None:
        """Return the approval of a command, or None where it needs none, as `ApprovalGate.require`."""
        if not self._policy.is_on or _is_exempt(signed):
            return None
        needs = self._policy.needs(signed.command, users=users, total=total)
        if not needs:
            return None
        has_waited = signed.actor.startswith(SYSTEM_PREFIX)
        wanted = _Wanted(
            digest=None if has_waited else signed.arguments_digest,
            requested_by=order.actor if signed.command in {START, WAIT} else signed.actor,
            signed_at=signed.signed_at,
            users=users,
            total=total,
        )
        known = self._of_wait(order) if has_waited else self._of(signed)
        approved = next((each for each in known if self._is_of(each, wanted)), None)
        if approved is None:
            raise _missing(signed, needs)
        return approved

    def require_act(self, signed: SignedCommand, *, total: Money) -> None:
        """Refuse an act on a product that needs an approval and has none.

        Args:
            signed: Its envelope, which was checked.
            total: What it costs, with tax.

        Raises:
            ApprovalRequired: Nobody who may has approved exactly this.
        """
        needs = self._policy.needs(signed.command, users=0, total=total) if self._policy.is_on else ()
        wanted = _Wanted(
            digest=signed.arguments_digest,
            requested_by=signed.actor,
            signed_at=signed.signed_at,
            users=0,
            total=total,
        )
        if needs and not any(self._is_of(each, wanted) for each in self._of(signed)):
            raise _missing(signed, needs)

    def _of(self, signed: SignedCommand) -> list[Approval]:
        approval_id = approval_id_of(signed.switch_id, signed.command, signed.request_id)
        known = self._store.find_approval(approval_id)
        return [known] if known is not None else []

    def _of_wait(self, order: SwitchOrder) -> list[Approval]:
        """Return what was approved of a request that has waited: its beginning, and each change of it."""
        wait = self._store.load(eligibility_wait_stream_id(order.switch_id))
        changes = tuple(wait.changes) if isinstance(wait, EligibilityWait) else ()
        begun = self._store.approved_of(order.switch_id, WAIT, (order.request_id,))
        return [*self._store.approved_of(order.switch_id, RESCHEDULE, changes), *begun]

    def _is_of(self, approval: Approval, wanted: _Wanted) -> bool:
        request, grant = approval.requested, approval.granted
        if grant is None or approval.voided is not None:
            return False
        if not is_proved(self._keys, approval, custody=self._store.custody):
            return False
        if wanted.users > request.users:
            # A digest covers the licenses; who joined since was not approved.
            return False
        if wanted.digest is None:
            # The wait was begun in time; what it has become is held to what was approved.
            return _is_within(wanted.total, request.currency, approval)
        is_same = (wanted.digest, wanted.requested_by) == (grant.digest, approval.requested_by)
        return is_same and wanted.digest == request.digest and wanted.signed_at < request.expires_at


def _missing(signed: SignedCommand, needs: tuple[str, ...]) -> ApprovalRequired:
    return ApprovalRequired(
        f"The command `{signed.command}` needs the approval of a second person and has none: "
        f"{'; '.join(needs)}. Nothing was done.",
        remedy=_REMEDY,
    )


def _is_within(total: Money | None, currency: str, approval: Approval) -> bool:
    if total is None or total.minor_units <= 0:
        return True
    return total.currency == currency and total.minor_units <= approval.requested.amount_minor_units


def _is_exempt(signed: SignedCommand) -> bool:
    """Return whether the credit bureau speaks: its callback is signed by the bureau itself."""
    return signed.command == DECIDE_CREDIT and signed.actor == BUREAU_ACTOR
