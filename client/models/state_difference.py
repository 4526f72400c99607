from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.change import Change, check_change
from ..models.part import Part, check_part

T = TypeVar("T", bound="StateDifference")


@_attrs_define
class StateDifference:
    """One fact that is not the same at both moments.

    Attributes:
        part (Part): Part of a state, in the order in which differences are told.
        fact (str):
        change (Change): What became of a fact.
        before (Any):
        after (Any):
    """

    part: Part
    fact: str
    change: Change
    before: Any
    after: Any
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        part: str = self.part

        fact = self.fact

        change: str = self.change

        before = self.before

        after = self.after

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "part": part,
                "fact": fact,
                "change": change,
                "before": before,
                "after": after,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        part = check_part(d.pop("part"))

        fact = d.pop("fact")

        change = check_change(d.pop("change"))

        before = d.pop("before")

        after = d.pop("after")

        state_difference = cls(
            part=part,
            fact=fact,
            change=change,
            before=before,
            after=after,
        )

        state_difference.additional_properties = d
        return state_difference

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
