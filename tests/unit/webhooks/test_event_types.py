"""The table of event types, held against the stored events (webhooks#event-types)."""

from __future__ import annotations

import json
from typing import Any, get_type_hints

import pytest

from domain.webhooks.event_types import TYPES, WebhookType, message_of
from tests.support.stories.samples import sample_of
from tools.pages.webhook_table import PAGE, page_with_table

#: Fields of events that hold words, people, or what somebody wrote.
PERSONAL = {"message", "reason", "remedy", "actor", "meta", "order", "request_id", "user_key", "user_keys"}
PERSONAL |= {"names", "text", "question", "assessment", "evidence", "decided_by", "users", "acceptance"}


def test_names_and_events_stand_once() -> None:
    """An event is one type, and a name never means two things."""
    assert len({each.name for each in TYPES}) == len({each.event for each in TYPES}) == len(TYPES) > 50


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_a_payload_has_its_fields_and_no_person(kind: WebhookType) -> None:
    """Each field is one of the event's; none holds a name, a reason, a user or words."""
    assert set(kind.fields) <= set(get_type_hints(kind.event))
    assert not PERSONAL & set(kind.fields)


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_every_event_becomes_a_message(kind: WebhookType) -> None:
    """An example of each event gives JSON with ids and the fields of the table, and nothing of its meta."""
    event: Any = sample_of(kind.event)
    message = message_of(event, position=7, webhook_id="evt_1")

    assert message is not None
    payload = json.loads(message.payload)
    own = {"organization_id", "switch_id", "position"}
    assert (payload["type"], payload["version"]) == (kind.name, 1)
    assert set(payload["data"]) == own | set(kind.fields)
    assert payload["data"]["position"] == 7
    assert payload["timestamp"].endswith("Z")
    hidden = {event.meta["actor"], event.meta["reason"]} - {""}
    assert not [text for text in hidden if f'"{text}"' in message.payload]


def test_the_page_has_the_table_of_today() -> None:
    """docs/webhooks.md tells the types that are sent; `python -m tools.pages.webhook_table` writes them."""
    text = PAGE.read_text(encoding="utf-8")

    assert page_with_table(text) == text
