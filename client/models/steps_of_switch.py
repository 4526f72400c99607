from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.step_advice import StepAdvice


T = TypeVar("T", bound="StepsOfSwitch")


@_attrs_define
class StepsOfSwitch:
    """The steps of a manual switch, in their order; an automatic one has none.

    Attributes:
        switch_id (str):
        mode (str): automatic or manual.
        stage (str):
        waits_for (str):
        next_ (None | str): The first step that is not done; null where none is left.
        steps (list[StepAdvice]):
    """

    switch_id: str
    mode: str
    stage: str
    waits_for: str
    next_: None | str
    steps: list[StepAdvice]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        switch_id = self.switch_id

        mode = self.mode

        stage = self.stage

        waits_for = self.waits_for

        next_: None | str
        next_ = self.next_

        steps = []
        for steps_item_data in self.steps:
            steps_item = steps_item_data.to_dict()
            steps.append(steps_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "mode": mode,
                "stage": stage,
                "waits_for": waits_for,
                "next": next_,
                "steps": steps,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.step_advice import StepAdvice  # noqa: PLC0415

        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        mode = d.pop("mode")

        stage = d.pop("stage")

        waits_for = d.pop("waits_for")

        def _parse_next_(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_ = _parse_next_(d.pop("next"))

        steps = []
        _steps = d.pop("steps")
        for steps_item_data in _steps:
            steps_item = StepAdvice.from_dict(steps_item_data)

            steps.append(steps_item)

        steps_of_switch = cls(
            switch_id=switch_id,
            mode=mode,
            stage=stage,
            waits_for=waits_for,
            next_=next_,
            steps=steps,
        )

        steps_of_switch.additional_properties = d
        return steps_of_switch

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
