"""State of one switch inside the subscription it leaves: the stage, and what was recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeVar

from domain.kernel.awaited import Awaited
from domain.kernel.errors import RecordInconsistent, StepOutOfOrder
from domain.kernel.recorded import RecordedEvent
from domain.switch.stage import LIVE, PAUSABLE, RECORDED, Stage

Recorded = TypeVar("Recorded", bound="SwitchEvent")
#: Topic of the event with the order.
REQUESTED = "subscription.switch-requested"


class NotedWait(Protocol):
    """What a step waits for, as the newest WaitNoted has it; that event is built on this state."""

    @property
    def step(self) -> str:
        """Step that waits, as the meta of its events has it."""

    @property
    def party(self) -> str:
        """Who has to act: a value of `Party`."""

    @property
    def since(self) -> datetime:
        """Since when it waits."""

    @property
    def is_for_good(self) -> bool:
        """The step has failed for good, so that an operator may say when it is tried again."""

    @property
    def awaited(self) -> Awaited:
        """What is waited for."""


@dataclass(kw_only=True)
class SwitchState:
    """One switch as the source subscription knows it; changed by events only."""

    switch_id: str
    stage: Stage = Stage.REQUESTED
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
    #: Stage in which taking back got stuck; None: it never did.
    stuck_in: Stage | None = None
    #: Names of the promises that were missed.
    missed: set[str] = field(default_factory=set)
    #: SwitchPaused while nothing was resumed since; see `is_paused`.
    pause: SwitchEvent | None = None
    #: The switch was paused after its pilot.
    is_pilot_done: bool = False
    #: Names of the acts by Temporal's own means that are recorded.
    outside_acts: set[str] = field(default_factory=set)
    #: Pass name -> group numbers that are recorded.
    chunks: dict[str, set[int]] = field(default_factory=dict)
    #: Directory id of a licensing group -> LicensingGroupMoveStarted, oldest first.
    licensing_groups: dict[str, SwitchEvent] = field(default_factory=dict)
    #: Licensing groups that have left the old plan, and those that are back on it.
    licensing_groups_moved: set[str] = field(default_factory=set)
    licensing_groups_returned: set[str] = field(default_factory=set)
    #: What a step waits for that has not got through since; None: none is known to wait.
    wait: NotedWait | None = None
    #: Alarm -> how often the installation's contact was called for it.
    alarms: dict[str, int] = field(default_factory=dict)
    #: Step and code for which was called because there is no way on.
    alarmed_causes: set[tuple[str, str]] = field(default_factory=set)
    #: Kinds of the notices that the organization was sent.
    notices: set[str] = field(default_factory=set)
    #: By hand: step that an operator is to start, "" while one runs; each step's newest start; and each step
    #: that was done outside.
    awaited_step: str = ""
    begun_steps: dict[str, SwitchEvent] = field(default_factory=dict)
    outside_steps: dict[str, SwitchEvent] = field(default_factory=dict)
    #: Some users stay: subscriptions of the add-ons that were left to them.
    addons_reduced: set[str] = field(default_factory=set)
    #: Request id -> ManualStepBegun, oldest first.
    starts: dict[str, SwitchEvent] = field(default_factory=dict)
    #: Key of a user who had no usage location -> the country that the directory was asked to set.
    usage_locations: dict[str, str] = field(default_factory=dict)
    #: Id of the request and digest of what a second person approved, of everything that was.
    approved: set[tuple[str, str]] = field(default_factory=set)

    @property
    def is_licenses_only(self) -> bool:
        """Return whether both plans are owned: nothing is ordered, cancelled or billed (ADR 43)."""
        requested: Any = self.recorded.get(REQUESTED)
        return bool(requested is not None and requested.order.get("licenses_only"))

    @property
    def is_paused(self) -> bool:
        """Return whether nobody may be moved forward until somebody resumes; the way back ends a pause."""
        return self.pause is not None and self.stage in PAUSABLE

    def of(self, event_class: type[Recorded]) -> Recorded | None:
        """Return the newest event of a class, or None when it did not happen."""
        event = self.recorded.get(event_class.TOPIC)
        return event if isinstance(event, event_class) else None

    def require(self, event_class: type[Recorded], *, since: frozenset[Stage] = RECORDED) -> Recorded:
        """Return the newest event of a class.

        Args:
            event_class: The class.
            since: Stages that come only after it.

        Raises:
            StepOutOfOrder: It need not have happened in this stage: whoever asks came before its turn.
            RecordInconsistent: It must have happened by now.
        """
        event = self.of(event_class)
        if event is not None:
            return event
        needed = event_class.TOPIC.rpartition(".")[2]
        whose = f"switch {self.switch_id}, which is {self.stage},"
        if self.stage in since:
            raise RecordInconsistent(whose, missing=needed)
        raise StepOutOfOrder(f"The record of {whose} has no {needed} yet, which this needs.")

    def require_stage(self, stages: frozenset[Stage], to_do: str) -> None:
        """Refuse what may be done in some stages only, before anything of it is done.

        Args:
            stages: Those.
            to_do: What may not be done elsewhere, as an infinitive.

        Raises:
            StepOutOfOrder: The switch is in another one.
        """
        if self.stage not in stages:
            raise StepOutOfOrder(
                f"Switch {self.switch_id} is {self.stage}; it may {to_do} only where it is "
                f"{', '.join(sorted(stages))}."
            )

    def has(self, event_class: type[SwitchEvent]) -> bool:
        """Return whether an event of this class was recorded."""
        return event_class.TOPIC in self.recorded


class SwitchEvent(RecordedEvent):
    """Something that happened to one switch, stored in the stream of its source subscription."""

    #: Stages in which it may happen.
    AFTER: ClassVar[frozenset[Stage]] = LIVE
    #: Stage that it leads to; None leaves the stage as it is.
    STAGE: ClassVar[Stage | None] = None
    #: It tells nothing of whether the step that recorded it got through.
    IS_BESIDE: ClassVar[bool] = False

    switch_id: str

    @classmethod
    def may_follow(cls, state: SwitchState) -> bool:
        """Return whether it may happen to a switch that stands so."""
        return state.stage in cls.AFTER

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
