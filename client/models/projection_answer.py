from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.incomplete_stream import IncompleteStream


T = TypeVar("T", bound="ProjectionAnswer")


@_attrs_define
class ProjectionAnswer:
    """How far a projection is behind the events.

    Attributes:
        name (str):
        version (int):
        position (int):
        head (int):
        lag (int):
        dead_letters (int):
        updated_at (datetime.datetime):
        behind_seconds (float):
        silence_seconds (float | None): null: the projector has never worked.
        incomplete (list[IncompleteStream]):
        is_degraded (bool):
        state (str): ok, behind, silent or degraded.
        shown_age_seconds (float):
    """

    name: str
    version: int
    position: int
    head: int
    lag: int
    dead_letters: int
    updated_at: datetime.datetime
    behind_seconds: float
    silence_seconds: float | None
    incomplete: list[IncompleteStream]
    is_degraded: bool
    state: str
    shown_age_seconds: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        version = self.version

        position = self.position

        head = self.head

        lag = self.lag

        dead_letters = self.dead_letters

        updated_at = self.updated_at.isoformat()

        behind_seconds = self.behind_seconds

        silence_seconds: float | None
        silence_seconds = self.silence_seconds

        incomplete = []
        for incomplete_item_data in self.incomplete:
            incomplete_item = incomplete_item_data.to_dict()
            incomplete.append(incomplete_item)

        is_degraded = self.is_degraded

        state = self.state

        shown_age_seconds = self.shown_age_seconds

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "version": version,
                "position": position,
                "head": head,
                "lag": lag,
                "dead_letters": dead_letters,
                "updated_at": updated_at,
                "behind_seconds": behind_seconds,
                "silence_seconds": silence_seconds,
                "incomplete": incomplete,
                "is_degraded": is_degraded,
                "state": state,
                "shown_age_seconds": shown_age_seconds,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.incomplete_stream import IncompleteStream  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        version = d.pop("version")

        position = d.pop("position")

        head = d.pop("head")

        lag = d.pop("lag")

        dead_letters = d.pop("dead_letters")

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        behind_seconds = d.pop("behind_seconds")

        def _parse_silence_seconds(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        silence_seconds = _parse_silence_seconds(d.pop("silence_seconds"))

        incomplete = []
        _incomplete = d.pop("incomplete")
        for incomplete_item_data in _incomplete:
            incomplete_item = IncompleteStream.from_dict(incomplete_item_data)

            incomplete.append(incomplete_item)

        is_degraded = d.pop("is_degraded")

        state = d.pop("state")

        shown_age_seconds = d.pop("shown_age_seconds")

        projection_answer = cls(
            name=name,
            version=version,
            position=position,
            head=head,
            lag=lag,
            dead_letters=dead_letters,
            updated_at=updated_at,
            behind_seconds=behind_seconds,
            silence_seconds=silence_seconds,
            incomplete=incomplete,
            is_degraded=is_degraded,
            state=state,
            shown_age_seconds=shown_age_seconds,
        )

        projection_answer.additional_properties = d
        return projection_answer

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
