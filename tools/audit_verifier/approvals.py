"""Approvals, checked by the standard library and OpenSSL: their statements, by the second verifier.

An approval is a statement with a signature: Ed25519 over a purpose and the statement as JSON with sorted keys
and no blanks. The event has the same facts in fields of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

TOPIC = "subscription.command-approved"
PURPOSE = b"planswitch approval statement 1:"
Verify = Callable[[bytes, bytes, bytes], bool]
Own = Callable[[dict[str, Any]], Any]
#: Name -> field of the statement, and where the event says the same.
SAME: dict[str, tuple[str, Own]] = {
    "approver": ("approved_by", lambda state: state["meta"]["actor"]),
    "reason": ("reason", lambda state: state["meta"]["reason"]),
    "time": ("approved_at", lambda state: state["approved_at"]),
    "digest": ("digest", lambda state: state["digest"]),
    "requester": ("requested_by", lambda state: state["requested_by"]),
    "approval": ("approval_id", lambda state: state["approval_id"]),
    "switch": ("switch_id", lambda state: state["switch_id"]),
    "command": ("command", lambda state: state["command"]),
    "request": ("request_id", lambda state: state["request_id"]),
}


def check_approvals(events: list[Any], verify: Verify, trusted: list[str], result: Any) -> None:
    """Check the signature of each approval, and compare its event with what was signed.

    Args:
        events: Of the switch.
        verify: Takes key, message and signature, and tells whether the signature is right.
        trusted: Names of the keys that may have signed; none: any.
        result: Takes what is found: `faults` and `remarks`.
    """
    keys = set()
    own = [each for each in events if each.topic == TOPIC]
    for each in own:
        if not each.state.get("statement"):
            text = f"event {each.number}: its approval has no signature that can be checked here"
            (result.faults if trusted else result.remarks).append(text)
            continue
        keys.add(key_name(each.state["public_key"]))
        for text in approval_faults(each.state, verify, trusted):
            result.faults.append(f"event {each.number}: the approval is not as it was signed: {text}")
    if keys:
        result.remarks.append(f"approvals were signed by {', '.join(sorted(keys))}")


def key_name(public_key: str) -> str:
    """Return the name of a key as the product prints it."""
    return sha256(public_key.encode()).hexdigest()[:16]


def approval_faults(state: dict[str, Any], verify: Verify, trusted: list[str]) -> Iterator[str]:
    """Yield what is wrong with an approval.

    Args:
        state: Fields of the event.
        verify: Takes key, message and signature, and tells whether the signature is right.
        trusted: Names of the keys that may have signed; none: any.
    """
    statement = state["statement"]
    text = json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    key, signature = bytes.fromhex(state["public_key"]), bytes.fromhex(state["public_signature"])
    if not verify(key, PURPOSE + text.encode(), signature):
        yield "its statement is not what its key signed"
    for name, (field, own) in SAME.items():
        if spelled(own(state)) != spelled(statement[field]):
            yield f"its {name} is {spelled(own(state))}, signed is {spelled(statement[field])}"
    if trusted and key_name(state["public_key"]) not in trusted:
        yield f"the key {key_name(state['public_key'])} signed it, which is none of those that you trust"


def spelled(value: Any) -> str:
    """Return a value in the spelling of statements: instants in UTC."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
