"""Since when a switch waits for what, when it looks next, and what can be done, on the board."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from domain.provisioning_events import ProvisioningOverdue
from domain.return_events import CompensationStuck
from domain.switch_state import CREDIT_CHECK, CREDIT_OVERDUE, HELD, PROVISIONING_OVERDUE, STUCK
from domain.wait_events import WAITING, EligibilityLooked, EligibilityWait
from domain.waiting_events import WaitNoted
from projections.controls import PAUSED
from projections.rows import BoardRow
from projections.words import remedy_of, waits_for

#: Stages that wait for people: what a step waits for beside that is no news.
_OF_PEOPLE = frozenset({CREDIT_CHECK, CREDIT_OVERDUE, PROVISIONING_OVERDUE, HELD, STUCK, PAUSED})
_LOOKS = (
    "It looks again by itself, after four hours at the latest unless a reason tells an instant; "
    "`planswitch switch wait look SWITCH` looks at once."
)
_RESUME = "`planswitch switch resume SWITCH --reason …`; `planswitch switch rollback` leads back."


def noted(row: BoardRow, event: WaitNoted) -> BoardRow:
    """Show what a step waits for."""
    if row.stage in _OF_PEOPLE:
        return row
    awaited = event.awaited
    return replace(
        row,
        waits_for=awaited.words(),
        wait_names=list(awaited.names),
        waits_since=event.since,
        looks_at=event.looks_at,
        wait_remedy=awaited.remedy,
        wait_step=event.step,
    )


def followed(before: BoardRow, row: BoardRow, event: Any) -> BoardRow:
    """Tell of a row after an event since when it waits, and end the wait of a step that has got through.

    Args:
        before: The row before the event.
        row: The row after it.
        event: What happened.
    """
    if isinstance(event, WaitNoted):
        return row
    is_through = bool(row.wait_step) and event.meta["activity"] == row.wait_step
    if is_through and row.waits_for == before.waits_for:
        row = replace(row, waits_for=waits_for(row.stage))
    is_same = row.stage == before.stage and row.waits_for == before.waits_for
    if is_same and not is_through and not isinstance(event, EligibilityLooked):
        return row
    return replace(
        row,
        wait_names=_names(row, event),
        waits_since=before.waits_since if is_same else event.timestamp if row.waits_for else None,
        looks_at=_looks_at(row, event),
        wait_remedy=_remedy(row, event) if row.waits_for else "",
        wait_step="",
    )


def _looks_at(row: BoardRow, event: Any) -> Any:
    """Return when the switch acts next by itself, where the record knows."""
    if row.stage == CREDIT_CHECK:
        at = row.credit_reminder_at
        return at if at and at > event.timestamp else row.credit_deadline_at
    if row.stage == CREDIT_OVERDUE:
        return row.credit_cap_at
    if isinstance(event, ProvisioningOverdue):
        return event.voids_at
    return getattr(event, "until", None) if row.stage == PAUSED else None


def _names(row: BoardRow, event: Any) -> list[str]:
    if isinstance(event, ProvisioningOverdue):
        return list(event.names)
    reasons = getattr(event, "reasons", None) if row.stage == WAITING else None
    return [each["message"] for each in reasons or ()]


def _remedy(row: BoardRow, event: Any) -> str:
    if isinstance(event, EligibilityLooked | EligibilityWait.Created):
        return " ".join([*dict.fromkeys(each["remedy"] for each in event.reasons), _LOOKS])
    if isinstance(event, CompensationStuck):
        return event.remedy
    return _RESUME if row.stage == PAUSED else remedy_of(row.stage)


#: Event class -> its function.
CHANGES: dict[type[Any], Callable[[BoardRow, Any], BoardRow]] = {WaitNoted: noted}
