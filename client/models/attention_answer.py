from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="AttentionAnswer")


@_attrs_define
class AttentionAnswer:
    """An alarm of a switch, and what to do about it.

    Attributes:
        alarm (str):
        what (str):
        what_to_do (str):
    """

    alarm: str
    what: str
    what_to_do: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        alarm = self.alarm

        what = self.what

        what_to_do = self.what_to_do

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "alarm": alarm,
                "what": what,
                "what_to_do": what_to_do,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        alarm = d.pop("alarm")

        what = d.pop("what")

        what_to_do = d.pop("what_to_do")

        attention_answer = cls(
            alarm=alarm,
            what=what,
            what_to_do=what_to_do,
        )

        attention_answer.additional_properties = d
        return attention_answer

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
