"""The fold of the projection `switches`: pure, so that a rebuild from nothing equals what ran live.

Each topic has one small function from row and event to row; an event without one only leaves a line in the
timeline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from domain.eligibility.assessment import Assessed
from domain.event_table.event_table import stage_after
from domain.kernel.facts import as_plain
from domain.licenses.move import GroupMoved
from domain.operator.manual_steps import is_by_hand
from domain.organizations.organization import SwitchReserved
from domain.requests.wait_events import EligibilityWaitEnded
from domain.subscriptions.subscription import Provisioned, Subscription
from domain.switch.events import (
    CompletionNoticeRead,
    ReplacementOrdered,
    ReplacementReady,
    SwitchRequested,
    VoidWindowClosing,
)
from domain.switch.move_events import (
    DriftFound,
    LicenseMoveFinished,
    LicenseMoveHeld,
    LicenseMoveResumed,
    LicenseMoveStarted,
    LicensesReassigned,
    SwitchCompleted,
    UserSkipped,
)
from domain.switch.outside_events import OutsideActFound
from domain.switch.provisioning_events import TargetConfirmed
from domain.switch.return_events import (
    CompensationStuck,
    LicensesReturned,
    RollBackFinished,
    RollBackStarted,
    SwitchBackRequested,
)
from domain.switch.stage import TERMINAL, Stage
from domain.switch.stage_words import waits_for
from projections.board import money, waits
from projections.board.checkouts import checkout_row
from projections.board.product_acts import act_id_of, product_act_row
from projections.board.rows import (
    BoardRow,
    CheckoutRow,
    DeadLetter,
    Folded,
    ProductActRow,
    Rows,
    SubscriptionRow,
    TimelineRow,
)
from store.record.notifications import StoredNotification

#: Fields that every event has.
_COMMON = frozenset({"originator_id", "originator_version", "timestamp", "meta", "originator_topic"})
#: Fields that are read in the event itself: evidence by the page.
_EVIDENCE = frozenset({"assessment", "quote", "subject", "batches"})


#: Pass over the frozen roster; every user of it is in exactly one of its groups.
ROSTER_CHUNKS = "move"
_ERROR_TEXT_MAX = 500


def fold(rows: Rows, events: Iterable[StoredNotification]) -> Folded:
    """Return what the events make of the rows; an event that can't be read becomes a dead letter.

    Args:
        rows: The rows as they are before the first event; rows that are missing are new.
        events: Stored events in the order of the log.
    """
    work = _Fold(rows)
    for logged in events:
        try:
            work.take(logged)
        except Exception as error:  # noqa: BLE001 - one poison event must not stop the others
            work.give_up(logged, error)
    return work.folded()


def put_aside(rows: Rows, logged: StoredNotification, error: Exception) -> Folded:
    """Return what an event makes of the rows that folds, and whose rows can't be stored.

    Args:
        rows: The rows as they are before it.
        logged: The event.
        error: Why its rows can't be stored.
    """
    work = _Fold(rows)
    work.give_up(logged, error)
    return work.folded()


class _Fold:
    """The rows that one batch changes."""

    def __init__(self, rows: Rows) -> None:
        self._known = rows
        self.switches: dict[str, BoardRow] = {}
        self.subscriptions: dict[str, SubscriptionRow] = {}
        self.checkouts: dict[str, CheckoutRow] = {}
        self.product_acts: dict[str, ProductActRow] = {}
        self.timeline: list[TimelineRow] = []
        self.dead_letters: list[DeadLetter] = []
        self._put_aside = dict(rows.put_aside)

    def folded(self) -> Folded:
        """Return what was made."""
        return Folded(
            switches=self.switches,
            subscriptions=self.subscriptions,
            checkouts=self.checkouts,
            product_acts=self.product_acts,
            timeline=tuple(self.timeline),
            dead_letters=tuple(self.dead_letters),
        )

    def take(self, logged: StoredNotification) -> None:
        """Fold one event; for a stream that is put aside only find the switch that it concerns."""
        if str(logged.stream_id) in self._put_aside:
            self._mark(logged)
            return
        event = logged.event
        self._note_subscription(event)
        self._note_checkout(event, logged.id)
        self._note_product_act(event, logged.id)
        switch_id = switch_of(event)
        if switch_id:
            before = self._row(switch_id, event)
            row = self._changed(before, event, logged.id)
            line = _line(row, logged, event)
            self.switches[switch_id] = row
            self.timeline.append(line)

    def give_up(self, logged: StoredNotification, error: Exception) -> None:
        """Put the stream of an event aside that can't be folded."""
        stream_id = str(logged.stream_id)
        if stream_id in self._put_aside:
            return
        self._put_aside[stream_id] = logged.version
        letter = DeadLetter(
            notification_id=logged.id,
            topic=logged.topic,
            error=f"{type(error).__name__}: {error}"[:_ERROR_TEXT_MAX],
            stream_id=stream_id,
            stream_version=logged.version,
            switch_id=self._mark(logged),
        )
        self.dead_letters.append(letter)

    def _mark(self, logged: StoredNotification) -> str:
        """Mark the switch of an event that is not folded, and return its id; "" where it can't be told."""
        try:
            event: Any = logged.event
            switch_id = switch_of(event)
            row = self._row(switch_id, event) if switch_id else None
            at = event.timestamp
        except Exception:  # noqa: BLE001 - what can't be read tells nothing
            return ""
        if row is None:
            return ""
        stream_id = str(logged.stream_id)
        is_marked = row.incomplete_since is not None
        self.switches[switch_id] = replace(
            row,
            incomplete_since=row.incomplete_since if is_marked else self._put_aside[stream_id],
            incomplete_stream=row.incomplete_stream or stream_id,
            # A switch whose request itself is missing is shown all the same.
            requested_at=row.requested_at or at,
            first_requested_at=row.first_requested_at or at,
            position=logged.id,
        )
        return switch_id

    def _row(self, switch_id: str, event: Any) -> BoardRow:
        known = self.switches.get(switch_id) or self._known.switches.get(switch_id)
        # What is no id is found here: the tables would refuse the whole batch for it.
        return known or BoardRow(
            switch_id=str(UUID(switch_id)),
            organization_id=event.meta["organization_id"],
            updated_at=event.timestamp,
        )

    def _changed(self, row: BoardRow, event: Any, position: int) -> BoardRow:
        changed = replace(
            row,
            position=position,
            updated_at=max(row.updated_at, event.timestamp),
        )
        if not isinstance(event, EligibilityWaitEnded):
            # The end of a wait may be recorded when the workflow of its switch runs already.
            changed = replace(
                changed,
                workflow_id=event.meta["workflow_id"] or row.workflow_id,
                run_id=event.meta["run_id"] or row.run_id,
            )
        if isinstance(event, SwitchRequested):
            changed = self._requested(changed, event)
        change = CHANGES.get(type(event))
        if change is not None:
            changed = change(changed, event)
        placed = replace(changed, first_requested_at=changed.first_requested_at or changed.requested_at)
        return waits.with_open_calls(waits.with_wait(row, _staged(placed, event), event))

    def _requested(self, row: BoardRow, event: SwitchRequested) -> BoardRow:
        stream_id = str(event.originator_id)
        source = self.subscriptions.get(stream_id) or self._known.subscriptions.get(stream_id)
        return replace(
            row,
            request_id=event.request_id,
            source_subscription_id=source.subscription_id if source else "",
            source_plan_id=source.plan_id if source else "",
            target_plan_id=event.target_plan_id,
            licenses=event.quantity,
            stage=Stage.REQUESTED,
            licenses_only=bool(event.order.get("licenses_only")),
            waits_for=waits_for(Stage.REQUESTED, licenses_only=bool(event.order.get("licenses_only"))),
            pilot_group_id=event.order.get("pilot_group_id", ""),
            switch_back_of=event.order.get("switch_back_of") or "",
            error_code="",
            error_message="",
            requested_by=event.meta["actor"],
            requested_at=event.timestamp,
            # By hand an operator decides how long it takes.
            promised_end=None if is_by_hand(event) else row.promised_end,
        )

    def _note_subscription(self, event: Any) -> None:
        stream_id = str(event.originator_id)
        if isinstance(event, Subscription.Created):
            self.subscriptions[stream_id] = SubscriptionRow(
                stream_id=stream_id, subscription_id=event.subscription_id, plan_id=event.plan_id
            )
        elif isinstance(event, Provisioned):
            known = self.subscriptions.get(stream_id) or self._known.subscriptions[stream_id]
            self.subscriptions[stream_id] = replace(known, subscription_id=event.subscription_id)

    def _note_checkout(self, event: Any, position: int) -> None:
        stream_id = str(event.originator_id)
        known = self.checkouts.get(stream_id) or self._known.checkouts.get(stream_id)
        row = checkout_row(known, event, position)
        if row is not None:
            self.checkouts[stream_id] = row

    def _note_product_act(self, event: Any, position: int) -> None:
        act_id = act_id_of(event)
        if act_id:
            known = self.product_acts.get(act_id) or self._known.product_acts.get(act_id)
            self.product_acts[act_id] = product_act_row(known, event, position)


def switch_of(event: Any) -> str:
    """Return the switch that an event belongs to; "" for assessments and events of no switch."""
    meta = getattr(event, "meta", None)
    return "" if meta is None or isinstance(event, Assessed) else str(meta["switch_id"])


def _staged(row: BoardRow, event: Any) -> BoardRow:
    stage = stage_after(event)
    if stage is None or waits.outlasts(row, stage):
        return row
    row = replace(row, stage=stage, waits_for=waits_for(stage, licenses_only=row.licenses_only))
    if stage not in TERMINAL:
        return row
    return replace(
        row,
        outcome=stage,
        ended_at=event.timestamp,
        error_code=getattr(event, "code", ""),
        error_message=getattr(event, "message", ""),
    )


def _line(row: BoardRow, logged: StoredNotification, event: Any) -> TimelineRow:
    return TimelineRow(
        switch_id=row.switch_id,
        position=logged.id,
        at=event.timestamp,
        stream_id=str(logged.stream_id),
        version=logged.version,
        event=logged.topic,
        stage=row.stage,
        actor=event.meta["actor"],
        reason=event.meta["reason"],
        causation=event.meta["causation"],
        summary=summary_of(event),
        activity=event.meta["activity"],
        attempt=event.meta["attempt"],
    )


def summary_of(event: Any) -> dict[str, Any]:
    """Return the event's facts for a timeline; dates and money in the record's own spelling."""
    facts = {name: value for name, value in vars(event).items() if name not in _COMMON | _EVIDENCE}
    return {name: _plain(value) for name, value in facts.items()}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else as_plain(value)


def _reserved(row: BoardRow, event: SwitchReserved) -> BoardRow:
    return replace(row, promised_end=event.promised_end)


def _acted_outside(row: BoardRow, event: OutsideActFound) -> BoardRow:
    return replace(row, outside_acts=[*row.outside_acts, event.act])


def _ordered(row: BoardRow, event: ReplacementOrdered) -> BoardRow:
    return replace(row, voidable_until=event.voidable_until)


def _ready(row: BoardRow, event: ReplacementReady) -> BoardRow:
    return replace(row, target_subscription_id=event.subscription_id)


def _target_confirmed(row: BoardRow, event: TargetConfirmed) -> BoardRow:
    return replace(row, target_subscription_id=event.subscription_id)


def _void_warned(row: BoardRow, event: VoidWindowClosing) -> BoardRow:
    return replace(row, void_warned_at=event.timestamp)


def _move_started(row: BoardRow, event: LicenseMoveStarted) -> BoardRow:
    return replace(row, total=event.total, pilot=event.pilot)


def _chunk_moved(row: BoardRow, event: GroupMoved) -> BoardRow:
    # The roster's own pass is shown live, chunk by chunk; later passes by what the source took over.
    if event.pass_name != ROSTER_CHUNKS:
        return row
    return replace(row, moved=row.moved + event.moved, failed=row.failed + event.failed)


def _reassigned(row: BoardRow, event: LicensesReassigned) -> BoardRow:
    # Live chunks count everyone; whom an earlier pass has counted is taken off here.
    moved, failed = (0, 0) if event.pass_name == ROSTER_CHUNKS else (event.moved, event.failed)
    moved, failed = moved - event.earlier_moved, failed - event.earlier_failed
    return _within(replace(row, moved=row.moved + moved, failed=row.failed + failed))


def _within(row: BoardRow) -> BoardRow:
    """Raise the total to the users with an outcome: older records do not name all who joined late."""
    return replace(row, total=max(row.total, row.moved + row.failed + row.skipped))


def _drifted(row: BoardRow, event: DriftFound) -> BoardRow:
    return replace(row, total=row.total + event.new_users, joined_late=row.joined_late + event.new_users)


def _skipped(row: BoardRow, _event: UserSkipped) -> BoardRow:
    return replace(row, failed=row.failed - 1, skipped=row.skipped + 1)


def _held(row: BoardRow, event: LicenseMoveHeld | CompensationStuck) -> BoardRow:
    return replace(row, error_code=event.code, error_message=event.message)


def _returned(row: BoardRow, event: LicensesReturned) -> BoardRow:
    return replace(row, moved=max(0, row.moved - event.returned))


def _switched_back(row: BoardRow, event: SwitchBackRequested) -> BoardRow:
    return replace(row, switched_back_by=event.by_switch_id)


def _retried(row: BoardRow, event: LicenseMoveResumed) -> BoardRow:
    return _resumed(waits.went_on(row, event.stage or Stage.MOVING), event)


def _resumed(row: BoardRow, _event: LicenseMoveResumed | RollBackStarted | RollBackFinished) -> BoardRow:
    return replace(row, error_code="", error_message="")


def _move_finished(row: BoardRow, event: LicenseMoveFinished) -> BoardRow:
    return _within(replace(row, moved=event.moved, skipped=event.skipped, failed=0))


def _notice_read(row: BoardRow, event: CompletionNoticeRead) -> BoardRow:
    return replace(row, notice_read_by=event.meta["actor"], notice_read_at=event.timestamp)


def _completed(row: BoardRow, event: SwitchCompleted) -> BoardRow:
    row = money.invoice_begun(row, event)
    return _within(replace(row, moved=event.moved, skipped=event.skipped))


#: Event class -> its function; exactly the events that change the board beyond stage and position.
CHANGES: dict[type[Any], Callable[[BoardRow, Any], BoardRow]] = {
    SwitchReserved: _reserved,
    LicenseMoveStarted: _move_started,
    GroupMoved: _chunk_moved,
    LicensesReassigned: _reassigned,
    DriftFound: _drifted,
    UserSkipped: _skipped,
    LicenseMoveHeld: _held,
    LicenseMoveResumed: _retried,
    RollBackStarted: _resumed,
    LicensesReturned: _returned,
    RollBackFinished: _resumed,
    CompensationStuck: _held,
    SwitchBackRequested: _switched_back,
    LicenseMoveFinished: _move_finished,
    OutsideActFound: _acted_outside,
    ReplacementOrdered: _ordered,
    ReplacementReady: _ready,
    TargetConfirmed: _target_confirmed,
    VoidWindowClosing: _void_warned,
    SwitchCompleted: _completed,
    CompletionNoticeRead: _notice_read,
    **waits.CHANGES,
    **money.CHANGES,
}
