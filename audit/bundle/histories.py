"""Histories of workflows as they leave the installation: without addresses of people and stack traces.

Nothing seals a history, so it may be redacted. Names of operators stay, as they do in the events.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from audit.bundle.archive import json_member
from audit.cases.redaction import without_addresses
from providers.transport.redacted_text import redacted_text

#: Who acted, by the name under which they signed in.
_WHO = frozenset({"actor", "caller", "pending_actor"})
_TEXTS = frozenset({"message"})
_DROPPED = frozenset({"stackTrace"})
_DATA, _METADATA = "data", "metadata"


def redacted_history(text: str) -> bytes:
    """Return a history as a member of a bundle.

    Args:
        text: JSON as Temporal's own client writes it.
    """
    return json_member(_redacted(json.loads(text)))


def _redacted(value: Any, name: str = "") -> Any:
    if isinstance(value, Mapping):
        if _DATA in value and _METADATA in value:
            return {**value, _DATA: _payload(value[_DATA])}
        return {key: _redacted(each, key) for key, each in value.items() if key not in _DROPPED}
    if isinstance(value, list):
        return [_redacted(each, name) for each in value]
    if isinstance(value, str) and name in _TEXTS:
        return redacted_text(value)
    return value


def _payload(data: str) -> str:
    """Return a payload without addresses; one that is no JSON stays as it is."""
    try:
        facts = json.loads(base64.b64decode(data))
    except ValueError:
        return data
    plain = json.dumps(_without_addresses(facts), ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(plain.encode()).decode("ascii")


def _without_addresses(facts: Any) -> Any:
    if isinstance(facts, Mapping):
        return {name: each if name in _WHO else _without_addresses(each) for name, each in facts.items()}
    if isinstance(facts, list):
        return [_without_addresses(each) for each in facts]
    return without_addresses(facts)
