from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="AmendmentClosed")


@_attrs_define
class AmendmentClosed:
    """Why the licenses of a switch can't be amended now.

    Attributes:
        switch_id (str):
        is_allowed (bool):
        why_not (str):
    """

    switch_id: str
    is_allowed: bool
    why_not: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        switch_id = self.switch_id

        is_allowed = self.is_allowed

        why_not = self.why_not

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "is_allowed": is_allowed,
                "why_not": why_not,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        is_allowed = d.pop("is_allowed")

        why_not = d.pop("why_not")

        amendment_closed = cls(
            switch_id=switch_id,
            is_allowed=is_allowed,
            why_not=why_not,
        )

        amendment_closed.additional_properties = d
        return amendment_closed

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
