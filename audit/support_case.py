"""The facts of a case for somebody outside: a question that was asked, or a switch from its events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from audit.redaction import redacted_assessment, redacted_call, redacted_event
from audit.show import calls_of, events_of
from domain.ids import organization_stream_id
from domain.ports import ProviderCall
from store.notifications import StoredNotification
from store.switch_store import SwitchStore


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
        "events": list(_told(store.stream_events(organization_stream_id(organization_id)))),
    }


def case_of_switch(
    store: SwitchStore, row: Mapping[str, Any], streams: Iterable[UUID] = ()
) -> dict[str, Any]:
    """Return the facts of a switch: its assessment and quote as they were recorded, its calls and events.

    Args:
        store: The event store.
        row: The switch as the board shows it.
        streams: Streams known to have events of it.

    Raises:
        UnknownSwitch: No event belongs to it.
    """
    switch_id = row["switch_id"]
    found = events_of(store, switch_id, streams)
    facts = ("stage", "outcome", "error_code", "total", "moved", "failed", "skipped", "credit_check")
    return {
        "organization_id": row["organization_id"],
        "switch_id": switch_id,
        **{name: row[name] for name in facts},
        "assessments": [
            redacted_assessment(one.event.assessment) for one in found if hasattr(one.event, "assessment")
        ],
        "quotes": [one.event.quote for one in found if hasattr(one.event, "quote")],
        "provider_calls": [
            redacted_call(each.call, step=each.step, attempt=each.attempt)
            for each in calls_of(store, switch_id)
        ],
        "events": list(_told(found)),
    }


def _told(found: Iterable[StoredNotification]) -> Iterator[dict[str, Any]]:
    return (redacted_event(one.topic, one.version, one.event) for one in found)
