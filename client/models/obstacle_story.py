from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.cause import Cause, check_cause
from ..models.obstacle_kind import ObstacleKind, check_obstacle_kind

T = TypeVar("T", bound="ObstacleStory")


@_attrs_define
class ObstacleStory:
    """One obstacle of a switch beside its first cause.

    Attributes:
        kind (ObstacleKind): Where in the record an obstacle stands.
        cause (Cause): Why a switch is not where it was to be; the value is what `--json` shows, and is never renamed.
        sentence (str): In words.
        code (str):
        begun_at (datetime.datetime):
        ended_at (datetime.datetime | None): null: it goes on.
        step (str):
    """

    kind: ObstacleKind
    cause: Cause
    sentence: str
    code: str
    begun_at: datetime.datetime
    ended_at: datetime.datetime | None
    step: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind: str = self.kind

        cause: str = self.cause

        sentence = self.sentence

        code = self.code

        begun_at = self.begun_at.isoformat()

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        step = self.step

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "cause": cause,
                "sentence": sentence,
                "code": code,
                "begun_at": begun_at,
                "ended_at": ended_at,
                "step": step,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = check_obstacle_kind(d.pop("kind"))

        cause = check_cause(d.pop("cause"))

        sentence = d.pop("sentence")

        code = d.pop("code")

        begun_at = datetime.datetime.fromisoformat(d.pop("begun_at"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        step = d.pop("step")

        obstacle_story = cls(
            kind=kind,
            cause=cause,
            sentence=sentence,
            code=code,
            begun_at=begun_at,
            ended_at=ended_at,
            step=step,
        )

        obstacle_story.additional_properties = d
        return obstacle_story

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
