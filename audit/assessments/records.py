"""One recorded assessment: who asked what, what was answered, and the figures that were compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import JsonValue

from domain.eligibility.assessment import Assessed
from domain.eligibility.eligibility_input import way_of_inputs
from domain.kernel.messages import Words
from domain.kernel.money import Money
from domain.reasons.findings import recorded_finding
from domain.reasons.phrases import spoken_figures
from domain.reasons.reasons import docs_link, recorded_words
from domain.switch.events import SwitchRequested
from store.record.notifications import StoredNotification

#: Stands for what an event of before does not have.
NOT_RECORDED = "not recorded"


class Verdict(StrEnum):
    """What came of a question."""

    #: It became a switch.
    ACCEPTED = "accepted"
    #: A request was turned away.
    REFUSED = "refused"
    #: Somebody only looked, and nothing stood in the way.
    POSSIBLE = "possible"
    #: Somebody only looked, and a reason stood in the way.
    BLOCKED = "blocked"


@dataclass(frozen=True, kw_only=True, slots=True)
class AssessmentLine:
    """One assessment in a list."""

    #: Its place in the log of all events, by which it is named.
    number: int
    #: Stream of the assessment log; of an accepted request the subscription's.
    stream_id: str
    at: datetime
    organization_id: str
    #: "" where it led to no switch.
    switch_id: str
    actor: str
    #: Why, in the words of who asked.
    reason: str
    verdict: Verdict
    #: before_order, before_first_move or before_cancellation; "": nothing was assessed.
    stage: str
    #: automatic, manual or licenses_only.
    mode: str
    source_plan_id: str
    target_plan_id: str
    rule_set: str
    #: "": nothing was assessed.
    catalog_version: str
    #: Codes of what stood in the way.
    codes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReasonStory:
    """One reason with the figures that were compared."""

    code: str
    message: str
    remedy: str
    #: Modes that it blocked; none: a notice.
    blocks: tuple[str, ...]
    #: Figure -> its value, as a reader sees it; a record of before may lack some.
    figures: dict[str, str | int]
    #: When it made sense to look again; None where time alone clears nothing.
    retry_at: datetime | None
    docs: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingLine:
    """One remark beside the answer."""

    code: str
    message: str
    figures: dict[str, str | int]


@dataclass(frozen=True, kw_only=True, slots=True)
class QuoteSummary:
    """The quote that was shown with it, in short."""

    digest: str
    first_on: date
    expires_on: date
    #: Of the first day, with tax.
    total: str
    policy: str
    #: The most of a prepaid value that would be lost; None: nothing was paid in advance.
    forfeited_at_most: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AssessmentRecord(AssessmentLine):
    """One assessment with everything that it rests on."""

    recorded_at: datetime
    #: What caused it, such as a request or a step.
    causation: str
    #: Code and words of what turned it away beside the reasons; None: nothing did. Where a record of before
    #: does not say why it was refused, the code is "not recorded".
    refusal: Words | None
    refusal_code: str
    reasons: tuple[ReasonStory, ...]
    findings: tuple[FindingLine, ...]
    acknowledgments_missing: tuple[str, ...]
    direction: str
    kind: str
    services_gained: tuple[str, ...]
    services_lost: tuple[str, ...]
    services_lowered: tuple[str, ...]
    quote: QuoteSummary | None
    input_digest: str
    #: Everything that was looked at, as it is recorded.
    inputs: dict[str, JsonValue]


def line_of(stored: StoredNotification) -> AssessmentLine:
    """Return a recorded assessment as a line of a list.

    Args:
        stored: An event of the assessment log, or an accepted request.

    Raises:
        UnreadableEvent: Its state was altered.
    """
    return AssessmentLine(**_line(stored))


def record_of(stored: StoredNotification) -> AssessmentRecord:
    """Return a recorded assessment with everything that it rests on; arguments and errors are those above."""
    event: Any = stored.event
    subject, answer = _subject(event), _answer(event)
    code, words = _refusal(event)
    return AssessmentRecord(
        **_line(stored),
        recorded_at=stored.recorded_at,
        causation=event.meta["causation"],
        refusal=words,
        refusal_code=code,
        reasons=tuple(_reason(each) for each in answer.get("reasons", ())),
        findings=tuple(_finding(each) for each in answer.get("findings", ())),
        acknowledgments_missing=tuple(answer.get("acknowledgments_missing", ())),
        direction=answer.get("direction", ""),
        kind=answer.get("kind", ""),
        services_gained=tuple(answer.get("services_gained", ())),
        services_lost=tuple(answer.get("services_lost", ())),
        services_lowered=tuple(answer.get("services_lowered", ())),
        quote=_quote(event),
        input_digest=subject.get("input_digest", ""),
        inputs=subject.get("inputs", {}),
    )


def _line(stored: StoredNotification) -> dict[str, Any]:
    event: Any = stored.event
    inputs, answer = _subject(event).get("inputs", {}), _answer(event)
    return {
        "number": stored.id,
        "stream_id": str(stored.stream_id),
        "at": event.timestamp,
        "organization_id": event.meta["organization_id"],
        "switch_id": event.meta["switch_id"],
        "actor": event.meta["actor"],
        "reason": event.meta["reason"],
        "verdict": _verdict(event),
        "stage": inputs.get("stage", ""),
        "mode": way_of_inputs(inputs),
        "source_plan_id": inputs.get("source", {}).get("plan_id", ""),
        "target_plan_id": inputs.get("target_plan_id", ""),
        "rule_set": inputs.get("rule_set", ""),
        "catalog_version": inputs.get("catalog_version", ""),
        "codes": _codes(event, answer, mode=way_of_inputs(inputs)),
    }


def _subject(event: Assessed | SwitchRequested) -> Mapping[str, Any]:
    return event.assessment if isinstance(event, SwitchRequested) else event.subject


def _answer(event: Assessed | SwitchRequested) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = _subject(event).get("answer", {})
    return answer


def _verdict(event: Assessed | SwitchRequested) -> Verdict:
    if isinstance(event, SwitchRequested):
        return Verdict.ACCEPTED
    answer = _answer(event)
    if "code" in answer or _was_request(event):
        return Verdict.REFUSED
    return Verdict.POSSIBLE if answer.get("is_eligible") else Verdict.BLOCKED


def _was_request(event: Assessed) -> bool:
    """Return whether the step that begins switches turned a request away."""
    return event.meta["activity"].endswith("request_switch") and not event.accepted


def _refusal(event: Assessed | SwitchRequested) -> tuple[str, Words | None]:
    """Return code and words of what turned a request away; ("", None) where nothing did."""
    if isinstance(event, SwitchRequested) or _verdict(event) is not Verdict.REFUSED:
        return "", None
    answer = _answer(event)
    if "code" in answer:
        words = Words(message=answer["message"], remedy=answer["remedy"]) if "message" in answer else None
        return answer["code"], words
    return ("", None) if not answer.get("is_eligible") else (NOT_RECORDED, None)


def _codes(event: Assessed | SwitchRequested, answer: Mapping[str, Any], *, mode: str) -> tuple[str, ...]:
    blocking = [each["code"] for each in answer.get("reasons", ()) if mode in each.get("blocks", ())]
    code, _ = _refusal(event)
    # Where reasons did it, they say more than the code of the refusal.
    return tuple(dict.fromkeys(blocking or ([code] if code else [])))


def _reason(facts: Mapping[str, Any]) -> ReasonStory:
    words, retry_at = recorded_words(facts), facts.get("retry", {}).get("at")
    return ReasonStory(
        code=facts["code"],
        message=words.message,
        remedy=words.remedy,
        blocks=tuple(facts.get("blocks", ())),
        figures=spoken_figures(facts.get("evidence", {})),
        retry_at=datetime.fromisoformat(retry_at) if retry_at else None,
        docs=docs_link(facts["code"]),
    )


def _finding(facts: Mapping[str, Any]) -> FindingLine:
    finding = recorded_finding(facts)
    return FindingLine(code=finding.code, message=finding.message, figures=spoken_figures(finding.details))


def _quote(event: Assessed | SwitchRequested) -> QuoteSummary | None:
    """Return the quote that an assessment shows; that of an accepted request is an event of its own."""
    facts = None if isinstance(event, SwitchRequested) else event.quote
    if facts is None:
        return None
    terms, totals = facts["input"], facts["totals_minor_units"]
    first_on = min(totals)
    lost = facts.get("forfeiture", {}).get("at_most")
    return QuoteSummary(
        digest=facts["digest"],
        first_on=date.fromisoformat(first_on),
        expires_on=date.fromisoformat(terms["expires_on"]),
        total=str(Money(minor_units=totals[first_on], currency=terms["currency"])),
        policy=terms["policy"],
        forfeited_at_most=str(Money(**lost)) if lost else None,
    )


def lines_of(page: Sequence[StoredNotification]) -> tuple[AssessmentLine, ...]:
    """Return the lines of a page."""
    return tuple(line_of(each) for each in page)
