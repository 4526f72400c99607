"""What stands behind a row of the board: subscription, request and workflow; and waiting for a row."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress

from audit.story.show import events_of
from domain.kernel.errors import UnknownSwitch
from domain.kernel.ids import eligibility_wait_stream_id, wait_workflow_id_of, workflow_id_of
from domain.reasons.reasons import AUTOMATIC
from domain.requests.wait_events import EligibilityWait
from domain.subscriptions.subscription import Subscription
from domain.switch.events import SwitchRequested
from domain.switch.stage import Stage
from domain.text.plain_text import REPLACEMENT
from projections.reads.queries import ReadModels
from projections.reads.shown_rows import SwitchRow
from services.base.tools import Tools
from store.core.errors import UNREADABLE
from store.switch_store import SwitchStore

#: The projector polls four times a second; after this the answer goes out without the row.
SHOWN_TIMEOUT_SECONDS = 2.0
#: A command that was sent twice changes nothing more, so that this wait is shorter.
CHANGE_TIMEOUT_SECONDS = 1.0
_POLL_SECONDS = 0.05
#: Events that hold what was asked.
_ASKING = (SwitchRequested, EligibilityWait.Created)


def is_waiting(row: SwitchRow) -> bool:
    """Return whether a row of the board is a request that waits."""
    return bool(row.stage == Stage.WAITING_ELIGIBLE)


def request_id_of(tools: Tools, row: SwitchRow) -> str:
    """Return the request id that led to a switch; the board shows it without what no table can hold."""
    shown = str(row.request_id)
    if REPLACEMENT not in shown:
        return shown
    entries = events_of(tools.store, row.switch_id, tools.reads.streams_of(row.switch_id))
    requests = (each.event for each in entries if isinstance(each.event, _ASKING))
    return next((str(event.request_id) for event in requests), shown)


def workflow_of(tools: Tools, row: SwitchRow) -> str:
    """Return the id of the workflow of a switch, or of the request that waits to become one."""
    name_of = wait_workflow_id_of if is_waiting(row) else workflow_id_of
    return name_of(row.organization_id, request_id_of(tools, row))


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


def recorded_request(tools: Tools, row: SwitchRow) -> Mapping[str, object] | None:
    """Return the order of a switch, or of a request that waits or has waited; None: it can't be read.

    Args:
        tools: Where to look.
        row: The switch as the board shows it.
    """
    source = None if is_waiting(row) else readable_source(tools, row)
    state = source.switches.get(row.switch_id) if source else None
    requested = state.of(SwitchRequested) if state else None
    if requested is not None:
        return {**requested.order, "mode": requested.mode}
    with suppress(*UNREADABLE):
        wait = recorded_wait(tools.store, row.switch_id)
        return {"mode": AUTOMATIC, **wait.order} if wait else None
    return None


def shown_switch(reads: ReadModels, switch_id: str) -> SwitchRow | None:
    """Return the row of a switch as soon as it is shown, or None when that takes too long."""
    deadline = time.monotonic() + SHOWN_TIMEOUT_SECONDS
    while True:
        try:
            return reads.switch(switch_id)
        except UnknownSwitch:
            if time.monotonic() >= deadline:
                return None
        time.sleep(_POLL_SECONDS)


def shown_change(reads: ReadModels, switch_id: str, position: int) -> None:
    """Return as soon as something later than a position is shown of a switch, or when that takes too long."""
    deadline = time.monotonic() + CHANGE_TIMEOUT_SECONDS
    while reads.switch(switch_id).position <= position and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
