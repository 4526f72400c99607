"""What the words of seller and directory for a status of a subscription mean (switch#whose-word-counts)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum


class SubscriptionState(StrEnum):
    """How a subscription stands, whoever says so."""

    #: It serves its users, or is being set up.
    LIVE = "live"
    #: The seller has stopped it, such as for an unpaid bill; it comes back once that is mended.
    STOPPED = "stopped"
    #: Cancelled or run out; its users may work for a while, and nothing more is bought with it.
    GRACE = "grace"
    #: It is no more.
    ENDED = "ended"


#: The seller's word -> its meaning; a suspended one is told apart by the seller's reasons.
SELLER_STATES: Mapping[str, SubscriptionState] = {
    "active": SubscriptionState.LIVE,
    "pending": SubscriptionState.LIVE,
    "suspended": SubscriptionState.GRACE,
    "expired": SubscriptionState.GRACE,
    "disabled": SubscriptionState.ENDED,
    "deleted": SubscriptionState.ENDED,
    "none": SubscriptionState.ENDED,
}
#: The directory's word, in lower case -> its meaning.
DIRECTORY_STATES: Mapping[str, SubscriptionState] = {
    "enabled": SubscriptionState.LIVE,
    "warning": SubscriptionState.GRACE,
    "suspended": SubscriptionState.GRACE,
    "lockedout": SubscriptionState.ENDED,
    "deleted": SubscriptionState.ENDED,
}
#: Its licenses are paid for, or will be again.
HELD = frozenset({SubscriptionState.LIVE, SubscriptionState.STOPPED})
_SUSPENDED = "suspended"
_CANCELLATION = "cancel"


def seller_state(status: str, suspension_reasons: Sequence[str] = ()) -> SubscriptionState:
    """Return what the seller's word means; an unknown one is live, so that nothing is overlooked.

    Args:
        status: The seller's word, in lower case.
        suspension_reasons: Why it is suspended, in the seller's words; none: it was cancelled.
    """
    is_cancelled = any(_CANCELLATION in each.lower() for each in suspension_reasons)
    if status == _SUSPENDED and suspension_reasons and not is_cancelled:
        return SubscriptionState.STOPPED
    return SELLER_STATES.get(status, SubscriptionState.LIVE)


def directory_state(status: str) -> SubscriptionState:
    """Return what the directory's word means; an unknown one is live, so that nothing is overlooked."""
    return DIRECTORY_STATES.get(status.lower(), SubscriptionState.LIVE)
