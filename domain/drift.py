"""What somebody changed by hand while a switch moved licenses (rules section 4, drift)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain.ports import SellerSubscription


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
        """Tell whether anything differs."""
        return self != Drift()


def licenses_changed(subscriptions: Iterable[SellerSubscription], subscription_id: str, before: int) -> int:
    """Return how many licenses more (or fewer) than before the seller shows; 0 for one it does not show.

    Args:
        subscriptions: What the seller shows.
        subscription_id: The seller's id.
        before: Licenses that were recorded.
    """
    wanted = subscription_id.lower()
    found = (each.quantity - before for each in subscriptions if each.subscription_id.lower() == wanted)
    return next(found, 0)
