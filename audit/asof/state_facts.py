"""The state of an aggregate as plain facts: an event that it keeps is told by its place in the log.

An event never changes, so its place tells it exactly; its facts stand in `audit show`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate
from pydantic import JsonValue

from domain.kernel.facts import as_plain
from domain.kernel.recorded import LogEvent, RecordedCreation, RecordedEvent

#: Stream and version of an event -> its place in the log.
Positions = Mapping[tuple[UUID, int], int]
_EVENTS = (RecordedEvent, RecordedCreation, LogEvent)


def state_facts(aggregate: Aggregate, positions: Positions) -> dict[str, JsonValue]:
    """Return the public state of an aggregate.

    Args:
        aggregate: As it was rebuilt.
        positions: Places of the events that it may keep.
    """
    public = {name: value for name, value in vars(aggregate).items() if not name.startswith("_")}
    return {name: plain_state(value, positions) for name, value in public.items()}


def plain_state(value: Any, positions: Positions) -> JsonValue:
    """Return a part of a state as JSON knows it."""
    if isinstance(value, _EVENTS):
        return _reference(value, positions)
    if isinstance(value, Mapping):
        return {str(key): plain_state(each, positions) for key, each in value.items()}
    if isinstance(value, set | frozenset | list | tuple):
        items = [plain_state(each, positions) for each in value]
        return sorted(items, key=_order) if isinstance(value, set | frozenset) else items
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain_state(getattr(value, each.name), positions) for each in fields(value)}
    return _plain_value(value)


def _plain_value(value: Any) -> JsonValue:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    plain: JsonValue = str(value) if isinstance(value, UUID) else as_plain(value)
    return plain


def _reference(event: Any, positions: Positions) -> dict[str, JsonValue]:
    return {
        "event": type(event).TOPIC,
        "position": positions.get((event.originator_id, event.originator_version), 0),
        "version": event.originator_version,
    }


def _order(item: JsonValue) -> tuple[bool, Any]:
    """Order numbers as numbers, and everything else by its text."""
    return (False, item) if isinstance(item, int) else (True, str(item))


Flat = dict[str, JsonValue]


def flat_facts(facts: Mapping[str, JsonValue], *, prefix: str = "") -> Flat:
    """Return facts as path -> value; a list and an event are one value."""
    flat: Flat = {}
    for name, value in facts.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict) and not is_reference(value):
            flat |= flat_facts(value, prefix=f"{path}.") if value else {}
        else:
            flat[path] = value
    return flat


def is_reference(value: JsonValue) -> bool:
    """Return whether a fact is an event that a state keeps."""
    return isinstance(value, dict) and value.keys() == {"event", "position", "version"}
