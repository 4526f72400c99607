"""The first cause of where a switch stands: one rule for each kind of end, and the order in which they count.

1. A request that was refused: what its assessment says.
2. A request that waited and became no switch: why its wait ended.
3. A declined or expired credit check.
4. A switch that failed: the code of its end, and the users, rules or answers behind it.
5. One that was taken back: the most pressing obstacle that was open when the operator commanded it; none
   was: the operator's own will.
6. One that goes on: the most pressing open obstacle, then an open wait. Of what one step waited for, only
   what it noted last is open.
7. One that got through, or that nothing keeps now: the obstacle that took longest; then what was found
   changed by hand or in Temporal, a lost process, calls that failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from audit.autopsy.answer import FirstCause, cause_with
from audit.autopsy.causes import Cause
from audit.autopsy.facts import CaseFacts, Evidence, event_evidence
from audit.autopsy.named_causes import named_cause
from audit.autopsy.obstacles import Obstacle, ObstacleKind
from audit.autopsy.refused_requests import refused_request, request_that_waited
from audit.story.steps import step_before
from audit.story.verdict import ENDINGS
from domain.event_table.event_declaration import WaitKind
from domain.event_table.event_table import stage_after
from domain.licenses.license_failures import LICENSE_FAILURES, remedy_before_order, remedy_without_order
from domain.operator.workflow_trouble import WorkflowTrouble
from domain.requests.wait_events import EligibilityWaitEnded
from domain.switch import events as switch_events
from domain.switch.return_events import CANCEL, ROLL_BACK, OperatorCommanded
from domain.switch.stage import Stage
from store.record.notifications import StoredNotification

#: Obstacles for which a switch waits, the most pressing first.
_PRESSING = (
    ObstacleKind.STUCK,
    ObstacleKind.HOLD,
    ObstacleKind.PROVISIONING,
    ObstacleKind.CREDIT_OVERDUE,
    ObstacleKind.STEP,
)
#: What an operator may have given up for; a pause of their own is none.
_GIVEN_UP_FOR = tuple(kind for kind in _PRESSING if kind is not ObstacleKind.STUCK)
#: What a switch may wait for as it was asked to.
_AS_ASKED = (ObstacleKind.PAUSE, ObstacleKind.BY_HAND)
#: What stands in the record of a switch that got through, the weightiest first.
_ON_THE_WAY = (
    (*_PRESSING, ObstacleKind.PAUSE, ObstacleKind.REFUSED_CANCELLATION, ObstacleKind.GROUP),
    (ObstacleKind.OUTSIDE,),
    (ObstacleKind.DRIFT,),
    (ObstacleKind.LOST,),
    (ObstacleKind.CALLS,),
)
_TURN_BACK = frozenset({CANCEL, ROLL_BACK})


#: Code of what the workers found wrong with a workflow -> cause.
_OF_WORKFLOW = {
    "WORKFLOW_TASK_FAILING": Cause.PROGRAM_FAULT,
    "WORKFLOW_PAUSED": Cause.ACT_IN_TEMPORAL,
    "WORKFLOW_LOST": Cause.PROCESS_LOST,
    "WORKFLOW_LEFT_OPEN": Cause.ACT_IN_TEMPORAL,
    "ACTIVITY_PAUSED": Cause.ACT_IN_TEMPORAL,
    "RECORD_INCONSISTENT": Cause.RECORD_INCONSISTENT,
}


def first_cause(facts: CaseFacts, obstacles: Sequence[Obstacle]) -> FirstCause:
    """Return the first cause of where a switch stands (docs/audit.md#why-did-it-fail).

    Args:
        facts: What is recorded of it.
        obstacles: As `obstacles_of` tells them.
    """
    if not facts.events:
        return refused_request(facts)
    waited = facts.last(EligibilityWaitEnded)
    if waited is not None and waited[1].outcome in ENDINGS:
        return request_that_waited(facts, waited[0])
    ending = next((each for each in facts.events if stage_after(each.event) in ENDINGS), None)
    if ending is None:
        return _standing(facts, obstacles)
    return _ended(facts, obstacles, ending)


def _ended(facts: CaseFacts, obstacles: Sequence[Obstacle], ending: StoredNotification) -> FirstCause:
    match stage_after(ending.event):
        case Stage.DECLINED:
            return _credit(facts, ending, Cause.CREDIT_DECLINED, switch_events.CreditCheckDeclined)
        case Stage.EXPIRED:
            return _credit(facts, ending, Cause.CREDIT_UNANSWERED, switch_events.CreditCheckExpired)
        case Stage.FAILED:
            return _failed(facts, obstacles, ending)
        case Stage.CANCELLED | Stage.ROLLED_BACK:
            return _turned_back(facts, obstacles, ending)
        case _:
            return _on_the_way(facts, obstacles)


def _credit(facts: CaseFacts, ending: StoredNotification, cause: Cause, decision: type[Any]) -> FirstCause:
    event: Any = ending.event
    decided = facts.last(decision)
    notification = decided[0] if decided else ending
    evidence = tuple(event_evidence(each) for each in ((notification, ending) if decided else (ending,)))
    return cause_with(cause, code=event.code, message=_credit_words(decided, event), evidence=evidence)


def _credit_words(decided: tuple[StoredNotification, Any] | None, ending: Any) -> str:
    if decided is None:
        return str(ending.message)
    event = decided[1]
    if isinstance(event, switch_events.CreditCheckDeclined):
        return f"{event.meta['actor']} declined it as {event.decided_by}; the first answer counts"
    return str(event.evidence)


def _failed(facts: CaseFacts, obstacles: Sequence[Obstacle], ending: StoredNotification) -> FirstCause:
    event: Any = ending.event
    step = step_before(ending, facts.steps)
    name = step.step if step else ""
    named = named_cause(facts, ending, code=event.code, step=name)
    open_wait = _first(obstacles, (ObstacleKind.PROVISIONING, ObstacleKind.STEP), at=event.timestamp)
    if open_wait is not None and named.cause in {Cause.UNKNOWN, open_wait.cause}:
        # What the step waited for until it was given up says more than that it was.
        return _of_obstacle(facts, open_wait, more=named.evidence, is_ended=True)
    return cause_with(named.cause, code=named.code, message=event.message, step=name, evidence=named.evidence)


def _turned_back(facts: CaseFacts, obstacles: Sequence[Obstacle], ending: StoredNotification) -> FirstCause:
    commands = [each for each, event in facts.of(OperatorCommanded) if event.command in _TURN_BACK]
    command = commands[0] if commands else ending
    event: Any = command.event
    given_up = _first(obstacles, _GIVEN_UP_FOR, at=event.timestamp)
    if given_up is not None:
        return _of_obstacle(facts, given_up, more=(event_evidence(command),), is_ended=True)
    actor, reason = event.meta["actor"], event.meta["reason"]
    message = f"{actor} did it{f' ({reason})' if reason else ''}"
    evidence = tuple(event_evidence(each) for each in ((command, ending) if commands else (ending,)))
    code = getattr(ending.event, "code", "")
    return cause_with(Cause.OPERATOR_TURNED_BACK, code=code, message=message, evidence=evidence)


def _standing(facts: CaseFacts, obstacles: Sequence[Obstacle]) -> FirstCause:
    """Return why a switch that has not ended does not go on."""
    pressing = next(
        (
            each
            for kind in (*_PRESSING, *_AS_ASKED)
            for each in obstacles
            if each.kind is kind and each.ended_at is None
        ),
        None,
    )
    if pressing is not None:
        return _of_obstacle(facts, pressing)
    if facts.troubles:
        return _of_workflow(facts, facts.troubles[0])
    failing = next(
        (each for each in obstacles if each.kind is ObstacleKind.CALLS and each.ended_at is None), None
    )
    if failing is not None:
        return _of_obstacle(facts, failing)
    waiting = _waiting(facts)
    return waiting or _on_the_way(facts, obstacles)


def _waiting(facts: CaseFacts) -> FirstCause | None:
    """Return what a switch waits for in its time; None where it waits for nothing."""
    for wait in facts.waits_of(WaitKind.CREDIT_CHECK, WaitKind.ELIGIBILITY):
        if not wait.is_open:
            continue
        if wait.kind is WaitKind.ELIGIBILITY:
            return request_that_waited(facts, facts.events[-1])
        required = facts.last(switch_events.CreditCheckRequired)
        evidence = (event_evidence(required[0]),) if required else ()
        return cause_with(
            Cause.CREDIT_CHECK_RUNS,
            message=f"it waits for {wait.about}",
            remedy=wait.what_to_do,
            evidence=evidence,
            since=wait.begun_at,
        )
    return None


def _of_workflow(facts: CaseFacts, trouble: WorkflowTrouble) -> FirstCause:
    """Return what keeps the workflow from going on, as the workers found it last."""
    at = trouble.since or facts.events[-1].recorded_at
    evidence = Evidence(
        kind="workflow", place=trouble.workflow_id, at=at, words=f"{trouble.code}: {trouble.message}"
    )
    cause = _OF_WORKFLOW.get(trouble.code, Cause.UNKNOWN)
    return cause_with(
        cause,
        code=trouble.code,
        message=trouble.message,
        remedy=trouble.remedy,
        evidence=(evidence,),
        since=at,
    )


def _on_the_way(facts: CaseFacts, obstacles: Sequence[Obstacle]) -> FirstCause:
    """Return what a switch that got through met on its way."""
    for kinds in _ON_THE_WAY:
        met = [each for each in obstacles if each.kind in kinds]
        if met:
            return _of_obstacle(facts, max(met, key=lambda each: each.seconds), is_ended=True)
    missed = facts.last(switch_events.PromiseMissed)
    if missed is not None:
        # It was late, and nothing that is recorded says why.
        return cause_with(
            Cause.UNKNOWN, message="a promise was missed", evidence=(event_evidence(missed[0]),)
        )
    last = event_evidence(facts.events[-1])
    return cause_with(Cause.NOTHING, evidence=(last,), since=facts.events[0].event.timestamp)  # type: ignore[attr-defined]


def _first(obstacles: Sequence[Obstacle], kinds: Sequence[ObstacleKind], *, at: datetime) -> Obstacle | None:
    """Return the most pressing obstacle that was open at an instant."""
    return next(
        (each for kind in kinds for each in obstacles if each.kind is kind and each.is_open_at(at)), None
    )


def _of_obstacle(
    facts: CaseFacts, obstacle: Obstacle, *, more: Sequence[Evidence] = (), is_ended: bool = False
) -> FirstCause:
    return cause_with(
        obstacle.cause,
        code=obstacle.code,
        message=obstacle.message,
        step=obstacle.step,
        remedy=_remedy(obstacle, is_ended=is_ended, licenses_only=facts.money.licenses_only),
        evidence=(*obstacle.evidence, *(each for each in more if each not in obstacle.evidence)),
        since=obstacle.begun_at,
    )


def _remedy(obstacle: Obstacle, *, is_ended: bool, licenses_only: bool) -> str:
    """Return what to do about an obstacle: while it goes on, or before the next switch."""
    failure = LICENSE_FAILURES.get(obstacle.code)
    if failure is None:
        # What a switch that waits is advised holds no more once it has ended.
        return "" if is_ended else obstacle.remedy
    if is_ended:
        return remedy_before_order(failure.remedy, licenses_only=licenses_only)
    return remedy_without_order(failure.remedy) if licenses_only else failure.remedy
