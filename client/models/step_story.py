from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.attempt import Attempt


T = TypeVar("T", bound="StepStory")


@_attrs_define
class StepStory:
    """One run of one step (an activity); a step may run several times in a switch.

    Attributes:
        step (str):
        run_id (str):
        activity_id (str):
        recorded_at (datetime.datetime): When its first row or event was stored, by the clock of the database.
        attempts (list[Attempt]):
    """

    step: str
    run_id: str
    activity_id: str
    recorded_at: datetime.datetime
    attempts: list[Attempt]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        step = self.step

        run_id = self.run_id

        activity_id = self.activity_id

        recorded_at = self.recorded_at.isoformat()

        attempts = []
        for attempts_item_data in self.attempts:
            attempts_item = attempts_item_data.to_dict()
            attempts.append(attempts_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "step": step,
                "run_id": run_id,
                "activity_id": activity_id,
                "recorded_at": recorded_at,
                "attempts": attempts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.attempt import Attempt  # noqa: PLC0415

        d = dict(src_dict)
        step = d.pop("step")

        run_id = d.pop("run_id")

        activity_id = d.pop("activity_id")

        recorded_at = datetime.datetime.fromisoformat(d.pop("recorded_at"))

        attempts = []
        _attempts = d.pop("attempts")
        for attempts_item_data in _attempts:
            attempts_item = Attempt.from_dict(attempts_item_data)

            attempts.append(attempts_item)

        step_story = cls(
            step=step,
            run_id=run_id,
            activity_id=activity_id,
            recorded_at=recorded_at,
            attempts=attempts,
        )

        step_story.additional_properties = d
        return step_story

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
