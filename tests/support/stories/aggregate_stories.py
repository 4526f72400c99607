"""Given, when, then for aggregates: the events that were, the command, and the events that came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from domain.kernel.recorded import Meta, RecordedAggregate, RecordedEvent
from domain.subscriptions.subscription import Subscription
from domain.switch.events import SwitchRequested
from domain.switch.stage import Stage
from domain.switch.switch_state import SwitchEvent
from tests.support.stories import samples

Aggregate = TypeVar("Aggregate", bound=RecordedAggregate)
_BASE_FIELDS = {"originator_id", "originator_version", "timestamp", "meta", "switch_id"}


def at(seconds: int = 0) -> datetime:
    """Return an instant of the story."""
    return samples.AT + timedelta(seconds=seconds)


def meta_of(switch_id: str = samples.SWITCH_ID) -> Meta:
    """Return who caused an event of a switch."""
    return Meta(
        switch_id=switch_id,
        organization_id=samples.ORGANIZATION_ID,
        actor="olga",
        reason="growth",
        causation="request:request-1",
    )


def facts_of(event_class: type[RecordedEvent], **changes: Any) -> dict[str, Any]:
    """Return example facts of an event class, with some changed."""
    facts = vars(samples.sample_of(event_class))
    return {name: value for name, value in facts.items() if name not in _BASE_FIELDS} | changes


def source_at(stage: str, switch_id: str = samples.SWITCH_ID) -> Subscription:
    """Return a source subscription whose switch is in a stage."""
    source = opened()
    advance(source, SwitchRequested, switch_id)
    source.switch(switch_id).stage = Stage(stage)
    source.collect_events()
    return source


def opened(ordered_by: str = "") -> Subscription:
    """Return a subscription without any switch."""
    subscription = Subscription.open(
        samples.SOURCE_STREAM_ID,
        organization_id=samples.ORGANIZATION_ID,
        subscription_id=samples.SOURCE_SUBSCRIPTION_ID,
        plan_id="old",
        quantity=10,
        ordered_by=ordered_by,
        at=at(),
        meta=meta_of(),
    )
    subscription.collect_events()
    return subscription


def advance(
    source: Subscription,
    event_class: type[SwitchEvent],
    switch_id: str = samples.SWITCH_ID,
    **changes: Any,
) -> None:
    """Record one event of a switch, with example facts."""
    source.advance(event_class, at=at(), meta=meta_of(switch_id), **facts_of(event_class, **changes))


def events_of(aggregate: Aggregate, *commands: Callable[[Aggregate], None]) -> list[str]:
    """Return the names of the events that commands bring about."""
    aggregate.collect_events()
    for command in commands:
        command(aggregate)
    return [type(event).__name__ for event in aggregate.collect_events()]
