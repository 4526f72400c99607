"""Loading and saving of aggregates and single events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, TypeVar
from uuid import UUID

from eventsourcing.application import AggregateNotFoundError
from eventsourcing.domain import Aggregate, OriginatorVersionError
from eventsourcing.persistence import IntegrityError, MapperDeserialisationError
from eventsourcing.utils import TopicError

from domain.kernel import ids
from domain.kernel.errors import RecordInconsistent, StoreBehind
from domain.organizations.organization import Organization
from domain.ports.cloud import ProviderCall
from domain.subscriptions.subscription import Subscription
from domain.subscriptions.subscription_name import SubscriptionNamed
from store.core.base import StoredDomainEvent, StorePart
from store.core.errors import UnreadableEvent, is_unique_violation, translated
from store.core.rows import CallContext, DetailRows, Position, Saved, SaveDetail, StreamPosition

AggregateClass = TypeVar("AggregateClass", bound=Aggregate)

_LENGTHS = """
SELECT originator_id, max(originator_version) AS version
FROM planswitch.switch_events WHERE originator_id = ANY(%(streams)s) GROUP BY originator_id
"""
_STORED_IDS = """
SELECT notification_id, originator_id, originator_version, state FROM planswitch.switch_events
WHERE (originator_id, originator_version) IN
    (SELECT * FROM unnest(%(streams)s::uuid[], %(versions)s::bigint[]))
"""


class AggregateStore(StorePart):
    """Aggregates by stream id; one save is one transaction, whatever is in it."""

    def load(self, stream_id: UUID, version: int | None = None) -> Any:
        """Return the aggregate of a stream, as of `version` or as it is now; None when there is none.

        Raises:
            UnreadableEvent: An event of it has an unknown topic, or its state was altered.
            RecordInconsistent: It lacks an event that a later one needs.
        """
        try:
            with translated(), suppress(AggregateNotFoundError):
                return self._application.repository.get(stream_id, version=version, projector_func=_replayed)
        except (MapperDeserialisationError, TopicError) as error:
            raise UnreadableEvent(
                f"Stream {stream_id} can't be read: {error}",
                remedy="Update planswitch; if that does not help, compare the stream with a backup.",
                stream_id=str(stream_id),
            ) from error
        except (OriginatorVersionError, KeyError) as error:
            missing = "an event on which a later one builds"
            raise RecordInconsistent(f"stream {stream_id}", missing=missing) from error
        return None

    def organization(self, organization_id: str) -> Organization | None:
        """Return an organization as it is now, or None when it was never seen."""
        return self._typed(Organization, ids.organization_stream_id(organization_id))

    def subscription(self, stream_id: UUID, version: int | None = None) -> Subscription | None:
        """Return a subscription, as of `version` or as it is now; None when it was never seen."""
        return self._typed(Subscription, stream_id, version)

    def save(
        self,
        *aggregates: Aggregate,
        events: Sequence[StoredDomainEvent] = (),
        rows: DetailRows | None = None,
        calls: Sequence[ProviderCall] = (),
        call_context: CallContext | None = None,
    ) -> Saved:
        """Save pending events, single events, detail rows and provider calls in one transaction.

        After an error the aggregates have lost their pending events: load them again and run the command
        again. A write whose acknowledgement was lost is recognized and answered as saved.

        Raises:
            ConcurrentWrite: A stream has grown meanwhile, or a row exists; nothing was written.
            StoreUnavailable: PostgreSQL did not answer; whether it was written is unknown.
        """
        pending = [event for aggregate in aggregates for event in aggregate.collect_events()]
        everything = [*pending, *events]
        detail = SaveDetail(rows=rows, calls=calls, call_context=call_context)
        with translated():
            try:
                recordings = self._application.save(*everything, detail=detail)
                written = [recording.notification.id for recording in recordings]
            except IntegrityError as error:
                written = self._ids_if_ours(everything, detail) if is_unique_violation(error) else []
                if not written:
                    raise
        positions = [(aggregate.id, aggregate.version) for aggregate in aggregates]
        positions += [(event.originator_id, event.originator_version) for event in events]
        return Saved(positions=_highest(positions), notification_id=max(written, default=None))

    def require(self, positions: Iterable[Position]) -> None:
        """Refuse to go on when a stream is shorter than an earlier step saw it.

        See architecture#the-shape-of-a-step.

        Raises:
            StoreBehind: An older database was restored.
        """
        wanted = {UUID(position.stream_id): position.version for position in positions}
        rows = self._rows(_LENGTHS, {"streams": list(wanted)})
        actual = {row["originator_id"]: row["version"] for row in rows}
        for stream_id, version in wanted.items():
            if actual.get(stream_id, 0) < version:
                raise StoreBehind(
                    f"Stream {stream_id} has {actual.get(stream_id, 0)} events,"
                    f" but an earlier step saved number {version}.",
                    remedy="The database was set back: restore a newer backup, then retry the step.",
                    stream_id=str(stream_id),
                )

    def resolve_subscription(self, organization_id: str, external_id: str) -> UUID:
        """Return the stream of the subscription that the seller calls `external_id`."""
        alias = ids.subscription_name_stream_id(organization_id, external_id)
        with translated():
            for event in self._application.events.get(alias, limit=1):
                if isinstance(event, SubscriptionNamed):
                    return event.subscription_stream_id
        return ids.subscription_stream_id(organization_id, external_id)

    def _typed(
        self, aggregate_class: type[AggregateClass], stream_id: UUID, version: int | None = None
    ) -> AggregateClass | None:
        aggregate = self.load(stream_id, version)
        if aggregate is not None and not isinstance(aggregate, aggregate_class):
            raise TypeError(f"stream {stream_id} holds a {type(aggregate).__name__}")
        return aggregate

    def _ids_if_ours(self, events: Sequence[StoredDomainEvent], detail: SaveDetail) -> list[int]:
        """Return the ids of `events` if this very save wrote them and only the answer was lost.

        Only a save that was tried more than once can meet itself: a first attempt met somebody else.
        """
        if detail.insert_attempts <= 1 or not events:
            return []
        ours = [self._application.mapper.to_stored_event(event) for event in events]
        keys = {(event.originator_id, event.originator_version): event.state for event in ours}
        rows = self._rows(
            _STORED_IDS, {"streams": [key[0] for key in keys], "versions": [key[1] for key in keys]}
        )
        stored = {(row["originator_id"], row["originator_version"]): bytes(row["state"]) for row in rows}
        return [row["notification_id"] for row in rows] if stored == keys else []


def _replayed(aggregate: Any, events: Iterable[Any]) -> Any:
    """Apply events in order; the library's own projector asks of each whether it can be, which costs more."""
    for event in events:
        aggregate = event.mutate(aggregate)
    return aggregate


def _highest(positions: Iterable[tuple[UUID, int]]) -> tuple[StreamPosition, ...]:
    versions: dict[UUID, int] = {}
    for stream_id, version in positions:
        versions[stream_id] = max(version, versions.get(stream_id, 0))
    return tuple(StreamPosition(stream_id=str(key), version=value) for key, value in versions.items())
