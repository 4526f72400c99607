"""Gather from the record what the rules of an autopsy look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from audit.autopsy.facts import USERS_NAMED_MAX, CaseFacts, CatalogArrival, UserFailures
from audit.story.holdings import locks_of, money_of, users_of
from audit.story.show import calls_of, events_of
from audit.story.steps import steps_of
from audit.story.waits import waits_of
from domain.eligibility.assessment import Assessed
from domain.kernel.errors import UnknownSwitch
from domain.kernel.ids import assessment_stream_id, is_whole_id
from domain.licenses.move import GroupMoved, MoveRow
from domain.requests.wait_events import EligibilityLooked, EligibilityWait
from providers.transport.redacted_text import redacted_text
from store.record.catalogs import Catalogs
from store.record.notifications import StoredNotification
from store.switch_store import SwitchStore

_FAILED = "failed"
_NOT_ELIGIBLE = "NOT_ELIGIBLE_FOR_SWITCH"


def case_facts(store: SwitchStore, switch_id: str, streams: Iterable[UUID] = ()) -> CaseFacts:
    """Return what is recorded of a switch, or of a request that was refused.

    Args:
        store: The event store.
        switch_id: Whole id of the switch.
        streams: Streams known to have events of it; without any, the whole log is looked through.

    Raises:
        UnknownSwitch: Neither events nor a refusal belong to it.
    """
    try:
        events = events_of(store, switch_id, streams)
    except UnknownSwitch:
        refused = refused_facts(store, switch_id)
        if refused is None:
            raise
        return refused
    calls = tuple(calls_of(store, switch_id))
    return CaseFacts(
        switch_id=switch_id,
        organization_id=events[0].event.meta["organization_id"],  # type: ignore[attr-defined]
        events=tuple(events),
        calls=calls,
        steps=steps_of(events, calls),
        waits=waits_of(events),
        locks=locks_of(events),
        money=money_of(events, calls),
        users=users_of(events),
        failures=tuple(_failures(store, switch_id, events)),
        assessments=_assessments(store, switch_id, events),
        catalogs=_catalogs(store, events),
        troubles=store.troubles(switch_id),
    )


def refused_facts(store: SwitchStore, text: str) -> CaseFacts | None:
    """Return what is recorded of a request that was refused; None: the record has no refusal of it.

    Args:
        store: The event store.
        text: Id that the switch would have had, or id of the assessment that refused the request.
    """
    if not is_whole_id(text):
        return None
    for stream_id in (assessment_stream_id(f"refusal:{text}"), UUID(text)):
        refusal = [each for each in store.stream_events(stream_id, limit=1) if _is_refusal(each)]
        if refusal:
            return CaseFacts(
                switch_id=text,
                organization_id=refusal[0].event.organization_id,  # type: ignore[attr-defined]
                events=(),
                calls=tuple(calls_of(store, text)),
                assessments=tuple(refusal),
            )
    return None


def _is_refusal(notification: StoredNotification) -> bool:
    event = notification.event
    return isinstance(event, Assessed) and not event.accepted


def _failures(
    store: SwitchStore, switch_id: str, events: Sequence[StoredNotification]
) -> Iterator[UserFailures]:
    """Yield the users whom each pass could not move, counted by what the directory said."""
    newest: dict[str, GroupMoved] = {}
    for each in events:
        if isinstance(each.event, GroupMoved):
            newest[each.event.pass_name] = each.event
    for pass_name, group in newest.items():
        counted: dict[tuple[str, str, str], list[MoveRow]] = {}
        for row in _rows(store, switch_id, pass_name):
            if row.outcome == _FAILED:
                counted.setdefault((row.error, row.code, row.text), []).append(row)
        for (error, code, text), rows in counted.items():
            yield UserFailures(
                pass_name=pass_name,
                at=group.timestamp,
                error=store.words.code_of(error),
                code=code,
                text=redacted_text(text),
                request_id=next((row.request_id for row in rows if row.request_id), ""),
                count=len(rows),
                user_keys=tuple(str(row.user_key) for row in rows[:USERS_NAMED_MAX]),
            )


def _rows(store: SwitchStore, switch_id: str, pass_name: str) -> Iterator[MoveRow]:
    after = -1
    while page := store.license_rows(switch_id, pass_name, after_position=after, unmoved_only=True):
        yield from page
        after = page[-1].position


def _assessments(
    store: SwitchStore, switch_id: str, events: Sequence[StoredNotification]
) -> tuple[StoredNotification, ...]:
    """Return the looks of a switch at the rules, where one of them may be why it failed or waited.

    They stand in the log beside the switch: it is read only where an event says that a rule was in the way.
    """
    streams = [
        each.event.assessment_stream_id for each in events if isinstance(each.event, EligibilityLooked)
    ]
    looks = [one for stream in streams for one in store.stream_events(UUID(stream))]
    if any(getattr(each.event, "code", "") == _NOT_ELIGIBLE for each in events):
        looks += _in_log(store, switch_id, first=events[0].id, last=events[-1].id)
    return tuple(sorted(looks, key=lambda each: each.id))


def _in_log(store: SwitchStore, switch_id: str, *, first: int, last: int) -> Iterator[StoredNotification]:
    after = first
    while page := store.notifications_of(Assessed.TOPIC, after_id=after, until_id=last):
        # Decoding is the expensive part, and the id stands in the stored bytes.
        yield from (each for each in page if switch_id.encode() in each.state)
        after = page[-1].id


def _catalogs(store: SwitchStore, events: Sequence[StoredNotification]) -> tuple[CatalogArrival, ...]:
    """Return the catalogs that came while a request waited; a running switch keeps its own."""
    begun = next((each for each in events if isinstance(each.event, EligibilityWait.Created)), None)
    if begun is None:
        return ()
    at, until = begun.event.timestamp, events[-1].event.timestamp  # type: ignore[attr-defined]
    return tuple(
        CatalogArrival(version=each.name, at=each.imported_at)
        for each in Catalogs(store.application).versions()
        if each.imported_at is not None and at <= each.imported_at <= until
    )
