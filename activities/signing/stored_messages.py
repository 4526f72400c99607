"""Messages as plain JSON, and back: what a request for an approval keeps until it is carried out."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter

Message = TypeVar("Message")


def as_stored(kind: type[Message], message: Message) -> dict[str, Any]:
    """Return a message as plain JSON.

    Args:
        kind: Its class.
        message: The message.
    """
    facts: dict[str, Any] = TypeAdapter(kind).dump_python(message, mode="json")
    return facts


def from_stored(kind: type[Message], facts: object) -> Message:
    """Return a message from what `as_stored` made of it."""
    message: Message = TypeAdapter(kind).validate_python(facts)
    return message
