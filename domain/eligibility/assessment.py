"""The assessment log: one event per preview or refusal, each in a stream of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from domain.kernel.errors import NotEligible, PlanSwitchError
from domain.kernel.ids import assessment_stream_id
from domain.kernel.recorded import LogEvent, Meta, keep_text, stored


@stored("assessment.assessed")
@dataclass(frozen=True)
class Assessed(LogEvent):
    """Somebody asked whether a switch is possible; nothing was ordered."""

    class_version: ClassVar[int] = 2
    upcast_v1_v2 = staticmethod(keep_text)

    organization_id: str
    #: What was asked and what was seen: request, plans, reasons, evidence; before version 2 also in words.
    #: The answer to a request that was turned away has the code of the refusal, which older ones lack.
    subject: dict[str, Any]
    #: The quote's facts; None when the switch was refused before a quote.
    quote: dict[str, Any] | None
    accepted: bool
    meta: dict[str, Any]


def assessed(
    assessment_key: str,
    *,
    subject: dict[str, Any],
    quote: dict[str, Any] | None,
    accepted: bool,
    at: datetime,
    meta: Meta,
    refused: PlanSwitchError | None = None,
) -> Assessed:
    """Build the event of one assessment; `assessment_key` makes a repeated request meet its own stream.

    Args:
        assessment_key: Names the assessment.
        subject: Inputs and answer.
        quote: The quote's facts, or None.
        accepted: Whether what was asked for may go on.
        at: Aware instant.
        meta: Who asked, and why.
        refused: The error with which it was refused, or None.
    """
    return Assessed(
        originator_id=assessment_stream_id(assessment_key),
        originator_version=1,
        timestamp=at,
        organization_id=meta.organization_id,
        subject=subject if refused is None else _with_refusal(subject, refused),
        quote=quote,
        accepted=accepted,
        meta=meta.as_facts(),
    )


def _with_refusal(subject: dict[str, Any], refused: PlanSwitchError) -> dict[str, Any]:
    """Return what was asked and answered with the code of what turned it away, beside the reasons.

    Such as that of a quote that has changed. The words of reasons are made of the reasons (ADR 30).
    """
    facts = {"code": refused.code}
    if not isinstance(refused, NotEligible):
        facts |= {"message": refused.message, "remedy": refused.remedy}
    return {**subject, "answer": {**subject["answer"], **facts}}
