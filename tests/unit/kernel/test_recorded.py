"""What every stored event has: a topic of its own, a time and a cause handed in."""

from __future__ import annotations

from typing import Any

import pytest
from eventsourcing.domain import DomainEvent
from eventsourcing.utils import TopicError, get_topic, resolve_topic

from domain.kernel.recorded import RecordedEvent, stored
from domain.organizations.organization import Organization
from domain.switch.events import PromiseMissed
from tests.support.stories.aggregate_stories import meta_of, source_at
from tests.support.stories.samples import AT
from tools.golden_events import event_classes

CLASSES = event_classes()


@pytest.mark.parametrize("topic", CLASSES)
def test_class_is_stored_under_its_topic(topic: str) -> None:
    """Storing writes the topic, never a module path; loading finds the class by it."""
    event_class = CLASSES[topic]

    assert get_topic(event_class) == topic
    assert resolve_topic(topic) is event_class
    assert ":" not in topic
    assert event_class.__doc__


@pytest.mark.parametrize("event_class", CLASSES.values(), ids=lambda each: each.TOPIC)
def test_every_event_names_its_cause_and_its_time(event_class: type[DomainEvent]) -> None:
    """An event has a cause, and its time is a field: the domain has no clock.

    See architecture#the-shape-of-a-step.
    """
    assert {"meta", "timestamp"} <= set(event_class.__dataclass_fields__)


def test_event_carries_the_time_and_cause_it_was_given() -> None:
    """The time is that of the step, not that of the machine."""
    source = source_at("moving")
    facts = {"promise": "license_move", "promised_at": AT}
    source.advance(PromiseMissed, at=AT, meta=meta_of(), **facts)
    (event,) = source.collect_events()

    assert event.timestamp == AT
    assert vars(event)["meta"] == meta_of().as_facts()


def test_topic_is_given_once() -> None:
    """Two classes can't share a topic: what was stored would be read as the wrong one."""

    class Twin(RecordedEvent):
        """Another event."""

    with pytest.raises(TopicError, match="already registered"):
        stored("organization.switch-reserved")(Twin)


def test_stored_gives_an_event_its_topic() -> None:
    """The decorator names the class and leaves it as it is."""

    class Painted(RecordedEvent):
        """An event of a test."""

    decorated: Any = stored("test.painted")(Painted)

    assert decorated is Painted
    assert resolve_topic("test.painted") is Painted


def test_aggregate_replayed_from_its_events_is_the_same() -> None:
    """State comes from events alone: replaying them gives the aggregate again."""
    organization = Organization.register("contoso", at=AT, meta=meta_of())
    organization.reserve_switch(
        "first", source_stream_id="source", promised_end=AT, at=AT, meta=meta_of("first")
    )
    organization.release_switch("first", outcome="completed", at=AT, meta=meta_of("first"))
    replayed: Any = None
    for event in organization.collect_events():
        replayed = event.mutate(replayed)

    assert replayed == organization
