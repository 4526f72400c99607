"""Events of operator controls: a pause, what ends it, and another number of licenses.

See rules#operator-controls.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.kernel.recorded import stored
from domain.switch.stage import AMENDABLE, PAUSABLE, RECORDED
from domain.switch.switch_state import SwitchEvent, SwitchState

PAUSE = "pause"
RESUME = "resume"
SKIP = "skip"
RETRY_USERS = "retry_users"
AMEND = "amend"

#: `SwitchPaused.code` of a pause by an operator, and of the one after a pilot.
BY_OPERATOR = "OPERATOR"
AFTER_PILOT = "PILOT"


@stored("subscription.switch-paused")
class SwitchPaused(SwitchEvent):
    """From here on nothing new is begun, and nobody is moved, until somebody resumes.

    It changes no stage: a step that was running ends, and is recorded where it belongs.
    """

    AFTER = PAUSABLE

    #: OPERATOR or PILOT.
    code: str
    message: str
    #: It ends by itself then; None waits for `resume`.
    until: datetime | None

    def tally(self, state: SwitchState) -> None:
        """Stop the passes that move users."""
        state.pause = self
        state.is_pilot_done |= self.code == AFTER_PILOT


@stored("subscription.switch-resumed")
class SwitchResumed(SwitchEvent):
    """The switch goes on where it was."""

    AFTER = PAUSABLE

    #: Stage in which it goes on.
    stage: str

    def tally(self, state: SwitchState) -> None:
        """Allow passes to move users again."""
        state.pause = None


@stored("subscription.quantity-amended")
class QuantityAmended(SwitchEvent):
    """The switch has another number of licenses of the new plan; the cutover bills by this quote (ADR 14)."""

    AFTER = AMENDABLE

    #: The operator's request: the same one amends once.
    request_id: str
    #: Licenses of the new plan before and now.
    quantity_before: int
    quantity: int
    #: The amended quote: enough to compute every day's lines again.
    quote: dict[str, Any]
    quote_digest: str
    #: Digest of the amendment that the operator accepted: from which quote to which.
    accepted_digest: str
    calls_digest: str

    def tally(self, state: SwitchState) -> None:
        """Note the amendment under its request."""
        state.amendments[self.request_id] = self


@stored("subscription.command-approved")
class CommandApproved(SwitchEvent):
    """What the switch does here was approved by a second person; its actor is the one who approved it.

    See approvals#what-is-recorded.
    """

    class_version = 2
    AFTER = RECORDED

    #: The request for the approval, which says what was shown and requested.
    approval_id: str
    #: As its envelope says it: start, wait, or the name of an update.
    command: str
    request_id: str
    requested_by: str
    approved_at: datetime
    #: Of exactly what was approved; the command's own signature covers the same.
    digest: str
    #: The proof, and which key of commands made it.
    key_id: str
    signature: str
    #: What was approved, by whom, when and why, for whoever has no key; {} in approvals of before.
    statement: dict[str, Any]
    #: Ed25519 key that signed the statement, and the signature, both hexadecimal.
    public_key: str
    public_signature: str

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Read an approval from before it had a signature that everybody can check."""
        state |= {"statement": {}, "public_key": "", "public_signature": ""}

    def tally(self, state: SwitchState) -> None:
        """Note what was approved: each is recorded once."""
        state.approved.add((self.approval_id, self.digest))
