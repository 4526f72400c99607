"""The subscription that a switch leaves, for what is told beside its row: an unreadable one hides no row."""

from __future__ import annotations

from console.access.dependencies import ConsoleDependencies
from domain.subscriptions.subscription import Subscription
from projections.reads.shown_rows import SwitchRow
from store.core.errors import UnreadableEvent


def readable_source(console: ConsoleDependencies, row: SwitchRow) -> Subscription | None:
    """Return the subscription that a switch leaves; None where it is not recorded or can't be read.

    Args:
        console: Where to look.
        row: The switch as the board shows it.
    """
    stream_id = console.store.resolve_subscription(row.organization_id, row.source_subscription_id)
    try:
        return console.store.subscription(stream_id)
    except UnreadableEvent:
        return None
