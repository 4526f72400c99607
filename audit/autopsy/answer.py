"""The answer of an autopsy: a cause with its code, its words and its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from audit.autopsy.causes import CAUSES, Cause, Party
from audit.autopsy.facts import Evidence


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstCause:
    """Why a switch is where it is, and on what that rests."""

    cause: Cause
    #: The cause in words, with what the record says of it.
    sentence: str
    #: Stable code in the record, "" where there is none.
    code: str
    #: Who can remove it.
    party: Party
    since: datetime
    #: Step that it concerns, "" where it concerns none.
    step: str
    #: What the record advises about it; "" where it advises nothing.
    remedy: str
    evidence: tuple[Evidence, ...]


def cause_with(
    cause: Cause,
    *,
    evidence: Sequence[Evidence],
    code: str = "",
    message: str = "",
    step: str = "",
    remedy: str = "",
    since: datetime | None = None,
) -> FirstCause:
    """Return a cause with its words.

    Args:
        cause: Which one.
        evidence: On what it rests, one record at least.
        code: Stable code in the record.
        message: What the record says of it.
        step: Step that it concerns.
        remedy: What the record advises.
        since: Since when; None: since the first of the evidence.
    """
    words = CAUSES[cause]
    stated = message.strip().rstrip(".")
    return FirstCause(
        cause=cause,
        sentence=f"{words.sentence}{f': {stated}' if stated else ''}.",
        code=code,
        party=words.party,
        since=since or evidence[0].at,
        step=step,
        remedy=remedy,
        evidence=tuple(evidence),
    )
