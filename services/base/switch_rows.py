"""The subscription that a switch leaves, and the request that waited for it, as the record has them."""

from __future__ import annotations

from contextlib import suppress

from domain.kernel.errors import UnknownSwitch
from domain.kernel.ids import eligibility_wait_stream_id
from domain.requests.wait_events import EligibilityWait
from domain.subscriptions.subscription import Subscription
from projections.reads.shown_rows import SwitchRow
from services.base.tools import Tools
from store.core.errors import UNREADABLE
from store.switch_store import SwitchStore


def recorded_source(tools: Tools, row: SwitchRow) -> Subscription | None:
    """Return the subscription that a switch leaves, or None where the record does not hold it."""
    stream_id = tools.store.resolve_subscription(row.organization_id, row.source_subscription_id)
    return tools.store.subscription(stream_id)


def readable_source(tools: Tools, row: SwitchRow) -> Subscription | None:
    """Return the same for what stands beside a row: one that can't be read is None, and hides no row."""
    with suppress(*UNREADABLE):
        return recorded_source(tools, row)
    return None


def required_source(tools: Tools, row: SwitchRow) -> Subscription:
    """Return the same, or refuse.

    Raises:
        UnknownSwitch: The record does not hold it.
    """
    source = recorded_source(tools, row)
    if source is None:
        raise UnknownSwitch(
            f"The record does not hold switch {row.switch_id}.",
            remedy="`planswitch switch list` shows the switches.",
        )
    return source


def recorded_wait(store: SwitchStore, switch_id: str) -> EligibilityWait | None:
    """Return the request that waits, or has waited, to become a switch; None where there was none."""
    wait = store.load(eligibility_wait_stream_id(switch_id))
    return wait if isinstance(wait, EligibilityWait) else None
