"""Time and locks of a switch, as promised and as they were (rules#promises)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from audit.plan.rows import PlannedTime, PlanState
from audit.story.holdings import Lock
from audit.story.wait_parts import Wait
from domain.event_table.event_declaration import WaitKind
from domain.licenses.promised_time import license_move_seconds
from domain.switch.move_events import LicenseMoveFinished, LicenseMoveStarted
from domain.switch.return_events import RollBackStarted
from store.record.notifications import StoredNotification

LICENSE_MOVE = "the move of the licenses"
#: Name of a lock -> its words.
_LOCKS = {
    "organization": "the organization, for no other switch",
    "commerce": "orders of the organization",
    "administration": "licenses and users, for no change by hand",
}


def planned_times(
    events: Sequence[StoredNotification], waits: Sequence[Wait], *, now: datetime, by_hand: bool
) -> tuple[PlannedTime, ...]:
    """Return the whole switch, the move of the licenses and each wait, with planned and actual ends.

    Args:
        events: Every event of the switch, in the order of the log.
        waits: `waits_of` them.
        now: What goes on past its planned end by then is late.
        by_hand: An operator starts the steps: nobody promises when the licenses have moved.
    """
    whole = [each for each in waits if each.kind == WaitKind.PROMISE]
    others = [each for each in waits if each.kind != WaitKind.PROMISE]
    move = [] if by_hand else _license_move(events, waits)
    spans = (*map(_of_wait, whole), *move, *map(_of_wait, others))
    return tuple(_compared(each, now) for each in spans)


def planned_locks(locks: Sequence[Lock], *, now: datetime) -> tuple[PlannedTime, ...]:
    """Return each lock with its promised and its actual end."""
    return tuple(_compared(_of_lock(each), now) for each in locks)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Span:
    """From a begin to an end."""

    what: str
    begun_at: datetime
    planned_end_at: datetime | None
    ended_at: datetime | None
    why: str = ""
    #: It ended before it was done.
    is_broken_off: bool = False


def _of_lock(lock: Lock) -> _Span:
    return _Span(
        what=_LOCKS.get(lock.lock, lock.lock),
        begun_at=lock.held_from,
        planned_end_at=lock.promised_end_at if lock.is_promised else None,
        ended_at=lock.released_at,
    )


def _of_wait(wait: Wait) -> _Span:
    marks = "; ".join(each.words for each in wait.marks)
    kind = "" if wait.kind == WaitKind.PROMISE else f"{wait.kind.replace('_', ' ')}: "
    return _Span(
        what=f"{kind}{wait.about}",
        begun_at=wait.begun_at,
        planned_end_at=wait.planned_end_at,
        ended_at=wait.ended_at,
        why="; ".join(text for text in (wait.why, marks) if text),
    )


def _license_move(events: Sequence[StoredNotification], waits: Sequence[Wait]) -> list[_Span]:
    """Return the move of the licenses, if it has begun: the promise counts on the users that were frozen."""
    started: Any = next((each.event for each in events if isinstance(each.event, LicenseMoveStarted)), None)
    if started is None:
        return []
    finished = [each.event for each in events if isinstance(each.event, LicenseMoveFinished)]
    turned = [each.event for each in events if isinstance(each.event, RollBackStarted)]
    ended_at = next((each.timestamp for each in (*finished[-1:], *turned)), None)
    is_broken_off = bool(turned) and not finished
    reasons = [_interruptions(waits, started.timestamp, ended_at)]
    if is_broken_off:
        reasons.append(f"the switch was led back; moved until then: {turned[0].moved}")
    return [
        _Span(
            what=LICENSE_MOVE,
            begun_at=started.timestamp,
            planned_end_at=started.timestamp + timedelta(seconds=license_move_seconds(started.total)),
            ended_at=ended_at,
            why="; ".join(filter(None, reasons)),
            is_broken_off=is_broken_off,
        )
    ]


def _interruptions(waits: Sequence[Wait], begun_at: datetime, ended_at: datetime | None) -> str:
    """Return what kept the move waiting, in words."""
    kinds = {WaitKind.HOLD, WaitKind.PAUSE, WaitKind.STEP}
    own = [each for each in waits if each.kind in kinds and each.begun_at >= begun_at]
    return "; ".join(
        f"{each.kind}: {each.about}" for each in own if ended_at is None or each.begun_at <= ended_at
    )


def _compared(span: _Span, now: datetime) -> PlannedTime:
    late: float | None = None
    if span.planned_end_at is None:
        state = PlanState.UNPLANNED
    else:
        late = ((span.ended_at or now) - span.planned_end_at).total_seconds()
        kept = PlanState.AS_PLANNED if span.ended_at else PlanState.SO_FAR
        state = PlanState.OTHERWISE if late > 0 or span.is_broken_off else kept
    return PlannedTime(
        what=span.what,
        begun_at=span.begun_at,
        planned_end_at=span.planned_end_at,
        ended_at=span.ended_at,
        # Before its planned end, what goes on is neither late nor early.
        late_seconds=None if late is None or state == PlanState.SO_FAR else round(late),
        state=state,
        why=span.why,
    )
