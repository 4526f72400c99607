from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.event_row_summary import EventRowSummary


T = TypeVar("T", bound="EventRow")


@_attrs_define
class EventRow:
    """One event of a switch.

    Attributes:
        switch_id (str):
        position (int):
        at (datetime.datetime):
        stream_id (str):
        version (int):
        event (str):
        stage (str):
        actor (str):
        reason (str):
        causation (str):
        summary (EventRowSummary):
        activity (str):
        attempt (int):
    """

    switch_id: str
    position: int
    at: datetime.datetime
    stream_id: str
    version: int
    event: str
    stage: str
    actor: str
    reason: str
    causation: str
    summary: EventRowSummary
    activity: str
    attempt: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        switch_id = self.switch_id

        position = self.position

        at = self.at.isoformat()

        stream_id = self.stream_id

        version = self.version

        event = self.event

        stage = self.stage

        actor = self.actor

        reason = self.reason

        causation = self.causation

        summary = self.summary.to_dict()

        activity = self.activity

        attempt = self.attempt

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "position": position,
                "at": at,
                "stream_id": stream_id,
                "version": version,
                "event": event,
                "stage": stage,
                "actor": actor,
                "reason": reason,
                "causation": causation,
                "summary": summary,
                "activity": activity,
                "attempt": attempt,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.event_row_summary import EventRowSummary  # noqa: PLC0415

        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        position = d.pop("position")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        stream_id = d.pop("stream_id")

        version = d.pop("version")

        event = d.pop("event")

        stage = d.pop("stage")

        actor = d.pop("actor")

        reason = d.pop("reason")

        causation = d.pop("causation")

        summary = EventRowSummary.from_dict(d.pop("summary"))

        activity = d.pop("activity")

        attempt = d.pop("attempt")

        event_row = cls(
            switch_id=switch_id,
            position=position,
            at=at,
            stream_id=stream_id,
            version=version,
            event=event,
            stage=stage,
            actor=actor,
            reason=reason,
            causation=causation,
            summary=summary,
            activity=activity,
            attempt=attempt,
        )

        event_row.additional_properties = d
        return event_row

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
