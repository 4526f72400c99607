"""What each attempt of an obstacled step heard, and what was tried against the obstacle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.autopsy.facts import CaseFacts
from audit.story.refusals import parts_of
from audit.story.steps import Attempt, StepStory, is_failed
from domain.event_table.event_table import effect_of
from domain.operator import alarms
from domain.operator.step_words import step_words
from domain.ports.refusals import Refusal
from domain.switch import control_events, move_events, provisioning_events, recovery_events, return_events
from domain.switch import events as switch_events
from providers.transport.redacted_text import redacted_text
from store.core.rows import RecordedCall

#: Who acts where nobody commanded it, as the record has it.
ITSELF = "planswitch"
#: Events by which somebody, or the switch itself, acted against an obstacle.
_ACTS = (
    return_events.OperatorCommanded,
    move_events.LicenseMoveResumed,
    move_events.UserSkipped,
    control_events.SwitchPaused,
    control_events.SwitchResumed,
    control_events.QuantityAmended,
    switch_events.CreditCheckReminded,
    switch_events.CreditCheckExtended,
    provisioning_events.ProvisioningWaitedOn,
    move_events.DriftReconciled,
    move_events.StragglersMoved,
    recovery_events.WorkflowRestarted,
    return_events.RollBackStarted,
    alarms.AlarmRaised,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerOfAttempts:
    """One answer that attempts of a step heard, and how often."""

    step: str
    first_attempt: int
    last_attempt: int
    first_at: datetime
    last_at: datetime
    provider: str
    operation: str
    #: HTTP status of the call or its item, 0 where no answer came.
    status: int
    code: str
    text: str
    #: By which the provider's support finds the newest of them; "" where it has none.
    request_id: str
    #: Calls or items that heard it.
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """One thing that was tried."""

    at: datetime
    #: Who; `planswitch` for the switch itself.
    actor: str
    reason: str
    #: In words.
    words: str


def answers_of(facts: CaseFacts) -> tuple[AnswerOfAttempts, ...]:
    """Return what attempts heard from providers that was no success, each different answer of a step once."""
    heard: dict[tuple[str, ...], AnswerOfAttempts] = {}
    for recorded in sorted(facts.calls, key=lambda each: (each.call.started_at, each.id)):
        for refusal in _answers(recorded):
            one = _answer(recorded, refusal)
            key = (one.step, one.provider, one.operation, str(one.status), one.code, one.text)
            known = heard.get(key)
            heard[key] = one if known is None else _again(known, one)
    return tuple(heard.values())


def _answers(recorded: RecordedCall) -> tuple[Refusal, ...]:
    """Return what was no success: the whole call, or items of it."""
    call = recorded.call
    parts = tuple(parts_of(recorded))
    if parts or not is_failed(recorded):
        return parts
    return (Refusal(status=call.status, code=call.code, text=call.text, request_id=call.request_id),)


def _answer(recorded: RecordedCall, refusal: Refusal) -> AnswerOfAttempts:
    call = recorded.call
    return AnswerOfAttempts(
        step=recorded.step,
        first_attempt=recorded.attempt,
        last_attempt=recorded.attempt,
        first_at=call.started_at,
        last_at=call.started_at,
        provider=call.provider,
        operation=call.operation,
        status=refusal.status,
        code=refusal.code,
        text=redacted_text(refusal.text),
        request_id=refusal.request_id or call.request_id,
        count=refusal.count,
    )


def _again(known: AnswerOfAttempts, newer: AnswerOfAttempts) -> AnswerOfAttempts:
    return AnswerOfAttempts(
        step=known.step,
        first_attempt=min(known.first_attempt, newer.first_attempt),
        last_attempt=max(known.last_attempt, newer.last_attempt),
        first_at=known.first_at,
        last_at=newer.last_at,
        provider=known.provider,
        operation=known.operation,
        status=known.status,
        code=known.code,
        text=known.text,
        request_id=newer.request_id or known.request_id,
        count=known.count + newer.count,
    )


def trials_of(facts: CaseFacts) -> tuple[Trial, ...]:
    """Return what was tried against an obstacle, by the switch itself and by people, in the order of time."""
    return tuple(sorted((*_repetitions(facts), *_acts(facts)), key=lambda each: each.at))


def _repetitions(facts: CaseFacts) -> Iterator[Trial]:
    for step in facts.steps:
        if len(step.attempts) > 1:
            yield Trial(
                at=_began_at(step, step.attempts[0]),
                actor=ITSELF,
                reason="",
                words=f"{step_words(step.step)} was tried {len(step.attempts)} times; the last attempt "
                f"{step.attempts[-1].result}",
            )


def _began_at(step: StepStory, attempt: Attempt) -> datetime:
    return attempt.began_at or step.recorded_at


def _acts(facts: CaseFacts) -> Iterator[Trial]:
    for notification, event in facts.of(*_ACTS):
        meta: Any = event.meta
        yield Trial(
            at=event.timestamp,
            actor=meta["actor"],
            reason=meta["reason"],
            words=effect_of(notification.event),
        )
