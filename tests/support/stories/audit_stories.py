"""Hand-made stories of a switch: events and calls as the store would give them back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from domain.kernel.recorded import RecordedEvent
from domain.licenses.move import GroupMoved
from domain.organizations.organization import SwitchReserved
from domain.ports.cloud import ProviderCall
from store.core.rows import RecordedCall
from store.record.notifications import StoredNotification
from tests.support.stories import samples

ORDER_STEP = "purchase.order_replacement"
END_STEP = "administration.end_switch"


def at(seconds: int) -> datetime:
    """Return an instant of the story."""
    return samples.AT + timedelta(seconds=seconds)


class Story:
    """Events and calls of one switch, in the order in which they are told."""

    def __init__(self) -> None:
        self.events: list[StoredNotification] = []
        self.calls: list[RecordedCall] = []

    def reserved(self, *, promised_end: int = 600) -> None:
        """Record that the switch has its organization."""
        self.record(SwitchReserved, 0, promised_end=at(promised_end))

    def record(
        self,
        event_class: type[RecordedEvent | GroupMoved],
        seconds: int,
        *,
        actor: str = "ada",
        reason: str = "grow",
        activity: str = "",
        attempt: int = 1,
        **facts: Any,
    ) -> None:
        """Record one event some seconds after the beginning, with example facts where none are given."""
        sample = vars(samples.sample_of(event_class))
        meta = sample["meta"] | {
            "actor": actor,
            "reason": reason,
            "activity": activity,
            "activity_id": activity,
            "attempt": attempt,
        }
        event: Any = event_class(**{**sample, "meta": meta, "timestamp": at(seconds), **facts})
        number = len(self.events) + 1
        self.events.append(
            StoredNotification(
                id=number,
                stream_id=event.originator_id,
                version=number,
                topic=event_class.TOPIC,
                state=b"",
                recorded_at=at(seconds),
                decode=lambda _raw: event,
            )
        )

    def call(self, step: str, seconds: int, *, attempt: int = 1, activity_id: str = "", **facts: Any) -> None:
        """Record one call to a provider, answered with 200 where nothing else is given."""
        call = ProviderCall(
            provider="seller",
            operation="checkout",
            key="",
            request_digest="d",
            status=200,
            code="",
            text="",
            started_at=at(seconds),
            duration_ms=5,
        )
        self.calls.append(
            RecordedCall(
                id=len(self.calls) + 1,
                switch_id=samples.SWITCH_ID,
                step=step,
                attempt=attempt,
                run_id="run-1",
                activity_id=activity_id or step,
                call=replace(call, **facts),
                recorded_at=at(seconds),
            )
        )
