"""Checks the signature of an approval by what its event says alone; no key of the installation is needed.

An approval has a statement, which is signed with Ed25519: what was approved, by whom, when and why. The event
says the same in fields of its own. What differs between the two was altered after it was signed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from domain.approvals.approval_events import ApprovalGranted
from domain.approvals.approval_statement import signed_bytes
from domain.switch.control_events import CommandApproved

#: Events that carry the proof of an approval.
PROVED_TOPICS = frozenset({ApprovalGranted.TOPIC, CommandApproved.TOPIC})
#: Fields of the request for an approval that its statement has under the same name.
_REQUESTED = (
    *("switch_id", "organization_id", "command", "request_id", "digest", "users", "amount_minor_units"),
    *("currency", "expires_at"),
)
#: The same of what the record of a switch says of an approval.
_RECORDED = ("approval_id", "switch_id", "command", "request_id", "requested_by", "approved_at", "digest")
#: Name of a field -> how it is told.
_WORDS = {"approved_by": "approver", "approved_at": "time", "requested_by": "requester"}
_KEY_CHARACTERS = 16
_WITHOUT = "It has no signature that can be checked without the installation."


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovalProof:
    """What the check of one approval came to."""

    #: "" where its statement does not say it.
    approval_id: str
    #: Name of the key that signed it; "" where it has no statement, as approvals of before.
    key_id: str
    #: What is not as it was signed, each as one sentence; nothing where the approval is proved.
    faults: tuple[str, ...] = ()


def event_facts(state: bytes) -> dict[str, Any]:
    """Return the fields of a stored event; instants are read, everything else stays as it is stored."""
    facts: dict[str, Any] = json.loads(state, object_hook=_read)
    return facts


def proof_of(
    topic: str,
    facts: Mapping[str, Any],
    requested: Mapping[str, Any] | None = None,
    *,
    trusted: Collection[str] | None = None,
) -> ApprovalProof:
    """Check the approval that an event carries.

    Args:
        topic: One of PROVED_TOPICS.
        facts: Fields of the event, as `event_facts` reads them.
        requested: Fields of the request that a granted approval follows in its log; None: it is not known.
        trusted: Names of the keys that may have signed it; None: any key.
    """
    statement = facts.get("statement") or {}
    public_key = str(facts.get("public_key") or "")
    if not statement:
        return ApprovalProof(approval_id="", key_id="", faults=() if trusted is None else (_WITHOUT,))
    key_id = public_key_id(public_key)
    faults = (*_signature_faults(facts, statement), *_differences(topic, facts, requested))
    if trusted is not None and key_id not in trusted:
        faults = (*faults, f"It was signed with the key {key_id}, which is none of those that you trust.")
    return ApprovalProof(approval_id=str(statement.get("approval_id", "")), key_id=key_id, faults=faults)


def public_key_id(public_key: str) -> str:
    """Return the name of a public key: the beginning of its sha256.

    Args:
        public_key: Its 32 bytes, hexadecimal.
    """
    return sha256(public_key.encode()).hexdigest()[:_KEY_CHARACTERS]


def _signature_faults(facts: Mapping[str, Any], statement: Mapping[str, Any]) -> Iterator[str]:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(facts["public_key"]))
        key.verify(bytes.fromhex(facts["public_signature"]), signed_bytes(statement))
    except (InvalidSignature, ValueError, KeyError, TypeError):
        yield "Its statement is not what its key signed: statement, signature or key was altered."


def _differences(topic: str, facts: Mapping[str, Any], requested: Mapping[str, Any] | None) -> Iterator[str]:
    statement, meta = facts["statement"], facts.get("meta") or {}
    own = {"approved_by": meta.get("actor"), "reason": meta.get("reason"), "digest": facts.get("digest")}
    if topic == CommandApproved.TOPIC:
        own |= {name: facts.get(name) for name in _RECORDED}
    else:
        own |= {"approved_at": facts.get("timestamp")}
    for name, value in own.items():
        if _plain(value) != _plain(statement.get(name)):
            yield f"Its {_word(name)} is {_plain(value)}; signed is {_plain(statement.get(name))}."
    of_request = {} if requested is None else {name: requested.get(name) for name in _REQUESTED}
    if requested is not None:
        of_request["requested_by"] = (requested.get("meta") or {}).get("actor")
    for name, value in of_request.items():
        if _plain(value) != _plain(statement.get(name)):
            yield (
                f"The {_word(name)} of its request is {_plain(value)}; signed is "
                f"{_plain(statement.get(name))}."
            )


def _word(name: str) -> str:
    return _WORDS.get(name, name.replace("_", " "))


def _read(value: dict[str, Any]) -> Any:
    if value.keys() == {"_type_", "_data_"} and value["_type_"] == "datetime_iso":
        return datetime.fromisoformat(value["_data_"])
    return value


def _plain(value: Any) -> Any:
    """Return a value in the spelling of statements, so that one instant has one."""
    if isinstance(value, str) and "T" in value:
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat()
    return value
