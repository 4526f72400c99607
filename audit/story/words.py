"""Who brought an event about, and what a call was answered, in words."""

from __future__ import annotations

from typing import Any

from domain.ports.cloud import ProviderCall


def answer_of(call: ProviderCall) -> str:
    """Return what a provider answered to one call."""
    if call.status == 0:
        return f"no answer ({call.code or 'unknown'})"
    text = ": ".join(part for part in (call.code, call.text) if part)
    return f"{call.status} {text}".strip()


def topic_name(topic: str) -> str:
    """Return an event's topic without the stream that it belongs to, where that is the subscription."""
    return topic.removeprefix("subscription.")


def who_of(event: Any) -> str:
    """Return who brought an event about, and why when a reason was given."""
    actor, reason = event.meta["actor"], event.meta["reason"]
    return f"{actor} ({reason})" if reason else str(actor)
