"""Every stream that a switch touches, and the aggregates that their events make up to a place in the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from eventsourcing.domain import OriginatorVersionError

from audit.story.show import events_of, pages_of_stream
from domain.kernel.errors import RecordInconsistent, UnknownSwitch
from domain.kernel.ids import (
    eligibility_wait_stream_id,
    license_move_stream_id,
    organization_stream_id,
    replacement_stream_id,
)
from domain.kernel.recorded import RecordedAggregate, RecordedCreation
from domain.organizations.organization import Organization
from domain.switch.events import SwitchRequested
from projections.board.fold import switch_of
from store.record.notifications import StoredNotification
from store.switch_store import SwitchStore

#: Rows of drift stand beside the moves; their events are in the source's stream.
DRIFT_PREFIX = "drift-"


@dataclass(frozen=True, kw_only=True)
class SwitchRecord:
    """The streams of a switch as they are stored now."""

    switch_id: str
    organization_id: str
    #: Stream -> its events in order of version, those of other switches as well.
    streams: Mapping[UUID, tuple[StoredNotification, ...]]
    #: Events of the switch itself, in the order of the log.
    events: tuple[StoredNotification, ...]
    #: Position of the newest event of the log.
    head: int

    @cached_property
    def source_stream_id(self) -> UUID | None:
        """The stream of the subscription that the switch leaves; None of a request that waits."""
        return next((each.stream_id for each in self.events if isinstance(each.event, SwitchRequested)), None)

    @property
    def source_opened(self) -> StoredNotification | None:
        """Return the first event of that stream, which has the plan that is left."""
        return self.streams[self.source_stream_id][0] if self.source_stream_id else None

    @property
    def target_stream_id(self) -> UUID:
        """Return the stream of the subscription that the switch leads to."""
        return replacement_stream_id(self.switch_id)

    def everything(self) -> Iterator[StoredNotification]:
        """Yield the events of all streams."""
        for events in self.streams.values():
            yield from events

    def events_at(self, position: int) -> tuple[StoredNotification, ...]:
        """Return the switch's own events up to a place in the log."""
        return tuple(each for each in self.events if each.id <= position)

    def version_at(self, stream_id: UUID, position: int) -> int:
        """Return how many events a stream had at a place in the log."""
        return sum(each.id <= position for each in self.streams.get(stream_id, ()))

    def aggregate_at(self, stream_id: UUID, position: int) -> RecordedAggregate | None:
        """Rebuild the aggregate of a stream with its own mutators; None of a log, or before its first event.

        Raises:
            RecordInconsistent: The stream lacks an event on which a later one builds.
            UnreadableEvent: An event has an unknown topic, or its state was altered.
        """
        events = self.streams.get(stream_id, ())
        if not events or events[0].id > position or not isinstance(events[0].event, RecordedCreation):
            return None
        aggregate: RecordedAggregate = _aggregate_of(
            stream_id, (each for each in events if each.id <= position)
        )
        return aggregate


def switch_record(store: SwitchStore, switch_id: str, streams: Iterable[UUID] = ()) -> SwitchRecord:
    """Read every stream that a switch touches.

    Args:
        store: The event store.
        switch_id: Whole id of the switch.
        streams: Streams known to have events of it; without any, the whole log is looked through.

    Raises:
        UnknownSwitch: No event belongs to it.
    """
    # First, so that what is written meanwhile is not taken for later than the end of the log.
    head = store.max_notification_id()
    known = set(streams) or {each.stream_id for each in events_of(store, switch_id)}
    known |= {replacement_stream_id(switch_id), eligibility_wait_stream_id(switch_id)}
    passes = [name for name in store.passes_of(switch_id) if not name.startswith(DRIFT_PREFIX)]
    known |= {license_move_stream_id(switch_id, name) for name in passes}
    read = {stream_id: _stream(store, stream_id) for stream_id in known}
    organization_id = _organization_id(switch_id, read)
    known = _organization_streams(organization_id, switch_id, read, store)
    read |= {stream_id: _stream(store, stream_id) for stream_id in known - set(read)}
    whole = {stream_id: tuple(each for each in read[stream_id] if each.id <= head) for stream_id in read}
    own = [each for events in whole.values() for each in events if _is_of(each, switch_id)]
    return SwitchRecord(
        switch_id=switch_id,
        organization_id=organization_id,
        streams={stream_id: events for stream_id, events in whole.items() if events},
        events=tuple(sorted(own, key=lambda each: each.id)),
        head=head,
    )


def _stream(store: SwitchStore, stream_id: UUID) -> tuple[StoredNotification, ...]:
    return tuple(pages_of_stream(store, stream_id))


def _organization_id(switch_id: str, read: Mapping[UUID, tuple[StoredNotification, ...]]) -> str:
    for events in read.values():
        for each in events:
            if _is_of(each, switch_id):
                return str(each.event.meta["organization_id"])  # type: ignore[attr-defined]
    raise UnknownSwitch(f"No event belongs to switch {switch_id}.", remedy="`planswitch switch list`")


def _organization_streams(
    organization_id: str,
    switch_id: str,
    read: Mapping[UUID, tuple[StoredNotification, ...]],
    store: SwitchStore,
) -> set[UUID]:
    """Return the stream of the organization, and of the subscription that it knows the switch to leave."""
    stream_id = organization_stream_id(organization_id)
    events = read.get(stream_id) or _stream(store, stream_id)
    organization = _aggregate_of(stream_id, events) if events else None
    source = organization.source_streams.get(switch_id) if isinstance(organization, Organization) else None
    return {stream_id, *([UUID(source)] if source else [])}


def _is_of(logged: StoredNotification, switch_id: str) -> bool:
    """Tell whether an event is of a switch; decoding is the expensive part, and the id is in the bytes."""
    return switch_id.encode() in logged.state and switch_of(logged.event) == switch_id


def _aggregate_of(stream_id: UUID, events: Iterable[StoredNotification]) -> Any:
    aggregate: Any = None
    try:
        for each in events:
            event: Any = each.event
            aggregate = event.mutate(aggregate)
    except (OriginatorVersionError, KeyError) as error:
        missing = "an event on which a later one builds"
        raise RecordInconsistent(f"stream {stream_id}", missing=missing) from error
    return aggregate
