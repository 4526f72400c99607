"""Everything that kept a switch from its straight way, each with its own cause, and since when until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from audit.autopsy.causes import Cause
from audit.autopsy.classification import cause_of_answer, cause_of_error
from audit.autopsy.facts import CALLS_NAMED_MAX, CaseFacts, Evidence, call_evidence, event_evidence
from audit.autopsy.named_causes import NamedCause, is_drift, named_cause
from audit.story.steps import ASKED_AGAIN, NO_TRACE, Attempt, StepStory, is_failed, step_before
from audit.story.wait_parts import Wait
from domain.event_table.event_declaration import WaitKind
from domain.operator import manual_events
from domain.operator.step_words import step_words
from domain.switch import control_events, group_events, move_events, return_events, waiting_events
from domain.switch import events as switch_events
from domain.switch.outside_events import OutsideActFound
from domain.switch.provisioning_events import ProvisioningOverdue
from domain.switch.recovery_events import WorkflowRestarted
from store.core.rows import RecordedCall
from store.record.notifications import StoredNotification


class ObstacleKind(StrEnum):
    """Where in the record an obstacle stands."""

    STUCK = "stuck"
    HOLD = "hold"
    PROVISIONING = "provisioning"
    CREDIT_OVERDUE = "credit_overdue"
    STEP = "step"
    GROUP = "group"
    REFUSED_CANCELLATION = "refused_cancellation"
    PAUSE = "pause"
    BY_HAND = "by_hand"
    OUTSIDE = "outside"
    DRIFT = "drift"
    LOST = "lost"
    CALLS = "calls"


@dataclass(frozen=True, kw_only=True, slots=True)
class Obstacle:
    """One thing that kept a switch from its way."""

    kind: ObstacleKind
    cause: Cause
    begun_at: datetime
    #: None: it goes on.
    ended_at: datetime | None
    #: Stable code, and the words of the record.
    code: str
    message: str
    #: Step by its name, "" where it concerns none.
    step: str
    #: What the record advises; "" where it does not.
    remedy: str
    evidence: tuple[Evidence, ...]

    @property
    def seconds(self) -> float:
        """Return how long it lasted; 0 of what goes on or was a moment."""
        return (self.ended_at - self.begun_at).total_seconds() if self.ended_at else 0.0

    def is_open_at(self, instant: datetime) -> bool:
        """Return whether it had begun at an instant, and had not ended."""
        return self.begun_at <= instant and (self.ended_at is None or self.ended_at >= instant)


def obstacles_of(facts: CaseFacts) -> tuple[Obstacle, ...]:
    """Return the obstacles of a switch in the order in which they began."""
    obstacles = [
        *_holds(facts),
        *_stuck(facts),
        *_step_waits(facts),
        *_provisioning(facts),
        *_overdue_credit(facts),
        *_pauses(facts),
        *_groups(facts),
        *_cancellations(facts),
        *_steps_by_hand(facts),
        *_outside_acts(facts),
        *_drift(facts),
        *_lost_processes(facts),
        *_failed_attempts(facts),
    ]
    return tuple(sorted(obstacles, key=lambda each: each.begun_at))


def _wait_at(facts: CaseFacts, kind: WaitKind, instant: datetime) -> Wait | None:
    """Return the wait of a kind that went on at an instant."""
    return next(
        (
            each
            for each in facts.waits_of(kind)
            if each.begun_at <= instant and (each.ended_at is None or each.ended_at >= instant)
        ),
        None,
    )


def _step_of(facts: CaseFacts, notification: StoredNotification) -> str:
    step = step_before(notification, facts.steps)
    return step.step if step else ""


def _of_error(
    facts: CaseFacts, kind: ObstacleKind, wait_kind: WaitKind, event_class: type[Any]
) -> Iterator[Obstacle]:
    """Yield the obstacles that events with code and message begin."""
    for notification, event in facts.of(event_class):
        wait = _wait_at(facts, wait_kind, event.timestamp)
        step = getattr(event, "step", "") or _step_of(facts, notification)
        named = named_cause(facts, notification, code=event.code, step=step)
        yield Obstacle(
            kind=kind,
            cause=named.cause,
            begun_at=event.timestamp,
            ended_at=wait.ended_at if wait else None,
            code=named.code,
            message=named.message or event.message,
            step=step,
            remedy=wait.what_to_do if wait else "",
            evidence=named.evidence,
        )


def _holds(facts: CaseFacts) -> Iterator[Obstacle]:
    return _of_error(facts, ObstacleKind.HOLD, WaitKind.HOLD, move_events.LicenseMoveHeld)


def _stuck(facts: CaseFacts) -> Iterator[Obstacle]:
    return _of_error(facts, ObstacleKind.STUCK, WaitKind.STUCK, return_events.CompensationStuck)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Note:
    """One note of a waiting step, and the cause behind it."""

    event: waiting_events.WaitNoted
    named: NamedCause
    #: When the wait ended of which this is a note; None: it goes on.
    wait_ended_at: datetime | None

    @property
    def key(self) -> tuple[str, Cause]:
        """Return what two notes of the same cause share."""
        return self.event.step, self.named.cause


def _step_waits(facts: CaseFacts) -> Iterator[Obstacle]:
    """Yield what steps waited for, each cause of one wait once; only the cause of its newest note goes on."""
    notes: dict[datetime, list[_Note]] = {}
    for notification, event in facts.of(waiting_events.WaitNoted):
        wait = _wait_at(facts, WaitKind.STEP, event.timestamp)
        named = named_cause(
            facts, notification, code=event.code, step=event.step, party=event.party, names=event.names
        )
        note = _Note(event=event, named=named, wait_ended_at=wait.ended_at if wait else None)
        notes.setdefault(wait.begun_at if wait else event.since, []).append(note)
    for of_wait in notes.values():
        yield from _causes_of_wait(of_wait)


def _causes_of_wait(notes: Sequence[_Note]) -> Iterator[Obstacle]:
    """Yield the causes of one wait; one has passed when another one is noted after it."""
    for key in dict.fromkeys(each.key for each in notes):
        # A pause is told by its own event.
        if key[1] is Cause.OPERATOR_PAUSED:
            continue
        first = next(number for number, each in enumerate(notes) if each.key == key)
        last = max(number for number, each in enumerate(notes) if each.key == key)
        event, named = notes[first].event, notes[first].named
        yield Obstacle(
            kind=ObstacleKind.STEP,
            cause=named.cause,
            begun_at=event.timestamp if first else event.since,
            ended_at=notes[last + 1].event.timestamp if last + 1 < len(notes) else notes[last].wait_ended_at,
            code=named.code,
            message=event.message,
            step=event.step,
            remedy=event.remedy,
            evidence=named.evidence,
        )


def _provisioning(facts: CaseFacts) -> Iterator[Obstacle]:
    for notification, event in facts.of(ProvisioningOverdue):
        wait = _wait_at(facts, WaitKind.PROVISIONING, event.timestamp)
        yield Obstacle(
            kind=ObstacleKind.PROVISIONING,
            cause=Cause.SERVICES_NOT_SET_UP,
            begun_at=event.timestamp,
            ended_at=wait.ended_at if wait else None,
            code="PROVISIONING_EXPIRED",
            message=f"{event.message} It waits for {', '.join(event.names)}.",
            step="",
            remedy=wait.what_to_do if wait else "",
            evidence=(event_evidence(notification),),
        )


def _overdue_credit(facts: CaseFacts) -> Iterator[Obstacle]:
    for notification, event in facts.of(switch_events.CreditCheckOverdue):
        wait = _wait_at(facts, WaitKind.CREDIT_OVERDUE, event.timestamp)
        yield Obstacle(
            kind=ObstacleKind.CREDIT_OVERDUE,
            cause=Cause.CREDIT_UNANSWERED,
            begun_at=event.timestamp,
            ended_at=wait.ended_at if wait else None,
            code="CREDIT_CHECK_OVERDUE",
            message="The bureau had not answered the credit check when its time was over.",
            step="",
            remedy=wait.what_to_do if wait else "",
            evidence=(event_evidence(notification),),
        )


def _pauses(facts: CaseFacts) -> Iterator[Obstacle]:
    for notification, event in facts.of(control_events.SwitchPaused):
        wait = _wait_at(facts, WaitKind.PAUSE, event.timestamp)
        is_pilot = event.code == control_events.AFTER_PILOT
        yield Obstacle(
            kind=ObstacleKind.PAUSE,
            cause=Cause.PILOT_PAUSED if is_pilot else Cause.OPERATOR_PAUSED,
            begun_at=event.timestamp,
            ended_at=wait.ended_at if wait else None,
            code=event.code,
            message=event.message,
            step="",
            remedy=wait.what_to_do if wait else "",
            evidence=(event_evidence(notification),),
        )


def _moment(
    kind: ObstacleKind,
    cause: Cause,
    notification: StoredNotification,
    *,
    code: str = "",
    message: str = "",
    step: str = "",
    remedy: str = "",
    more: Sequence[Evidence] = (),
) -> Obstacle:
    """Return an obstacle that is known by one event, and of which no end is recorded."""
    evidence = event_evidence(notification)
    return Obstacle(
        kind=kind,
        cause=cause,
        begun_at=evidence.at,
        ended_at=evidence.at,
        code=code,
        message=message or evidence.words,
        step=step,
        remedy=remedy,
        evidence=(evidence, *more),
    )


def _groups(facts: CaseFacts) -> Iterator[Obstacle]:
    for notification, event in facts.of(group_events.LicensingGroupHeld):
        yield _moment(
            ObstacleKind.GROUP,
            Cause.LICENSING_GROUP,
            notification,
            code=event.code,
            message=event.message,
            remedy=event.remedy,
        )


def _cancellations(facts: CaseFacts) -> Iterator[Obstacle]:
    refusals = (move_events.SourceCancellationRefused, manual_events.SourceReductionRefused)
    for notification, event in facts.of(*refusals):
        yield _moment(
            ObstacleKind.REFUSED_CANCELLATION,
            Cause.CANCELLATION_REFUSED,
            notification,
            code=event.code,
            message=event.message,
        )


def _steps_by_hand(facts: CaseFacts) -> Iterator[Obstacle]:
    """Yield the step that an operator is to start, if the switch waits for that now."""
    newest = facts.last(manual_events.ManualStepAwaited, manual_events.ManualStepBegun)
    if newest is None or not isinstance(newest[1], manual_events.ManualStepAwaited):
        return
    notification, event = newest
    cause = cause_of_error(event.code, "") if event.code else Cause.STEP_NOT_STARTED
    evidence = event_evidence(notification)
    yield Obstacle(
        kind=ObstacleKind.BY_HAND,
        cause=Cause.STEP_NOT_STARTED if cause is Cause.UNKNOWN else cause,
        begun_at=evidence.at,
        ended_at=None,
        code=event.code,
        message=event.message or evidence.words,
        step=str(event.step),
        remedy="",
        evidence=(evidence,),
    )


def _outside_acts(facts: CaseFacts) -> Iterator[Obstacle]:
    for notification, event in facts.of(OutsideActFound):
        yield _moment(ObstacleKind.OUTSIDE, Cause.ACT_IN_TEMPORAL, notification, message=event.about)


def _drift(facts: CaseFacts) -> Iterator[Obstacle]:
    for notification, event in facts.of(move_events.DriftFound):
        if is_drift(event):
            yield _moment(ObstacleKind.DRIFT, Cause.CHANGED_BY_HAND, notification)


def _lost_processes(facts: CaseFacts) -> Iterator[Obstacle]:
    """Yield attempts that left nothing although a later one ran, and runs that were lost."""
    for notification, _ in facts.of(WorkflowRestarted):
        yield _moment(ObstacleKind.LOST, Cause.PROCESS_LOST, notification)
    for step in facts.steps:
        lost = [each for each in step.attempts[:-1] if _is_lost(step, each)]
        if lost:
            yield _lost_attempts(step, lost)


def _is_lost(step: StepStory, attempt: Attempt) -> bool:
    """Return whether an attempt ended without a word although nobody had refused anything.

    It left nothing at all, or a later attempt repeats the key of an effect that was answered.
    """
    if attempt.outcome != ASKED_AGAIN:
        return attempt.outcome == NO_TRACE
    keys = {each.key for each in attempt.calls if each.key and not each.refusals}
    later = (call.key for each in step.attempts if each.number > attempt.number for call in each.calls)
    return any(key in keys for key in later)


def _lost_attempts(step: StepStory, lost: Sequence[Attempt]) -> Obstacle:
    numbers = ", ".join(str(each.number) for each in lost)
    message = (
        f"attempt {numbers} of {step_words(step.step)} ended and recorded nothing, and attempt "
        f"{step.attempts[-1].number} did it again with the same keys"
    )
    at = lost[0].began_at or step.recorded_at
    return Obstacle(
        kind=ObstacleKind.LOST,
        cause=Cause.PROCESS_LOST,
        begun_at=at,
        ended_at=max(at, step.recorded_at),
        code="",
        message=message,
        step=step.step,
        remedy="",
        evidence=(Evidence(kind="step", place=f"{step.step} {step.run_id}", at=at, words=message),),
    )


def _failed_attempts(facts: CaseFacts) -> Iterator[Obstacle]:
    """Yield the steps with calls that failed; what passed within seconds was noted nowhere else."""
    calls: dict[tuple[str, str, str], list[RecordedCall]] = {}
    for each in facts.calls:
        calls.setdefault((each.step, each.run_id, each.activity_id), []).append(each)
    for step in facts.steps:
        own = calls.get((step.step, step.run_id, step.activity_id), [])
        failed = [each for each in own if is_failed(each)]
        if failed:
            yield _failed_step(step, own, failed, is_last=step is facts.steps[-1])


def _failed_step(
    step: StepStory, own: Sequence[RecordedCall], failed: Sequence[RecordedCall], *, is_last: bool
) -> Obstacle:
    first = failed[0]
    is_open = is_last and step.is_failed
    return Obstacle(
        kind=ObstacleKind.CALLS,
        cause=cause_of_answer(first.call),
        begun_at=first.call.started_at,
        ended_at=None if is_open else max(each.recorded_at for each in own),
        code=first.call.code,
        message=f"{len(failed)} of {len(own)} calls of {step_words(step.step)} failed",
        step=step.step,
        remedy="",
        evidence=tuple(call_evidence(each) for each in failed[:CALLS_NAMED_MAX]),
    )
