"""What the credit check of a switch looks like on the board (rules#credit-check)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain.switch.events import (
    CreditCheckApproved,
    CreditCheckDeclined,
    CreditCheckExpired,
    CreditCheckExtended,
    CreditCheckNotRequired,
    CreditCheckRequired,
)
from projections.board.rows import BoardRow


def _required(row: BoardRow, event: CreditCheckRequired) -> BoardRow:
    # The wait is promised by itself: the whole switch is put off by it.
    return replace(
        _put_off(row, event.deadline_at - event.timestamp),
        credit_check="required",
        credit_reminder_at=event.reminder_at,
        credit_deadline_at=event.deadline_at,
        credit_cap_at=event.cap_at,
    )


def _extended(row: BoardRow, event: CreditCheckExtended) -> BoardRow:
    if row.credit_deadline_at is not None:
        row = _put_off(row, event.deadline_at - row.credit_deadline_at)
    return replace(row, credit_deadline_at=event.deadline_at)


def _approved(row: BoardRow, event: CreditCheckApproved) -> BoardRow:
    if row.credit_deadline_at is not None:
        row = _put_off(row, event.timestamp - row.credit_deadline_at)
    return replace(row, credit_check="approved")


def _put_off(row: BoardRow, by: timedelta) -> BoardRow:
    return row if row.promised_end is None else replace(row, promised_end=row.promised_end + by)


def _word(word: str) -> Callable[[BoardRow, Any], BoardRow]:
    return lambda row, _event: replace(row, credit_check=word)


#: Event class -> its function.
CHANGES: dict[type[Any], Callable[[BoardRow, Any], BoardRow]] = {
    CreditCheckRequired: _required,
    CreditCheckExtended: _extended,
    CreditCheckNotRequired: _word("not_required"),
    CreditCheckApproved: _approved,
    CreditCheckDeclined: _word("declined"),
    CreditCheckExpired: _word("expired"),
}
