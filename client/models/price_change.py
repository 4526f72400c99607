from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PriceChange")


@_attrs_define
class PriceChange:
    """A price that a list adds, changes, takes back or leaves.

    Attributes:
        plan_id (str):
        part_number (str):
        currency (str):
        before_minor_units (int | None): null: there was no price in this currency.
        after_minor_units (int | None): null: there is none any more.
    """

    plan_id: str
    part_number: str
    currency: str
    before_minor_units: int | None
    after_minor_units: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        plan_id = self.plan_id

        part_number = self.part_number

        currency = self.currency

        before_minor_units: int | None
        before_minor_units = self.before_minor_units

        after_minor_units: int | None
        after_minor_units = self.after_minor_units

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "plan_id": plan_id,
                "part_number": part_number,
                "currency": currency,
                "before_minor_units": before_minor_units,
                "after_minor_units": after_minor_units,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        plan_id = d.pop("plan_id")

        part_number = d.pop("part_number")

        currency = d.pop("currency")

        def _parse_before_minor_units(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        before_minor_units = _parse_before_minor_units(d.pop("before_minor_units"))

        def _parse_after_minor_units(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        after_minor_units = _parse_after_minor_units(d.pop("after_minor_units"))

        price_change = cls(
            plan_id=plan_id,
            part_number=part_number,
            currency=currency,
            before_minor_units=before_minor_units,
            after_minor_units=after_minor_units,
        )

        price_change.additional_properties = d
        return price_change

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
