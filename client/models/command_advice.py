from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="CommandAdvice")


@_attrs_define
class CommandAdvice:
    """One command on a switch.

    Attributes:
        command (str):
        is_allowed (bool):
        what (str): What it would do.
        why_not (str): Why it is refused; "" where it is allowed.
    """

    command: str
    is_allowed: bool
    what: str
    why_not: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        command = self.command

        is_allowed = self.is_allowed

        what = self.what

        why_not = self.why_not

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "command": command,
                "is_allowed": is_allowed,
                "what": what,
                "why_not": why_not,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        command = d.pop("command")

        is_allowed = d.pop("is_allowed")

        what = d.pop("what")

        why_not = d.pop("why_not")

        command_advice = cls(
            command=command,
            is_allowed=is_allowed,
            what=what,
            why_not=why_not,
        )

        command_advice.additional_properties = d
        return command_advice

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
