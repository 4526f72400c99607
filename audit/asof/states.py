"""The state of a switch at a moment: its aggregates, the locks, the users, the journal and the streams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from pydantic import JsonValue

from audit.asof.state_facts import Positions, plain_state, state_facts
from audit.asof.switch_record import SwitchRecord
from audit.asof.users import UserTotals, totals_at
from audit.story.holdings import JournalStory, journal_story
from audit.story.show import AuditEntry, entries_of
from domain.kernel.recorded import RecordedAggregate
from domain.organizations.organization import LockHolder, Organization
from domain.requests.wait_events import EligibilityWait
from domain.subscriptions.subscription import Subscription
from domain.switch.stage import Stage
from domain.switch.switch_state import SwitchState
from store.record.notifications import StoredNotification
from store.switch_store import SwitchStore


class Role(StrEnum):
    """What a stream is to the switch."""

    ORGANIZATION = "organization"
    #: The subscription that it leaves; the state of the switch stands in it.
    SOURCE = "source"
    #: The subscription that it leads to.
    TARGET = "target"
    #: Another subscription that it changes, such as one of an add-on.
    SUBSCRIPTION = "subscription"
    #: The request, while it waits until its switch may begin.
    WAIT = "wait"
    #: Without an aggregate: a pass over users, a name of the seller, the draft of an order.
    LOG = "log"


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamAt:
    """One stream at a moment."""

    role: Role
    stream_id: str
    version: int
    #: Topic of its newest event.
    newest: str
    #: Public state of its aggregate; empty of a log. The switch itself stands in `SwitchAt.switch`.
    state: dict[str, JsonValue]


@dataclass(frozen=True, kw_only=True, slots=True)
class LockAt:
    """One lock of the organization at a moment, whoever held it."""

    #: organization (the place for a live switch), commerce or administration.
    lock: str
    #: "" of the credit check of a purchase.
    switch_id: str
    is_own: bool
    since: datetime
    promised_end_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchAt:
    """The state of one switch at one place in the log."""

    switch_id: str
    organization_id: str
    position: int
    #: Position of the newest event of the log today.
    log_end: int
    #: Events of the switch up to there, and today.
    version: int
    versions: int
    #: The newest event of the switch up to there.
    event: AuditEntry
    #: None before the request was recorded.
    stage: Stage | None
    locks: tuple[LockAt, ...]
    users: UserTotals
    journal: JournalStory
    #: State of the switch in its source; empty while the request waits.
    switch: dict[str, JsonValue]
    streams: tuple[StreamAt, ...]


def state_at(store: SwitchStore, record: SwitchRecord, position: int) -> SwitchAt:
    """Rebuild the state of a switch at a place in the log, by the aggregates' own mutators.

    Args:
        store: The event store.
        record: Events of the switch.
        position: From the first event of the switch to the end of the log.

    Raises:
        RecordInconsistent: A stream lacks an event on which a later one builds.
    """
    view = _View(record=record, position=position)
    events = record.events_at(position)
    return SwitchAt(
        switch_id=record.switch_id,
        organization_id=record.organization_id,
        position=position,
        log_end=record.head,
        version=len(events),
        versions=len(record.events),
        event=_newest_entry(events),
        stage=view.stage,
        locks=tuple(view.locks()),
        users=totals_at(store, record, position),
        journal=journal_story(events),
        switch=view.switch_facts(),
        streams=tuple(view.streams()),
    )


def _newest_entry(events: Sequence[StoredNotification]) -> AuditEntry:
    """Return the last event in words; of the others only those are put into words that it needs."""
    causation = events[-1].event.meta["causation"]  # type: ignore[attr-defined]
    causes = [each for each in events[:-2] if f"{each.stream_id}@{each.version}" == causation]
    return tuple(entries_of([*causes, *events[-2:]]))[-1]


@dataclass(frozen=True, kw_only=True)
class _View:
    """The aggregates at one place in the log."""

    record: SwitchRecord
    position: int

    @cached_property
    def aggregates(self) -> dict[UUID, RecordedAggregate | None]:
        """Stream -> its aggregate; streams without an event up to there are left out."""
        begun = [each for each, events in self.record.streams.items() if events[0].id <= self.position]
        return {each: self.record.aggregate_at(each, self.position) for each in begun}

    @cached_property
    def switch(self) -> SwitchState | None:
        """The switch in its source."""
        stream_id = self.record.source_stream_id
        source = self.aggregates.get(stream_id) if stream_id else None
        return source.switches.get(self.record.switch_id) if isinstance(source, Subscription) else None

    @property
    def stage(self) -> Stage | None:
        """Return the stage of the switch, or of the request that waits to become one."""
        if self.switch is not None:
            return self.switch.stage
        wait = next((each for each in self.aggregates.values() if isinstance(each, EligibilityWait)), None)
        if wait is None:
            return None
        return Stage(wait.ending.outcome) if wait.ending else Stage.WAITING_ELIGIBLE

    @cached_property
    def positions(self) -> Positions:
        """Places of all events."""
        return {(each.stream_id, each.version): each.id for each in self.record.everything()}

    def switch_facts(self) -> dict[str, JsonValue]:
        """Return the state of the switch."""
        facts = plain_state(self.switch, self.positions) if self.switch else {}
        return facts if isinstance(facts, dict) else {}

    def locks(self) -> Iterator[LockAt]:
        """Yield the locks that are held, in the order in which a switch takes them."""
        for each in self.aggregates.values():
            if isinstance(each, Organization):
                holders = {
                    "organization": each.live_switch,
                    "commerce": each.commerce_lock,
                    "administration": each.administration_lock,
                }
                yield from (self._lock(name, held) for name, held in holders.items() if held)
                for check in each.purchase_checks.values():
                    yield self._lock("commerce", check)

    def _lock(self, name: str, holder: LockHolder) -> LockAt:
        return LockAt(
            lock=name,
            switch_id=holder.switch_id,
            is_own=holder.switch_id == self.record.switch_id,
            since=holder.since.astimezone(UTC),
            promised_end_at=holder.promised_end.astimezone(UTC),
        )

    def streams(self) -> Iterator[StreamAt]:
        """Yield the streams, the organization first and logs last."""
        roles = list(Role)
        views = [self._stream(stream_id) for stream_id in self.aggregates]
        yield from sorted(views, key=lambda each: (roles.index(each.role), each.stream_id))

    def _stream(self, stream_id: UUID) -> StreamAt:
        version = self.record.version_at(stream_id, self.position)
        aggregate = self.aggregates[stream_id]
        facts = state_facts(aggregate, self.positions) if aggregate else {}
        if isinstance(aggregate, Subscription):
            # Each switch has a story of its own; this one stands beside the streams.
            others = {name: each for name, each in aggregate.switches.items() if each is not self.switch}
            facts["switches"] = {name: str(each.stage) for name, each in others.items()}
        return StreamAt(
            role=self._role(stream_id, aggregate),
            stream_id=str(stream_id),
            version=version,
            newest=self.record.streams[stream_id][version - 1].topic,
            state=facts,
        )

    def _role(self, stream_id: UUID, aggregate: RecordedAggregate | None) -> Role:
        if isinstance(aggregate, Organization):
            return Role.ORGANIZATION
        if isinstance(aggregate, EligibilityWait):
            return Role.WAIT
        if not isinstance(aggregate, Subscription):
            return Role.LOG
        if stream_id == self.record.source_stream_id:
            return Role.SOURCE
        return Role.TARGET if stream_id == self.record.target_stream_id else Role.SUBSCRIPTION
