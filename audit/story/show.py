"""The story of one switch, told from the event store: every event with its cause, effect and distance.

The read models say at most in which streams to look; what is shown comes from the events themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import JsonValue

from audit.story.holdings import (
    JournalStory,
    Lock,
    MoneyAndOrder,
    Users,
    journal_story,
    locks_of,
    money_of,
    users_of,
)
from audit.story.refusals import ToldRefusal, refusals_of
from audit.story.steps import StepStory, is_failed, steps_of
from audit.story.verdict import Verdict, verdict_of
from audit.story.wait_parts import Wait
from audit.story.waits import waits_of
from domain.event_table.event_table import effect_of
from domain.kernel.errors import UnknownSwitch
from domain.kernel.ids import eligibility_wait_stream_id, license_move_stream_id, replacement_stream_id
from domain.operator.lost_settings import STAGES_BACK, findings_of_locations, findings_of_loss
from domain.operator.workflow_trouble import WorkflowTrouble
from domain.reasons.findings import Finding, FindingCode, docs_link, recorded_finding
from domain.reasons.phrases import spoken_figures
from domain.switch.events import SwitchRequested
from domain.switch.settings_events import LocationsAsked, ServiceSettingsReassessed, SettingsLost
from projections.board.fold import summary_of, switch_of
from store.core.base import PAGE_SIZE_MAX
from store.core.rows import RecordedCall
from store.record.notifications import StoredNotification
from store.switch_store import SwitchStore

_REQUEST = "request:"
_COMMAND = "command:"


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditEntry:
    """One event of the story."""

    #: Place in the log of all events.
    position: int
    at: datetime
    recorded_at: datetime
    #: Seconds since the event before, 0 for the first.
    after_seconds: float
    stream_id: str
    version: int
    event: str
    actor: str
    reason: str
    #: What led to it, in words.
    cause: str
    #: What it changed, in words.
    effect: str
    activity: str
    attempt: int
    facts: dict[str, JsonValue]


@dataclass(frozen=True, kw_only=True, slots=True)
class CallCount:
    """Calls to a provider by one step."""

    step: str
    provider: str
    operation: str
    calls: int
    #: Calls that were refused or got no answer.
    failed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingStory:
    """A finding in words; those of a record of before are the stored ones."""

    code: FindingCode
    message: str
    #: "" where there is nothing to do.
    remedy: str
    details: dict[str, str | int]

    @property
    def docs(self) -> str:
        """Return where the code is explained to an operator."""
        return docs_link(self.code)


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchAudit:
    """The story of one switch."""

    switch_id: str
    organization_id: str
    #: How it ended or stands, and why.
    verdict: Verdict
    users: Users
    money: MoneyAndOrder
    locks: tuple[Lock, ...]
    waits: tuple[Wait, ...]
    steps: tuple[StepStory, ...]
    events: tuple[AuditEntry, ...]
    provider_calls: tuple[CallCount, ...]
    #: Every different refusal in the provider's own words, and how often it came.
    refusals: tuple[ToldRefusal, ...]
    #: Every event with money in double entry.
    journal: JournalStory
    #: Remarks beside the answers to the request and to the move; they blocked nothing.
    findings: tuple[FindingStory, ...] = ()
    #: What is left to do by hand after it, each with its remedy.
    open_points: tuple[FindingStory, ...] = ()
    #: What keeps its workflows from going on now, as the workers found it last; no part of the record.
    workflow_troubles: tuple[WorkflowTrouble, ...] = ()


def audit_of(store: SwitchStore, switch_id: str, streams: Iterable[UUID] = ()) -> SwitchAudit:
    """Read the story of a switch; arguments and errors are those of `events_of`."""
    events = events_of(store, switch_id, streams)
    calls = tuple(calls_of(store, switch_id))
    steps, waits = steps_of(events, calls), waits_of(events)
    money, users = money_of(events, calls), users_of(events)
    return SwitchAudit(
        switch_id=switch_id,
        organization_id=events[0].event.meta["organization_id"],  # type: ignore[attr-defined]
        verdict=verdict_of(events, steps=steps, waits=waits, money=money, users=users),
        users=users,
        money=money,
        locks=locks_of(events),
        waits=waits,
        steps=steps,
        events=tuple(entries_of(events)),
        provider_calls=_counted(calls),
        refusals=refusals_of(calls),
        journal=journal_story(events),
        findings=_in_words(findings_of(events)),
        open_points=_in_words(open_points_of(events)),
        workflow_troubles=store.troubles(switch_id),
    )


def findings_of(events: Sequence[StoredNotification]) -> tuple[Finding, ...]:
    """Return the findings of a switch as they were recorded; older records have none.

    A request has its own; those of the directory's list of the new plan came after the order.
    """
    facts: list[dict[str, Any]] = []
    for each in events:
        if isinstance(each.event, SwitchRequested):
            facts += each.event.assessment.get("answer", {}).get("findings", ())
        elif isinstance(each.event, ServiceSettingsReassessed):
            facts += each.event.findings
    return tuple(recorded_finding(each) for each in facts)


def _in_words(findings: Iterable[Finding]) -> tuple[FindingStory, ...]:
    return tuple(
        FindingStory(
            code=each.code,
            message=each.message,
            remedy=each.remedy,
            details=spoken_figures(each.details),
        )
        for each in findings
    )


def open_points_of(events: Sequence[StoredNotification]) -> tuple[Finding, ...]:
    """Return what a switch left to do, or to know: as `open_points`, by its events."""
    lost = (each.event for each in events if isinstance(each.event, SettingsLost))
    points = tuple(point for event in lost for point in findings_of_loss(event))
    if not any(getattr(each.event, "STAGE", None) in STAGES_BACK for each in events):
        return points
    requests = (each.event for each in events if isinstance(each.event, LocationsAsked))
    locations = {key: event.location for event in requests for key in event.user_keys}
    return (*points, *findings_of_locations(locations))


def events_of(store: SwitchStore, switch_id: str, streams: Iterable[UUID] = ()) -> list[StoredNotification]:
    """Return every event of a switch in the order of the log.

    Args:
        store: The event store.
        switch_id: Whole id of the switch.
        streams: Streams known to have events of it; without any, the whole log is looked through.

    Raises:
        UnknownSwitch: No event belongs to it.
    """
    known = set(streams)
    events = _events_of_streams(store, switch_id, known) if known else _events_of_log(store, switch_id)
    if not events:
        raise UnknownSwitch(f"No event belongs to switch {switch_id}.", remedy="`planswitch switch list`")
    return events


def _events_of_streams(store: SwitchStore, switch_id: str, streams: set[UUID]) -> list[StoredNotification]:
    streams |= {
        replacement_stream_id(switch_id),
        license_move_stream_id(switch_id, "pilot"),
        license_move_stream_id(switch_id, "move"),
        eligibility_wait_stream_id(switch_id),
    }
    events = [
        notification
        for stream_id in streams
        for notification in pages_of_stream(store, stream_id)
        if switch_of(notification.event) == switch_id
    ]
    return sorted(events, key=lambda notification: notification.id)


def pages_of_stream(store: SwitchStore, stream_id: UUID) -> Iterator[StoredNotification]:
    """Yield every event of a stream in order of version, read page by page."""
    after = 0
    while page := store.stream_events(stream_id, after):
        yield from page
        after = page[-1].version


def _events_of_log(store: SwitchStore, switch_id: str) -> list[StoredNotification]:
    events: list[StoredNotification] = []
    after = 0
    while page := store.notifications(after):
        # Decoding is the expensive part, and the id stands in the stored bytes.
        events += [
            one for one in page if switch_id.encode() in one.state and switch_of(one.event) == switch_id
        ]
        after = page[-1].id
    return events


def entries_of(events: Sequence[StoredNotification]) -> Iterator[AuditEntry]:
    """Yield the events of a switch with cause and effect in words, in the order that they are given in."""
    names = {f"{one.stream_id}@{one.version}": one for one in events}
    before: datetime | None = None
    for notification in events:
        event: Any = notification.event
        yield AuditEntry(
            position=notification.id,
            at=event.timestamp,
            recorded_at=notification.recorded_at,
            after_seconds=(event.timestamp - before).total_seconds() if before else 0.0,
            stream_id=str(notification.stream_id),
            version=notification.version,
            event=notification.topic,
            actor=event.meta["actor"],
            reason=event.meta["reason"],
            cause=_cause(event.meta["causation"], names),
            effect=effect_of(event),
            activity=event.meta["activity"],
            attempt=event.meta["attempt"],
            facts=summary_of(event),
        )
        before = event.timestamp


def _cause(causation: str, names: dict[str, StoredNotification]) -> str:
    """Return a causation in words; a stream's version becomes the name of its event."""
    before = names.get(causation)
    if before is not None:
        return f"{before.topic} (event {before.id})"
    for prefix, word in ((_REQUEST, "request"), (_COMMAND, "command")):
        if causation.startswith(prefix):
            return f"{word} {causation.removeprefix(prefix)}"
    return causation


def calls_of(store: SwitchStore, switch_id: str) -> Iterator[RecordedCall]:
    """Yield every recorded call to a provider of a switch, oldest first."""
    after = 0
    while page := store.calls(switch_id, after, PAGE_SIZE_MAX):
        yield from page
        after = page[-1].id


def _counted(calls: Iterable[RecordedCall]) -> tuple[CallCount, ...]:
    total: Counter[tuple[str, str, str]] = Counter()
    failed: Counter[tuple[str, str, str]] = Counter()
    for recorded in calls:
        key = (recorded.step, recorded.call.provider, recorded.call.operation)
        total[key] += 1
        failed[key] += is_failed(recorded)
    return tuple(
        CallCount(step=step, provider=provider, operation=operation, calls=count, failed=failed[key])
        for key, count in total.items()
        for step, provider, operation in [key]
    )
