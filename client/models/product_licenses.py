from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ProductLicenses")


@_attrs_define
class ProductLicenses:
    """Licenses of a plan, whatever subscriptions they come from.

    Attributes:
        bought (int):
        assigned (int):
        free (int): That nobody has, of those that last.
        in_grace (int): Of those that are bought, those of subscriptions that have ended; they are not free.
        in_conflict (int): Users who hold the plan beyond the licenses that are bought.
    """

    bought: int
    assigned: int
    free: int
    in_grace: int
    in_conflict: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        bought = self.bought

        assigned = self.assigned

        free = self.free

        in_grace = self.in_grace

        in_conflict = self.in_conflict

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "bought": bought,
                "assigned": assigned,
                "free": free,
                "in_grace": in_grace,
                "in_conflict": in_conflict,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        bought = d.pop("bought")

        assigned = d.pop("assigned")

        free = d.pop("free")

        in_grace = d.pop("in_grace")

        in_conflict = d.pop("in_conflict")

        product_licenses = cls(
            bought=bought,
            assigned=assigned,
            free=free,
            in_grace=in_grace,
            in_conflict=in_conflict,
        )

        product_licenses.additional_properties = d
        return product_licenses

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
