"""The promised end of a running switch, or the party that it waits for if nobody can promise an end.

See waits#when-another-switch-ends.

The promise was made when the switch began. What it did not count on puts it off or takes it away: a credit
check has a promise of its own, and for an operator, who also starts each step by hand, an incident or a way
back nobody can promise anything.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from domain.licenses.promised_time import license_move_seconds
from domain.operator.manual_events import operator_words
from domain.operator.manual_steps import is_manual
from domain.organizations.organization import LockHolder
from domain.switch.events import (
    CreditCheckApproved,
    CreditCheckDeclined,
    CreditCheckExpired,
    CreditCheckExtended,
    CreditCheckRequired,
)
from domain.switch.move_events import LicenseMoveStarted
from domain.switch.return_events import CANCEL, ROLL_BACK
from domain.switch.stage import AFTER_PIVOT, AWAITING_OPERATOR, RETURNING, Stage
from domain.switch.stage_words import waits_for
from domain.switch.switch_state import SwitchState

#: Stages whose end a person decides on, or that lead back.
_OPEN_ENDED = AWAITING_OPERATOR | RETURNING
GOING_BACK = "the seller to take its order back"
#: The same of a switch that has ordered nothing.
GOING_BACK_OWNED = "its way back to the old plan"
UNRECORDED = "something that the record does not have"


def switch_holder(holder: LockHolder, state: SwitchState | None, now: datetime) -> LockHolder:
    """Return the switch that runs in an organization, with the end that can be promised now.

    Args:
        holder: As the reservation tells it, with the end that was promised then.
        state: The switch as it is recorded; None where the record does not tell.
        now: When somebody looks.
    """
    promised_end = _promised_end(holder, state)
    waited_for = _waited_for(state, now) if state else ""
    if not waited_for and now >= promised_end:
        waited_for = (_stage_words(state) if state else "") or UNRECORDED
    return replace(holder, promised_end=promised_end, waits_for=waited_for)


def credit_holder(holder: LockHolder, state: SwitchState | None, now: datetime) -> LockHolder:
    """Return the switch whose credit check keeps other orders out, with the end that can be promised now.

    Args:
        holder: As the lock tells it, with the deadline of then.
        state: The switch as it is recorded; None where the record does not tell.
        now: When somebody looks.
    """
    deadline_at = (_deadline(state) if state else None) or holder.promised_end
    waited_for = _taken_back(state) if state else ""
    if not waited_for and state is not None and state.stage == Stage.CREDIT_OVERDUE:
        waited_for = waits_for(Stage.CREDIT_OVERDUE)
    if not waited_for and now >= deadline_at:
        waited_for = waits_for(Stage.CREDIT_CHECK)
    return replace(holder, promised_end=deadline_at, waits_for=waited_for)


def lock_holder(holder: LockHolder, state: SwitchState | None, now: datetime) -> LockHolder:
    """Return the switch that has locked license administration, with the end that can be promised now.

    Args:
        holder: As the lock tells it, with the end that was promised then.
        state: The switch as it is recorded; None where the record does not tell.
        now: When somebody looks.
    """
    waited_for = _waited_for(state, now) if state else ""
    if not waited_for and now >= holder.promised_end:
        waited_for = (_stage_words(state) if state else "") or UNRECORDED
    return replace(holder, waits_for=waited_for)


def _promised_end(holder: LockHolder, state: SwitchState | None) -> datetime:
    """Return the promise of the beginning, put off by a credit check and by what the move takes for sure."""
    if state is None:
        return holder.promised_end
    promised_end = holder.promised_end + _credit_time(state)
    started = state.of(LicenseMoveStarted)
    if started is None or state.stage != Stage.MOVING:
        return promised_end
    move = timedelta(seconds=license_move_seconds(started.total))
    return max(promised_end, started.timestamp + move)


def _credit_time(state: SwitchState) -> timedelta:
    """Return how long the credit check has taken, or takes at most as it is promised."""
    required, approved = state.of(CreditCheckRequired), state.of(CreditCheckApproved)
    deadline_at = _deadline(state)
    if required is None or deadline_at is None:
        return timedelta()
    return (approved.timestamp if approved else deadline_at) - required.timestamp


def _deadline(state: SwitchState) -> datetime | None:
    newest = state.of(CreditCheckExtended) or state.of(CreditCheckRequired)
    return newest.deadline_at if newest else None


def _waited_for(state: SwitchState, now: datetime) -> str:
    """Return the party that a switch waits for if nobody can promise its end; "" if the promise stands."""
    back = _taken_back(state)
    if back or state.stage in _OPEN_ENDED:
        return back or _stage_words(state)
    if state.is_paused:
        until = getattr(state.pause, "until", None)
        by_itself = f", or until {until:%Y-%m-%d %H:%M} UTC" if until else ""
        return f"an operator to resume it{by_itself}"
    if is_manual(state) and state.stage not in AFTER_PIVOT:
        # Nobody promises when the operator starts the next step (manual#steps).
        return _step_words(state)
    if state.stage == Stage.CREDIT_CHECK:
        deadline_at = _deadline(state)
        return waits_for(Stage.CREDIT_CHECK) if deadline_at and now >= deadline_at else ""
    return state.wait.awaited.words() if state.wait else ""


def _step_words(state: SwitchState) -> str:
    """Return for whom a switch by hand waits: an operator, or what the step that runs needs."""
    if state.awaited_step:
        return operator_words(state.awaited_step)
    return state.wait.awaited.words() if state.wait else _stage_words(state)


def _stage_words(state: SwitchState) -> str:
    """Return what a switch waits for in its stage."""
    return waits_for(state.stage, licenses_only=state.is_licenses_only)


def _taken_back(state: SwitchState) -> str:
    """Return who is to take a switch back that has not ended yet; "" where it goes forward."""
    if state.stage in AFTER_PIVOT | RETURNING:
        return ""
    is_refused = any(state.has(each) for each in (CreditCheckDeclined, CreditCheckExpired))
    commands = {getattr(each, "command", "") for each in state.commands.values()}
    if not is_refused and not commands & {CANCEL, ROLL_BACK}:
        return ""
    return GOING_BACK_OWNED if state.is_licenses_only else GOING_BACK
