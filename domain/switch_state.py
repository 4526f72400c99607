"""State of one switch inside the subscription it leaves: the stage, and what was recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from domain.recorded import RecordedEvent

if TYPE_CHECKING:
    from domain.waiting_events import WaitNoted

REQUESTED = "requested"
ORDERED = "ordered"
CREDIT_CHECK = "credit_check"
CREDIT_OVERDUE = "credit_overdue"
CREDIT_CLEARED = "credit_cleared"
#: The new subscription is not ready for long: an operator is asked, and it is still looked at.
PROVISIONING_OVERDUE = "provisioning_overdue"
READY = "ready"
MOVING = "moving"
HELD = "held"
MOVED = "moved"
#: The seller is asked to cancel the old subscription: it may be gone, whatever was answered.
CANCELLING = "cancelling"
SOURCE_CANCELLED = "source_cancelled"
CUT_OVER = "cut_over"
COMPLETED = "completed"
DECLINED = "declined"
EXPIRED = "expired"
CANCELLED = "cancelled"
FAILED = "failed"
ROLLED_BACK = "rolled_back"
#: Everyone moved returns to the old plan.
ROLLING_BACK = "rolling_back"
#: Something could not be taken back; it is tried again, and an operator is told.
STUCK = "stuck"

#: Stages in which nothing more happens (SwitchCompleted may still be followed by late billing facts).
TERMINAL = frozenset({COMPLETED, DECLINED, EXPIRED, CANCELLED, FAILED, ROLLED_BACK})
#: Stages before the first license moves: a failure compensates fully (switch#ways-back).
BEFORE_MOVE = frozenset(
    {REQUESTED, ORDERED, CREDIT_CHECK, CREDIT_OVERDUE, CREDIT_CLEARED, PROVISIONING_OVERDUE, READY}
)
#: Stages from the point of no return on: only forward (switch#ways-back), unless the seller refuses (ADR 16).
AFTER_PIVOT = frozenset({CANCELLING, SOURCE_CANCELLED, CUT_OVER, COMPLETED})
LIVE = BEFORE_MOVE | {MOVING, HELD, MOVED, ROLLING_BACK, STUCK} | AFTER_PIVOT - TERMINAL
#: Stages in which users may be moved to the new plan; a writer that outlived them stops.
FORWARD = frozenset({MOVING, HELD, MOVED, CANCELLING, SOURCE_CANCELLED})

Recorded = TypeVar("Recorded", bound="SwitchEvent")


@dataclass(kw_only=True)
class SwitchState:
    """One switch as the source subscription knows it; changed by events only."""

    switch_id: str
    stage: str = REQUESTED
    #: Topic -> the newest event of that topic: what an activity answers when its step is done already.
    recorded: dict[str, SwitchEvent] = field(default_factory=dict)
    moved: int = 0
    failed: int = 0
    skipped: int = 0
    #: Keys of the users who stay behind.
    skipped_users: set[str] = field(default_factory=set)
    #: Users who went back to the old plan.
    returned: int = 0
    #: Users who came onto the old plan after the roster was frozen, and those who were on it again by hand.
    joined_late: int = 0
    moved_by_hand: int = 0
    #: Newest DriftFound that compared directory and seller with the record, not one that moved users on.
    comparison: SwitchEvent | None = None
    #: Request id -> OperatorCommanded, oldest first.
    commands: dict[str, SwitchEvent] = field(default_factory=dict)
    #: Request id -> QuantityAmended, oldest first.
    amendments: dict[str, SwitchEvent] = field(default_factory=dict)
    #: Stage in which taking back got stuck, "" when it never did.
    stuck_in: str = ""
    #: Names of the promises that were missed.
    missed: set[str] = field(default_factory=set)
    #: SwitchPaused while nothing was resumed since; see `is_paused`.
    pause: SwitchEvent | None = None
    #: The switch was paused after its pilot.
    is_pilot_done: bool = False
    #: Names of the acts by Temporal's own means that are recorded.
    outside_acts: set[str] = field(default_factory=set)
    #: Pass name -> group numbers that are recorded.
    groups: dict[str, set[int]] = field(default_factory=dict)
    #: Directory id of a licensing group -> LicensingGroupMoveStarted, oldest first.
    licensing_groups: dict[str, SwitchEvent] = field(default_factory=dict)
    #: Licensing groups that have left the old plan, and those that are back on it.
    licensing_groups_moved: set[str] = field(default_factory=set)
    licensing_groups_returned: set[str] = field(default_factory=set)
    #: What a step waits for that has not got through since; None: none is known to wait.
    wait: WaitNoted | None = None
    #: Alarm -> how often the installation's contact was called for it.
    alarms: dict[str, int] = field(default_factory=dict)
    #: Kinds of the notices that the organization was sent.
    notices: set[str] = field(default_factory=set)

    @property
    def is_paused(self) -> bool:
        """Tell whether nobody may be moved forward until somebody resumes; the way back ends a pause."""
        return self.pause is not None and self.stage in LIVE - AFTER_PIVOT - {ROLLING_BACK, STUCK}

    def of(self, event_class: type[Recorded]) -> Recorded | None:
        """Return the newest event of a class, or None when it did not happen."""
        found = self.recorded.get(event_class.TOPIC)
        return found if isinstance(found, event_class) else None

    def has(self, event_class: type[SwitchEvent]) -> bool:
        """Tell whether an event of this class was recorded."""
        return event_class.TOPIC in self.recorded


class SwitchEvent(RecordedEvent):
    """Something that happened to one switch, stored in the stream of its source subscription."""

    #: Stages in which it may happen.
    AFTER: ClassVar[frozenset[str]] = LIVE
    #: Stage that it leads to; None leaves the stage as it is.
    STAGE: ClassVar[str | None] = None
    #: It tells nothing of whether the step that recorded it got through.
    IS_BESIDE: ClassVar[bool] = False

    switch_id: str

    def apply(self, aggregate: Any) -> None:
        """Note the fact and move the switch to its next stage."""
        state: SwitchState = aggregate.switches[self.switch_id]
        state.recorded[type(self).TOPIC] = self
        before = state.stage
        if self.STAGE is not None:
            state.stage = self.STAGE
        waiting = state.wait.step if state.wait else ""
        is_through = bool(waiting) and not self.IS_BESIDE and self.meta["activity"] == waiting
        if is_through or state.stage != before:
            state.wait = None
        self.tally(state)

    def tally(self, state: SwitchState) -> None:
        """Add what this event adds to the switch's totals."""
