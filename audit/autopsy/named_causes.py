"""The cause behind a code of the record: the users, rules or answers of providers on which the code rests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
from domain.licenses.license_failures import license_failure
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


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedCause:
    """The cause behind a code of the record."""

    cause: Cause
    #: Code that decides: the one of the record, of a user's failure or of a rule.
    code: str
    #: What it says in words; "" where the record's own words say most.
    message: str
    evidence: tuple[Evidence, ...]


def named_cause(
    facts: CaseFacts,
    notification: StoredNotification,
    *,
    code: str,
    step: str,
    party: str = "",
    names: Sequence[str] = (),
) -> NamedCause:
    """Return the cause behind a code that the record gives; evidence of later does not count.

    Args:
        facts: The switch.
        notification: Event that has the code.
        code: Stable code.
        step: Step that it concerns, "" where it is not known.
        party: Who is waited for, "" where nobody is.
        names: What is waited for by name.
    """
    own = event_evidence(notification)
    if code == _UNRESOLVED:
        return _cause_of_users(facts, own)
    if code == _NOT_ELIGIBLE:
        return _cause_of_assessment(facts, own)
    calls = failed_calls(facts, step=step, until=own.at) if step else ()
    heard = tuple(call_evidence(each) for each in calls[-CALLS_NAMED_MAX:])
    cause = cause_of_error(code, step, party=party, names=names)
    if cause is Cause.UNKNOWN and calls:
        cause = cause_of_answer(calls[-1].call)
    return NamedCause(cause=cause, code=code, message="", evidence=(own, *heard))


def _cause_of_users(facts: CaseFacts, own: Evidence) -> NamedCause:
    """Return why users are left: the reason that most of them had in one pass."""
    failures = [each for each in facts.failures if each.at <= own.at]
    if not failures:
        return _cause_of_drift(facts, own)
    worst = max(failures, key=lambda each: each.count)
    named = [each for each in failures if each.error == worst.error]
    verb = "user" if worst.count == 1 else "users"
    return NamedCause(
        cause=OF_USER.get(worst.error, Cause.UNKNOWN),
        code=worst.error,
        message=f"{worst.count} {verb} could not be moved: {license_failure(worst.error).message}",
        evidence=(own, *(users_evidence(each) for each in named[-CALLS_NAMED_MAX:])),
    )


def _cause_of_drift(facts: CaseFacts, own: Evidence) -> NamedCause:
    """Return what was changed by hand where users are left whom no pass tried."""
    drifted = [each for each, event in facts.of(DriftFound) if is_drift(event)]
    cause = Cause.CHANGED_BY_HAND if drifted else Cause.UNKNOWN
    evidence = (own, *(event_evidence(each) for each in drifted[:1]))
    return NamedCause(cause=cause, code=_UNRESOLVED, message="", evidence=evidence)


def _cause_of_assessment(facts: CaseFacts, own: Evidence) -> NamedCause:
    """Return which rule blocked a running switch, from the newest look before."""
    for notification in reversed(facts.assessments):
        event: Any = notification.event
        if isinstance(event, Assessed) and not event.accepted and event.timestamp <= own.at:
            cause, code = cause_of_reasons(each["code"] for each in reasons_of(event))
            evidence = (own, assessment_evidence(notification))
            return NamedCause(cause=cause, code=code or _NOT_ELIGIBLE, message="", evidence=evidence)
    return NamedCause(cause=Cause.RULE_BLOCKS, code=_NOT_ELIGIBLE, message="", evidence=(own,))


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
