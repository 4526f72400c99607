"""Digests of provider calls: of one row, and of rows whose ids follow each other (ADR 31).

A row is one line of JSON, so that a program of any language makes its digest again. The digest of a range is
made of the digests of its rows: one call is proved by the digests of its neighbors, without their contents.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from audit.seals.leaves import instant_text


def call_line(row: Sequence[object]) -> bytes:
    """Return a stored call as its digest covers it.

    Args:
        row: The values of `CALL_COLUMNS` (store/record/seals.py), as the store has them.
    """
    values = [_plain(value) for value in row]
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return f"{text}\n".encode()


def call_digest(row: Sequence[object]) -> bytes:
    """Return the digest of one stored call: 32 bytes."""
    return sha256(call_line(row)).digest()


def range_digest(digests: Iterable[bytes]) -> str:
    """Return the digest of a range, in hexadecimal digits, from those of its rows in the order of ids."""
    return sha256(b"".join(digests)).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant_text(value)
    return str(value) if isinstance(value, UUID) else value
