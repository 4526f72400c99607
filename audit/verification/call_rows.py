"""Provider calls as leaves: a leaf covers a range of calls by a digest over their digests (ADR 31)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

#: Columns in the order in which a call's digest has them.
CALL_COLUMNS = (
    *("id", "switch_id", "step", "attempt", "run_id", "activity_id", "provider", "operation", "key"),
    *("request_digest", "status", "code", "text", "refusals", "started_at", "duration_ms", "recorded_at"),
    "request_id",
)
#: Rows of a range by their ids, which both ends belong to.
CALLS_OF_RANGE = """
SELECT id, switch_id, step, attempt, run_id, activity_id, provider, operation, key, request_digest, status,
    code, text, refusals, started_at, duration_ms, recorded_at, request_id
FROM planswitch.provider_call WHERE id BETWEEN %(first)s AND %(last)s ORDER BY id
"""


def call_digest(row: Sequence[Any]) -> bytes:
    """Return the digest of a call from the values of CALL_COLUMNS."""
    line = json.dumps(
        [_value(each) for each in row], sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return sha256(line.encode() + b"\n").digest()


def range_digest(digests: Iterable[bytes]) -> str:
    """Return the digest of a range from those of its calls in the order of their ids."""
    whole = sha256()
    for each in digests:
        whole.update(each)
    return whole.hexdigest()


def range_leaf(first_id: int, last_id: int, digest: str) -> bytes:
    """Return the bytes of the leaf of a range."""
    count = last_id - first_id + 1
    return (
        f"planswitch/leaf/v1\nkind call-range\nfirst {first_id}\nlast {last_id}\ncount {count}\n"
        f"calls {digest}\n"
    ).encode()


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
    return str(value) if isinstance(value, UUID) else value
