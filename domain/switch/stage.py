"""The stages of a switch: one list for the record, the workflow, the board, Temporal's list and every text.

This module imports nothing of the domain, so that workflows may use it.
"""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """Where a switch stands, in the order in which it may come there; the value is what is stored.

    Most stages are recorded: an event leads to them. The board adds the stages of a request that waits, and
    the pause. The workflow adds finer words for what it is doing; each belongs to one recorded stage.
    """

    #: On the board: a request waits until its switch may be, or for its day.
    WAITING_ELIGIBLE = "waiting_eligible"
    #: Workflow: the request waited, and its switch begins.
    STARTED = "started"
    REQUESTED = "requested"
    #: Workflow: the seller is asked to take the order.
    ORDERING = "ordering"
    ORDERED = "ordered"
    CREDIT_CHECK = "credit_check"
    CREDIT_OVERDUE = "credit_overdue"
    CREDIT_CLEARED = "credit_cleared"
    #: Workflow: the seller sets up the new subscription.
    PROVISIONING = "provisioning"
    #: The new subscription is not ready in its time: an operator is asked, and the switch looks on.
    PROVISIONING_OVERDUE = "provisioning_overdue"
    READY = "ready"
    MOVING = "moving"
    #: Workflow: everyone was moved, and the directory is read until nobody is left on the old plan.
    VERIFYING = "verifying"
    HELD = "held"
    #: On the board and in the workflow: an operator or the pilot has paused the switch in its stage.
    PAUSED = "paused"
    MOVED = "moved"
    #: Everyone moved returns to the old plan.
    ROLLING_BACK = "rolling_back"
    #: Workflow: the order is voided and the locks are released.
    ENDING = "ending"
    #: Something could not be taken back; it is tried again, and an operator is asked.
    STUCK = "stuck"
    #: The seller is asked to cancel the old subscription: it may be gone, whatever was answered.
    CANCELLING = "cancelling"
    SOURCE_CANCELLED = "source_cancelled"
    #: Workflow: billing ends the old plan and begins the new one.
    CUTTING_OVER = "cutting_over"
    CUT_OVER = "cut_over"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    ROLLED_BACK = "rolled_back"
    DECLINED = "declined"
    EXPIRED = "expired"
    FAILED = "failed"
    #: Workflow: the request was refused, and nothing of it is recorded.
    REFUSED = "refused"
    #: On the board: the request waited, and its switch can never be.
    NEVER = "never"
    #: On the board: the request waited, and its switch would cost more than was accepted.
    PRICE_CHANGED = "price_changed"

    @property
    def recorded(self) -> Stage:
        """Return the stage that the board shows for a finer word of the workflow; any other stage itself."""
        return RECORDED_AS.get(self, self)


def known_stage(word: str) -> Stage | None:
    """Return the stage that is stored or shown so; None for one of a newer program."""
    return _BY_VALUE.get(word)


_BY_VALUE: dict[str, Stage] = {stage.value: stage for stage in Stage}
#: Finer word of the workflow -> the recorded stage that it belongs to.
RECORDED_AS: dict[Stage, Stage] = {
    Stage.STARTED: Stage.REQUESTED,
    Stage.ORDERING: Stage.REQUESTED,
    Stage.PROVISIONING: Stage.CREDIT_CLEARED,
    Stage.VERIFYING: Stage.MOVING,
    # Where nobody was moved the record has no stage for the way back: it ends from where it stood.
    Stage.ENDING: Stage.ROLLING_BACK,
    Stage.CUTTING_OVER: Stage.SOURCE_CANCELLED,
}
#: The workflow shows these, and the record knows nothing of them.
UNRECORDED = frozenset({Stage.REFUSED})
#: Every stage that the board shows, in its order.
BOARD: tuple[Stage, ...] = tuple(
    stage for stage in Stage if stage not in RECORDED_AS and stage not in UNRECORDED
)
#: Stages of the board that no event of a switch leads to.
BOARD_ONLY = frozenset({Stage.WAITING_ELIGIBLE, Stage.PAUSED, Stage.NEVER, Stage.PRICE_CHANGED})

#: Nothing more happens in these (SwitchCompleted may still be followed by late billing facts).
TERMINAL = frozenset(
    {Stage.COMPLETED, Stage.DECLINED, Stage.EXPIRED, Stage.CANCELLED, Stage.FAILED, Stage.ROLLED_BACK}
)
#: A request that waited ends in these without a switch.
WITHOUT_SWITCH = frozenset({Stage.EXPIRED, Stage.CANCELLED, Stage.NEVER, Stage.PRICE_CHANGED})
#: The answer of a credit check is waited for.
IN_CREDIT_CHECK = frozenset({Stage.CREDIT_CHECK, Stage.CREDIT_OVERDUE})
#: Nobody knows yet whether the credit suffices.
UNCLEARED = IN_CREDIT_CHECK | {Stage.ORDERED}
#: Before the first license moves: a failure takes everything back.
BEFORE_MOVE = UNCLEARED | {
    Stage.REQUESTED,
    Stage.CREDIT_CLEARED,
    Stage.PROVISIONING_OVERDUE,
    Stage.READY,
}
#: From the point of no return on: only forward, unless the seller refuses (ADR 16).
AFTER_PIVOT = frozenset({Stage.CANCELLING, Stage.SOURCE_CANCELLED, Stage.CUT_OVER, Stage.COMPLETED})
#: The roster is frozen and the move is not finished.
MOVE_OPEN = frozenset({Stage.MOVING, Stage.HELD})
#: The day of the cutover is fixed in these, and in the second set it is billed.
IS_LEFT = AFTER_PIVOT - {Stage.CANCELLING}
IS_BILLED = IS_LEFT - {Stage.SOURCE_CANCELLED}
#: Everyone moved can return from these: the source is not being cancelled yet.
RETURNABLE = MOVE_OPEN | {Stage.MOVED}
#: The way back.
RETURNING = frozenset({Stage.ROLLING_BACK, Stage.STUCK})
#: The switch has begun and not ended.
LIVE = BEFORE_MOVE | RETURNABLE | RETURNING | (AFTER_PIVOT - TERMINAL)
#: Every stage that is recorded.
RECORDED = LIVE | TERMINAL
#: Everything can still be taken back.
BEFORE_PIVOT = LIVE - AFTER_PIVOT
#: Users may be moved to the new plan; a writer that outlived these stages stops.
FORWARD = RETURNABLE | {Stage.CANCELLING, Stage.SOURCE_CANCELLED}
#: A switch may be paused: the way back has not begun, the source is not being cancelled.
PAUSABLE = BEFORE_PIVOT - RETURNING
#: The licenses may be amended: they are there, and the source is not being cancelled.
AMENDABLE = RETURNABLE | {Stage.READY}
#: The switch waits for an operator, and for nobody else.
AWAITING_OPERATOR = frozenset(
    {Stage.HELD, Stage.PAUSED, Stage.STUCK, Stage.CREDIT_OVERDUE, Stage.PROVISIONING_OVERDUE}
)
#: The switch waits for people: what a step waits for beside that is no news.
AWAITING_PEOPLE = AWAITING_OPERATOR | {Stage.CREDIT_CHECK}

#: As the workflow shows it: users may have been moved, and nothing leads only forward yet.
SHOWN_MOVED = MOVE_OPEN | {Stage.VERIFYING}
#: As the workflow shows it: everyone can return, and the licenses can be amended as far as it knows.
SHOWN_TURNABLE = SHOWN_MOVED | {Stage.PROVISIONING, Stage.PROVISIONING_OVERDUE}
#: As the workflow shows it: the way back, whether somebody led there or it ends by itself.
SHOWN_BACK = frozenset({Stage.ENDING, Stage.ROLLING_BACK})
