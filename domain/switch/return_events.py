"""Events of commands, of the way back to the old plan, of one that is stuck, and of a switch back."""

from __future__ import annotations

from typing import Any

from domain.kernel.recorded import keep_text, stored
from domain.reasons.phrases import phrase_words
from domain.switch.stage import BEFORE_PIVOT, RECORDED, RETURNABLE, RETURNING, Stage
from domain.switch.switch_state import SwitchEvent, SwitchState

CANCEL = "cancel"
ROLL_BACK = "roll_back"


@stored("subscription.operator-commanded")
class OperatorCommanded(SwitchEvent):
    """An operator gave a command, and it was accepted; who and why is in the meta."""

    AFTER = RECORDED

    #: cancel, roll_back, retry, ...
    command: str
    #: The operator's request: the same one is recorded once.
    request_id: str

    def tally(self, state: SwitchState) -> None:
        """Note the command: a run that begins anew goes on from it."""
        state.commands[self.request_id] = self


@stored("subscription.roll-back-started")
class RollBackStarted(SwitchEvent):
    """From here on nobody is moved forward; everyone moved returns to the old plan (switch#ways-back)."""

    AFTER = RETURNABLE
    STAGE = Stage.ROLLING_BACK

    #: Users who count as moved at this moment.
    moved: int
    calls_digest: str


@stored("subscription.licenses-returned")
class LicensesReturned(SwitchEvent):
    """One recorded group of at most 500 users went back to the old plan, with its original services."""

    AFTER = RETURNING

    pass_name: str
    group_number: int
    count: int
    returned: int
    failed: int
    #: sha256 over the per-user rows of the group.
    detail_digest: str

    def tally(self, state: SwitchState) -> None:
        """Add the group's users to those who returned."""
        state.chunks.setdefault(self.pass_name, set()).add(self.group_number)
        state.returned += self.returned


@stored("subscription.roll-back-finished")
class RollBackFinished(SwitchEvent):
    """Two reads in a row, a request time-out apart, showed nobody left on the new plan."""

    AFTER = RETURNING

    returned: int
    #: Users who hold the new plan by right: from another subscription of it.
    left: int
    calls_digest: str


@stored("subscription.compensation-stuck")
class CompensationStuck(SwitchEvent):
    """Something could not be taken back; it is tried again, and an operator sees what to do."""

    class_version = 2
    upcast_v1_v2 = staticmethod(keep_text)

    AFTER = BEFORE_PIVOT
    STAGE = Stage.STUCK

    #: Activity that failed.
    step: str
    code: str
    message: str
    #: What the operator does, by a code of domain/reasons/phrases.py; before version 2 in words.
    remedy: str

    @property
    def what_to_do(self) -> str:
        """Return what the operator does, in words."""
        return phrase_words(self.remedy)

    def apply(self, aggregate: Any) -> None:
        """Remember where it got stuck."""
        state: SwitchState = aggregate.switches[self.switch_id]
        if state.stage != Stage.STUCK:
            state.stuck_in = state.stage
        super().apply(aggregate)


@stored("subscription.switch-back-requested")
class SwitchBackRequested(SwitchEvent):
    """A new switch was accepted that takes this completed one back (rules#switch-back)."""

    AFTER = frozenset({Stage.COMPLETED})

    #: The new switch.
    by_switch_id: str
