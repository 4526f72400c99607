from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.addon_fate import AddonFate
    from ..models.money import Money


T = TypeVar("T", bound="ItemsSection")


@_attrs_define
class ItemsSection:
    """What is ordered.

    Attributes:
        target_plan_id (str):
        target_plan (str):
        quantity (int):
        unit_price (Money): An amount of one currency in integer minor units.
        service_settings (str):
        add_ons (list[AddonFate]):
    """

    target_plan_id: str
    target_plan: str
    quantity: int
    unit_price: Money
    service_settings: str
    add_ons: list[AddonFate]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        target_plan_id = self.target_plan_id

        target_plan = self.target_plan

        quantity = self.quantity

        unit_price = self.unit_price.to_dict()

        service_settings = self.service_settings

        add_ons = []
        for add_ons_item_data in self.add_ons:
            add_ons_item = add_ons_item_data.to_dict()
            add_ons.append(add_ons_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "target_plan_id": target_plan_id,
                "target_plan": target_plan,
                "quantity": quantity,
                "unit_price": unit_price,
                "service_settings": service_settings,
                "add_ons": add_ons,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.addon_fate import AddonFate  # noqa: PLC0415
        from ..models.money import Money  # noqa: PLC0415

        d = dict(src_dict)
        target_plan_id = d.pop("target_plan_id")

        target_plan = d.pop("target_plan")

        quantity = d.pop("quantity")

        unit_price = Money.from_dict(d.pop("unit_price"))

        service_settings = d.pop("service_settings")

        add_ons = []
        _add_ons = d.pop("add_ons")
        for add_ons_item_data in _add_ons:
            add_ons_item = AddonFate.from_dict(add_ons_item_data)

            add_ons.append(add_ons_item)

        items_section = cls(
            target_plan_id=target_plan_id,
            target_plan=target_plan,
            quantity=quantity,
            unit_price=unit_price,
            service_settings=service_settings,
            add_ons=add_ons,
        )

        items_section.additional_properties = d
        return items_section

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
