"""Events of licensing groups that are moved from the old plan to the new one, and back.

See rules#licensing-groups.
"""

from __future__ import annotations

from domain.kernel.recorded import stored
from domain.switch.stage import FORWARD, RETURNING
from domain.switch.switch_state import SwitchEvent, SwitchState


@stored("subscription.licensing-group-move-started")
class LicensingGroupMoveStarted(SwitchEvent):
    """A licensing group is about to get the new plan; the old one stays until every member has the new."""

    AFTER = FORWARD

    #: The directory's id of the group.
    group_id: str
    #: Members that get the old plan from it.
    members: int
    #: Switched off for all members under the old plan, and under the new one.
    old_disabled: list[str]
    new_disabled: list[str]

    def tally(self, state: SwitchState) -> None:
        """Remember the group: the way back leads to what it was."""
        state.licensing_groups[self.group_id] = self


@stored("subscription.licensing-group-held")
class LicensingGroupHeld(SwitchEvent):
    """A licensing group can't go on; nothing was taken from its members."""

    AFTER = FORWARD | RETURNING

    group_id: str
    code: str
    message: str
    remedy: str


@stored("subscription.licensing-group-moved")
class LicensingGroupMoved(SwitchEvent):
    """Every member had the new plan before the group gave up the old one, and nobody has the old from it."""

    AFTER = FORWARD

    group_id: str
    #: Members who hold the new plan by the group.
    members: int
    calls_digest: str

    def tally(self, state: SwitchState) -> None:
        """Note that the group has moved."""
        state.licensing_groups_moved.add(self.group_id)


@stored("subscription.licensing-group-returned")
class LicensingGroupReturned(SwitchEvent):
    """A licensing group gives the old plan again, with its original services, and no longer the new one."""

    AFTER = RETURNING

    group_id: str
    #: Members who hold the old plan by the group.
    members: int
    calls_digest: str

    def tally(self, state: SwitchState) -> None:
        """Note that the group is back."""
        state.licensing_groups_returned.add(self.group_id)
