from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="IncompleteStream")


@_attrs_define
class IncompleteStream:
    """A stream that is shown up to the event before `since_version`.

    Attributes:
        stream_id (str):
        since_version (int): Version of the first event that is missing.
        notification_id (int): Its place in the log, its topic, and why it could not be folded.
        topic (str):
        error (str):
        at (datetime.datetime):
    """

    stream_id: str
    since_version: int
    notification_id: int
    topic: str
    error: str
    at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        stream_id = self.stream_id

        since_version = self.since_version

        notification_id = self.notification_id

        topic = self.topic

        error = self.error

        at = self.at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "stream_id": stream_id,
                "since_version": since_version,
                "notification_id": notification_id,
                "topic": topic,
                "error": error,
                "at": at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        stream_id = d.pop("stream_id")

        since_version = d.pop("since_version")

        notification_id = d.pop("notification_id")

        topic = d.pop("topic")

        error = d.pop("error")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        incomplete_stream = cls(
            stream_id=stream_id,
            since_version=since_version,
            notification_id=notification_id,
            topic=topic,
            error=error,
            at=at,
        )

        incomplete_stream.additional_properties = d
        return incomplete_stream

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
