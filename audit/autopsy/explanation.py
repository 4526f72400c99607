"""The whole answer to "why did it fail": first cause, obstacles, answers, trials, cost, and what now.

Everything is derived from recorded facts; `reading` gathers them, and the rules are pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from audit.autopsy.answer import FirstCause
from audit.autopsy.attempts import AnswerOfAttempts, Trial, answers_of, trials_of
from audit.autopsy.causes import CAUSES, Cause
from audit.autopsy.costs import (
    BrokenPromise,
    Cost,
    UsersConcerned,
    broken_promises,
    cost_of,
    users_concerned,
)
from audit.autopsy.facts import CaseFacts
from audit.autopsy.first_cause import first_cause
from audit.autopsy.obstacles import Obstacle, ObstacleKind, obstacles_of
from audit.story.verdict import verdict_of
from domain.operator.operator_commands import CommandAdvice

REFUSED = "refused"
#: Different answers that are listed, in the order in which they first came.
ANSWERS_MAX = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class ObstacleStory:
    """One obstacle of a switch beside its first cause."""

    kind: ObstacleKind
    cause: Cause
    #: In words.
    sentence: str
    code: str
    begun_at: datetime
    #: None: it goes on.
    ended_at: datetime | None
    step: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """Why a switch failed, holds, waits or was slow, by what is recorded of it."""

    switch_id: str
    organization_id: str
    #: Outcome as the verdict of the audit names it; `refused` of a request that was refused.
    outcome: str
    has_ended: bool
    at: datetime
    first_cause: FirstCause
    #: Every obstacle in the order of time, that of the first cause among them.
    obstacles: tuple[ObstacleStory, ...]
    #: What attempts heard from providers that was no success.
    answers: tuple[AnswerOfAttempts, ...]
    #: Different answers that are left out, which came after those.
    answers_left_out: int
    trials: tuple[Trial, ...]
    cost: Cost
    users: tuple[UsersConcerned, ...]
    promises: tuple[BrokenPromise, ...]
    #: Commands that the switch accepts now, each with what it would do.
    options: tuple[CommandAdvice, ...]


def explanation_of(facts: CaseFacts, *, now: datetime, commands: Iterable[CommandAdvice] = ()) -> Explanation:
    """Explain a switch.

    Args:
        facts: What is recorded of it.
        now: Aware instant; what has not ended is counted until then.
        commands: Every command with what it would do now; those that are refused are left out.
    """
    obstacles, answers = obstacles_of(facts), answers_of(facts)
    outcome, at, has_ended = _standing(facts)
    ended_at = at if has_ended else None
    return Explanation(
        switch_id=facts.switch_id,
        organization_id=facts.organization_id,
        outcome=outcome,
        has_ended=has_ended,
        at=at,
        first_cause=first_cause(facts, obstacles),
        obstacles=_in_words(obstacles),
        answers=answers[:ANSWERS_MAX],
        answers_left_out=max(0, len(answers) - ANSWERS_MAX),
        trials=trials_of(facts),
        cost=cost_of(facts, now, ended_at),
        users=users_concerned(facts),
        promises=broken_promises(facts, now, ended_at),
        options=tuple(each for each in commands if each.is_allowed),
    )


def _standing(facts: CaseFacts) -> tuple[str, datetime, bool]:
    if not facts.events:
        at: datetime = facts.assessments[-1].event.timestamp  # type: ignore[attr-defined]
        return REFUSED, at, True
    verdict = verdict_of(
        facts.events, steps=facts.steps, waits=facts.waits, money=facts.money, users=facts.users
    )
    return verdict.outcome, verdict.at, verdict.has_ended


def _in_words(obstacles: Sequence[Obstacle]) -> tuple[ObstacleStory, ...]:
    return tuple(
        ObstacleStory(
            kind=each.kind,
            cause=each.cause,
            sentence=f"{CAUSES[each.cause].sentence}: {each.message.rstrip('.')}.",
            code=each.code,
            begun_at=each.begun_at,
            ended_at=each.ended_at,
            step=each.step,
        )
        for each in obstacles
    )
