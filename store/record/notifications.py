"""Reading of the log of all events, of one stream, and of provider calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from eventsourcing.persistence import MapperDeserialisationError, StoredEvent
from eventsourcing.utils import TopicError
from psycopg.rows import DictRow

from domain.organizations.organization import SwitchReserved
from domain.ports.cloud import ProviderCall
from domain.ports.refusals import Refusal
from store.core.base import PAGE_SIZE_MAX, StoredDomainEvent, StorePart, checked_page_size
from store.core.detail import OUTSIDE_ANY_SWITCH, write_calls
from store.core.errors import UnreadableEvent, translated
from store.core.rows import CallContext, RecordedCall

#: Columns of which an event of the log is made.
COLUMNS = "notification_id, originator_id, originator_version, topic, state, recorded_at"
_NOTIFICATIONS = f"""
SELECT {COLUMNS} FROM planswitch.switch_events
WHERE notification_id > %(after)s ORDER BY notification_id LIMIT %(limit)s
"""  # noqa: S608  # a constant
_OF_TOPIC = f"""
SELECT {COLUMNS} FROM planswitch.switch_events
WHERE notification_id > %(after)s AND notification_id <= %(until)s AND topic = %(topic)s
ORDER BY notification_id LIMIT %(limit)s
"""  # noqa: S608  # a constant
_STREAM = f"""
SELECT {COLUMNS} FROM planswitch.switch_events
WHERE originator_id = %(stream_id)s AND originator_version > %(after)s
ORDER BY originator_version LIMIT %(limit)s
"""  # noqa: S608  # a constant
#: The topics stand in the text as in the partial index: as parameters they would not be served by it.
_RESERVED = """
SELECT originator_id FROM (
    SELECT DISTINCT ON (originator_id) originator_id, topic FROM planswitch.switch_events
    WHERE topic IN ('organization.switch-reserved', 'organization.switch-released')
        AND (%(after)s::uuid IS NULL OR originator_id > %(after)s::uuid)
    ORDER BY originator_id, originator_version DESC
) AS newest
WHERE topic = %(reserved)s ORDER BY originator_id LIMIT %(limit)s
"""
_CALLS = """
SELECT * FROM planswitch.provider_call
WHERE switch_id IS NOT DISTINCT FROM %(switch_id)s::uuid AND id > %(after)s ORDER BY id LIMIT %(limit)s
"""
_REFUSED_CALLS = """
SELECT * FROM planswitch.provider_call
WHERE switch_id = %(switch_id)s::uuid AND id > %(after)s
    AND (status < 200 OR status > 299 OR code <> '' OR refusals <> '[]')
ORDER BY id LIMIT %(limit)s
"""
_STEP_CALLS = """
SELECT * FROM planswitch.provider_call
WHERE switch_id = %(switch_id)s::uuid AND step = %(step)s ORDER BY id LIMIT %(limit)s
"""
#: Every answer or silence under a key; reads and license changes, which are many, have none.
_KEYED_CALLS = """
SELECT * FROM planswitch.provider_call
WHERE switch_id = %(switch_id)s::uuid AND key <> '' AND id > %(after)s ORDER BY id LIMIT %(limit)s
"""
_KEYED_OUTSIDE = """
SELECT * FROM planswitch.provider_call
WHERE switch_id IS NULL AND key = %(key)s AND key <> '' AND id > %(after)s ORDER BY id LIMIT %(limit)s
"""
_HAS_STEP_CALLS = """
SELECT id FROM planswitch.provider_call
WHERE switch_id = %(switch_id)s::uuid AND step = %(step)s AND started_at >= %(since)s LIMIT 1
"""
_CALL_FIELDS = tuple(field.name for field in fields(ProviderCall))


@dataclass(frozen=True, kw_only=True)
class StoredNotification:
    """One stored event with its place in the log of all events and in its stream."""

    id: int
    stream_id: UUID
    version: int
    topic: str
    #: The stored bytes, which seals cover.
    state: bytes
    recorded_at: datetime
    decode: Callable[[StoredEvent], StoredDomainEvent]

    @cached_property
    def event(self) -> StoredDomainEvent:
        """Return the domain event, decoded on first use.

        Raises:
            UnreadableEvent: Its topic is unknown or its state was altered.
        """
        raw = StoredEvent(
            originator_id=self.stream_id,
            originator_version=self.version,
            topic=self.topic,
            state=self.state,
        )
        try:
            return self.decode(raw)
        except (MapperDeserialisationError, TopicError, AttributeError, TypeError) as error:
            raise UnreadableEvent(
                f"Event {self.id} ({self.topic}, stream {self.stream_id} version {self.version})"
                f" can't be read: {error}",
                remedy="Compare the event with a backup, and restore it from there if it was altered.",
                notification_id=self.id,
            ) from error


class NotificationStore(StorePart):
    """Events in the order in which they were committed, and provider calls in the order of recording."""

    def notifications(self, after_id: int = 0, limit: int = PAGE_SIZE_MAX) -> list[StoredNotification]:
        """Return stored events with an id greater than `after_id`; ids have gaps, but never late comers."""
        rows = self._rows(_NOTIFICATIONS, {"after": after_id, "limit": checked_page_size(limit)})
        return [self._notification(row) for row in rows]

    def notifications_of(
        self, topic: str, *, after_id: int, until_id: int, limit: int = PAGE_SIZE_MAX
    ) -> list[StoredNotification]:
        """Return one page of the events of one topic with an id after `after_id`, up to `until_id`."""
        parameters = {
            "topic": topic,
            "after": after_id,
            "until": until_id,
            "limit": checked_page_size(limit),
        }
        return [self._notification(row) for row in self._rows(_OF_TOPIC, parameters)]

    def stream_events(
        self, stream_id: UUID, after_version: int = 0, limit: int = PAGE_SIZE_MAX
    ) -> list[StoredNotification]:
        """Return the events of one stream in order of version."""
        parameters = {"stream_id": stream_id, "after": after_version, "limit": checked_page_size(limit)}
        return [self._notification(row) for row in self._rows(_STREAM, parameters)]

    def reserved_organizations(self, after: UUID | None = None, limit: int = PAGE_SIZE_MAX) -> list[UUID]:
        """Return one page of the streams of organizations that a switch holds, in order of their id.

        Their newest reservation has no release after it. `after` is the last stream of the page before.
        """
        parameters = {"after": after, "reserved": SwitchReserved.TOPIC, "limit": checked_page_size(limit)}
        return [row["originator_id"] for row in self._rows(_RESERVED, parameters)]

    def max_notification_id(self) -> int:
        """Return the highest id of the log, 0 when it is empty."""
        with translated():
            return self._application.recorder.max_notification_id() or 0

    def calls(
        self, switch_id: str | None, after_id: int = 0, limit: int = PAGE_SIZE_MAX
    ) -> tuple[RecordedCall, ...]:
        """Return one page of the provider calls of a switch (None: of no switch), oldest first."""
        parameters = {"switch_id": switch_id, "after": after_id, "limit": checked_page_size(limit)}
        return tuple(_recorded_call(row) for row in self._rows(_CALLS, parameters))

    def refused_calls(
        self, switch_id: str, after_id: int = 0, limit: int = PAGE_SIZE_MAX
    ) -> tuple[RecordedCall, ...]:
        """Return one page of the calls of a switch that were refused, in whole or in part, oldest first."""
        parameters = {"switch_id": switch_id, "after": after_id, "limit": checked_page_size(limit)}
        return tuple(_recorded_call(row) for row in self._rows(_REFUSED_CALLS, parameters))

    def step_calls(self, switch_id: str, step: str) -> list[ProviderCall]:
        """Return the provider calls of one step of a switch, oldest first, PAGE_SIZE_MAX at most."""
        parameters = {"switch_id": switch_id, "step": step, "limit": PAGE_SIZE_MAX}
        return [_recorded_call(row).call for row in self._rows(_STEP_CALLS, parameters)]

    def keyed_calls(self, switch_id: str) -> Mapping[str, list[ProviderCall]]:
        """Return idempotency key -> the calls of a switch under it, oldest first (ADR 40)."""
        calls: dict[str, list[ProviderCall]] = {}
        for call in self._all_calls(_KEYED_CALLS, {"switch_id": switch_id}):
            calls.setdefault(call.key, []).append(call)
        return calls

    def calls_of_no_switch(self, key: str) -> list[ProviderCall]:
        """Return the calls under an idempotency key that belong to no switch, oldest first (ADR 40)."""
        return list(self._all_calls(_KEYED_OUTSIDE, {"key": key}))

    def _all_calls(self, query: str, parameters: dict[str, Any]) -> Iterator[ProviderCall]:
        """Yield the calls of every page: an outage may be long, and each attempt counts."""
        after, is_over = 0, False
        while not is_over:
            rows = self._rows(query, {**parameters, "after": after, "limit": PAGE_SIZE_MAX})
            yield from (_recorded_call(row).call for row in rows)
            after, is_over = rows[-1]["id"] if rows else after, len(rows) < PAGE_SIZE_MAX

    def has_step_calls(self, switch_id: str, step: str, *, since: datetime) -> bool:
        """Return whether a step of a switch has called a provider from an instant on."""
        return bool(self._rows(_HAS_STEP_CALLS, {"switch_id": switch_id, "step": step, "since": since}))

    def save_calls(self, calls: Sequence[ProviderCall], context: CallContext = OUTSIDE_ANY_SWITCH) -> None:
        """Record provider calls on their own: those of an attempt that failed."""
        if calls:
            self._written(lambda cursor: write_calls(cursor, calls, context))

    def _notification(self, row: DictRow) -> StoredNotification:
        return StoredNotification(
            id=row["notification_id"],
            stream_id=row["originator_id"],
            version=row["originator_version"],
            topic=row["topic"],
            state=bytes(row["state"]),
            recorded_at=row["recorded_at"].astimezone(UTC),
            decode=self._application.mapper.to_domain_event,
        )


def _recorded_call(row: DictRow) -> RecordedCall:
    fields: dict[str, Any] = {name: row[name] for name in _CALL_FIELDS}
    fields["started_at"] = fields["started_at"].astimezone(UTC)
    fields["refusals"] = tuple(Refusal(**each) for each in fields["refusals"])
    return RecordedCall(
        id=row["id"],
        switch_id=None if row["switch_id"] is None else str(row["switch_id"]),
        step=row["step"],
        attempt=row["attempt"],
        run_id=row["run_id"],
        activity_id=row["activity_id"],
        call=ProviderCall(**fields),
        recorded_at=row["recorded_at"].astimezone(UTC),
    )
