"""How a switch ended or stands, and why: one sentence an auditor can begin with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from audit.story.holdings import MoneyAndOrder, Users
from audit.story.steps import StepStory, step_before
from audit.story.wait_parts import Wait
from audit.story.waits import who_of
from domain.event_table.event_declaration import WaitKind, time_of
from domain.event_table.event_table import stage_after
from domain.kernel.money import charged_words
from domain.operator.step_words import step_words
from domain.requests.wait_events import EligibilityWaitEnded
from domain.switch import events as switch_events
from domain.switch.move_events import SwitchCompleted
from domain.switch.stage import TERMINAL, WITHOUT_SWITCH, Stage
from store.record.notifications import StoredNotification

UNDER_WAY = "under_way"
#: Stages in which nothing more happens; a wait that led to its switch has not ended it.
ENDINGS = TERMINAL | WITHOUT_SWITCH
#: Kinds of waits that decide what is said of a switch that goes on, the most pressing first.
_PRESSING = (
    WaitKind.STUCK,
    WaitKind.HOLD,
    WaitKind.PAUSE,
    WaitKind.CREDIT_OVERDUE,
    WaitKind.CREDIT_CHECK,
    WaitKind.PROVISIONING,
    WaitKind.STEP,
    WaitKind.ELIGIBILITY,
)
_AGAIN = "Nothing: a step that fails is tried again by itself."
#: Outcome of a switch that goes on -> how the sentence begins.
_WORDS = {
    WaitKind.STUCK: "Stuck on its way back",
    WaitKind.HOLD: "Held",
    WaitKind.PAUSE: "Paused",
    WaitKind.ELIGIBILITY: "Not begun",
    WaitKind.CREDIT_OVERDUE: "Credit check overdue",
    UNDER_WAY: "Under way",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """How a switch ended or stands."""

    #: completed, declined, expired, cancelled, failed or rolled_back, never or price_changed; of one that
    #: goes on: stuck, hold, pause, credit_overdue, credit_check, provisioning, eligibility or under_way.
    outcome: str
    has_ended: bool
    #: Outcome and cause.
    sentence: str
    at: datetime
    #: Stable code of the cause, "" when nothing went wrong.
    code: str
    message: str
    #: Step (activity) that ran last before the end or the hold.
    step: str
    actor: str
    #: "" when nothing is to be done.
    what_to_do: str


def verdict_of(
    events: Sequence[StoredNotification],
    *,
    steps: Sequence[StepStory],
    waits: Sequence[Wait],
    money: MoneyAndOrder,
    users: Users,
) -> Verdict:
    """Say how a switch ended or stands.

    Args:
        events: Its events in the order of the log, one at least.
        steps: As `steps_of` tells them.
        waits: As `waits_of` tells them.
        money: As `money_of` tells it.
        users: As `users_of` tells them.
    """
    ending = next((each for each in events if _stage_of(each.event) in ENDINGS), None)
    if ending is None:
        return _standing(events, steps, waits)
    event: Any = ending.event
    step = _name_before(ending, steps)
    is_wait = isinstance(event, EligibilityWaitEnded)
    cause = _cause_of_wait(event) if is_wait else _cause(event, events, step)
    rest = _moved_and_paid(money, users) if isinstance(event, SwitchCompleted) else _aftermath(money, users)
    actor = _actor(event, events)
    outcome = str(_stage_of(event))
    return Verdict(
        outcome=outcome,
        has_ended=True,
        sentence=f"{_word(outcome)}: {'; '.join(part for part in (cause, rest) if part)}.",
        at=event.timestamp,
        code=getattr(event, "code", ""),
        message=getattr(event, "message", ""),
        step=step,
        actor=actor,
        what_to_do=event.remedy if is_wait else "",
    )


def _standing(
    events: Sequence[StoredNotification], steps: Sequence[StepStory], waits: Sequence[Wait]
) -> Verdict:
    """Say where a switch stands that goes on."""
    pressing = [wait for kind in _PRESSING for wait in waits if wait.is_open and wait.kind == kind]
    wait = _reported(pressing)
    last: Any = events[-1].event
    coded: Any = next((each.event for each in reversed(events) if hasattr(each.event, "code")), None)
    is_told = wait is not None and wait.kind in {WaitKind.STUCK, WaitKind.HOLD} and coded is not None
    step = steps[-1].step if steps else ""
    if is_told:
        step = getattr(coded, "step", "") or _name_before(_notification_of(events, coded), steps)
    return Verdict(
        outcome=_outcome(wait),
        has_ended=False,
        sentence=_standing_sentence(wait, steps),
        at=wait.begun_at if wait else last.timestamp,
        code=coded.code if is_told else "",
        message=coded.message if is_told else "",
        step=step,
        actor=last.meta["actor"],
        what_to_do=wait.what_to_do if wait else _AGAIN,
    )


def _standing_sentence(wait: Wait | None, steps: Sequence[StepStory]) -> str:
    failed = steps[-1] if steps and steps[-1].is_failed else None
    parts = [f"waits since {time_of(wait.begun_at)} for {_plain(wait.about)}"] if wait else []
    if not parts and steps:
        parts.append(f"the last step is {step_words(steps[-1].step)}")
    if failed is not None:
        parts.append(
            f"its last attempt {_plain(failed.attempts[-1].result)}"
            if not wait
            else f"the last attempt of {step_words(failed.step)} {_plain(failed.attempts[-1].result)}"
        )
    return f"{_word(_outcome(wait))}: {'; '.join(parts)}."


def _reported(pressing: Sequence[Wait]) -> Wait | None:
    """Return the wait to report: what a step waits for says more than that all is being set up."""
    if not pressing:
        return None
    step = next((each for each in pressing if each.kind == WaitKind.STEP), None)
    first = pressing[0]
    return (
        replace(step, kind=WaitKind.PROVISIONING) if step and first.kind == WaitKind.PROVISIONING else first
    )


def _outcome(wait: Wait | None) -> str:
    return UNDER_WAY if wait is None or wait.kind == WaitKind.STEP else wait.kind


def _cause(event: Any, events: Sequence[StoredNotification], step: str) -> str:
    match event:
        case switch_events.SwitchDeclined():
            return _declined(events) or _plain(event.message)
        case switch_events.SwitchExpired():
            return _expired(events) or _plain(event.message)
        case switch_events.SwitchCancelled():
            return f"{event.meta['actor']} cancelled it ({_plain(event.message)})"
        case switch_events.SwitchRolledBack():
            return f"{event.meta['actor']} rolled it back ({_plain(event.message)})"
        case switch_events.SwitchFailed():
            where = f"{step} failed, " if step else ""
            return f"{where}{event.code}: {_plain(event.message)}"
        case _:
            return ""


def _cause_of_wait(event: EligibilityWaitEnded) -> str:
    """Return why a request that waited came to no switch."""
    if event.outcome == Stage.CANCELLED:
        return f"{event.meta['actor']} ended the wait ({_plain(event.message)})"
    return _plain(event.message)


def _declined(events: Sequence[StoredNotification]) -> str:
    event: Any = _newest(events, switch_events.CreditCheckDeclined)
    return f"{who_of(event)} declined the credit check as {event.decided_by}" if event else ""


def _expired(events: Sequence[StoredNotification]) -> str:
    event: Any = _newest(events, switch_events.CreditCheckExpired)
    return f"nobody answered the credit check in time ({_plain(event.evidence)})" if event else ""


def _actor(event: Any, events: Sequence[StoredNotification]) -> str:
    """Return whose will the end was: the decider's, the canceller's, or nobody's."""
    if isinstance(event, switch_events.SwitchDeclined):
        declined = _newest(events, switch_events.CreditCheckDeclined)
        return str(declined.meta["actor"]) if declined else ""
    if isinstance(event, EligibilityWaitEnded) and event.outcome != Stage.CANCELLED:
        return ""
    is_willed = isinstance(
        event, switch_events.SwitchCancelled | switch_events.SwitchRolledBack | EligibilityWaitEnded
    )
    return str(event.meta["actor"]) if is_willed else ""


def _aftermath(money: MoneyAndOrder, users: Users) -> str:
    if money.licenses_only:
        return f"{_moved(users)}{_unanswered(money)}"
    if money.order_id is None:
        order = "nothing was ordered"
    else:
        order = "the order was taken back" if money.voided_at else f"order {money.order_id} is NOT taken back"
    return f"{order}, {charged_words(money.charged)}{_unanswered(money)} and {_moved(users)}"


def _unanswered(money: MoneyAndOrder) -> str:
    count = len(money.open_effects)
    calls = "call was" if count == 1 else "calls were"
    return f", {count} {calls} never answered" if count else ""


def _moved(users: Users) -> str:
    if not users.moved:
        return "nobody was moved"
    if users.is_rolled_back:
        return f"{users.returned} of {users.moved} moved users returned"
    return f"{users.moved} users were moved"


def _moved_and_paid(money: MoneyAndOrder, users: Users) -> str:
    of = f" of {users.total}" if users.total is not None else ""
    invoice = f" by invoice {money.invoice_number}" if money.invoice_number else ""
    moved = f"{users.moved}{of} users moved"
    return moved if money.licenses_only else f"{moved}, {charged_words(money.charged)}{invoice}"


def _name_before(notification: StoredNotification, steps: Sequence[StepStory]) -> str:
    step = step_before(notification, steps)
    return step.step if step else ""


def _notification_of(events: Sequence[StoredNotification], event: Any) -> StoredNotification:
    return next(each for each in events if each.event is event)


def _newest(events: Sequence[StoredNotification], event_class: type[Any]) -> Any:
    return next((each.event for each in reversed(events) if isinstance(each.event, event_class)), None)


def _stage_of(event: Any) -> str | None:
    if isinstance(event, EligibilityWaitEnded):
        return event.outcome
    return stage_after(event)


def _word(outcome: str) -> str:
    return _WORDS.get(outcome, outcome.replace("_", " ").capitalize())


def _plain(text: str) -> str:
    return text.strip().rstrip(".;")
