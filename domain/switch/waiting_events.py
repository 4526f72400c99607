"""The event of a step that waits: whom for, for what by name, since when, and when it looks next."""

from __future__ import annotations

from datetime import datetime

from domain.kernel.awaited import Awaited, Party
from domain.kernel.errors import handling_of
from domain.kernel.recorded import stored
from domain.switch.stage import LIVE
from domain.switch.switch_state import SwitchEvent, SwitchState


@stored("subscription.wait-noted")
class WaitNoted(SwitchEvent):
    """A step of the switch waits; noted when that is new or changes, and ever more seldom after that."""

    AFTER = LIVE
    IS_BESIDE = True

    #: Step that waits, as the meta of its events has it.
    step: str
    #: Who has to act: a value of `Party`.
    party: str
    #: What the party is to do, as an infinitive.
    action: str
    #: Every thing that is waited for, by name.
    names: list[str]
    #: Why the last attempt did not get through.
    code: str
    message: str
    #: What the operator can do.
    remedy: str
    since: datetime
    #: When the step looks again.
    looks_at: datetime
    #: The wait ends then by itself; None: nobody set an end.
    until: datetime | None

    def tally(self, state: SwitchState) -> None:
        """Note what is waited for."""
        state.wait = self

    @property
    def is_for_good(self) -> bool:
        """Return whether the step has failed for good, so that an operator may say when it is tried again."""
        return self.party == Party.OPERATOR.value and not handling_of(self.code).is_retryable

    @property
    def awaited(self) -> Awaited:
        """Return what is waited for."""
        return Awaited(
            party=Party(self.party),
            action=self.action,
            names=tuple(self.names),
            remedy=self.remedy,
            until=self.until,
        )


@stored("subscription.wait-ended")
class WaitEnded(SwitchEvent):
    """A step that was noted as waiting has failed for good, and waits no more."""

    AFTER = LIVE

    #: Step that waited, as the meta of its events has it.
    step: str
    #: Why it is not tried again.
    code: str
