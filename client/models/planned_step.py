from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PlannedStep")


@_attrs_define
class PlannedStep:
    """One step of the switch.

    Attributes:
        name (str):
        what (str):
        promise (str): How long it is promised to take, or "".
        has_way_back (bool): The switch can still be led back to the old plan after it.
    """

    name: str
    what: str
    promise: str
    has_way_back: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        what = self.what

        promise = self.promise

        has_way_back = self.has_way_back

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "what": what,
                "promise": promise,
                "has_way_back": has_way_back,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        what = d.pop("what")

        promise = d.pop("promise")

        has_way_back = d.pop("has_way_back")

        planned_step = cls(
            name=name,
            what=what,
            promise=promise,
            has_way_back=has_way_back,
        )

        planned_step.additional_properties = d
        return planned_step

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
