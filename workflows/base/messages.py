"""Messages of the workflows: one frozen dataclass for each input and output."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from activities.base.wait_contract import AcceptedWait
from activities.contract import StreamPosition, SwitchOrder
from activities.signed_command import SignedCommand

REUSED = "This request id was used before for another switch."
#: Who asks, why and when, and the proof of it; acknowledgments are compared without their order.
_MAY_DIFFER: dict[str, Any] = {
    **dict.fromkeys(("actor", "reason", "caller", "caller_role", "quoted_on"), ""),
    "acknowledgments": (),
    "signed": None,
}
LATER = "Try again later; `planswitch doctor` tells what is down."


@dataclass(frozen=True, kw_only=True)
class SwitchResult:
    """How a switch ended."""

    switch_id: str
    #: completed, refused, failed, cancelled, declined, expired or rolled_back.
    outcome: str
    code: str
    message: str
    moved: int = 0
    skipped: int = 0


@dataclass(frozen=True, kw_only=True)
class OperatorCommand:
    """A manual act on a running switch; the same request id acts once."""

    request_id: str
    actor: str
    reason: str
    signed: SignedCommand | None = None


@dataclass(frozen=True, kw_only=True)
class SkipUser(OperatorCommand):
    """Leave one user behind who could not be moved."""

    user_key: str
    #: The operator knows that the user loses the old plan's license with its cancellation.
    is_loss_accepted: bool = False


@dataclass(frozen=True, kw_only=True)
class RetryUsers(OperatorCommand):
    """Try single users again who could not be moved."""

    user_keys: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AmendQuantity(OperatorCommand):
    """Give the switch another number of licenses of the new plan."""

    quantity: int
    #: Digest of the amendment that the operator accepted.
    accepted_digest: str
    #: More of a prepaid value is lost than was accepted before, and that is accepted.
    is_loss_accepted: bool = False


@dataclass(frozen=True, kw_only=True)
class TakeStep(OperatorCommand):
    """Start the next step of a switch by hand."""

    #: buy, verify, reassign, cancel or reduce.
    step: str
    #: Stored selection of the users of this start, for reassign; "": everyone who is left.
    selection: str = ""
    #: How many they are.
    users: int = 0
    #: Stored choice of the services that are off for single users; "": nobody chose any.
    user_services: str = ""


@dataclass(frozen=True, kw_only=True)
class ChangeStart(OperatorCommand):
    """Let a request that waits start at another time, or for another price."""

    #: What the operator accepted with it.
    accepted: AcceptedWait
    quote: dict[str, Any]
    #: By how many percent more it may cost without a question.
    price_tolerance_percent: str = "0"
    #: When it starts, as the options of a switch say it; "" where they say nothing.
    start_on: str = ""
    start_at: str = ""
    quiet_hours: str = ""
    #: Only the price is another one: the answer to a question.
    is_price_accepted: bool = False
    #: Everything that is confirmed with it, a loss among it.
    acknowledgments: tuple[str, ...] = ()
    #: The total is the operator's own bound, which takes the place of what the quote says for each day.
    is_bound_stated: bool = False


@dataclass(frozen=True, kw_only=True)
class CreditDecision:
    """The answer to a credit check, from the bureau or an operator; the same decision id counts once."""

    decision_id: str
    #: approved or declined.
    verdict: str
    #: bureau or operator.
    decided_by: str
    actor: str
    reason: str
    signed: SignedCommand | None = None


@dataclass(frozen=True, kw_only=True)
class CreditExtension:
    """An operator lets the credit check take longer; the same request id acts once."""

    request_id: str
    #: In the unit of the rule set's wait, mostly business days.
    days: int
    actor: str
    reason: str
    signed: SignedCommand | None = None


@dataclass(frozen=True, kw_only=True)
class CommandAnswer:
    """What a manual act did."""

    accepted: bool
    stage: str
    message: str


@dataclass(frozen=True, kw_only=True)
class SwitchStatus:
    """Where a switch stands, for queries; people read the projections."""

    stage: str
    waits_for: str


@dataclass(frozen=True, kw_only=True)
class LicenseMoveInput:
    """One pass over the frozen roster."""

    order: SwitchOrder
    after: tuple[StreamPosition, ...]
    pass_name: str
    total: int
    #: Users in one activity.
    slice_size: int
    #: Slices at a time.
    lanes: int
    #: Roster position at which the pass begins; it ends before `total`.
    first: int = 0


@dataclass(frozen=True, kw_only=True)
class LicenseMoveResult:
    """What became of a pass."""

    moved: int
    failed: int
    saved: tuple[StreamPosition, ...]
    #: An attempt was lost: its worker may still be writing.
    has_lost_attempts: bool = False
    #: Users whom this pass tried itself, and those of them who could not be moved.
    tried: int = 0
    failed_now: int = 0
    #: Too many of them: the pass has stopped before its end (rules#operator-controls).
    is_over_rate: bool = False


def asks_the_same(order: SwitchOrder, known: SwitchOrder) -> bool:
    """Return whether two orders ask for the same; who asks, why and when may differ in a repetition."""
    request, before = (replace(each, **_MAY_DIFFER) for each in (order, known))
    return request == before and sorted(order.acknowledgments) == sorted(known.acknowledgments)
