"""Events of the license move, the cancellation and the billing cutover."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from domain.kernel.money import Money
from domain.kernel.recorded import stored
from domain.licenses.drift import tally_drift
from domain.switch.stage import AFTER_PIVOT, BEFORE_PIVOT, FORWARD, MOVE_OPEN, RETURNABLE, Stage
from domain.switch.switch_state import SwitchEvent, SwitchState


@stored("subscription.license-move-started")
class LicenseMoveStarted(SwitchEvent):
    """The roster is frozen and administration is locked (switch#steps, step 7)."""

    AFTER = frozenset({Stage.READY})
    STAGE = Stage.MOVING
    class_version: ClassVar[int] = 2

    total: int
    #: sha256 over the frozen roster's lines.
    roster_digest: str
    calls_digest: str
    #: Users who move first, as they stand on the roster; 0: all at once, or a group that had nobody left.
    pilot: int
    #: Group of the directory whose members they are; "": the first users of the roster.
    pilot_group_id: str

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Leave the pilot empty: the order in the request says how many users it had."""
        state |= {"pilot": 0, "pilot_group_id": ""}


@stored("subscription.licenses-reassigned")
class LicensesReassigned(SwitchEvent):
    """One recorded group of at most 500 users was worked through in batches of 20."""

    AFTER = FORWARD

    pass_name: str
    group_number: int
    #: First and last batch number of the group.
    batches: list[int]
    count: int
    moved: int
    failed: int
    #: Users of the group who counted as moved or failed after an earlier pass.
    earlier_moved: int
    earlier_failed: int
    #: sha256 over the per-user rows of the group.
    detail_digest: str

    def tally(self, state: SwitchState) -> None:
        """Add the group's users to the totals, each user once."""
        state.chunks.setdefault(self.pass_name, set()).add(self.group_number)
        state.moved += self.moved - self.earlier_moved
        state.failed += self.failed - self.earlier_failed


@stored("subscription.license-move-held")
class LicenseMoveHeld(SwitchEvent):
    """The move waits for an operator (rules#operator-controls)."""

    AFTER = RETURNABLE | {Stage.READY}
    STAGE = Stage.HELD

    code: str
    message: str


@stored("subscription.license-move-resumed")
class LicenseMoveResumed(SwitchEvent):
    """An operator let the move go on."""

    AFTER = frozenset({Stage.HELD})
    class_version: ClassVar[int] = 2

    command: str
    #: Stage in which it goes on; "" where the first version did not tell.
    stage: str

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Name no stage: the stage of the switch follows from earlier events."""
        state["stage"] = ""

    def tally(self, state: SwitchState) -> None:
        """Go back to the stage in which the hold began."""
        state.stage = stage_before_hold(state)


def stage_before_hold(state: SwitchState) -> Stage:
    """Return the stage in which a switch that holds goes on after a retry."""
    if state.has(LicenseMoveFinished):
        return Stage.MOVED
    return Stage.MOVING if state.has(LicenseMoveStarted) else Stage.READY


@stored("subscription.user-skipped")
class UserSkipped(SwitchEvent):
    """An operator decided that one user stays behind, with a reason (rules#operator-controls)."""

    AFTER = MOVE_OPEN
    class_version: ClassVar[int] = 2

    user_key: str
    #: The directory's word for why the user could not be moved.
    error: str
    #: Plan that the user holds besides the old one and that keeps every data service; "" without one.
    kept_plan_id: str
    #: The operator accepted that the user loses the old plan's license with its cancellation.
    is_loss_accepted: bool

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Leave empty what the first version did not know."""
        state |= {"error": "", "kept_plan_id": "", "is_loss_accepted": False}

    def tally(self, state: SwitchState) -> None:
        """Take the user off the failed ones, and off every later pass."""
        state.failed -= 1
        state.skipped += 1
        state.skipped_users.add(self.user_key)


@stored("subscription.license-move-finished")
class LicenseMoveFinished(SwitchEvent):
    """Two reads in a row showed nobody left on the old plan (switch#steps, step 9)."""

    AFTER = MOVE_OPEN
    STAGE = Stage.MOVED

    moved: int
    skipped: int
    drifted: int
    calls_digest: str


@stored("subscription.drift-found")
class DriftFound(SwitchEvent):
    """The directory or the seller differs from what was frozen and ordered (rules#drift)."""

    class_version: ClassVar[int] = 2

    #: Users of the roster who are not in the directory any more.
    users_gone: int
    #: Users on the old plan who are not on the roster.
    new_users: int
    #: Users who were on the old plan again after they had been moved.
    moved_by_hand: int
    #: Users of the roster whose licenses of both plans were taken away.
    licenses_removed: int
    #: Users whose services of the new plan are not those that they were moved with; they are left so.
    settings_changed: int
    #: Licenses that the seller shows more (or fewer) than when the switch was requested, of the source.
    source_licenses: int
    #: The same of the target, since it was ordered.
    target_licenses: int

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Set what version 1 did not count to none."""
        state |= {"licenses_removed": 0, "settings_changed": 0, "source_licenses": 0, "target_licenses": 0}

    def tally(self, state: SwitchState) -> None:
        """Add the users whom a look found on the old plan; the newest comparison has what stays as it is."""
        tally_drift(state, self)


@stored("subscription.drift-reconciled")
class DriftReconciled(SwitchEvent):
    """The differences were put right, or written down where there is nothing to do."""

    pass_name: str
    moved: int


@stored("subscription.stragglers-moved")
class StragglersMoved(SwitchEvent):
    """Users who came onto the old plan around its cancellation were moved forward at once."""

    AFTER = frozenset({Stage.SOURCE_CANCELLED})

    pass_name: str
    moved: int
    calls_digest: str


@stored("subscription.cancellation-begun")
class SourceCancellationBegun(SwitchEvent):
    """The seller is about to be asked: from here on the old subscription may be gone (ADR 16)."""

    AFTER = frozenset({Stage.MOVED})
    STAGE = Stage.CANCELLING

    #: Where the seller takes no cancellation (ADR 12): the last day by which it must end; None is cancelled.
    ends_by: date | None
    #: The organization's zone, which gives the cutover's day.
    time_zone: str


@stored("subscription.cancellation-unanswered")
class SourceCancellationUnanswered(SwitchEvent):
    """An attempt asked and nobody knows the answer: nothing leads back any more (ADR 16)."""

    AFTER = frozenset({Stage.CANCELLING})


@stored("subscription.cancellation-refused")
class SourceCancellationRefused(SwitchEvent):
    """The seller answered no to the only attempt that asked: the old subscription is there as before."""

    AFTER = frozenset({Stage.CANCELLING})
    STAGE = Stage.MOVED

    code: str
    message: str


@stored("subscription.renewal-stopped")
class RenewalStopped(SwitchEvent):
    """The seller takes no cancellation: the old subscription is not renewed and ends by itself (ADR 12)."""

    AFTER = frozenset({Stage.CANCELLING})

    #: In the organization's zone; until then it is paid for beside the new plan, as was accepted.
    ends_on: date
    stopped_at: datetime


@stored("subscription.cancelled")
class SourceCancelled(SwitchEvent):
    """The seller cancelled the old subscription, or its renewal: the point of no return."""

    AFTER = frozenset({Stage.CANCELLING})
    STAGE = Stage.SOURCE_CANCELLED

    cancelled_at: datetime
    #: The day of the cancellation in the organization's zone, fixed once (switch#steps).
    cutover_on: date
    calls_digest: str

    def apply(self, aggregate: Any) -> None:
        """Note that the subscription has ended."""
        super().apply(aggregate)
        aggregate.status = "cancelled"


@stored("subscription.licenses-reduced")
class LicensesReduced(SwitchEvent):
    """Only some users moved: the old subscription keeps the licenses of the rest (switch#manual-mode)."""

    AFTER = frozenset({Stage.MOVED, Stage.CANCELLING})
    STAGE = Stage.SOURCE_CANCELLED
    class_version: ClassVar[int] = 2

    quantity: int
    reduced_at: datetime
    cutover_on: date
    calls_digest: str
    #: What its seller gave back for the licenses that went; None where the first version did not tell.
    given_back: Money | None = None

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Read a reduction from before it was told what it gave back."""
        state["given_back"] = None

    def apply(self, aggregate: Any) -> None:
        """Take the licenses that are left; the subscription goes on with them."""
        super().apply(aggregate)
        aggregate.quantity = self.quantity


@stored("subscription.billing-stopped")
class BillingStopped(SwitchEvent):
    """The old plan, and each billed add-on of the accepted quote, is no longer billed from this day on."""

    #: At the order where the rule set says so, else at the cutover (ADR 15).
    AFTER = frozenset({Stage.ORDERED, Stage.SOURCE_CANCELLED})

    effective_on: date


@stored("subscription.billing-resumed")
class BillingResumed(SwitchEvent):
    """The order was taken back: what was stopped at the order is billed as if it never had been (ADR 15)."""

    AFTER = BEFORE_PIVOT

    #: The day on which it was stopped: no day is left out.
    effective_on: date


@stored("subscription.credit-issued")
class CreditIssued(SwitchEvent):
    """What was paid for days that the old plan no longer serves was credited (rules#quote-and-cutover)."""

    AFTER = frozenset({Stage.SOURCE_CANCELLED})

    credit_id: str
    amount: Money
    #: Net of tax; the invoice carries the tax.
    consumed: Money
    settles_on: date


@stored("subscription.credit-forfeited")
class CreditForfeited(SwitchEvent):
    """Prepaid value beyond the new total is lost, as disclosed and accepted."""

    AFTER = frozenset({Stage.SOURCE_CANCELLED})

    amount: Money


@stored("subscription.credit-settled")
class CreditSettled(SwitchEvent):
    """The credited money arrived."""

    AFTER = AFTER_PIVOT - {Stage.CANCELLING}

    credit_id: str
    settled_on: date


@stored("subscription.add-on-dropped")
class AddOnDropped(SwitchEvent):
    """An add-on is included in the new plan and was removed."""

    AFTER = frozenset({Stage.SOURCE_CANCELLED})

    subscription_id: str
    plan_id: str
    #: "" where nothing was credited.
    credit_id: str
    credit: Money
    #: Net of tax, as the credit is.
    consumed: Money


@stored("subscription.add-on-carried")
class AddOnCarried(SwitchEvent):
    """An add-on was ordered with the new plan, and the old one was removed."""

    AFTER = frozenset({Stage.SOURCE_CANCELLED})

    #: Subscription that ended.
    subscription_id: str
    #: Subscription that is attached to the new plan.
    replacement_subscription_id: str
    plan_id: str
    #: "" where nothing was credited.
    credit_id: str
    credit: Money
    #: Net of tax, as the credit is.
    consumed: Money
    #: "" where nobody billed it before.
    charge_id: str
    charge: Money


@stored("subscription.billing-cut-over")
class BillingCutOver(SwitchEvent):
    """Old billing is off and new billing is on; the totals that were billed."""

    AFTER = frozenset({Stage.SOURCE_CANCELLED})
    STAGE = Stage.CUT_OVER

    cutover_on: date
    #: End of the old plan's period that billing showed: with the quote it gives every line again.
    source_period_end_on: date
    net: Money
    tax: Money
    total: Money
    invoice_id: str
    #: Until then the invoice with the credit should be delivered; None: no money moves.
    invoice_promised_at: datetime | None
    calls_digest: str


@stored("subscription.quote-corrected")
class QuoteCorrected(SwitchEvent):
    """The accepted quote overcharges by its older formulas: today's formulas bill less."""

    AFTER = frozenset({Stage.SOURCE_CANCELLED})

    accepted_digest: str
    #: What it says for the cutover's day, and what is billed instead; both with tax.
    accepted_total: Money
    billed_total: Money
    #: No more of a prepaid value is lost than was accepted.
    forfeited_at_most: Money
    quote: dict[str, Any]


@stored("subscription.switch-completed")
class SwitchCompleted(SwitchEvent):
    """Everyone works on the new plan and the old one is gone (switch#steps, step 12).

    Of licenses only the old one stays, and it completes once the move is verified (rules#licenses-only).
    """

    AFTER = frozenset({Stage.CUT_OVER, Stage.MOVED})
    STAGE = Stage.COMPLETED

    moved: int
    skipped: int
    #: With tax; None where no money moves.
    total: Money | None

    @classmethod
    def may_follow(cls, state: SwitchState) -> bool:
        """Return whether everything before it is done: the bill, where there is one."""
        return state.stage == (Stage.MOVED if state.is_licenses_only else Stage.CUT_OVER)
