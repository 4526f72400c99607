"""What a request that waits looks like on the board."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from domain.requests.wait_events import (
    EligibilityLooked,
    EligibilityWait,
    EligibilityWaitEnded,
    StartScheduled,
    WaitActFound,
)
from domain.switch.stage import Stage
from projections.board.rows import BoardRow

#: What the request waits for when nothing blocks its switch.
_BEGINS = "the switch to begin"


def begun(row: BoardRow, event: EligibilityWait.Created) -> BoardRow:
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
    )
    return _in_the_way(row, event.reasons)


def scheduled(row: BoardRow, event: StartScheduled) -> BoardRow:
    """Show the day that is waited for."""
    row = replace(row, start_on=event.start_on)
    return row if row.error_code else replace(row, waits_for=_begins(row))


def looked(row: BoardRow, event: EligibilityLooked) -> BoardRow:
    """Show what blocks the switch now."""
    return _in_the_way(row, event.reasons)


def ended(row: BoardRow, event: EligibilityWaitEnded) -> BoardRow:
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


def acted_outside(row: BoardRow, event: WaitActFound) -> BoardRow:
    """Show what somebody did in Temporal."""
    return replace(row, outside_acts=[*row.outside_acts, event.act])


def _in_the_way(row: BoardRow, reasons: Sequence[dict[str, Any]]) -> BoardRow:
    return replace(
        row,
        waits_for=", ".join(each["code"] for each in reasons) or _begins(row),
        error_code=reasons[0]["code"] if reasons else "",
        error_message=" ".join(each["message"] for each in reasons),
    )


def _begins(row: BoardRow) -> str:
    return f"its day, {row.start_on}" if row.start_on else _BEGINS


#: Event class -> its function.
CHANGES: dict[type[Any], Callable[[BoardRow, Any], BoardRow]] = {
    EligibilityWait.Created: begun,
    StartScheduled: scheduled,
    EligibilityLooked: looked,
    WaitActFound: acted_outside,
    EligibilityWaitEnded: ended,
}
