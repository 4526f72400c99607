from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ProductSwitch")


@_attrs_define
class ProductSwitch:
    """A switch that leaves a product, or leads to it.

    Attributes:
        switch_id (str):
        stage (str):
        is_source (bool): Whether it leaves the product; false: it leads to it.
        source_plan (str):
        target_plan (str):
        waits_for (str): "" where it has ended.
        message (str): What stands in its way in words, with names and states; "" where nothing does.
        outcome (str):
    """

    switch_id: str
    stage: str
    is_source: bool
    source_plan: str
    target_plan: str
    waits_for: str
    message: str
    outcome: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        switch_id = self.switch_id

        stage = self.stage

        is_source = self.is_source

        source_plan = self.source_plan

        target_plan = self.target_plan

        waits_for = self.waits_for

        message = self.message

        outcome = self.outcome

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "stage": stage,
                "is_source": is_source,
                "source_plan": source_plan,
                "target_plan": target_plan,
                "waits_for": waits_for,
                "message": message,
                "outcome": outcome,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        stage = d.pop("stage")

        is_source = d.pop("is_source")

        source_plan = d.pop("source_plan")

        target_plan = d.pop("target_plan")

        waits_for = d.pop("waits_for")

        message = d.pop("message")

        outcome = d.pop("outcome")

        product_switch = cls(
            switch_id=switch_id,
            stage=stage,
            is_source=is_source,
            source_plan=source_plan,
            target_plan=target_plan,
            waits_for=waits_for,
            message=message,
            outcome=outcome,
        )

        product_switch.additional_properties = d
        return product_switch

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
