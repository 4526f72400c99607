"""The cause behind a code of the record: the users, rules or answers of providers on which the code rests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from audit.autopsy.causes import Cause
from audit.autopsy.classification import OF_USER, cause_of_answer, cause_of_error, cause_of_reasons
from audit.autopsy.facts import (
    CALLS_NAMED_MAX,
    CaseFacts,
    Evidence,
    call_evidence,
    event_evidence,
    failed_calls,
    users_evidence,
)
from domain.eligibility.assessment import Assessed
from domain.reasons.reasons import recorded_words
from domain.switch.move_events import DriftFound
from store.record.notifications import StoredNotification

_NOT_ELIGIBLE = "NOT_ELIGIBLE_FOR_SWITCH"
_UNRESOLVED = "LICENSES_UNRESOLVED"
_DRIFT_COUNTS = (
    "users_gone",
    "new_users",
    "moved_by_hand",
    "licenses_removed",
    "settings_changed",
    "source_licenses",
    "target_licenses",
)


def named_cause(
    facts: CaseFacts,
    notification: StoredNotification,
    *,
    code: str,
    step: str,
    until: datetime,
    names: Sequence[str] = (),
) -> tuple[Cause, str, tuple[Evidence, ...]]:
    """Return the cause behind a code that the record gives, the code that decides, and the evidence.

    Args:
        facts: The switch.
        notification: Event that has the code.
        code: Stable code.
        step: Step that it concerns, "" where it is not known.
        until: Evidence of later does not count.
        names: What is waited for by name.
    """
    own = event_evidence(notification)
    if code == _UNRESOLVED:
        return _cause_of_users(facts, own, until)
    if code == _NOT_ELIGIBLE:
        return _cause_of_assessment(facts, own, until)
    calls = failed_calls(facts, step=step, until=until) if step else ()
    heard = tuple(call_evidence(each) for each in calls[-CALLS_NAMED_MAX:])
    cause = cause_of_error(code, step, names)
    if cause is Cause.UNKNOWN and calls:
        cause = cause_of_answer(calls[-1].call)
    return cause, code, (own, *heard)


def _cause_of_users(
    facts: CaseFacts, own: Evidence, until: datetime
) -> tuple[Cause, str, tuple[Evidence, ...]]:
    """Return why users are left: the reason that most of them have in the newest pass that names it."""
    failures = [each for each in facts.failures if each.at <= until]
    if not failures:
        drifted = next(((each, event) for each, event in facts.of(DriftFound) if is_drift(event)), None)
        if drifted is not None:
            return Cause.CHANGED_BY_HAND, _UNRESOLVED, (own, event_evidence(drifted[0]))
        return Cause.UNKNOWN, _UNRESOLVED, (own,)
    counts: dict[str, int] = {}
    for each in failures:
        counts[each.error] = max(counts.get(each.error, 0), each.count)
    error = max(counts, key=lambda name: counts[name])
    named = [each for each in failures if each.error == error]
    evidence = (own, *(users_evidence(each) for each in named[-CALLS_NAMED_MAX:]))
    return OF_USER.get(error, Cause.UNKNOWN), error, evidence


def _cause_of_assessment(
    facts: CaseFacts, own: Evidence, until: datetime
) -> tuple[Cause, str, tuple[Evidence, ...]]:
    """Return which rule blocked a running switch, from the newest look before."""
    for notification in reversed(facts.assessments):
        event: Any = notification.event
        if isinstance(event, Assessed) and not event.accepted and event.timestamp <= until:
            cause, code = cause_of_reasons(each["code"] for each in reasons_of(event))
            return cause, code or _NOT_ELIGIBLE, (own, assessment_evidence(notification))
    return Cause.RULE_BLOCKS, _NOT_ELIGIBLE, (own,)


def reasons_of(event: Assessed) -> Sequence[dict[str, Any]]:
    """Return the reasons of an assessment as they were recorded."""
    reasons: Sequence[dict[str, Any]] = event.subject.get("answer", {}).get("reasons", ())
    return reasons


def assessment_evidence(notification: StoredNotification) -> Evidence:
    """Return an assessment as evidence: whether the switch was possible, and what was in its way."""
    event: Any = notification.event
    reasons = "; ".join(f"{each['code']}: {recorded_words(each).message}" for each in reasons_of(event))
    answer = "accepted" if event.accepted else "refused"
    return Evidence(
        kind="assessment",
        place=str(notification.stream_id),
        at=event.timestamp,
        words=f"assessed and {answer}{f' ({reasons})' if reasons else ''}",
    )


def is_drift(event: DriftFound) -> bool:
    """Return whether an event of drift counts anything; one of older records may count nothing."""
    return any(getattr(event, name) for name in _DRIFT_COUNTS)
