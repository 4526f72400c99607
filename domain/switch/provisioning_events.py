"""A wait for a new subscription that lasts too long: an operator is asked, and answers.

See rules#waiting-for-the-new-subscription.
"""

from __future__ import annotations

from datetime import datetime

from domain.kernel.recorded import stored
from domain.switch.stage import Stage
from domain.switch.switch_state import SwitchEvent, SwitchState


@stored("subscription.target-confirmed")
class TargetConfirmed(SwitchEvent):
    """The subscription that receives the users is owned, live and set up, and has licenses for them.

    It stands in place of an order where both plans are owned (rules#licenses-only).
    """

    AFTER = frozenset({Stage.REQUESTED})
    STAGE = Stage.READY

    #: As its seller named it.
    subscription_id: str
    #: Stream in which the switch records what comes to it.
    replacement_id: str
    #: Licenses of the plan that were free then, over all sellers.
    free: int
    #: sha256 over the provider calls of the step.
    calls_digest: str

    @classmethod
    def may_follow(cls, state: SwitchState) -> bool:
        """Return whether nothing is ordered, so that it may stand in place of an order."""
        return super().may_follow(state) and state.is_licenses_only


@stored("subscription.provisioning-overdue")
class ProvisioningOverdue(SwitchEvent):
    """The new subscription is not ready although its time is nearly over: an operator is asked."""

    AFTER = frozenset({Stage.ORDERED, Stage.CREDIT_CLEARED})
    STAGE = Stage.PROVISIONING_OVERDUE

    #: What is not ready, by name.
    names: list[str]
    message: str
    #: Without an answer the order is voided then; None: an operator has said to wait on before.
    voids_at: datetime | None


@stored("subscription.provisioning-waited-on")
class ProvisioningWaitedOn(SwitchEvent):
    """An operator said to wait on; the order is not voided by itself any more."""

    AFTER = frozenset({Stage.PROVISIONING_OVERDUE})
    STAGE = Stage.CREDIT_CLEARED

    #: The operator is asked again then.
    asks_at: datetime
