"""How a subscription stands, whoever says so (switch#whose-word-counts)."""

from __future__ import annotations

from collections.abc import Mapping
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


#: Status of a subscription as the ports word it -> its meaning.
STATES: Mapping[str, SubscriptionState] = {
    "active": SubscriptionState.LIVE,
    "pending": SubscriptionState.LIVE,
    "suspended": SubscriptionState.GRACE,
    "expired": SubscriptionState.GRACE,
    "disabled": SubscriptionState.ENDED,
    "deleted": SubscriptionState.ENDED,
    "none": SubscriptionState.ENDED,
}
#: Its licenses are paid for, or will be again.
HELD = frozenset({SubscriptionState.LIVE, SubscriptionState.STOPPED})


def state_of(status: str) -> SubscriptionState:
    """Return what a status means; an unknown one is live, so that nothing is overlooked."""
    return STATES.get(status, SubscriptionState.LIVE)
