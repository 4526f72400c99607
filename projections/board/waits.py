"""What a switch waits for, its pauses, and what calls for somebody, on the board."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain.event_table.event_table import stage_after
from domain.kernel.awaited import RETRIED_EVERY, STEADY_FROM
from domain.operator.alarms import ALARMS, CREDIT_CHECK, CREDIT_INVOICE, NO_WAY_ON, AlarmRaised
from domain.operator.manual_events import ManualStepAwaited, ManualStepBegun, operator_words
from domain.reasons.reasons import recorded_words
from domain.requests.start_times import StartTerms
from domain.requests.wait_changes import PRICE_ASKED
from domain.requests.wait_events import (
    EligibilityLooked,
    EligibilityLookPlanned,
    EligibilityWait,
    EligibilityWaitEnded,
    PriceAccepted,
    PriceAsked,
    StartRescheduled,
    StartScheduled,
    WaitActFound,
)
from domain.switch.control_events import SwitchPaused, SwitchResumed
from domain.switch.events import CreditCheckExtended, CreditCheckOverdue, CreditCheckReminded, PromiseMissed
from domain.switch.provisioning_events import ProvisioningOverdue
from domain.switch.return_events import CompensationStuck
from domain.switch.stage import AWAITING_PEOPLE, RETURNING, TERMINAL, Stage
from domain.switch.stage_words import RESUME, remedy_of, waits_for
from domain.switch.waiting_events import WaitNoted
from projections.board.rows import BoardRow

#: What the request waits for when nothing blocks its switch.
_BEGINS = "the switch to begin"
#: The same before an instant that was asked for, or quiet hours.
_ITS_TIME = "its time, "
_PRICE_REMEDY = (
    "`planswitch schedule show SWITCH` has what it costs now. To go on: `planswitch schedule accept SWITCH "
    "--reason …`; to end it: `planswitch schedule decline SWITCH --reason …`."
)
_CHANGE = (
    "To change that: `planswitch schedule change SWITCH --reason …`; to end it: `planswitch schedule undo "
    "SWITCH --reason …`."
)
#: Stages that end a pause by themselves.
_ENDING = TERMINAL | RETURNING
#: Events after which the next look is another one, whatever else is the same.
_LOOKED = (
    *(EligibilityLooked, StartScheduled, StartRescheduled, PriceAsked, PriceAccepted),
    *(CreditCheckReminded, CreditCheckExtended),
)
#: What a request waits for whose switch costs more than was accepted.
_ASKED = "an operator: the price has changed"
#: What an operator is asked while a switch is paused.
_DECIDED_IN_A_PAUSE = (ProvisioningOverdue, CreditCheckOverdue)
_NO_ANSWER = "no answer: "


def _request_waits(row: BoardRow, event: EligibilityWait.Created) -> BoardRow:
    """Show a request that waits."""
    row = replace(
        row,
        request_id=event.request_id,
        source_subscription_id=event.order["source_subscription_id"],
        source_plan_id=event.source_plan_id,
        target_plan_id=event.order["target_plan_id"],
        stage=Stage.WAITING_ELIGIBLE,
        requested_by=event.meta["actor"],
        requested_at=event.timestamp,
        wait_until=event.until,
        licenses_only=bool(event.order.get("licenses_only")),
    )
    row = _in_the_way(row, event.reasons)
    words = _start_words(event.order)
    return replace(row, waits_for=f"{_ITS_TIME}{words}") if words and not row.error_code else row


def _start_words(order: Mapping[str, Any]) -> str:
    """Return an instant or quiet hours that were asked for in words; "" where a day alone was, or nothing."""
    start_at, quiet_hours = order.get("start_at") or None, order.get("quiet_hours") or None
    if start_at is None and quiet_hours is None:
        return ""
    start_on = order.get("start_on") or None
    return StartTerms(start_on=start_on, start_at=start_at, quiet_hours=quiet_hours).words


def _scheduled(row: BoardRow, event: StartScheduled) -> BoardRow:
    """Show the day that is waited for."""
    row = replace(row, start_on=event.start_on)
    if row.error_code or row.waits_for.startswith(_ITS_TIME):
        return row
    return replace(row, waits_for=_begins(row))


def _rescheduled(row: BoardRow, event: StartRescheduled) -> BoardRow:
    """Show when it starts now; what stands in its way is kept, and a question about a price is over."""
    row = replace(row, start_on=event.start_on, wait_until=event.until)
    if row.error_code not in {"", PRICE_ASKED}:
        return row
    waits = f"{_ITS_TIME}{event.start.words}" if event.start.words else _BEGINS
    return replace(row, waits_for=waits, error_code="", error_message="")


def _price_asked(row: BoardRow, event: PriceAsked) -> BoardRow:
    """Show that somebody must accept the new price, or decline it."""
    return replace(row, waits_for=_ASKED, error_code=PRICE_ASKED, error_message=event.message)


def _price_accepted(row: BoardRow, event: PriceAccepted) -> BoardRow:
    """Show that it goes on with the new price."""
    return replace(row, wait_until=event.until, waits_for=_BEGINS, error_code="", error_message="")


def _looked(row: BoardRow, event: EligibilityLooked) -> BoardRow:
    """Show what blocks the switch now; where nothing does, a question about its price still stands."""
    if not event.reasons and row.error_code == PRICE_ASKED:
        return row
    return _in_the_way(row, event.reasons)


def _request_ended(row: BoardRow, event: EligibilityWaitEnded) -> BoardRow:
    """Show how a wait ended; one that led to its switch shows the switch."""
    if event.outcome == Stage.STARTED:
        return row
    return replace(
        row,
        stage=event.outcome,
        outcome=event.outcome,
        waits_for="",
        ended_at=event.timestamp,
        error_code=event.code,
        error_message=event.message,
    )


def _acted_outside(row: BoardRow, event: WaitActFound) -> BoardRow:
    """Show what somebody did in Temporal."""
    return replace(row, outside_acts=[*row.outside_acts, event.act])


def _in_the_way(row: BoardRow, reasons: Sequence[dict[str, Any]]) -> BoardRow:
    is_its_time = not row.error_code and row.waits_for.startswith(_ITS_TIME)
    begins = row.waits_for if is_its_time else _begins(row)
    return replace(
        row,
        waits_for=", ".join(each["code"] for each in reasons) or begins,
        error_code=reasons[0]["code"] if reasons else "",
        error_message=" ".join(recorded_words(each).message for each in reasons),
    )


def _begins(row: BoardRow) -> str:
    return f"its day, {row.start_on}" if row.start_on else _BEGINS


def _paused(row: BoardRow, event: SwitchPaused) -> BoardRow:
    """Show who paused a switch, why, and what ends it."""
    ends = f", or by itself at {event.until:%Y-%m-%d %H:%M} UTC" if event.until else ""
    words = f"an operator: paused by {event.meta['actor']} ({event.message}); resume it{ends}"
    return replace(row, stage=Stage.PAUSED, waits_for=words)


def _resumed(row: BoardRow, event: SwitchResumed) -> BoardRow:
    """Show the stage in which a switch goes on."""
    return replace(row, stage=event.stage, waits_for=_waits_for(row, event.stage))


def _waits_for(row: BoardRow, stage: str) -> str:
    """Return what the switch of a row waits for in a stage."""
    return waits_for(stage, licenses_only=row.licenses_only)


def went_on(row: BoardRow, stage: str) -> BoardRow:
    """Show the stage in which a switch goes on after a retry; a pause goes on in any."""
    return row if outlasts(row, stage) else replace(row, stage=stage, waits_for=_waits_for(row, stage))


def outlasts(row: BoardRow, stage: str) -> bool:
    """Return whether a pause goes on although a step that was running has led to another stage."""
    return row.stage == Stage.PAUSED and stage not in _ENDING


def _step_awaited(row: BoardRow, event: ManualStepAwaited) -> BoardRow:
    """Show the step that an operator is to start, and why it did not get through before."""
    row = replace(row, error_code=event.code, error_message=event.message)
    if row.stage == Stage.PAUSED:
        return row
    return replace(row, waits_for=operator_words(event.step))


def _step_begun(row: BoardRow, _event: ManualStepBegun) -> BoardRow:
    """Show that the step runs."""
    return replace(row, waits_for=_waits_for(row, row.stage), error_code="", error_message="")


def _noted(row: BoardRow, event: WaitNoted) -> BoardRow:
    """Show what a step waits for."""
    if row.stage == Stage.PROVISIONING_OVERDUE:
        # An operator is asked: of what the step sees meanwhile only the names are news.
        return replace(row, wait_names=list(event.names))
    if row.stage in AWAITING_PEOPLE:
        return row
    awaited = event.awaited
    return replace(
        row,
        waits_for=awaited.words(),
        wait_names=list(awaited.names),
        waits_since=event.since,
        looks_at=event.looks_at,
        looks_every_seconds=steady_seconds(event.looks_at - event.timestamp),
        wait_remedy=awaited.remedy,
        wait_step=event.step,
    )


def _planned(row: BoardRow, event: EligibilityLookPlanned) -> BoardRow:
    """Show when a request that waits is looked at next, and why the look before got no answer."""
    row = replace(
        row, looks_at=event.looks_at, looks_every_seconds=steady_seconds(event.looks_at - event.timestamp)
    )
    names = [each for each in row.wait_names if not each.startswith(_NO_ANSWER)]
    if not event.code:
        return replace(row, wait_names=names)
    return replace(row, wait_names=[*names, f"{_NO_ANSWER}{event.code}: {event.message}"])


def with_wait(before: BoardRow, row: BoardRow, event: Any) -> BoardRow:
    """Tell of a row after an event since when it waits, and end the wait of a step that has got through.

    Args:
        before: The row before the event.
        row: The row after it.
        event: What happened.
    """
    if isinstance(event, WaitNoted | EligibilityLookPlanned):
        return row
    row = _stage_noted(row, event)
    is_beside = getattr(event, "IS_BESIDE", False)
    is_through = bool(row.wait_step) and not is_beside and event.meta["activity"] == row.wait_step
    if is_through and row.waits_for == before.waits_for:
        row = replace(row, waits_for=_waits_for(row, row.stage))
    if row.stage == Stage.PAUSED and isinstance(event, _DECIDED_IN_A_PAUSE):
        return _asked_in_a_pause(row, event)
    is_same = row.stage == before.stage and row.waits_for == before.waits_for
    if is_same and not is_through and not isinstance(event, _LOOKED):
        return row
    return replace(
        row,
        wait_names=_names(row, event),
        waits_since=before.waits_since if is_same else _since(row, event) if row.waits_for else None,
        looks_at=_looks_at(row, event),
        looks_every_seconds=_gap_seconds(row),
        wait_remedy=_remedy(row, event) if row.waits_for else "",
        wait_step="",
    )


def _stage_noted(row: BoardRow, event: Any) -> BoardRow:
    """Note when the steps came to their stage; a pause is none of them."""
    stage = stage_after(event) or row.step_stage
    if stage == row.step_stage:
        return row
    return replace(row, step_stage=stage, step_stage_since=event.timestamp)


def _since(row: BoardRow, event: Any) -> Any:
    """Return since when the row waits: what was waited for before a pause went on meanwhile."""
    is_gone_on = isinstance(event, SwitchResumed) and row.stage == row.step_stage
    return row.step_stage_since if is_gone_on else event.timestamp


def _asked_in_a_pause(row: BoardRow, event: Any) -> BoardRow:
    """Show what an operator must do while the switch is paused, because its time still runs."""
    stage: Stage = event.STAGE
    at = row.credit_cap_at if stage == Stage.CREDIT_OVERDUE else event.voids_at
    end = f"; without an answer the order is voided at {at:%Y-%m-%d %H:%M} UTC" if at else ""
    return replace(
        row,
        waits_for=f"{row.waits_for}; and for {_waits_for(row, stage)}{end}",
        wait_names=_names(row, event),
        looks_at=at,
        wait_remedy=f"{remedy_of(stage)} {RESUME}",
    )


def steady_seconds(gap: timedelta) -> int:
    """Return the seconds between looks, if looks come at a steady distance; 0: the distance grows."""
    return int(gap.total_seconds()) if gap >= STEADY_FROM else 0


def _gap_seconds(row: BoardRow) -> int:
    return int(RETRIED_EVERY.total_seconds()) if row.stage == Stage.STUCK else 0


def _looks_at(row: BoardRow, event: Any) -> Any:
    """Return when the switch acts next by itself, where the record knows."""
    if row.stage == Stage.CREDIT_CHECK:
        at = row.credit_reminder_at
        return at if at and at > event.timestamp else row.credit_deadline_at
    if row.stage == Stage.CREDIT_OVERDUE:
        return row.credit_cap_at
    if row.stage == Stage.STUCK:
        return event.timestamp + RETRIED_EVERY
    if row.stage == Stage.PAUSED:
        return getattr(event, "until", None)
    return event.voids_at if isinstance(event, ProvisioningOverdue) else _look_of_request(event)


def _look_of_request(event: Any) -> Any:
    """Return when a request that waits is looked at: at once, or on its day; the plan of it follows."""
    if isinstance(event, StartScheduled | StartRescheduled):
        return event.not_before
    if isinstance(event, PriceAccepted):
        return event.timestamp
    return event.timestamp if isinstance(event, EligibilityWait.Created | EligibilityLooked) else None


def _names(row: BoardRow, event: Any) -> list[str]:
    if isinstance(event, ProvisioningOverdue):
        return list(event.names)
    if isinstance(event, StartScheduled | StartRescheduled):
        return row.wait_names if row.error_code else []
    if isinstance(event, PriceAsked):
        return [event.message]
    if isinstance(event, EligibilityLooked) and row.error_code == PRICE_ASKED:
        return row.wait_names
    reasons = getattr(event, "reasons", None) if row.stage == Stage.WAITING_ELIGIBLE else None
    return [recorded_words(each).message for each in reasons or ()]


def _remedy(row: BoardRow, event: Any) -> str:
    if row.stage == Stage.WAITING_ELIGIBLE:
        return _remedy_of_request(row, event)
    if isinstance(event, CompensationStuck):
        return event.what_to_do
    if isinstance(event, ManualStepAwaited):
        return "`planswitch switch next SWITCH` tells what it does, and how to start it."
    return remedy_of(row.stage)


def _remedy_of_request(row: BoardRow, event: Any) -> str:
    """Return what can be done about a request that waits."""
    looks = remedy_of(Stage.WAITING_ELIGIBLE)
    if isinstance(event, EligibilityLooked) and row.error_code == PRICE_ASKED:
        return row.wait_remedy
    if isinstance(event, EligibilityLooked | EligibilityWait.Created):
        return " ".join([*dict.fromkeys(recorded_words(each).remedy for each in event.reasons), looks])
    if isinstance(event, PriceAsked):
        return _PRICE_REMEDY
    if isinstance(event, StartRescheduled | PriceAccepted):
        return f"{_CHANGE} {row.wait_remedy if row.error_code else looks}"
    if isinstance(event, StartScheduled):
        return f"Wait for its day; `planswitch switch cancel` ends it earlier. {row.wait_remedy}".strip()
    return row.wait_remedy or looks


def _missed(row: BoardRow, event: PromiseMissed) -> BoardRow:
    """Show a breach, and call for somebody where it is one to look into."""
    row = replace(row, promises_missed=[*row.promises_missed, event.promise])
    return _called(row, event.promise, event)


def _raised(row: BoardRow, event: AlarmRaised) -> BoardRow:
    """Call for somebody."""
    return _called(row, event.alarm, event)


def with_open_calls(row: BoardRow) -> BoardRow:
    """Return a row after an event without the calls that it has ended."""
    if not row.alarms:
        return row
    left = [name for name in row.alarms if _is_open(name, row)]
    if left == row.alarms:
        return row
    return replace(row, alarms=left, alarmed_at=row.alarmed_at if left else None)


def _is_open(name: str, row: BoardRow) -> bool:
    if name == CREDIT_INVOICE:
        return row.invoice_delivered_at is None
    if row.outcome:
        return False
    if name == CREDIT_CHECK:
        return row.stage in {Stage.CREDIT_OVERDUE, Stage.PAUSED}
    # It has got on: what it can't get over next calls anew.
    return name != NO_WAY_ON or bool(row.wait_step)


def _called(row: BoardRow, name: str, event: Any) -> BoardRow:
    is_over = bool(row.outcome) and name != CREDIT_INVOICE
    if name not in ALARMS or name in row.alarms or is_over:
        return row
    return replace(row, alarms=[*row.alarms, name], alarmed_at=row.alarmed_at or event.timestamp)


#: Event class -> its function.
CHANGES: dict[type[Any], Callable[[BoardRow, Any], BoardRow]] = {
    EligibilityWait.Created: _request_waits,
    StartScheduled: _scheduled,
    StartRescheduled: _rescheduled,
    PriceAsked: _price_asked,
    PriceAccepted: _price_accepted,
    EligibilityLooked: _looked,
    WaitActFound: _acted_outside,
    EligibilityWaitEnded: _request_ended,
    SwitchPaused: _paused,
    SwitchResumed: _resumed,
    WaitNoted: _noted,
    ManualStepAwaited: _step_awaited,
    ManualStepBegun: _step_begun,
    EligibilityLookPlanned: _planned,
    PromiseMissed: _missed,
    AlarmRaised: _raised,
}
