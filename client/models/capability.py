from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.product_act import ProductAct, check_product_act

T = TypeVar("T", bound="Capability")


@_attrs_define
class Capability:
    """Whether an adapter can carry out an act.

    Attributes:
        act (ProductAct): What a person may do with the products of an organization.
        is_able (bool):
        place (str): Where a person does it at the vendor, in the vendor's words; also where an adapter can do it.
    """

    act: ProductAct
    is_able: bool
    place: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        act: str = self.act

        is_able = self.is_able

        place = self.place

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "act": act,
                "is_able": is_able,
                "place": place,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        act = check_product_act(d.pop("act"))

        is_able = d.pop("is_able")

        place = d.pop("place")

        capability = cls(
            act=act,
            is_able=is_able,
            place=place,
        )

        capability.additional_properties = d
        return capability

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
