"""The facts of a case for somebody outside: a question that was asked, or a switch from its events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from audit.cases.redaction import redacted_assessment, redacted_call, redacted_event, redacted_wait
from audit.story.refusals import refusals_of
from audit.story.show import calls_of, events_of
from audit.story.waits import waits_of
from audit.users.user_outcomes import UnresolvedUser
from domain.kernel.facts import as_plain
from domain.kernel.ids import organization_stream_id
from domain.ports.cloud import ProviderCall
from projections.reads.shown_rows import SwitchRow
from providers.transport.redacted_text import redacted_text
from store.record.notifications import StoredNotification
from store.switch_store import SwitchStore

#: Facts of the board that say nothing of a person.
_FACTS = (
    *("stage", "outcome", "error_code", "total", "joined_late", "moved", "failed", "skipped"),
    *("credit_check", "switch_back_of", "switched_back_by", "licenses_only"),
)


def case_of_question(
    store: SwitchStore,
    organization_id: str,
    *,
    assessment: Mapping[str, Any] | None,
    quote: Mapping[str, Any] | None,
    calls: Iterable[ProviderCall],
    failure: str,
) -> dict[str, Any]:
    """Return the facts of a question that was asked just now.

    Args:
        store: The event store.
        organization_id: Directory id of the organization.
        assessment: Facts of the answer; None when it failed before one.
        quote: Facts of the quote; None when there is none.
        calls: Every call to a provider that the question made.
        failure: Code of the error that ended it, "" when it was answered.
    """
    return {
        "organization_id": organization_id,
        "failure": failure,
        "assessments": [redacted_assessment(assessment)] if assessment else [],
        "quotes": [quote] if quote else [],
        "provider_calls": [redacted_call(call) for call in calls],
        "events": list(_redacted(store.stream_events(organization_stream_id(organization_id)))),
    }


def case_of_switch(
    store: SwitchStore,
    row: SwitchRow,
    streams: Iterable[UUID] = (),
    *,
    users: Iterable[UnresolvedUser] = (),
) -> dict[str, Any]:
    """Return the facts of a switch: its assessment and quote as they were recorded, its calls and events.

    Args:
        store: The event store.
        row: The switch as the board shows it.
        streams: Streams known to have events of it.
        users: Users whom it waits for; the case shows their refusals, but not who they are.

    Raises:
        UnknownSwitch: No event belongs to it.
    """
    switch_id = row.switch_id
    events = events_of(store, switch_id, streams)
    calls = tuple(calls_of(store, switch_id))
    return {
        "organization_id": row.organization_id,
        "switch_id": switch_id,
        **{name: getattr(row, name) for name in _FACTS},
        "assessments": [
            redacted_assessment(one.event.assessment) for one in events if hasattr(one.event, "assessment")
        ],
        "quotes": [one.event.quote for one in events if hasattr(one.event, "quote")],
        "provider_calls": [redacted_call(each.call, step=each.step, attempt=each.attempt) for each in calls],
        # Each different refusal once, and what single users were refused with.
        "refusals": [as_plain(each) for each in refusals_of(calls)],
        "users_refused": _refused(users),
        "waits": [redacted_wait(each) for each in waits_of(events)],
        # What keeps its workflows from going on; who did it is no part of a case.
        "workflow_troubles": [
            {"code": each.code, "since": each.since and each.since.isoformat()}
            for each in store.troubles(switch_id)
        ],
        "events": list(_redacted(events)),
    }


def _refused(users: Iterable[UnresolvedUser]) -> list[dict[str, Any]]:
    """Return each different refusal of users once, with how many heard it."""
    counts = Counter((each.error, each.code, redacted_text(each.text)) for each in users)
    return [
        {"error": error, "code": code, "text": text, "count": count}
        for (error, code, text), count in counts.items()
    ]


def _redacted(events: Iterable[StoredNotification]) -> Iterator[dict[str, Any]]:
    return (redacted_event(one.topic, one.version, one.event) for one in events)
