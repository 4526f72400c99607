from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.audit_entry_facts import AuditEntryFacts


T = TypeVar("T", bound="AuditEntry")


@_attrs_define
class AuditEntry:
    """One event of the story.

    Attributes:
        position (int): Place in the log of all events.
        at (datetime.datetime):
        recorded_at (datetime.datetime):
        after_seconds (float): Seconds since the event before, 0 for the first.
        stream_id (str):
        version (int):
        event (str):
        actor (str):
        reason (str):
        cause (str): What led to it, in words.
        effect (str): What it changed, in words.
        activity (str):
        attempt (int):
        facts (AuditEntryFacts):
    """

    position: int
    at: datetime.datetime
    recorded_at: datetime.datetime
    after_seconds: float
    stream_id: str
    version: int
    event: str
    actor: str
    reason: str
    cause: str
    effect: str
    activity: str
    attempt: int
    facts: AuditEntryFacts
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        position = self.position

        at = self.at.isoformat()

        recorded_at = self.recorded_at.isoformat()

        after_seconds = self.after_seconds

        stream_id = self.stream_id

        version = self.version

        event = self.event

        actor = self.actor

        reason = self.reason

        cause = self.cause

        effect = self.effect

        activity = self.activity

        attempt = self.attempt

        facts = self.facts.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "position": position,
                "at": at,
                "recorded_at": recorded_at,
                "after_seconds": after_seconds,
                "stream_id": stream_id,
                "version": version,
                "event": event,
                "actor": actor,
                "reason": reason,
                "cause": cause,
                "effect": effect,
                "activity": activity,
                "attempt": attempt,
                "facts": facts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.audit_entry_facts import AuditEntryFacts  # noqa: PLC0415

        d = dict(src_dict)
        position = d.pop("position")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        recorded_at = datetime.datetime.fromisoformat(d.pop("recorded_at"))

        after_seconds = d.pop("after_seconds")

        stream_id = d.pop("stream_id")

        version = d.pop("version")

        event = d.pop("event")

        actor = d.pop("actor")

        reason = d.pop("reason")

        cause = d.pop("cause")

        effect = d.pop("effect")

        activity = d.pop("activity")

        attempt = d.pop("attempt")

        facts = AuditEntryFacts.from_dict(d.pop("facts"))

        audit_entry = cls(
            position=position,
            at=at,
            recorded_at=recorded_at,
            after_seconds=after_seconds,
            stream_id=stream_id,
            version=version,
            event=event,
            actor=actor,
            reason=reason,
            cause=cause,
            effect=effect,
            activity=activity,
            attempt=attempt,
            facts=facts,
        )

        audit_entry.additional_properties = d
        return audit_entry

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
