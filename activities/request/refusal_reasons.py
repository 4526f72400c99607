"""Reasons as they go over Temporal: in words for whoever is refused, and as the record has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from activities.contract import RefusalReason
from domain.reasons.reasons import Reason, reason_records, recorded_words


def refusal_reasons(reasons: Iterable[Reason]) -> tuple[RefusalReason, ...]:
    """Return reasons of an assessment."""
    return recorded_reasons(reason_records(reasons))


def recorded_reasons(records: Iterable[Mapping[str, Any]]) -> tuple[RefusalReason, ...]:
    """Return reasons of the record; those of before have nothing but their words.

    Args:
        records: As `reason_records` gives them, now or before.
    """
    return tuple(_of_record(each) for each in records)


def _of_record(record: Mapping[str, Any]) -> RefusalReason:
    words = recorded_words(record)
    facts = None if "message" in record else dict(record)
    return RefusalReason(code=record["code"], message=words.message, remedy=words.remedy, facts=facts)


def reason_record(reason: RefusalReason) -> dict[str, Any]:
    """Return what the record gets of a reason; a sender of before told only its words."""
    if reason.facts is not None:
        return reason.facts
    return {"code": reason.code, "message": reason.message, "remedy": reason.remedy}
