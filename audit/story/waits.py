"""Each wait of a switch: since when, until when as planned, until when in fact, and why it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from audit.story.holdings import is_by_hand
from audit.story.wait_parts import Mark, RunningWait, Wait
from domain.event_table.event_declaration import WaitKind, codes_of, time_of
from domain.event_table.event_table import EVENTS, stage_after
from domain.kernel.awaited import RETRIED_EVERY, STEADY_FROM
from domain.kernel.money import bound_words
from domain.operator.step_words import step_words
from domain.organizations import organization
from domain.requests import wait_events
from domain.subscriptions import billing_events
from domain.switch import control_events, move_events, provisioning_events, return_events, waiting_events
from domain.switch import events as switch_events
from domain.switch.stage import TERMINAL
from store.record.notifications import StoredNotification

#: The money of a credit, after its invoice.
_NOT_SETTLED = "not_settled"
#: Waits that the end of the switch does not end.
_OUTLIVING = frozenset({WaitKind.PROMISE, WaitKind.INVOICE, WaitKind.SETTLEMENT})
#: Name of the promise for the whole switch in PromiseMissed.
_WHOLE_SWITCH = "whole_switch"
_CHANGES = (
    "`planswitch schedule change SWITCH --reason …` changes that, `planswitch schedule undo SWITCH --reason "
    "…` ends it"
)
_PRICE = "Accept the new price or decline it: `planswitch schedule accept|decline SWITCH --reason …`."
_CREDIT_COMMANDS = "`planswitch credit approve|decline|extend|void SWITCH --reason …`"


def waits_of(events: Iterable[StoredNotification]) -> tuple[Wait, ...]:
    """Return the waits of a switch as they began, from its events in the order of the log."""
    story: list[RunningWait] = []
    history = tuple(events)
    by_hand, turned_by = is_by_hand(history), ""
    for notification in history:
        event: Any = notification.event
        turned_by = _turning(event) or turned_by
        running = [wait for wait in story if wait.ended_at is None]
        for wait in running:
            _pass(wait, event)
            _put_off(story, wait)
        began = BEGINS.get(type(event))
        begun = began(event) if began is not None else None
        if begun is not None and not (by_hand and begun.kind == WaitKind.PROMISE):
            begun.turned_by = turned_by
            _begin(story, begun, event)
    return tuple(wait.as_wait() for wait in story)


def _begin(story: list[RunningWait], wait: RunningWait, event: Any) -> None:
    known = next((each for each in story if each.kind == wait.kind and each.ended_at is None), None)
    if known is None:
        wait.begun_at = getattr(event, "since", event.timestamp)
        if wait.kind == WaitKind.CREDIT_OVERDUE:
            wait.planned_end_at = next((each.cap_at for each in story if each.cap_at), None)
            wait.looks_at = wait.planned_end_at
        story.append(wait)
        return
    # The same wait again: what is known of it by now replaces what was known when it began.
    known.marks.append(Mark(at=event.timestamp, words=f"again: {wait.about}"))
    known.about, known.what_to_do = wait.about, wait.what_to_do
    known.names, known.step = wait.names, wait.step
    known.looks_at, known.looks_every_seconds = wait.looks_at, wait.looks_every_seconds


def _turned_back(_wait: RunningWait, event: Any) -> tuple[str, str] | None:
    """End the waits that lead forward: the switch goes back."""
    if isinstance(event, return_events.CompensationStuck):
        return "given_up", "the switch goes back to the old plan"
    turned_by = _turning(event)
    return ("cancelled", turned_by) if turned_by else None


def _turning(event: Any) -> str:
    """Return the command to go back in words, if the event is one."""
    is_turning = isinstance(event, return_events.OperatorCommanded) and event.command in {
        return_events.CANCEL,
        return_events.ROLL_BACK,
    }
    return f"command {event.command} by {who_of(event)}" if is_turning else ""


def _pass(wait: RunningWait, event: Any) -> None:
    """Apply one event to a wait: it ends the wait, or leaves its mark on it."""
    end_and_why = _ending_of_step(wait, event) if wait.kind == WaitKind.STEP else None
    if end_and_why is not None:
        wait.ended_at = event.timestamp
        wait.ended, wait.why = end_and_why
        return
    ends = ENDS.get((wait.kind, type(event)))
    ending = ends(wait, event) if ends else _ending_of_switch(wait, event)
    if ending is not None:
        wait.ended_at = event.timestamp
        wait.ended, wait.why = ending
        return
    mark = MARKS.get((wait.kind, type(event)))
    if mark is not None:
        wait.marks.append(Mark(at=event.timestamp, words=mark(wait, event)))


def _ending_of_step(wait: RunningWait, event: Any) -> tuple[str, str] | None:
    """Return how the wait of a step ended; None while the step waits on."""
    if isinstance(event, waiting_events.WaitEnded):
        is_own = event.step == wait.step
        return ("failed", f"{step_words(wait.step)} is not tried again ({event.code})") if is_own else None
    if not getattr(event, "IS_BESIDE", False) and event.meta["activity"] == wait.step:
        return "through", f"{step_words(wait.step)} got through"
    stage = stage_after(event)
    if not stage or stage in TERMINAL:
        return None
    return "over", f"the switch went on to {stage.replace('_', ' ')}"


def _ending_of_switch(wait: RunningWait, event: Any) -> tuple[str, str] | None:
    stage = stage_after(event)
    if wait.kind in _OUTLIVING or stage not in TERMINAL:
        return None
    if wait.turned_by and (wait.kind, return_events.OperatorCommanded) in ENDS:
        # A step that was on its way began to wait after the command was recorded.
        return "cancelled", wait.turned_by
    if wait.kind == WaitKind.STUCK:
        return "resolved", f"what was left could be taken back; the switch ended as {stage}"
    return str(stage), f"the switch ended as {stage}: {getattr(event, 'message', '') or who_of(event)}"


def _eligibility_begun(event: Any) -> RunningWait:
    return RunningWait(
        kind=WaitKind.ELIGIBILITY,
        about=f"{codes_of(event.reasons)} to clear",
        planned_end_at=event.until,
        what_to_do="Clear what blocks the switch; `planswitch switch wait look SWITCH` looks at once.",
    )


def _scheduled(wait: RunningWait, event: Any) -> str:
    wait.looks_at = event.not_before
    wait.about = f"{event.start_on}, the day on which it starts, and then {wait.about}"
    wait.what_to_do = f"Wait for {event.start_on}; `planswitch switch cancel` ends it earlier."
    return f"scheduled for {event.start_on} by {who_of(event)}"


def _rescheduled(wait: RunningWait, event: Any) -> str:
    words = event.start.words or "as soon as nothing blocks it"
    wait.looks_at, wait.planned_end_at = event.not_before, event.until
    wait.about = f"{words}, when it starts"
    wait.what_to_do = f"Wait for {words}; {_CHANGES}."
    return f"rescheduled by {who_of(event)}: {words}"


def _price_asked(wait: RunningWait, event: Any) -> str:
    wait.what_to_do = _PRICE
    return str(event.message)


def _price_accepted(wait: RunningWait, event: Any) -> str:
    wait.planned_end_at, wait.what_to_do = event.until, f"It starts by itself; {_CHANGES}."
    return f"{bound_words(event.total_at_most)} accepted by {who_of(event)}"


def _credit_begun(event: Any) -> RunningWait:
    return RunningWait(
        kind=WaitKind.CREDIT_CHECK,
        about=f"the bureau's answer to check {event.check_id}",
        planned_end_at=event.deadline_at,
        looks_at=min(event.deadline_at, event.reminder_at),
        cap_at=event.cap_at,
        what_to_do=f"Wait for the bureau's answer, or give it in its place: {_CREDIT_COMMANDS}.",
    )


def _overdue_begun(_event: Any) -> RunningWait:
    return RunningWait(
        kind=WaitKind.CREDIT_OVERDUE,
        about="an operator: the credit check is overdue",
        what_to_do=f"{_CREDIT_COMMANDS}; without any, the order is taken back by itself.",
    )


def _provisioning_begun(_event: Any) -> RunningWait:
    return RunningWait(
        kind=WaitKind.PROVISIONING,
        about="the seller, who sets up the new subscription and its services",
        what_to_do="Nothing: the switch asks again by itself. `planswitch switch cancel` takes it back.",
    )


def _hold_begun(event: Any) -> RunningWait:
    return RunningWait(
        kind=WaitKind.HOLD,
        about=f"an operator ({event.code}): {event.message}",
        what_to_do="Repair it, then `planswitch switch retry SWITCH --reason …`.",
    )


def _step_begun(event: Any) -> RunningWait:
    return RunningWait(
        kind=WaitKind.STEP,
        about=f"{event.awaited.words()} ({event.code}: {event.message})",
        names=tuple(event.names),
        looks_at=event.looks_at,
        looks_every_seconds=_steady_seconds(event),
        step=event.step,
        planned_end_at=event.until,
        what_to_do=event.remedy or "Nothing: the step asks again by itself.",
    )


def _steady_seconds(event: Any) -> int:
    """Return the seconds between looks, if every look comes at the same distance from the last one."""
    gap = event.looks_at - event.timestamp
    return int(gap.total_seconds()) if gap >= STEADY_FROM else 0


def _pause_begun(event: Any) -> RunningWait:
    return RunningWait(
        kind=WaitKind.PAUSE,
        about=f"an operator to resume; paused by {who_of(event)}",
        planned_end_at=event.until,
        what_to_do="`planswitch switch resume SWITCH --reason …`; `planswitch switch rollback` leads back.",
    )


def _stuck_begun(event: Any) -> RunningWait:
    return RunningWait(
        kind=WaitKind.STUCK,
        about=f"an operator: {step_words(event.step)} fails ({event.code}): {event.message}",
        looks_at=event.timestamp + RETRIED_EVERY,
        looks_every_seconds=int(RETRIED_EVERY.total_seconds()),
        what_to_do=event.what_to_do,
    )


def _invoice_begun(event: Any) -> RunningWait | None:
    if event.invoice_promised_at is None:
        return None
    return RunningWait(
        kind=WaitKind.INVOICE,
        about=f"billing, which delivers invoice {event.invoice_id}",
        planned_end_at=event.invoice_promised_at,
        what_to_do="Nothing: billing is asked again by itself.",
    )


def _settlement_begun(event: Any) -> RunningWait | None:
    """Return the wait for a credit's money, where that is what is open."""
    if event.open_point != _NOT_SETTLED:
        return None
    return RunningWait(
        kind=WaitKind.SETTLEMENT,
        about=f"billing, which pays the credit of invoice {event.invoice_id}",
        looks_at=event.looks_at,
        what_to_do="Nothing: billing is asked again by itself.",
    )


def _promise_begun(event: Any) -> RunningWait:
    return RunningWait(
        kind=WaitKind.PROMISE,
        about="the whole switch, done by the promised end",
        planned_end_at=event.promised_end,
    )


def _decided(verdict: str) -> Callable[[RunningWait, Any], tuple[str, str]]:
    return lambda _wait, event: (verdict, f"by {who_of(event)}, as {event.decided_by}")


def _by_somebody(end: str) -> Callable[[RunningWait, Any], tuple[str, str]]:
    return lambda _wait, event: (end, f"by {who_of(event)}")


def _watch_ended(_wait: RunningWait, event: Any) -> tuple[str, str]:
    return "given_up", f"nobody looks for it any more: {event.reason}"


def _expired(_wait: RunningWait, event: Any) -> tuple[str, str]:
    return "expired", f"nobody answered before the order was to be taken back: {event.evidence}"


def _extended(_wait: RunningWait, event: Any) -> tuple[str, str]:
    return "extended", f"until {time_of(event.deadline_at)} by {who_of(event)}"


def _extension(wait: RunningWait, event: Any) -> str:
    before, wait.planned_end_at = wait.planned_end_at, event.deadline_at
    wait.looks_at = event.deadline_at
    planned = f" instead of {time_of(before)}" if before else ""
    return f"extended by {who_of(event)}: until {time_of(event.deadline_at)}{planned}"


def _released(wait: RunningWait, event: Any) -> tuple[str, str]:
    planned = wait.planned_end_at
    if not wait.is_missed and (planned is None or event.timestamp <= planned):
        return "kept", f"the promise for the whole switch was kept: it ended as {event.outcome}"
    return "missed", f"the promise for the whole switch was missed: it ended as {event.outcome}"


def _put_off(story: list[RunningWait], wait: RunningWait) -> None:
    """Put off the promise of the whole switch by as long as a credit check took, which has its own."""
    if wait.kind != WaitKind.CREDIT_CHECK or wait.begun_at is None or wait.ended_at is None:
        return
    for promise in story:
        if promise.kind == WaitKind.PROMISE and promise.ended_at is None and promise.planned_end_at:
            promise.planned_end_at += wait.ended_at - wait.begun_at
            words = f"put off until {time_of(promise.planned_end_at)}: the credit check has its own promise"
            promise.marks.append(Mark(at=wait.ended_at, words=words))


def _reminded(wait: RunningWait, _event: Any) -> str:
    wait.looks_at = wait.planned_end_at
    return "the organization was reminded"


def _overdue(wait: RunningWait, _event: Any) -> str:
    wait.looks_at = wait.cap_at
    return "overdue: an operator is asked"


def _look_planned(wait: RunningWait, event: Any) -> str:
    wait.looks_at, wait.looks_every_seconds = event.looks_at, _steady_seconds(event)
    failed = f"the look got no answer ({event.code}): {event.message}; " if event.code else ""
    return f"{failed}the next look is planned for {time_of(event.looks_at)}"


def _asked_for_invoice(wait: RunningWait, event: Any) -> str:
    wait.looks_at = event.looks_at
    return f"not delivered yet; asked again {time_of(event.looks_at)}"


def _command(_wait: RunningWait, event: Any) -> str:
    return f"command {event.command} by {who_of(event)}"


def _missed(wait: RunningWait, event: Any) -> str:
    wait.is_missed |= event.promise == _WHOLE_SWITCH
    return f"promise {event.promise} missed: it was due at {time_of(event.promised_at)}"


def _provisioning_overdue(wait: RunningWait, event: Any) -> str:
    wait.about = f"an operator, and for {', '.join(event.names)}: {event.message}"
    wait.names, wait.planned_end_at = tuple(event.names), event.voids_at
    wait.what_to_do = (
        "Ask the seller or set the services up; `planswitch switch retry SWITCH --reason …` keeps waiting, "
        "`planswitch switch cancel` voids the order."
    )
    return "overdue: an operator is asked"


def _waited_on(wait: RunningWait, event: Any) -> str:
    wait.planned_end_at = None
    wait.what_to_do = "Nothing: the switch asks again by itself. `planswitch switch cancel` takes it back."
    return f"{who_of(event)} chose to keep waiting; asked again {time_of(event.asks_at)}"


#: Kind of a wait -> what is known of it when it begins; None where an event of its kind begins none.
_BEGUN: dict[WaitKind, Callable[[Any], RunningWait | None]] = {
    WaitKind.ELIGIBILITY: _eligibility_begun,
    WaitKind.PROMISE: _promise_begun,
    WaitKind.CREDIT_CHECK: _credit_begun,
    WaitKind.CREDIT_OVERDUE: _overdue_begun,
    WaitKind.PROVISIONING: _provisioning_begun,
    WaitKind.HOLD: _hold_begun,
    WaitKind.PAUSE: _pause_begun,
    WaitKind.STUCK: _stuck_begun,
    WaitKind.INVOICE: _invoice_begun,
    WaitKind.SETTLEMENT: _settlement_begun,
    WaitKind.STEP: _step_begun,
}
#: Event class -> the wait that begins with it.
BEGINS = {each.event: _BEGUN[each.begins] for each in EVENTS.values() if each.begins}
#: Kind and event class -> one word and why; whatever ends the switch ends its waits too.
ENDS: dict[tuple[WaitKind, type[Any]], Callable[[RunningWait, Any], tuple[str, str] | None]] = {
    (WaitKind.ELIGIBILITY, wait_events.EligibilityWaitEnded): lambda _wait, event: (
        event.outcome,
        event.message,
    ),
    **{
        (kind, turning): _turned_back
        for kind in (WaitKind.CREDIT_CHECK, WaitKind.CREDIT_OVERDUE, WaitKind.PROVISIONING)
        for turning in (return_events.OperatorCommanded, return_events.CompensationStuck)
    },
    (WaitKind.CREDIT_CHECK, switch_events.CreditCheckApproved): _decided("approved"),
    (WaitKind.CREDIT_CHECK, switch_events.CreditCheckDeclined): _decided("declined"),
    (WaitKind.CREDIT_CHECK, switch_events.CreditCheckExpired): _expired,
    (WaitKind.CREDIT_OVERDUE, switch_events.CreditCheckApproved): _decided("approved"),
    (WaitKind.CREDIT_OVERDUE, switch_events.CreditCheckDeclined): _decided("declined"),
    (WaitKind.CREDIT_OVERDUE, switch_events.CreditCheckExpired): _expired,
    (WaitKind.CREDIT_OVERDUE, switch_events.CreditCheckExtended): _extended,
    (WaitKind.PROVISIONING, switch_events.ReplacementReady): lambda _wait, event: (
        "ready",
        f"the seller has set up everything as {event.subscription_id}",
    ),
    (WaitKind.HOLD, move_events.LicenseMoveResumed): lambda _wait, event: (
        "resumed",
        f"command {event.command} by {who_of(event)}",
    ),
    (WaitKind.HOLD, return_events.RollBackStarted): _by_somebody("rolled_back"),
    (WaitKind.PAUSE, control_events.SwitchResumed): _by_somebody("resumed"),
    (WaitKind.PAUSE, return_events.RollBackStarted): _by_somebody("rolled_back"),
    (WaitKind.PAUSE, return_events.CompensationStuck): _turned_back,
    (WaitKind.PROMISE, organization.SwitchReleased): _released,
    (WaitKind.INVOICE, billing_events.InvoiceDelivered): lambda _wait, event: (
        "delivered",
        f"billing delivered invoice {event.invoice_id}",
    ),
    (WaitKind.SETTLEMENT, move_events.CreditSettled): lambda _wait, event: (
        "settled",
        f"on {event.settled_on}",
    ),
    (WaitKind.SETTLEMENT, billing_events.InvoiceWatchEnded): _watch_ended,
    (WaitKind.INVOICE, billing_events.InvoiceWatchEnded): _watch_ended,
}
#: Kind and event class -> what is noted of the wait.
MARKS: dict[tuple[WaitKind, type[Any]], Callable[[RunningWait, Any], str]] = {
    (WaitKind.ELIGIBILITY, wait_events.StartScheduled): _scheduled,
    (WaitKind.ELIGIBILITY, wait_events.StartRescheduled): _rescheduled,
    (WaitKind.ELIGIBILITY, wait_events.PriceAsked): _price_asked,
    (WaitKind.ELIGIBILITY, wait_events.PriceAccepted): _price_accepted,
    (WaitKind.ELIGIBILITY, wait_events.EligibilityLooked): lambda _wait, event: codes_of(event.reasons),
    (WaitKind.ELIGIBILITY, wait_events.EligibilityLookPlanned): _look_planned,
    (WaitKind.CREDIT_CHECK, switch_events.CreditCheckReminded): _reminded,
    (WaitKind.CREDIT_CHECK, switch_events.CreditCheckOverdue): _overdue,
    (WaitKind.INVOICE, billing_events.InvoiceAwaited): _asked_for_invoice,
    (WaitKind.CREDIT_CHECK, switch_events.CreditCheckExtended): _extension,
    (WaitKind.PROVISIONING, provisioning_events.ProvisioningOverdue): _provisioning_overdue,
    (WaitKind.PROVISIONING, provisioning_events.ProvisioningWaitedOn): _waited_on,
    (WaitKind.HOLD, move_events.UserSkipped): lambda _wait, event: (
        f"user {event.user_key} skipped by {who_of(event)}"
    ),
    (WaitKind.STUCK, return_events.OperatorCommanded): _command,
    (WaitKind.PROMISE, switch_events.PromiseMissed): _missed,
}


def who_of(event: Any) -> str:
    """Return who brought an event about, and why when a reason was given."""
    actor, reason = event.meta["actor"], event.meta["reason"]
    return f"{actor} ({reason})" if reason else str(actor)
