"""Events of a switch by hand: a step is waited for, begun by an operator, or was done outside.

See manual#steps. The steps themselves leave the events that the automatic switch leaves.
"""

from __future__ import annotations

from typing import Any, ClassVar

from domain.kernel.recorded import stored
from domain.switch.stage import BEFORE_PIVOT, LIVE, Stage
from domain.switch.switch_state import SwitchEvent, SwitchState

#: What shows that a step was done outside: the seller has licenses that the switch has not ordered, fewer of
#: the old plan, or has cancelled it; users hold the new plan and not the old one, before the roster or later.
BOUGHT, REDUCED, CANCELLED, MOVED_BEFORE, MOVED = "bought", "reduced", "cancelled", "moved_before", "moved"
OUTSIDE_EVIDENCE = (BOUGHT, REDUCED, CANCELLED, MOVED_BEFORE, MOVED)


def operator_words(step: str) -> str:
    """Return for whom a switch waits where a step is to be started."""
    return f"an operator: start step {step}"


@stored("subscription.manual-step-awaited")
class ManualStepAwaited(SwitchEvent):
    """The switch does nothing until an operator starts this step."""

    AFTER = BEFORE_PIVOT

    #: buy, verify, reassign, cancel or reduce.
    step: str
    #: Why the step, begun before, did not get through; both "" where it was not begun, or did.
    code: str
    message: str

    def tally(self, state: SwitchState) -> None:
        """Note what is waited for."""
        state.awaited_step = self.step


@stored("subscription.manual-step-begun")
class ManualStepBegun(SwitchEvent):
    """An operator started a step; who and why is in the meta."""

    AFTER = BEFORE_PIVOT
    class_version: ClassVar[int] = 2

    step: str
    #: The operator's request: the same one starts a step once.
    request_id: str
    #: Stored selection of the users whom it is for; "": everyone who is left.
    selection: str
    #: How many they are; 0: everyone who is left.
    users: int
    #: Stored choice of the services that are off for single users; "": nobody chose any.
    user_services: str

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Say of starts of before that nobody chose services."""
        state["user_services"] = ""

    def tally(self, state: SwitchState) -> None:
        """Note that the step runs."""
        state.awaited_step = ""
        state.begun_steps[self.step] = self
        state.starts[self.request_id] = self


@stored("subscription.manual-step-done-outside")
class ManualStepDoneOutside(SwitchEvent):
    """A step, or a part of it, was done in the vendor's own pages, and was recognized."""

    AFTER: ClassVar[frozenset[Stage]] = LIVE

    step: str
    #: What shows it: one of OUTSIDE_EVIDENCE.
    evidence: str
    #: Subscription that was bought or cancelled there; "" where users were moved.
    subscription_id: str
    #: Users who were moved there.
    users: int
    #: Licenses that the seller shows; 0 where it is not asked.
    quantity: int

    def tally(self, state: SwitchState) -> None:
        """Note the step."""
        state.outside_steps[self.step] = self


@stored("subscription.reduction-begun")
class SourceReductionBegun(SwitchEvent):
    """The seller is about to be asked for fewer licenses of the old plan: the point of no return (ADR 16)."""

    AFTER = frozenset({Stage.MOVED})
    STAGE = Stage.CANCELLING

    #: Licenses that are left: one for each user who stays.
    quantity: int
    #: The organization's zone, which gives the cutover's day.
    time_zone: str


@stored("subscription.addon-reduced")
class AddOnReduced(SwitchEvent):
    """An add-on with a license for each one of the old plan was left to who stays, after the plan was."""

    AFTER = frozenset({Stage.SOURCE_CANCELLED})

    subscription_id: str
    plan_id: str
    #: Licenses before, and those that are left.
    quantity_before: int
    quantity: int

    def tally(self, state: SwitchState) -> None:
        """Note the add-on: it is recorded once."""
        state.addons_reduced.add(self.subscription_id)


@stored("subscription.reduction-refused")
class SourceReductionRefused(SwitchEvent):
    """The seller answered no to the only attempt that asked: the old subscription is there as before."""

    AFTER = frozenset({Stage.CANCELLING})
    STAGE = Stage.MOVED

    code: str
    message: str
