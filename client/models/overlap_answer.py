from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="OverlapAnswer")


@_attrs_define
class OverlapAnswer:
    """Until when, and for how much, the old plan goes on beside the new one.

    Attributes:
        until (datetime.date):
        days_at_most (int):
        at_most_minor_units (int):
        at_most (str):
        acknowledgment (str): What an operator acknowledges to accept it.
    """

    until: datetime.date
    days_at_most: int
    at_most_minor_units: int
    at_most: str
    acknowledgment: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        until = self.until.isoformat()

        days_at_most = self.days_at_most

        at_most_minor_units = self.at_most_minor_units

        at_most = self.at_most

        acknowledgment = self.acknowledgment

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "until": until,
                "days_at_most": days_at_most,
                "at_most_minor_units": at_most_minor_units,
                "at_most": at_most,
                "acknowledgment": acknowledgment,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        until = datetime.date.fromisoformat(d.pop("until"))

        days_at_most = d.pop("days_at_most")

        at_most_minor_units = d.pop("at_most_minor_units")

        at_most = d.pop("at_most")

        acknowledgment = d.pop("acknowledgment")

        overlap_answer = cls(
            until=until,
            days_at_most=days_at_most,
            at_most_minor_units=at_most_minor_units,
            at_most=at_most,
            acknowledgment=acknowledgment,
        )

        overlap_answer.additional_properties = d
        return overlap_answer

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
