from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="StoryVerdict")


@_attrs_define
class StoryVerdict:
    """How a switch ended or stands.

    Attributes:
        outcome (str):
        has_ended (bool):
        sentence (str):
        at (datetime.datetime):
        code (str):
        message (str):
        step (str):
        actor (str):
        what_to_do (str):
    """

    outcome: str
    has_ended: bool
    sentence: str
    at: datetime.datetime
    code: str
    message: str
    step: str
    actor: str
    what_to_do: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        outcome = self.outcome

        has_ended = self.has_ended

        sentence = self.sentence

        at = self.at.isoformat()

        code = self.code

        message = self.message

        step = self.step

        actor = self.actor

        what_to_do = self.what_to_do

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "outcome": outcome,
                "has_ended": has_ended,
                "sentence": sentence,
                "at": at,
                "code": code,
                "message": message,
                "step": step,
                "actor": actor,
                "what_to_do": what_to_do,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        outcome = d.pop("outcome")

        has_ended = d.pop("has_ended")

        sentence = d.pop("sentence")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        code = d.pop("code")

        message = d.pop("message")

        step = d.pop("step")

        actor = d.pop("actor")

        what_to_do = d.pop("what_to_do")

        story_verdict = cls(
            outcome=outcome,
            has_ended=has_ended,
            sentence=sentence,
            at=at,
            code=code,
            message=message,
            step=step,
            actor=actor,
            what_to_do=what_to_do,
        )

        story_verdict.additional_properties = d
        return story_verdict

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
