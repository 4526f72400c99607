"""What somebody changed by hand while a switch moved licenses (rules#drift)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from domain.ports.seller_port import SellerSubscription


@dataclass(frozen=True, kw_only=True, slots=True)
class Drift:
    """All that an event of drift counts: differences from the frozen roster and from what was ordered."""

    users_gone: int = 0
    #: These two are moved forward by the pass that finds them.
    new_users: int = 0
    moved_by_hand: int = 0
    #: These are somebody's own decision: they are told, and left as they are.
    licenses_removed: int = 0
    settings_changed: int = 0
    source_licenses: int = 0
    target_licenses: int = 0

    @property
    def is_any(self) -> bool:
        """Return whether anything differs."""
        return self != Drift()

    @property
    def is_left(self) -> bool:
        """Return whether anything differs that nobody puts right by themselves."""
        return any(getattr(self, each.name) for each in fields(self) if each.name not in RECONCILED)


#: Counts of users whom the pass that finds them moves forward; all others are told, and left as they are.
RECONCILED = frozenset({"new_users", "moved_by_hand"})


def drift_of(event: Any) -> Drift:
    """Return what an event of drift counts."""
    return Drift(**{each.name: getattr(event, each.name) for each in fields(Drift)})


def tally_drift(state: Any, event: Any) -> None:
    """Add an event of drift to what is known of a switch.

    Args:
        state: Of the switch.
        event: The event; it compares all users with the record, or tells whom a look has moved on.
    """
    state.joined_late += event.new_users
    state.moved_by_hand += event.moved_by_hand
    if drift_of(event).is_left or not (event.new_users or event.moved_by_hand):
        state.comparison = event


def drift_pass(version: int) -> str:
    """Return under which name the users of a finding stand beside the moves.

    Args:
        version: Of the event in its stream: rows without their event, or under another, can't be.
    """
    return f"drift-{version}"


def licenses_changed(subscriptions: Iterable[SellerSubscription], subscription_id: str, before: int) -> int:
    """Return how many licenses more (or fewer) than before the seller shows; 0 for one it does not show.

    Args:
        subscriptions: What the seller shows.
        subscription_id: The seller's id.
        before: Licenses that were recorded.
    """
    wanted = subscription_id.lower()
    changes = (each.quantity - before for each in subscriptions if each.subscription_id.lower() == wanted)
    return next(changes, 0)
