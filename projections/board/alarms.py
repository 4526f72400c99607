"""Alarms on the board: what calls for somebody, and when such a call is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from domain.operator.alarms import ALARMS, CREDIT_CHECK, CREDIT_INVOICE, NO_WAY_ON, AlarmRaised
from domain.switch.events import PromiseMissed
from domain.switch.stage import Stage
from projections.board.rows import BoardRow


def missed(row: BoardRow, event: PromiseMissed) -> BoardRow:
    """Show a breach, and call for somebody where it is one to look into."""
    row = replace(row, promises_missed=[*row.promises_missed, event.promise])
    return _called(row, event.promise, event)


def raised(row: BoardRow, event: AlarmRaised) -> BoardRow:
    """Call for somebody."""
    return _called(row, event.alarm, event)


def followed(row: BoardRow) -> BoardRow:
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
    PromiseMissed: missed,
    AlarmRaised: raised,
}
