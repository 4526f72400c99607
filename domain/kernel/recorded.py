"""Base of every stored event: topic, class version, event time handed in, and who caused it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from eventsourcing.domain import Aggregate, DomainEvent
from eventsourcing.utils import register_topic

EventClass = TypeVar("EventClass", bound=type[Any])


def stored(topic: str) -> Callable[[EventClass], EventClass]:
    """Give an event class the topic under which it is stored for ever.

    Module paths are no storage format: a class may move, its topic may not change.
    """

    def register(event_class: EventClass) -> EventClass:
        event_class.TOPIC = topic
        register_topic(topic, event_class)
        return event_class

    return register


def keep_text(_state: dict[str, Any]) -> None:
    """Leave a stored event as it is, whose texts are made when they are read since the next version (ADR 30).

    It is the upcast of its class: words that were stored are shown as they were stored.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class Meta:
    """Who and what caused an event (architecture#streams-and-events)."""

    switch_id: str
    organization_id: str
    #: The person or system that asked, as authentication told it.
    actor: str
    reason: str
    #: The fact before it: `request:ID`, `command:NAME` or `STREAM@VERSION`.
    causation: str
    workflow_id: str = ""
    run_id: str = ""
    activity: str = ""
    activity_id: str = ""
    attempt: int = 0

    def as_facts(self) -> dict[str, Any]:
        """Return the plain dictionary that is stored."""
        return asdict(self)


@dataclass(frozen=True)
class LogEvent(DomainEvent):
    """An event of a log, which has no aggregate."""

    TOPIC: ClassVar[str]
    class_version: ClassVar[int] = 1


class RecordedEvent(Aggregate.Event):
    """An event of an existing aggregate."""

    TOPIC: ClassVar[str]
    class_version: ClassVar[int] = 1

    meta: dict[str, Any]


class RecordedCreation(Aggregate.Created):
    """The first event of an aggregate."""

    TOPIC: ClassVar[str]
    class_version: ClassVar[int] = 1

    meta: dict[str, Any]


class RecordedAggregate(Aggregate):
    """An aggregate whose events carry their time and cause from outside (no clock in the domain)."""

    def record(self, event_class: type[RecordedEvent], *, at: datetime, meta: Meta, **facts: Any) -> None:
        """Append one event.

        Args:
            event_class: What happened.
            at: Aware instant of the event.
            meta: Who and what caused it.
            facts: The event's own fields.
        """
        self.trigger_event(event_class, timestamp=at, meta=meta.as_facts(), **facts)
