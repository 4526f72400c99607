from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ForfeitureAnswer")


@_attrs_define
class ForfeitureAnswer:
    """What is lost of a prepaid value.

    Attributes:
        at_most_minor_units (int):
        at_most (str):
        first_on_without (datetime.date): First day on which a switch would lose nothing.
        start_on (str): What `start_on` takes to schedule the switch for that day.
        is_accepted (bool): No switch starts before the loss is accepted.
    """

    at_most_minor_units: int
    at_most: str
    first_on_without: datetime.date
    start_on: str
    is_accepted: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at_most_minor_units = self.at_most_minor_units

        at_most = self.at_most

        first_on_without = self.first_on_without.isoformat()

        start_on = self.start_on

        is_accepted = self.is_accepted

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at_most_minor_units": at_most_minor_units,
                "at_most": at_most,
                "first_on_without": first_on_without,
                "start_on": start_on,
                "is_accepted": is_accepted,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        at_most_minor_units = d.pop("at_most_minor_units")

        at_most = d.pop("at_most")

        first_on_without = datetime.date.fromisoformat(d.pop("first_on_without"))

        start_on = d.pop("start_on")

        is_accepted = d.pop("is_accepted")

        forfeiture_answer = cls(
            at_most_minor_units=at_most_minor_units,
            at_most=at_most,
            first_on_without=first_on_without,
            start_on=start_on,
            is_accepted=is_accepted,
        )

        forfeiture_answer.additional_properties = d
        return forfeiture_answer

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
