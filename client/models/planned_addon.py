from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PlannedAddon")


@_attrs_define
class PlannedAddon:
    """An add-on and what the switch does with it; amounts are those of the first day, net.

    Attributes:
        subscription_id (str):
        name (str):
        quantity (int):
        fate (str): included, attachable or incompatible.
        what (str):
        credit_minor_units (int):
        charge_minor_units (int):
    """

    subscription_id: str
    name: str
    quantity: int
    fate: str
    what: str
    credit_minor_units: int
    charge_minor_units: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        subscription_id = self.subscription_id

        name = self.name

        quantity = self.quantity

        fate = self.fate

        what = self.what

        credit_minor_units = self.credit_minor_units

        charge_minor_units = self.charge_minor_units

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "subscription_id": subscription_id,
                "name": name,
                "quantity": quantity,
                "fate": fate,
                "what": what,
                "credit_minor_units": credit_minor_units,
                "charge_minor_units": charge_minor_units,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        subscription_id = d.pop("subscription_id")

        name = d.pop("name")

        quantity = d.pop("quantity")

        fate = d.pop("fate")

        what = d.pop("what")

        credit_minor_units = d.pop("credit_minor_units")

        charge_minor_units = d.pop("charge_minor_units")

        planned_addon = cls(
            subscription_id=subscription_id,
            name=name,
            quantity=quantity,
            fate=fate,
            what=what,
            credit_minor_units=credit_minor_units,
            charge_minor_units=charge_minor_units,
        )

        planned_addon.additional_properties = d
        return planned_addon

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
