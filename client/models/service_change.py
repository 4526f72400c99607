from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ServiceChange")


@_attrs_define
class ServiceChange:
    """A product whose services are others than in the version before.

    Attributes:
        plan_id (str):
        part_number (str):
        gained (list[str]): Names of service plans, sorted.
        lost (list[str]):
    """

    plan_id: str
    part_number: str
    gained: list[str]
    lost: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        plan_id = self.plan_id

        part_number = self.part_number

        gained = self.gained

        lost = self.lost

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "plan_id": plan_id,
                "part_number": part_number,
                "gained": gained,
                "lost": lost,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        plan_id = d.pop("plan_id")

        part_number = d.pop("part_number")

        gained = cast(list[str], d.pop("gained"))

        lost = cast(list[str], d.pop("lost"))

        service_change = cls(
            plan_id=plan_id,
            part_number=part_number,
            gained=gained,
            lost=lost,
        )

        service_change.additional_properties = d
        return service_change

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
