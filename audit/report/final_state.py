"""The state that the streams of a bundle lead to: folded with the aggregates' own mutators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from domain.kernel.errors import AuditMismatch
from domain.kernel.recorded import RecordedAggregate, RecordedCreation
from domain.organizations.organization import LockHolder, Organization
from domain.subscriptions.subscription import Subscription
from domain.switch.switch_state import SwitchState
from store.record.notifications import StoredNotification

_COUNTS = ("moved", "failed", "skipped", "returned", "joined_late", "moved_by_hand")


def final_state(
    streams: Mapping[UUID, Sequence[StoredNotification]], switch_id: str, *, target_stream: UUID
) -> dict[str, str]:
    """Return the last state of organization, source, switch and target: name of a figure -> its text.

    Args:
        streams: Whole streams in the order of their versions.
        switch_id: The switch.
        target_stream: Stream of the subscription that it leads to.

    Raises:
        AuditMismatch: A stream does not lead to any state.
    """
    figures: dict[str, str] = {}
    for stream_id, events in streams.items():
        aggregate = _folded(stream_id, events)
        if isinstance(aggregate, Organization):
            figures |= _organization(aggregate, switch_id)
        elif isinstance(aggregate, Subscription):
            name = "target" if stream_id == target_stream else "source"
            figures |= _subscription(name, aggregate)
            if switch_id in aggregate.switches:
                figures |= _switch(aggregate.switches[switch_id])
    return figures


def _folded(stream_id: UUID, events: Sequence[StoredNotification]) -> RecordedAggregate | None:
    """Return the aggregate of a stream; None of a log, which has none."""
    if not events or not isinstance(events[0].event, RecordedCreation):
        return None
    aggregate: Any = None
    for each in events:
        event: Any = each.event
        try:
            aggregate = event.mutate(aggregate)
        except Exception as error:
            raise AuditMismatch(
                f"Event {each.id} can't follow in stream {stream_id}: {type(error).__name__} {error}.",
                remedy="Do not believe the state of this record.",
            ) from error
    folded: RecordedAggregate = aggregate
    return folded


def _subscription(name: str, aggregate: Subscription) -> dict[str, str]:
    facts = ("subscription_id", "plan_id", "status", "quantity")
    return {f"state.{name}.{fact}": str(getattr(aggregate, fact)) for fact in facts}


def _switch(state: SwitchState) -> dict[str, str]:
    counts = {f"state.switch.{name}": str(getattr(state, name)) for name in _COUNTS}
    return {"state.switch.stage": str(state.stage), **counts}


def _organization(aggregate: Organization, switch_id: str) -> dict[str, str]:
    locks: dict[str, LockHolder | None] = {
        "place": aggregate.live_switch,
        "commerce": aggregate.commerce_lock,
        "administration": aggregate.administration_lock,
    }
    holders = {f"state.lock.{name}": lock.switch_id if lock else "nobody" for name, lock in locks.items()}
    return {"state.organization.outcome": aggregate.finished_switches.get(switch_id, ""), **holders}
