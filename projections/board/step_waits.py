"""Since when a switch waits for what, when it looks next, and what can be done, on the board."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain.event_table.event_table import stage_after
from domain.kernel.awaited import RETRIED_EVERY, STEADY_FROM
from domain.requests.wait_events import (
    EligibilityLooked,
    EligibilityLookPlanned,
    EligibilityWait,
    StartScheduled,
)
from domain.switch.control_events import SwitchResumed
from domain.switch.events import CreditCheckExtended, CreditCheckOverdue, CreditCheckReminded
from domain.switch.provisioning_events import ProvisioningOverdue
from domain.switch.return_events import CompensationStuck
from domain.switch.stage import AWAITING_PEOPLE, Stage
from domain.switch.stage_words import RESUME, remedy_of, waits_for
from domain.switch.waiting_events import WaitNoted
from projections.board.rows import BoardRow

#: Events after which the next look is another one, whatever else is the same.
_LOOKED = (EligibilityLooked, StartScheduled, CreditCheckReminded, CreditCheckExtended)
#: What an operator is asked while a switch is paused.
_DECIDED_IN_A_PAUSE = (ProvisioningOverdue, CreditCheckOverdue)
_NO_ANSWER = "no answer: "


def noted(row: BoardRow, event: WaitNoted) -> BoardRow:
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


def planned(row: BoardRow, event: EligibilityLookPlanned) -> BoardRow:
    """Show when a request that waits is looked at next, and why the look before got no answer."""
    row = replace(
        row, looks_at=event.looks_at, looks_every_seconds=steady_seconds(event.looks_at - event.timestamp)
    )
    names = [each for each in row.wait_names if not each.startswith(_NO_ANSWER)]
    if not event.code:
        return replace(row, wait_names=names)
    return replace(row, wait_names=[*names, f"{_NO_ANSWER}{event.code}: {event.message}"])


def followed(before: BoardRow, row: BoardRow, event: Any) -> BoardRow:
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
        row = replace(row, waits_for=waits_for(row.stage))
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
        waits_for=f"{row.waits_for}; and for {waits_for(stage)}{end}",
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
    if isinstance(event, StartScheduled):
        return event.not_before
    return event.timestamp if isinstance(event, EligibilityWait.Created | EligibilityLooked) else None


def _names(row: BoardRow, event: Any) -> list[str]:
    if isinstance(event, ProvisioningOverdue):
        return list(event.names)
    if isinstance(event, StartScheduled):
        return row.wait_names
    reasons = getattr(event, "reasons", None) if row.stage == Stage.WAITING_ELIGIBLE else None
    return [each["message"] for each in reasons or ()]


def _remedy(row: BoardRow, event: Any) -> str:
    looks = remedy_of(Stage.WAITING_ELIGIBLE)
    if isinstance(event, EligibilityLooked | EligibilityWait.Created):
        return " ".join([*dict.fromkeys(each["remedy"] for each in event.reasons), looks])
    if isinstance(event, StartScheduled):
        return f"Wait for its day; `planswitch switch cancel` ends it earlier. {row.wait_remedy}".strip()
    if row.stage == Stage.WAITING_ELIGIBLE:
        return row.wait_remedy or looks
    if isinstance(event, CompensationStuck):
        return event.remedy
    return remedy_of(row.stage)


#: Event class -> its function.
CHANGES: dict[type[Any], Callable[[BoardRow, Any], BoardRow]] = {
    WaitNoted: noted,
    EligibilityLookPlanned: planned,
}
