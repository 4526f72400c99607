from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="AddonFate")


@_attrs_define
class AddonFate:
    """What a switch to one plan means for one add-on of the source.

    Attributes:
        subscription_id (str):
        plan_id (str):
        name (str):
        quantity (int):
        fate (str): included: it is removed, as the target has it; attachable: it is carried over; incompatible: it
            blocks.
    """

    subscription_id: str
    plan_id: str
    name: str
    quantity: int
    fate: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        subscription_id = self.subscription_id

        plan_id = self.plan_id

        name = self.name

        quantity = self.quantity

        fate = self.fate

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "subscription_id": subscription_id,
                "plan_id": plan_id,
                "name": name,
                "quantity": quantity,
                "fate": fate,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        subscription_id = d.pop("subscription_id")

        plan_id = d.pop("plan_id")

        name = d.pop("name")

        quantity = d.pop("quantity")

        fate = d.pop("fate")

        addon_fate = cls(
            subscription_id=subscription_id,
            plan_id=plan_id,
            name=name,
            quantity=quantity,
            fate=fate,
        )

        addon_fate.additional_properties = d
        return addon_fate

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
