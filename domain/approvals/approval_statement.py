"""The statement of an approval: what its public signature covers, in always the same bytes (ADR 47)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.kernel.facts import as_plain, canonical_json

#: Keeps this kind of proof from being taken for another.
_PURPOSE = b"planswitch approval statement 1:"


def statement_of(signed_facts: Mapping[str, Any], *, reason: str) -> dict[str, Any]:
    """Return the statement of an approval as plain JSON.

    Args:
        signed_facts: What was approved, by whom and when, see `Approval.signed_facts`.
        reason: Why it was approved.
    """
    statement: dict[str, Any] = as_plain({**signed_facts, "reason": reason})
    return statement


def signed_bytes(statement: Mapping[str, Any]) -> bytes:
    """Return the bytes that the signature of a statement covers."""
    return _PURPOSE + canonical_json(dict(statement)).encode(errors="surrogatepass")
